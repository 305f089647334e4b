/* core/bind/v8_priv.h: what the files of the v8 binding share. */
#ifndef RT_BIND_V8_PRIV_H
#define RT_BIND_V8_PRIV_H

#include "v8shim/vs.h"

struct rt_env;

/* v8_gc_profiler.c: class GCProfiler. */
void rt_v8_put_gc_profiler(struct rt_env *env, vs_val target);

#endif
