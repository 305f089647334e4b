/* core/bind/torc_threads.c: internalBinding('torc_threads'): what the main thread of `torc
 * --threads=N` tells of its threads, and how threads of torc:jobs wait. */
#include "core/env.h"
#include "core/listeners.h"

#define NS_PER_US 1000

/* number(n): the next worker that this env makes is thread n. */
static void number(const struct vs_args *a)
{
    rt_env_of(a)->next_thread = vs_uint(vs_arg(a, 0));
}

/* ended(n, again) -> whether it had been listening */
static void ended(const struct vs_args *a)
{
    uint32_t thread = vs_uint(vs_arg(a, 0));
    vs_ret_bool(a, rt_listeners_any(thread));
    rt_listeners_ended(thread, vs_is_true(vs_args_cx(a), vs_arg(a, 1)));
}

/* spin(us): this thread looks for messages for so long before it sleeps, while that pays */
static void spin(const struct vs_args *a)
{
    ur_loop_spin(rt_env_of(a)->loop, (uint64_t)vs_uint(vs_arg(a, 0)) * NS_PER_US);
}

void rt_bind_torc_threads(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "number", number);
    vs_put_fn(env->cx, target, "ended", ended);
    vs_put_fn(env->cx, target, "spin", spin);
    vs_put_int(env->cx, target, "MAX", RT_THREADS_MAX);
}
