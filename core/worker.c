/* core/worker.c: what the thread of a worker does, and stopping it. */
#include "core/worker.h"

#include <stdlib.h>
#include <string.h>

#include "core/boot.h"
#include "core/builtins.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/message_port.h"
#include "core/options.h"
#include "core/seat.h"
#include "core/snapshot.h"
#include "core/vars.h"

#define MB (1024.0 * 1024.0)
#define KB 1024
#define STACK_DEFAULT_MB 4.0
/* More is a mistake, and does not fit a size_t in the end. */
#define LIMIT_MAX_MB 1e6
/* Of the thread's stack: for C below the JS that may use the rest. */
#define STACK_RESERVE (192 * KB)
/* What the collection that hits the limit may still need: it can promote all of a young generation.
 */
#define HEAP_RESERVE ((size_t)(128 * MB))

void rt_worker_init(struct rt_worker *w, struct rt_env *parent)
{
    static atomic_uint last_id; /* ids are the process's; the main thread has 0 */
    *w =
        (struct rt_worker){ .id = atomic_fetch_add(&last_id, 1) + 1,
                            .parent = rt_inbox_hold(parent->inbox),
                            .maker = parent,
                            .number = parent->next_thread,
                            .start_ns = parent->start_ns,
                            .heap = parent->heap,
                            .cache = parent->workers_cache,
                            .argv = parent->argv,
                            .process = parent->worker ? parent->worker->process : parent->options };
    parent->next_thread = 0;
    pthread_mutex_init(&w->lock, NULL);
    w->tasks_tail = &w->tasks;
}

/* ---- on the worker's thread ---- */

static size_t on_heap_limit(struct vs_cx *cx, size_t limit)
{
    struct rt_env *env = rt_env_from_cx(cx);
    rt_worker_stop(env->worker, RT_EXIT_USER_ERROR, "ERR_WORKER_OUT_OF_MEMORY",
                   "JS heap out of memory");
    return limit + HEAP_RESERVE;
}

static void run_tasks(struct rt_env *env)
{
    struct rt_worker *w = env->worker;
    for (;;) {
        pthread_mutex_lock(&w->lock);
        struct rt_worker_task *t = w->tasks;
        if (t) w->tasks = t->next;
        if (!w->tasks) w->tasks_tail = &w->tasks;
        pthread_mutex_unlock(&w->lock);
        if (!t) return;
        t->run(t, env);
    }
}

static void on_interrupt(struct vs_cx *cx)
{
    run_tasks(rt_env_from_cx(cx));
}

/* The loop may be waiting, with no JS to interrupt. */
static void read_wake(struct rt_note *n)
{
    struct rt_env *env = container_of(n, struct rt_env, worker_note);
    if (rt_can_call_js(env)) run_tasks(env);
}

static size_t limit_bytes(const struct rt_worker *w, enum rt_worker_limit which)
{
    double mb = w->limits[which];
    if (!(mb > 0)) return 0;
    return (size_t)((mb < LIMIT_MAX_MB ? mb : LIMIT_MAX_MB) * MB);
}

static size_t stack_bytes(const struct rt_worker *w)
{
    size_t bytes = limit_bytes(w, RT_WORKER_STACK);
    return bytes < 2 * STACK_RESERVE ? 2 * STACK_RESERVE : bytes;
}

static struct vs_limits limits_of(const struct rt_worker *w)
{
    return (struct vs_limits){
        .max_young = limit_bytes(w, RT_WORKER_YOUNG),
        .max_old = limit_bytes(w, RT_WORKER_OLD),
        .code_range = limit_bytes(w, RT_WORKER_CODE),
        .stack = stack_bytes(w) - STACK_RESERVE,
        .near_heap_limit = on_heap_limit,
    };
}

/* With the lock held: what V8 chose where nothing was asked for. */
static void complete_limits(struct rt_worker *w, const struct vs_limits *real)
{
    double *mb = w->limits;
    if (!(mb[RT_WORKER_YOUNG] > 0)) mb[RT_WORKER_YOUNG] = (double)real->max_young / MB;
    if (!(mb[RT_WORKER_OLD] > 0)) mb[RT_WORKER_OLD] = (double)real->max_old / MB;
    if (!(mb[RT_WORKER_CODE] > 0)) mb[RT_WORKER_CODE] = (double)real->code_range / MB;
}

