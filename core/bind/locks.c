/* core/bind/locks.c: internalBinding('locks'): navigator.locks, which torc does not have yet; it
 * says so when used. */
#include "core/env.h"

void rt_bind_locks(struct rt_env *env, vs_val target)
{
    vs_put_str(env->cx, target, "LOCK_MODE_SHARED", "shared");
    vs_put_str(env->cx, target, "LOCK_MODE_EXCLUSIVE", "exclusive");
    vs_put_str(env->cx, target, "LOCK_STOLEN_ERROR", "LOCK_STOLEN");
    rt_put_missing(env, target, "locks", "request query");
}
