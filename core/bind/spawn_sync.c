/* core/bind/spawn_sync.c: internalBinding('spawn_sync'). Not there yet: calling it says so. */
#include "core/env.h"

void rt_bind_spawn_sync(struct rt_env *env, vs_val target)
{
    rt_put_missing(env, target, "spawn_sync", "spawn");
}
