/* core/turn.c: the turn. The order of phases is Node's and programs depend on it:
 *
 *   timers   JS timers that are due, one call for all of them
 *   pending  results that were known when the operation was started (delivered by the poll below)
 *   idle, prepare   foreground tasks of V8 (wasm compilation, FinalizationRegistry)
 *   poll     one io_uring_enter that submits everything started since the last one, waits if there
 * is nothing else to do, and brings a batch of completions; then their callbacks check
 * setImmediate() close    'close' callbacks of handles
 *
 * After every callback into JS: process.nextTick(), then microtasks, until both are empty
 * (core/async.c).
 */
#include "core/turn.h"

#include <time.h>

#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/pending.h"
#include "core/worker.h"

#define NS_PER_S 1000000000
#define PENDING_ROUNDS 8 /* after a poll, so that those who add more keep nobody waiting */
#define RELAXED memory_order_relaxed

double rt_timer_now(struct rt_env *env)
{
    return (double)(ur_loop_now_ms(env->loop) - env->timer_base_ms);
}

void rt_timer_schedule(struct rt_env *env, int64_t ms)
{
    ur_timer_start_ms(&env->js_timer, ms < 1 ? 1 : (uint64_t)ms, 0);
}

void rt_timer_set_ref(struct rt_env *env, bool ref)
{
    if (ref) {
        ur_timer_ref(&env->js_timer);
    } else {
        ur_timer_unref(&env->js_timer);
    }
}

void rt_timer_fired(struct ur_timer *timer)
{
    struct rt_env *env = container_of(timer, struct rt_env, js_timer);
    struct vs_cx *cx = env->cx;
    if (!rt_can_call_js(env) || !env->hooks.timers) return;
    struct rt_callback cb;
    rt_callback_open(&cb, env, NULL);
    vs_val next = NULL;
    /* A timer that threw an error which was handled must not stop the timers after it. */
    do {
        vs_val argv[] = { vs_num(cx, rt_timer_now(env)) };
        next = rt_call_in(&cb, vs_ref_get(env->hooks.timers), vs_ref_get(env->process), 1, argv);
    } while (!next && rt_can_call_js(env) && !vs_terminating(cx));
    /* For ticks all timers are one callback, which went on to its end. */
    cb.failed = !next;
    if (next) {
        /* 0: no timer left. Negative: the nearest one is unref'd. */
        double expiry = vs_f64(next);
        if (expiry != 0) {
            double at = expiry < 0 ? -expiry : expiry;
            rt_timer_schedule(env, (int64_t)(at - rt_timer_now(env)));
            rt_timer_set_ref(env, expiry > 0);
        }
    }
    rt_callback_close(&cb);
}

void rt_soon(struct rt_env *env, struct rt_soon *s)
{
    if (s->queued) return;
    struct rt_soon **link = &env->soon;
    while (*link) link = &(*link)->next;
    *link = s;
    s->next = NULL;
    s->queued = true;
}

static void run_soon(struct rt_env *env)
{
    struct rt_soon *s = env->soon;
    env->soon = NULL; /* what is added meanwhile is for the next phase */
    while (s && env->can_call_js) {
        struct rt_soon *next = s->next;
        s->queued = false;
        struct rt_callback cb;
        rt_callback_open(&cb, env, NULL);
        s->fn(env, s);
        rt_callback_close(&cb);
        s = next;
    }
}

static void run_immediates(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    if (env->immediate->count == 0 || !rt_can_call_js(env)) return;
    /* As with timers: after an error that was handled, the rest of the queue goes on. */
    do {
        struct rt_callback cb;
        rt_callback_open(&cb, env, NULL);
        rt_call_in(&cb, vs_ref_get(env->hooks.immediate), vs_ref_get(env->process), 0, NULL);
        rt_callback_close(&cb);
    } while (env->immediate->has_outstanding && rt_can_call_js(env) && !vs_terminating(cx));
}

static void after_task(void *user)
{
    rt_drain(user);
}

