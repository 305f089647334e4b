/* core/introspect.c: process.torc. */
#include "core/introspect.h"

#include <inttypes.h>
#include <stddef.h>

#include "core/env.h"
#include "core/version.h"

/* In the order of struct ur_stats. */
static const struct {
    const char *name;
    size_t at;
} counters[] = {
#define COUNTER(name) #name, offsetof(struct ur_stats, name)
    { COUNTER(polls) },
    { COUNTER(enters) },
    { COUNTER(calls) },
    { COUNTER(sqes) },
    { COUNTER(cqes) },
    { COUNTER(dispatched) },
    { COUNTER(inline_done) },
    { COUNTER(cancels) },
    { COUNTER(enobufs) },
    { COUNTER(parks) },
    { COUNTER(rearms) },
    { COUNTER(overflows) },
    { COUNTER(crowds) },
    { COUNTER(late) },
    { COUNTER(held_bytes) },
    { COUNTER(wakes) },
    { COUNTER(spins) },
    { COUNTER(jobs) },
    { COUNTER(accept_backoffs) },
    { COUNTER(ops) },
    { COUNTER(slots) },
    { COUNTER(refs) },
    { COUNTER(timers) },
    { COUNTER(jobs_running) },
    { COUNTER(parked) },
    { COUNTER(bufs) },
    { COUNTER(bufs_lent) },
#undef COUNTER
};
#define COUNTERS (sizeof counters / sizeof counters[0])

static uint64_t value_of(const struct ur_stats *s, size_t i)
{
    return *(const uint64_t *)(const void *)((const char *)s + counters[i].at);
}

static void io(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    struct ur_stats s;
    ur_loop_stats(env->loop, &s);
    vs_val o = vs_obj_new(cx);
    vs_put_str(cx, o, "backend", ur_backend_name(env->loop));
    vs_put_str(cx, o, "reason", ur_backend_reason(env->loop));
    for (size_t i = 0; i < COUNTERS; i++)
        vs_put_int(cx, o, counters[i].name, (double)value_of(&s, i));
    vs_ret(a, o);
}

void rt_introspect_print(const struct ur_loop *l, FILE *to)
{
    struct ur_stats s;
    ur_loop_stats(l, &s);
    const char *reason = ur_backend_reason(l);
    fprintf(to, "I/O by %s%s%s\n", ur_backend_name(l), *reason ? ": " : "", reason);
    for (size_t i = 0; i < COUNTERS; i++)
        fprintf(to, "%16s %12" PRIu64 "\n", counters[i].name, value_of(&s, i));
    if (s.enters) fprintf(to, "%16s %12.2f\n", "cqes per enter", (double)s.cqes / (double)s.enters);
}

vs_val rt_introspect_new(struct rt_env *env)
{
    vs_val o = vs_obj_new(env->cx);
    vs_put_str(env->cx, o, "version", RT_TORC_VERSION);
    vs_put_fn(env->cx, o, "io", io);
    return o;
}
