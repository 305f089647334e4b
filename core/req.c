/* core/req.c: request objects. */
#include "core/req.h"

#include "core/env.h"

static void construct(const struct vs_args *a)
{
    (void)a;
}

struct vs_class *rt_req_class_new(struct rt_env *env, const char *name)
{
    return vs_class_new(env->cx, name, construct, rt_async_class(env), 1);
}

bool rt_req_usable(vs_val v)
{
    return vs_native_count(v) > 0 && !vs_native_get(v, 0);
}

void rt_req_finish(struct rt_async *async, int argc, const vs_val *argv)
{
    struct rt_env *env = async->env;
    if (env->can_call_js) rt_call_name(async, rt_str(env, oncomplete), argc, argv);
    rt_async_reset(async);
}
