/* core/env.c: makes and unmakes an env. What runs in it is turn.c's and boot.c's business. */
#include "core/env.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "core/bind/async_wrap.h"
#include "core/compile_cache.h"
#include "core/context.h"
#include "core/debug.h"
#include "core/error.h"
#include "core/heap_file.h"
#include "core/job_pool.h"
#include "core/module.h"
#include "core/options.h"
#include "core/snapshot.h"
#include "core/turn.h"
#include "core/vars.h"
#include "core/wasm.h"
#include "core/worker.h"
#include "uring/trace.h"

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_US 1000

static void wake(void *user)
{
    struct rt_env *env = user;
    ur_loop_wake(env->loop);
}

static void uncaught(struct vs_cx *cx, vs_val err, vs_val message)
{
    rt_fatal_exception(rt_env_from_cx(cx), err, message, false);
}

static bool may_abort(struct vs_cx *cx)
{
    struct rt_env *env = rt_env_from_cx(cx);
    return !env->worker && *env->may_abort != 0; /* a worker's error is its parent's business */
}

static void promise_reject(struct vs_cx *cx, int kind, vs_val promise, vs_val value)
{
    struct rt_env *env = rt_env_from_cx(cx);
    if (!env->hooks.promise_reject || !env->can_call_js) return;
    vs_val argv[] = { vs_i32(cx, kind), promise, value };
    struct vs_try try;
    vs_try_open(cx, &try);
    vs_call(cx, vs_ref_get(env->hooks.promise_reject), vs_undefined(cx), 3, argv);
    /* V8 asks in the middle of rejecting: nobody could catch it. */
    if (vs_try_caught(&try) && !vs_try_terminated(&try)) {
        rt_report_swallowed(env, "Exception in PromiseRejectCallback", vs_try_exception(&try),
                            vs_try_message(&try));
    }
    vs_try_close(&try);
}

static vs_val prepare_stack(struct vs_cx *cx, vs_val global, vs_val error, vs_val callsites)
{
    struct rt_env *env = rt_env_from_cx(cx);
    /* Before the library has registered its formatter, errors show as "Name: message". */
    if (!env->hooks.prepare_stack || !env->can_call_js) return vs_error_header(cx, error);
    vs_val argv[] = { global, error, callsites };
    return vs_call(cx, vs_ref_get(env->hooks.prepare_stack), vs_undefined(cx), 3, argv);
}

static vs_val import_dynamic(struct vs_cx *cx, const struct vs_import *import)
{
    return rt_module_import_dynamic(rt_env_from_cx(cx), import);
}

static void import_meta(struct vs_cx *cx, vs_val module, vs_val meta)
{
    rt_module_import_meta(rt_env_from_cx(cx), module, meta);
}

static int64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static void make_shared(struct rt_env *env)
{
    static const size_t sizes[RT_SHARED_COUNT] = {
        [RT_SHARED_TICK] = sizeof *env->tick,
        [RT_SHARED_IMMEDIATE] = sizeof *env->immediate,
        [RT_SHARED_EXIT] = sizeof *env->exit,
        [RT_SHARED_TIMEOUTS] = sizeof *env->timeouts,
        [RT_SHARED_MAY_ABORT] = sizeof *env->may_abort,
        [RT_SHARED_MILESTONES] = RT_MILESTONE_COUNT * sizeof *env->milestones,
    };
    for (int i = 0; i < RT_SHARED_COUNT; i++) {
        vs_val buffer = vs_ab_new(env->cx, sizes[i]);
        CHECK(buffer);
        env->shared[i] = vs_ref_new(env->cx, buffer);
    }
}

static void *shared_memory(struct rt_env *env, enum rt_shared which)
{
    return vs_bytes(vs_ref_get(env->shared[which])).ptr;
}

/* Into the buffers, new or from the snapshot. */
static void point_at_shared(struct rt_env *env)
{
    env->tick = shared_memory(env, RT_SHARED_TICK);
    env->immediate = shared_memory(env, RT_SHARED_IMMEDIATE);
    env->exit = shared_memory(env, RT_SHARED_EXIT);
    env->timeouts = shared_memory(env, RT_SHARED_TIMEOUTS);
    env->may_abort = shared_memory(env, RT_SHARED_MAY_ABORT);
    env->milestones = shared_memory(env, RT_SHARED_MILESTONES);
}

void rt_mark(struct rt_env *env, enum rt_milestone m)
{
    double now = (double)now_ns();
    __atomic_store(&env->milestones[m], &now, __ATOMIC_RELAXED); /* a worker's is read by others */
}

