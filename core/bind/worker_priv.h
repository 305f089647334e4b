/* core/bind/worker_priv.h: what worker.c and worker_query.c share. */
#ifndef RT_BIND_WORKER_PRIV_H
#define RT_BIND_WORKER_PRIV_H

#include "core/env.h"
#include "core/worker.h"

struct worker_query;

/* A Worker object. */
struct worker_handle {
    struct rt_async async; /* first */
    struct rt_worker worker;
    struct worker_handle *prev, *next; /* in the state's list */
    bool ref;
    bool counted; /* keeps the loop alive */
};

/* Per-env state, in RT_STATE_worker, once there is a Worker. */
struct workers {
    struct worker_handle *handles;
    struct worker_query *queries;
    struct vs_class *query_class; /* NULL until the first one */
};

/* The Worker of a method's call; NULL when its thread has ended. */
struct worker_handle *worker_of(const struct vs_args *a);
struct workers *workers_of(struct rt_env *env);

/* worker_query.c: questions that the worker's thread answers. */
void worker_get_heap_statistics(const struct vs_args *a);
void worker_cpu_usage(const struct vs_args *a);
/* The thread has ended: nobody will answer. */
void worker_drop_unanswered(struct worker_handle *h);
void worker_drop_queries(struct workers *state);

#endif
