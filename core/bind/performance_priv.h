/* core/bind/performance_priv.h: what the files of the performance binding share. */
#ifndef RT_BIND_PERFORMANCE_PRIV_H
#define RT_BIND_PERFORMANCE_PRIV_H

#include "core/env.h"

#define NS_PER_MS 1e6

/* What PerformanceObserver counts per type; the library adds and subtracts. */
enum rt_entry_type {
    RT_ENTRY_GC,
    RT_ENTRY_HTTP,
    RT_ENTRY_HTTP2,
    RT_ENTRY_NET,
    RT_ENTRY_DNS,
    RT_ENTRY_QUIC,
    RT_ENTRY_COUNT
};

/* Whether somebody observes entries of this type, and JS can be told. Needs no vs_scope. */
bool rt_performance_observed(struct rt_env *env, enum rt_entry_type type);
/* Hands an entry to the observers. Times as rt_env.start_ns; details: an object. */
void rt_performance_entry(struct rt_env *env, const char *name, const char *type, int64_t start_ns,
                          int64_t end_ns, vs_val details);

/* CLOCK_MONOTONIC, as rt_env.start_ns. */
int64_t rt_performance_now_ns(void);
/* performance_gc.c: installGarbageCollectionTracking() and its opposite. */
void rt_performance_put_gc(struct rt_env *env, vs_val target);

#endif
