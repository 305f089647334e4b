/* core/bind/worker_query.c: what only a worker's own thread can say: statistics of its heap, the
 * time it has run. It answers between two steps of its JS. */
#include <stdlib.h>

#include "core/bind/worker_priv.h"
#include "core/container.h"
#include "core/error.h"

#define US_PER_S 1e6

static void query_free(struct worker_query *q)
{
    struct workers *state = workers_of(q->async.env);
    *(q->prev ? &q->prev->next : &state->queries) = q->next;
    if (q->next) q->next->prev = q->prev;
    rt_async_reset(&q->async);
    free(q->text.ptr);
    free(q);
}

void worker_query_finish(struct worker_query *q, int argc, const vs_val *argv)
{
    rt_call_name(&q->async, vs_str_intern(q->async.env->cx, "ondone"), argc, argv);
    query_free(q);
}

/* ---- on the worker's thread ---- */

void worker_answer(struct worker_query *q)
{
    rt_inbox_post(q->inbox, &q->answered);
}

static void read_heap(struct rt_worker_task *t, struct rt_env *env)
{
    struct worker_query *q = container_of(t, struct worker_query, task);
    vs_heap_read(env->cx, &q->heap);
    worker_answer(q);
}

static void read_usage(struct rt_worker_task *t, struct rt_env *env)
{
    struct worker_query *q = container_of(t, struct worker_query, task);
    if (rt_env_cpu_usage(env, &q->usage)) q->usage = (struct rusage){ 0 };
    worker_answer(q);
}

/* ---- on the thread that asked ---- */

static void heap_answered(struct rt_note *n)
{
    struct worker_query *q = container_of(n, struct worker_query, answered);
    struct vs_cx *cx = q->async.env->cx;
    const struct vs_heap *h = &q->heap;
    const struct {
        const char *name;
        size_t value;
    } fields[] = {
        { "total_heap_size", h->total },
        { "total_heap_size_executable", h->total_executable },
        { "total_physical_size", h->total_physical },
        { "total_available_size", h->total_available },
        { "used_heap_size", h->used },
        { "heap_size_limit", h->limit },
        { "malloced_memory", h->malloced },
        { "peak_malloced_memory", h->peak_malloced },
        { "does_zap_garbage", h->zap_garbage },
        { "number_of_native_contexts", h->native_contexts },
        { "number_of_detached_contexts", h->detached_contexts },
        { "total_global_handles_size", h->total_global_handles },
        { "used_global_handles_size", h->used_global_handles },
        { "external_memory", h->external },
    };
    struct vs_scope scope;
    vs_scope_open(cx, &scope);
    vs_val out = vs_obj_new(cx);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        vs_put_int(cx, out, fields[i].name, (double)fields[i].value);
    worker_query_finish(q, 1, &out);
    vs_scope_close(&scope);
}

static double microseconds(struct timeval t)
{
    return (double)t.tv_sec * US_PER_S + (double)t.tv_usec;
}

static void usage_answered(struct rt_note *n)
{
    struct worker_query *q = container_of(n, struct worker_query, answered);
    struct vs_cx *cx = q->async.env->cx;
    struct vs_scope scope;
    vs_scope_open(cx, &scope);
    vs_val out = vs_obj_new(cx);
    vs_put_int(cx, out, "user", microseconds(q->usage.ru_utime));
    vs_put_int(cx, out, "system", microseconds(q->usage.ru_stime));
    vs_val argv[] = { vs_null(cx), out };
    worker_query_finish(q, 2, argv);
    vs_scope_close(&scope);
}

void worker_ask(const struct vs_args *a, const struct worker_question *question,
                const struct worker_query *args)
{
    struct rt_env *env = rt_env_of(a);
    struct worker_handle *h = worker_of(a);
    if (!h) return;
    struct workers *state = workers_of(env);
    if (!state->query_class)
        state->query_class = vs_class_new(env->cx, "WorkerQuery", NULL, rt_async_class(env), 1);
    vs_val object = vs_class_make(state->query_class);
    if (!object) return;
    struct worker_query *q = calloc(1, sizeof *q);
    CHECK(q);
    q->profile = args->profile;
    q->internals = args->internals;
    q->numbers = args->numbers;
    q->task.run = question->run;
    q->answered.read = question->answered;
    q->inbox = env->inbox;
    q->next = state->queries;
    if (q->next) q->next->prev = q;
    state->queries = q;
    rt_async_init(&q->async, env, object, question->provider, q);
    if (rt_worker_post(&h->worker, &q->task)) {
        vs_ret(a, object);
    } else {
        query_free(q);
    }
}

void worker_get_heap_statistics(const struct vs_args *a)
{
    static const struct worker_question question = { RT_PROVIDER_WORKERHEAPSTATISTICS, read_heap,
                                                     heap_answered };
    worker_ask(a, &question, &(struct worker_query){ 0 });
}

void worker_cpu_usage(const struct vs_args *a)
{
    static const struct worker_question question = { RT_PROVIDER_WORKERCPUUSAGE, read_usage,
                                                     usage_answered };
    worker_ask(a, &question, &(struct worker_query){ 0 });
}

void worker_drop_unanswered(struct worker_handle *h)
{
    for (struct rt_worker_task *t; (t = rt_worker_take_task(&h->worker));)
        query_free(container_of(t, struct worker_query, task));
}

/* The threads have ended, and the inbox is closed. */
void worker_drop_queries(struct workers *state)
{
    while (state->queries) query_free(state->queries);
}
