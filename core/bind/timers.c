/* core/bind/timers.c: internalBinding('timers'): the one native timer and the immediates' counters.
 */
#include "core/env.h"
#include "core/turn.h"

static void setup_timers(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    env->hooks.immediate = vs_ref_new(env->cx, vs_arg(a, 0));
    env->hooks.timers = vs_ref_new(env->cx, vs_arg(a, 1));
}

/* The library reads the time once per turn, when it inserts the first timer: the loop's clock is
 * right there, but not while JS has been busy since the last poll. */
static void get_libuv_now(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    ur_loop_update_time(env->loop);
    vs_ret_f64(a, rt_timer_now(env));
}

static void schedule_timer(const struct vs_args *a)
{
    rt_timer_schedule(rt_env_of(a), vs_int64(vs_arg(a, 0)));
}

static void toggle_timer_ref(const struct vs_args *a)
{
    rt_timer_set_ref(rt_env_of(a), vs_to_bool(vs_args_cx(a), vs_arg(a, 0)));
}

/* Whether immediates keep the loop alive is their ref_count in immediateInfo, which rt_alive()
 * reads; there is no idle handle to start or stop. */
static void toggle_immediate_ref(const struct vs_args *a)
{
    (void)a;
}

void rt_bind_timers(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "setupTimers", setup_timers);
    vs_put_fn(cx, target, "getLibuvNow", get_libuv_now);
    vs_put_fn(cx, target, "scheduleTimer", schedule_timer);
    vs_put_fn(cx, target, "toggleTimerRef", toggle_timer_ref);
    vs_put_fn(cx, target, "toggleImmediateRef", toggle_immediate_ref);
    vs_val ab = vs_ref_get(env->shared[RT_SHARED_IMMEDIATE]);
    vs_put(cx, target, "immediateInfo",
           vs_typed_new(cx, VS_U32, ab, 0, sizeof *env->immediate / sizeof(uint32_t)));
    vs_val timeouts = vs_ref_get(env->shared[RT_SHARED_TIMEOUTS]);
    vs_put(cx, target, "timeoutInfo", vs_typed_new(cx, VS_I32, timeouts, 0, 1));
}
