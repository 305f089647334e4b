/* core/bind/performance_priv.h: what the files of the performance binding share. */
#ifndef RT_BIND_PERFORMANCE_PRIV_H
#define RT_BIND_PERFORMANCE_PRIV_H

#include "core/env.h"

#define NS_PER_MS 1e6

/* CLOCK_MONOTONIC, as rt_env.start_ns. */
int64_t rt_performance_now_ns(void);
/* performance_gc.c: installGarbageCollectionTracking() and its opposite. */
void rt_performance_put_gc(struct rt_env *env, vs_val target);

#endif