/* The env can be stopped from now on. */
static void publish(struct rt_worker *w, struct rt_env *env, const struct vs_limits *limits)
{
    env->worker_note.read = read_wake;
    pthread_mutex_lock(&w->lock);
    w->env = env;
    complete_limits(w, limits);
    pthread_mutex_unlock(&w->lock);
}

static void unpublish(struct rt_worker *w)
{
    pthread_mutex_lock(&w->lock);
    w->env = NULL;
    w->over = true;
    pthread_mutex_unlock(&w->lock);
}

static bool make_port(struct rt_env *env)
{
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    struct mailbox *box = env->worker->port;
    env->worker->port = NULL;
    vs_val port = rt_message_port_make(env, box);
    if (port) env->message_port = vs_ref_new(env->cx, port);
    vs_scope_close(&scope);
    return port;
}

static void run_program(struct rt_worker *w, struct rt_env *env)
{
    int code = RT_EXIT_BOOTSTRAP;
    if (rt_worker_stopping(w)) return;
    if (w->cache) rt_builtins_keep(env);
    if ((env->booted || rt_boot(env)) && make_port(env)) {
        rt_boot_main(env, "internal/main/worker_thread");
        code = rt_boot_run(env);
    }
    if (w->cache && !code && rt_builtins_cache_write(env, w->cache)) code = RT_EXIT_USER_ERROR;
    pthread_mutex_lock(&w->lock);
    if (!rt_worker_stopping(w)) w->exit_code = code;
    pthread_mutex_unlock(&w->lock);
}

static enum vs_heap_kind heap_of(const struct rt_worker *w)
{
    return w->heap == VS_HEAP_SAVED && rt_snapshot_use_worker() ? VS_HEAP_SAVED : VS_HEAP_NEW;
}

static struct rt_env_options env_options(struct rt_worker *w)
{
    struct rt_env_options eo = { .options = w->options,
                                 .vars = w->vars,
                                 .argc = 1,
                                 .argv = w->argv,
                                 .start_ns = w->start_ns,
                                 .heap = heap_of(w),
                                 .in_worker = true,
                                 .worker = w };
    eo.exec_argv = rt_options_exec_argv(w->options, &eo.exec_argc);
    return eo;
}