static void run_tasks(struct rt_env *env)
{
    struct vs_scope scope;
    if (!rt_can_call_js(env)) return;
    vs_scope_open(env->cx, &scope);
    vs_tasks_run(env->cx, after_task);
    vs_scope_close(&scope);
}

void rt_pending_add(struct rt_env *env, struct rt_pending *p, rt_pending_fn *fn)
{
    struct rt_pending_list *list = &env->pending;
    CHECK(!p->link);
    if (!list->first) list->tail = &list->first;
    *p = (struct rt_pending){ .fn = fn, .link = list->tail };
    *list->tail = p;
    list->tail = &p->next;
    list->count++;
}

void rt_pending_remove(struct rt_env *env, struct rt_pending *p)
{
    if (!p->link) return;
    *p->link = p->next;
    if (p->next)
        p->next->link = p->link;
    else
        env->pending.tail = p->link;
    env->pending.count--;
    *p = (struct rt_pending){ 0 };
}

/* Those there are. What they add is for the next time. */
static void run_pending(struct rt_env *env)
{
    for (uint32_t n = env->pending.count; n && env->pending.first && env->can_call_js; n--) {
        struct rt_pending *p = env->pending.first;
        rt_pending_fn *fn = p->fn;
        rt_pending_remove(env, p);
        fn(p);
    }
}

static bool soon_wanted(const struct rt_env *env)
{
    for (const struct rt_soon *s = env->soon; s; s = s->next)
        if (s->ref) return true;
    return false;
}

bool rt_alive(struct rt_env *env)
{
    return ur_loop_alive(env->loop) || env->immediate->ref_count > 0 || soon_wanted(env) ||
           rt_handles_have_closed(env) || env->pending.first || vs_tasks_pending(env->cx) ||
           vs_tasks_next_ns(env->cx) == 0;
}

static int64_t poll_timeout_ns(struct rt_env *env)
{
    if (env->stopping || env->immediate->ref_count > 0 || rt_handles_have_closed(env)) return 0;
    if (env->soon || env->pending.first || !rt_alive(env)) return 0;
    return vs_tasks_next_ns(env->cx);
}

static int64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* The loop's time after a poll is that of its end, before the callbacks: what lies between is what
 * eventLoopUtilization() calls idle. */
static void poll_phase(struct rt_env *env)
{
    int64_t timeout_ns = poll_timeout_ns(env);
    if (timeout_ns != 0) atomic_store_explicit(&env->waiting_since_ns, (uint64_t)now_ns(), RELAXED);
    CHECK(ur_loop_poll(env->loop, timeout_ns) >= 0);
    rt_awake(env);
}

void rt_turn(struct rt_env *env)
{
    ur_loop_update_time(env->loop);
    ur_timers_run(env->loop);
    if (env->stopping) return;
    run_pending(env);
    run_tasks(env);
    poll_phase(env);
    for (int i = 0; i < PENDING_ROUNDS && env->pending.first; i++) run_pending(env);
    if (env->stopping) return;
    run_soon(env);
    run_immediates(env);
    rt_handles_run_closed(env);
}

bool rt_emit_exit(struct rt_env *env, const char *event, int code)
{
    struct vs_cx *cx = env->cx;
    if (!rt_can_call_js(env)) return false;
    struct rt_callback cb;
    rt_callback_open(&cb, env, NULL);
    vs_val process = vs_ref_get(env->process);
    vs_val fn = vs_get_name(cx, process, "emit");
    vs_val argv[] = { vs_str_intern(cx, event), vs_i32(cx, code) };
    bool ok = fn && vs_is_fn(fn) && rt_call_in(&cb, fn, process, 2, argv);
    rt_callback_close(&cb);
    return ok;
}

void rt_run(struct rt_env *env)
{
    do {
        while (!env->stopping && rt_alive(env)) rt_turn(env);
        run_soon(env);
        int code = env->exit->has_code ? env->exit->code : RT_EXIT_OK;
        if (env->stopping || !rt_emit_exit(env, "beforeExit", code)) break;
    } while (!env->stopping && rt_alive(env));
}
