/* core/bind/worker_priv.h: what worker.c and worker_query.c share. */
#ifndef RT_BIND_WORKER_PRIV_H
#define RT_BIND_WORKER_PRIV_H

#include <sys/resource.h>

#include "core/bind/heap_stream.h"
#include "core/env.h"
#include "core/worker.h"

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

/* A question that the worker's thread answers, between two steps of its JS. */
struct worker_query {
    struct rt_async async;      /* first: the object whose ondone() gets the answer */
    struct rt_worker_task task; /* on the worker's thread */
    struct rt_note answered;
    struct rt_inbox *inbox; /* borrowed: of the env that asks */
    struct worker_query *prev, *next;
    /* The question. */
    uint32_t profile;
    bool internals, numbers;
    /* The answer. */
    struct vs_heap heap;
    struct rusage usage;
    struct heap_text text; /* owned */
    bool ok;
};

/* What a kind of question is. */
struct worker_question {
    int provider;                                              /* of the object that hears */
    void (*run)(struct rt_worker_task *t, struct rt_env *env); /* on the worker's thread */
    void (*answered)(struct rt_note *n);                       /* on the thread that asked */
};

/* worker_query.c: returns the object to JS that will hear, or undefined when the worker does not
 * run. args: the question's part of a query; the rest is ignored. */
void worker_ask(const struct vs_args *a, const struct worker_question *question,
                const struct worker_query *args);
/* On the worker's thread: q has its answer. */
void worker_answer(struct worker_query *q);
/* Calls ondone() and frees q. */
void worker_query_finish(struct worker_query *q, int argc, const vs_val *argv);

/* worker_profile.c: profiles and heap snapshots. */
void worker_put_profiles(struct vs_class *c);

/* worker_query.c: statistics. */
void worker_get_heap_statistics(const struct vs_args *a);
void worker_cpu_usage(const struct vs_args *a);
/* The thread has ended: nobody will answer. */
void worker_drop_unanswered(struct worker_handle *h);
void worker_drop_queries(struct workers *state);

#endif
