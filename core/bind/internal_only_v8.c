/* core/bind/internal_only_v8.c: internalBinding('internal_only_v8'), for v8.queryObjects(). */
#include "core/env.h"
#include "core/error.h"

/* (prototype) */
static void query_objects(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    if (!vs_is_obj(vs_arg(a, 0))) {
        vs_ret(a, vs_arr_new(cx, NULL, 0));
        return;
    }
    vs_ret_maybe(a, vs_heap_query(cx, vs_arg(a, 0)));
}

void rt_bind_internal_only_v8(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "queryObjects", query_objects);
}