uint64_t rt_idle_ns(const struct rt_env *env)
{
    uint64_t idle_ns = atomic_load_explicit(&env->idle_ns, memory_order_relaxed);
    uint64_t since_ns = atomic_load_explicit(&env->waiting_since_ns, memory_order_relaxed);
    uint64_t now = (uint64_t)now_ns();
    return since_ns && now > since_ns ? idle_ns + now - since_ns : idle_ns;
}

void rt_end_wait(struct rt_env *env)
{
    uint64_t since_ns = atomic_load_explicit(&env->waiting_since_ns, memory_order_relaxed);
    int64_t idle_ns = (int64_t)(ur_loop_now_ns(env->loop) - since_ns);
    atomic_store_explicit(&env->waiting_since_ns, 0, memory_order_relaxed);
    if (idle_ns > 0)
        atomic_fetch_add_explicit(&env->idle_ns, (uint64_t)idle_ns, memory_order_relaxed);
}

/* Time counts from the start of the process: its wall-clock time is in microseconds. */
static void start_milestones(struct rt_env *env)
{
    for (int i = 0; i < RT_MILESTONE_COUNT; i++) env->milestones[i] = -1;
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    int64_t wall_ns = ts.tv_sec * NS_PER_S + ts.tv_nsec - (now_ns() - env->start_ns);
    env->milestones[RT_MILESTONE_TIME_ORIGIN_TIMESTAMP] = (double)(wall_ns / NS_PER_US);
    env->milestones[RT_MILESTONE_TIME_ORIGIN] = (double)env->start_ns;
    env->milestones[RT_MILESTONE_NODE_START] = (double)env->opened_ns;
    env->milestones[RT_MILESTONE_V8_START] = (double)env->v8_ns;
    rt_mark(env, RT_MILESTONE_ENVIRONMENT);
}

/* For people who wonder why it is slower, or different, elsewhere. */
static void tell_backend(const struct rt_env *env)
{
    if (!rt_debug_asked("NODE_DEBUG", "torc") && !rt_debug_asked("TORC_DEBUG", "io")) return;
    const char *reason = ur_backend_reason(env->loop);
    fprintf(stderr, "torc: I/O by %s%s%s\n", ur_backend_name(env->loop), *reason ? ": " : "",
            reason);
}

static int open_loop(struct rt_env *env, const char **why)
{
    struct ur_loop_options lo = { .backend = rt_option_str(env->options, RT_OPT_io),
                                  .pool = rt_job_pool(),
                                  .owner = env };
    int err = ur_loop_open(&env->loop, &lo);
    if (err) {
        *why = ur_open_reason();
        return err;
    }
    ur_timer_init(env->loop, &env->js_timer, rt_timer_fired);
    ur_timer_unref(&env->js_timer);
    env->inbox = rt_inbox_new(env->loop);
    return 0;
}

static void close_loop(struct rt_env *env)
{
    rt_inbox_close(env->inbox);
    ur_loop_close(env->loop);
    rt_inbox_drop(env->inbox);
}

static void fill(struct rt_env *env)
{
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    env->strings = rt_strings_new(env->cx);
    if (env->heap == VS_HEAP_SAVED) {
        rt_snapshot_restore(env);
        env->booted = true;
    } else {
        make_shared(env);
        *(uint32_t *)shared_memory(env, RT_SHARED_MAY_ABORT) = 1;
        rt_async_ids_open(env);
        env->symbols = rt_symbols_new(env->cx);
    }
    point_at_shared(env);
    vs_scope_close(&scope);
}

static struct vs_cx *open_isolate(struct rt_env *env, const struct rt_env_options *opt)
{
    struct vs_host host = {
        .user = env,
        .heap = opt->heap,
        .snapshot = rt_snapshot_number(env),
        .wake = wake,
        .uncaught = uncaught,
        .may_abort = may_abort,
        .promise_reject = promise_reject,
        .prepare_stack = prepare_stack,
        .fatal = rt_engine_fatal,
        .import_dynamic = import_dynamic,
        .import_meta = import_meta,
        .wasm_start = rt_wasm_start,
    };
    return vs_isolate_open(&host, opt->limits);
}

int rt_env_prepare(struct rt_env **out, const struct rt_env_options *opt, const char **why)
{
    struct rt_env *env = calloc(1, sizeof *env);
    CHECK(env);
    env->opened_ns = now_ns();
    env->options = opt->options;
    env->heap = opt->heap;
    env->in_worker = opt->in_worker;
    int err = open_loop(env, why);
    if (err) goto free_env;
    env->v8_ns = now_ns();
    env->cx = open_isolate(env, opt);
    if (!env->cx) {
        *why = "no memory for a V8 isolate";
        err = -ENOMEM;
        goto close_loop;
    }
    fill(env);
    *out = env;
    return 0;
close_loop:
    close_loop(env);
free_env:
    free(env);
    return err;
}