/* NULL: w says why. */
static struct rt_env *open_env(struct rt_worker *w, struct vs_limits *limits)
{
    struct rt_env_options eo = env_options(w);
    struct rt_env *env;
    const char *why;
    *limits = limits_of(w);
    eo.limits = limits;
    if (!rt_env_open(&env, &eo, &why)) return env;
    pthread_mutex_lock(&w->lock);
    w->over = true;
    w->exit_code = RT_EXIT_USER_ERROR;
    w->error = "ERR_WORKER_INIT_FAILED";
    w->reason = why;
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static struct rt_env *enter_room(struct rt_worker *w, struct rt_worker_room *room)
{
    struct rt_env_options eo = env_options(w);
    struct rt_env *env = room->env;
    room->env = NULL;
    rt_env_restart_clock(env);
    rt_env_begin(env, &eo);
    return env;
}

struct vs_cx *rt_worker_run(struct rt_worker *w, struct rt_worker_room *room)
{
    struct rt_env *env = room->env ? enter_room(w, room) : open_env(w, &room->limits);
    struct vs_cx *left = NULL;
    if (env) {
        publish(w, env, &room->limits);
        run_program(w, env);
        unpublish(w);
        left = rt_env_close_but_isolate(env);
    }
    rt_inbox_post(w->parent, &w->end);
    return left;
}

int rt_worker_room_open(struct rt_worker_room *room, const struct rt_options *process)
{
    struct rt_worker nobody = { .limits = { [RT_WORKER_STACK] = STACK_DEFAULT_MB } };
    struct rt_env_options eo = { .options = (struct rt_options *)process,
                                 .heap = VS_HEAP_SAVED,
                                 .in_worker = true,
                                 .limits = &room->limits };
    const char *why;
    room->limits = limits_of(&nobody);
    return rt_env_prepare(&room->env, &eo, &why);
}

void rt_worker_room_close(struct rt_worker_room *room)
{
    rt_env_close(room->env);
    room->env = NULL;
}

bool rt_worker_fits_room(const struct rt_worker *w)
{
    const double *mb = w->limits;
    return !(mb[RT_WORKER_YOUNG] > 0) && !(mb[RT_WORKER_OLD] > 0) && !(mb[RT_WORKER_CODE] > 0) &&
           mb[RT_WORKER_STACK] == STACK_DEFAULT_MB && !w->cache && heap_of(w) == VS_HEAP_SAVED;
}

void rt_worker_exit(struct rt_env *env, int code)
{
    env->stopping = true;
    env->can_call_js = false;
    rt_worker_stop(env->worker, code, NULL, NULL);
}

bool rt_can_call_js(struct rt_env *env)
{
    if (env->worker && rt_worker_stopping(env->worker)) {
        env->can_call_js = false;
        env->stopping = true;
    }
    return env->can_call_js;
}

void rt_resume_js(struct rt_env *env)
{
    vs_terminate_cancel(env->cx);
    /* The wish may have come, and its termination gone, with the other one's. */
    if (env->worker && rt_worker_stopping(env->worker)) vs_terminate(env->cx);
}

/* ---- on any thread ---- */

void rt_worker_stop(struct rt_worker *w, int code, const char *error, const char *reason)
{
    pthread_mutex_lock(&w->lock);
    if (!w->over) w->exit_code = code;
    if (!w->over && error && !w->error) {
        w->error = error;
        w->reason = reason;
    }
    atomic_store(&w->stop, true);
    if (w->env) {
        vs_terminate(w->env->cx);
        rt_inbox_post(w->env->inbox, &w->env->worker_note);
    }
    pthread_mutex_unlock(&w->lock);
}

/* ---- on the maker's thread ---- */

int rt_worker_start(struct rt_worker *w)
{
    if (!(w->limits[RT_WORKER_STACK] > 0)) w->limits[RT_WORKER_STACK] = STACK_DEFAULT_MB;
    w->end.read = w->ended;
    int err = rt_seat_start(w, stack_bytes(w));
    if (err) return err;
    w->started = true;
    w->next = w->maker->workers;
    w->maker->workers = w;
    return 0;
}

void rt_worker_join(struct rt_worker *w)
{
    if (!w->started) return;
    rt_seat_wait(w);
    w->started = false;
    rt_inbox_withdraw(w->parent, &w->end);
    struct rt_worker **link = &w->maker->workers;
    while (*link != w) link = &(*link)->next;
    *link = w->next;
}

void rt_workers_stop(struct rt_env *env)
{
    for (struct rt_worker *w = env->workers; w; w = w->next)
        rt_worker_stop(w, RT_EXIT_USER_ERROR, NULL, NULL);
    while (env->workers) rt_worker_join(env->workers);
}

void rt_worker_limits(struct rt_worker *w, double out[RT_WORKER_LIMITS])
{
    pthread_mutex_lock(&w->lock);
    memcpy(out, w->limits, sizeof w->limits);
    pthread_mutex_unlock(&w->lock);
}

void rt_worker_reset(struct rt_worker *w)
{
    CHECK(!w->started);
    if (w->port) rt_mailbox_drop(w->port);
    rt_inbox_drop(w->parent);
    rt_vars_drop(w->vars);
    if (w->own_options) rt_options_drop(w->options);
    free(w->name);
    pthread_mutex_destroy(&w->lock);
}

bool rt_worker_post(struct rt_worker *w, struct rt_worker_task *t)
{
    pthread_mutex_lock(&w->lock);
    bool up = w->env != NULL;
    if (up) {
        t->next = NULL;
        *w->tasks_tail = t;
        w->tasks_tail = &t->next;
        vs_interrupt(w->env->cx, on_interrupt);
        rt_inbox_post(w->env->inbox, &w->env->worker_note);
    }
    pthread_mutex_unlock(&w->lock);
    return up;
}

struct rt_worker_task *rt_worker_take_task(struct rt_worker *w)
{
    struct rt_worker_task *t = w->tasks;
    if (t) w->tasks = t->next;
    return t;
}

double rt_worker_loop_start_ns(struct rt_worker *w)
{
    double at = -1;
    pthread_mutex_lock(&w->lock);
    if (w->env) __atomic_load(&w->env->milestones[RT_MILESTONE_LOOP_START], &at, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&w->lock);
    return at;
}

double rt_worker_idle_ns(struct rt_worker *w)
{
    pthread_mutex_lock(&w->lock);
    double idle = w->env ? (double)rt_idle_ns(w->env) : 0;
    pthread_mutex_unlock(&w->lock);
    return idle;
}
