/* core/bind/worker_profile.c: profiles and heap snapshots of a worker, as its Worker object asks
 * for them. The worker's thread makes the text, the one that asked hands it to JS. */
#include <stdlib.h>

#include "core/bind/worker_priv.h"
#include "core/container.h"
#include "core/error.h"

static struct worker_query *of_task(struct rt_worker_task *t)
{
    return container_of(t, struct worker_query, task);
}

static struct worker_query *of_note(struct rt_note *n)
{
    return container_of(n, struct worker_query, answered);
}

/* ---- on the worker's thread ---- */

static void start_cpu(struct rt_worker_task *t, struct rt_env *env)
{
    struct worker_query *q = of_task(t);
    q->profile = vs_cpu_profile_start(env->cx);
    q->ok = q->profile != 0;
    worker_answer(q);
}

static void stop_cpu(struct rt_worker_task *t, struct rt_env *env)
{
    struct worker_query *q = of_task(t);
    q->ok = vs_cpu_profile_stop(env->cx, q->profile, rt_heap_text_write, &q->text);
    worker_answer(q);
}

static void start_heap(struct rt_worker_task *t, struct rt_env *env)
{
    struct worker_query *q = of_task(t);
    q->ok = vs_heap_profile_start(env->cx);
    worker_answer(q);
}

static void stop_heap(struct rt_worker_task *t, struct rt_env *env)
{
    struct worker_query *q = of_task(t);
    q->ok = vs_heap_profile_stop(env->cx, rt_heap_text_write, &q->text);
    worker_answer(q);
}

static void take_snapshot(struct rt_worker_task *t, struct rt_env *env)
{
    struct worker_query *q = of_task(t);
    q->ok = vs_heap_snapshot(env->cx, q->internals, q->numbers, rt_heap_text_write, &q->text);
    worker_answer(q);
}

/* ---- on the thread that asked ---- */

/* ondone(null, value) or ondone(error). */
static void finish(struct worker_query *q, vs_val value, const char *code, const char *text)
{
    struct rt_env *env = q->async.env;
    vs_val error = q->ok ? vs_null(env->cx) : rt_error_code(env, VS_ERROR, code, "%s", text);
    vs_val argv[] = { error, value };
    worker_query_finish(q, q->ok ? 2 : 1, argv);
}

static vs_val text_of(struct worker_query *q)
{
    struct vs_cx *cx = q->async.env->cx;
    if (!q->ok) return vs_undefined(cx);
    return vs_str_utf8(cx, q->text.ptr, (ptrdiff_t)q->text.len);
}

static void cpu_started(struct rt_note *n)
{
    struct worker_query *q = of_note(n);
    struct vs_cx *cx = q->async.env->cx;
    struct vs_scope scope;
    vs_scope_open(cx, &scope);
    finish(q, vs_num(cx, q->profile), "ERR_CPU_PROFILE_TOO_MANY",
           "There are too many CPU profiles");
    vs_scope_close(&scope);
}

static void cpu_stopped(struct rt_note *n)
{
    struct worker_query *q = of_note(n);
    struct vs_scope scope;
    vs_scope_open(q->async.env->cx, &scope);
    finish(q, text_of(q), "ERR_CPU_PROFILE_NOT_STARTED", "CPU profile not started");
    vs_scope_close(&scope);
}

static void heap_started(struct rt_note *n)
{
    struct worker_query *q = of_note(n);
    struct vs_cx *cx = q->async.env->cx;
    struct vs_scope scope;
    vs_scope_open(cx, &scope);
    finish(q, vs_undefined(cx), "ERR_HEAP_PROFILE_HAVE_BEEN_STARTED",
           "heap profiler have been started");
    vs_scope_close(&scope);
}

static void heap_stopped(struct rt_note *n)
{
    struct worker_query *q = of_note(n);
    struct vs_scope scope;
    vs_scope_open(q->async.env->cx, &scope);
    finish(q, text_of(q), "ERR_HEAP_PROFILE_NOT_STARTED", "heap profiler not started");
    vs_scope_close(&scope);
}

static void snapshot_taken(struct rt_note *n)
{
    struct worker_query *q = of_note(n);
    struct rt_env *env = q->async.env;
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    vs_val handle = rt_heap_stream_new_take(env, &q->text);
    CHECK(handle);
    worker_query_finish(q, 1, &handle);
    vs_scope_close(&scope);
}

/* ---- methods ---- */

static void start_cpu_profile(const struct vs_args *a)
{
    static const struct worker_question question = { RT_PROVIDER_WORKERCPUPROFILE, start_cpu,
                                                     cpu_started };
    worker_ask(a, &question, &(struct worker_query){ 0 });
}

/* (id) */
static void stop_cpu_profile(const struct vs_args *a)
{
    static const struct worker_question question = { RT_PROVIDER_WORKERCPUPROFILE, stop_cpu,
                                                     cpu_stopped };
    double id;
    if (!vs_to_f64(vs_args_cx(a), vs_arg(a, 0), &id)) return;
    worker_ask(a, &question, &(struct worker_query){ .profile = (uint32_t)id });
}

static void start_heap_profile(const struct vs_args *a)
{
    static const struct worker_question question = { RT_PROVIDER_WORKERHEAPPROFILE, start_heap,
                                                     heap_started };
    worker_ask(a, &question, &(struct worker_query){ 0 });
}

static void stop_heap_profile(const struct vs_args *a)
{
    static const struct worker_question question = { RT_PROVIDER_WORKERHEAPPROFILE, stop_heap,
                                                     heap_stopped };
    worker_ask(a, &question, &(struct worker_query){ 0 });
}

/* ([expose internals, expose numbers]) */
static void take_heap_snapshot(const struct vs_args *a)
{
    static const struct worker_question question = { RT_PROVIDER_WORKERHEAPSNAPSHOT, take_snapshot,
                                                     snapshot_taken };
    struct vs_bytes options = vs_bytes(vs_arg(a, 0));
    CHECK(options.len == 2);
    worker_ask(a, &question,
               &(struct worker_query){ .internals = options.ptr[0], .numbers = options.ptr[1] });
}

void worker_put_profiles(struct vs_class *c)
{
    vs_class_method(c, "startCpuProfile", start_cpu_profile);
    vs_class_method(c, "stopCpuProfile", stop_cpu_profile);
    vs_class_method(c, "startHeapProfile", start_heap_profile);
    vs_class_method(c, "stopHeapProfile", stop_heap_profile);
    vs_class_method(c, "takeHeapSnapshot", take_heap_snapshot);
}
