/* core/bind/modules_priv.h: shared by modules*.c. */
#ifndef RT_BIND_MODULES_PRIV_H
#define RT_BIND_MODULES_PRIV_H

#include "v8shim/vs.h"

struct rt_env;

/* The functions and constants of the compile cache. */
void modules_put_cache(struct rt_env *env, vs_val target);

#endif