void rt_env_restart_clock(struct rt_env *env)
{
    struct rusage usage;
    env->opened_ns = env->v8_ns = now_ns();
    ur_loop_update_time(env->loop);
    if (getrusage(RUSAGE_THREAD, &usage) != 0) return;
    env->user_before = usage.ru_utime;
    env->system_before = usage.ru_stime;
}

int rt_env_cpu_usage(const struct rt_env *env, struct rusage *out)
{
    if (getrusage(RUSAGE_THREAD, out) != 0) return -errno;
    timersub(&out->ru_utime, &env->user_before, &out->ru_utime);
    timersub(&out->ru_stime, &env->system_before, &out->ru_stime);
    return 0;
}

void rt_env_begin(struct rt_env *env, const struct rt_env_options *opt)
{
    struct vs_scope scope;
    env->options = opt->options;
    env->vars = opt->vars ? rt_vars_hold(opt->vars) : rt_vars_process();
    env->argc = opt->argc;
    env->argv = opt->argv;
    env->exec_argc = opt->exec_argc;
    env->exec_argv = opt->exec_argv;
    env->start_ns = opt->start_ns;
    env->worker = opt->worker;
    env->tracks_fds = !opt->worker || opt->worker->tracks_fds;
    env->timer_base_ms = ur_loop_now_ms(env->loop);
    tell_backend(env);
    if (*rt_option_str(env->options, RT_OPT_io_trace)) ur_trace_start(env->loop);
    vs_scope_open(env->cx, &scope);
    if (env->booted) {
        rt_worker_put_self(env);
        CHECK(rt_context_prepare(env)); /* as its options say */
    }
    vs_scope_close(&scope);
    start_milestones(env);
    env->can_call_js = true;
    rt_heap_file_near_limit(
        env, (uint32_t)rt_option_int(env->options, RT_OPT_heapsnapshot_near_heap_limit));
}

int rt_env_open(struct rt_env **out, const struct rt_env_options *opt, const char **why)
{
    int err = rt_env_prepare(out, opt, why);
    if (!err) rt_env_begin(*out, opt);
    return err;
}

static void drop_refs(struct rt_env *env)
{
    struct vs_ref *refs[] = {
        env->process, env->primordials,  env->per_context,  env->internal_binding,
        env->require, env->buffer_proto, env->message_port,
    };
    for (size_t i = 0; i < sizeof refs / sizeof refs[0]; i++) vs_ref_drop(refs[i]);
    for (int i = 0; i < RT_BINDING_COUNT; i++) vs_ref_drop(env->bindings[i]);
    for (int i = 0; i < RT_SHARED_COUNT; i++) vs_ref_drop(env->shared[i]);
    struct vs_ref **hooks = (struct vs_ref **)&env->hooks;
    for (size_t i = 0; i < sizeof env->hooks / sizeof *hooks; i++) vs_ref_drop(hooks[i]);
}

static void close_handles(struct rt_env *env)
{
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    for (struct rt_handle *h = env->handles.first, *next; h; h = next) {
        next = h->next;
        rt_handle_close(h, NULL);
    }
    vs_scope_close(&scope);
}

struct vs_cx *rt_env_close_but_isolate(struct rt_env *env)
{
    env->can_call_js = false;
    env->stopping = true;
    rt_workers_stop(env);
    vs_terminate_cancel(env->cx); /* of JS: what follows is native */
    ur_timer_stop(&env->js_timer);
    close_handles(env);
    /* Last completions free requests and finish closes; no JS runs in them any more. */
    while (rt_handles_left(env)) {
        if (!env->handles.closed && ur_loop_poll(env->loop, -1) < 0) break;
        rt_handles_run_closed(env);
    }
    vs_tasks_close(env->cx);
    close_loop(env);
    for (int i = 0; i < RT_STATE_COUNT; i++) {
        if (env->binding_drop[i]) env->binding_drop[i](env);
    }
    rt_compile_cache_drop(env);
    rt_natives_drop(env);
    rt_async_ids_close(env);
    drop_refs(env);
    rt_strings_drop(env->strings);
    rt_symbols_drop(env->symbols);
    if (env->vars) rt_vars_drop(env->vars);
    struct vs_cx *cx = env->cx;
    free(env);
    return cx;
}

void rt_env_close(struct rt_env *env)
{
    vs_isolate_close(rt_env_close_but_isolate(env));
}
