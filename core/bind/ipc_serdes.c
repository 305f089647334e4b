/* core/bind/ipc_serdes.c: internalBinding('ipc_serdes'): messages between processes with
 * serialization 'advanced'. Not there yet: only using it says so; 'json' needs nothing of it. */
#include "core/env.h"

void rt_bind_ipc_serdes(struct rt_env *env, vs_val target)
{
    rt_put_missing(env, target, "ipc_serdes", "serialize deserialize");
}
