/* core/bind/permission.c: internalBinding('permission'): the permission model is off, so everything
 * is allowed. */
#include "core/env.h"

static void has(const struct vs_args *a)
{
    vs_ret_bool(a, true);
}

void rt_bind_permission(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "has", has);
    rt_put_missing(env, target, "permission", "drop");
}
