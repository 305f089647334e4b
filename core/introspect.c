/* core/introspect.c: process.torc. */
#include "core/introspect.h"

#include "core/env.h"
#include "core/version.h"

static void io(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    struct ur_stats s;
    ur_loop_stats(env->loop, &s);
    vs_val o = vs_obj_new(cx);
    vs_put_str(cx, o, "backend", ur_backend_name(env->loop));
    vs_put_str(cx, o, "reason", ur_backend_reason(env->loop));
#define PUT(name) vs_put_int(cx, o, #name, (double)s.name)
    PUT(polls);
    PUT(enters);
    PUT(calls);
    PUT(sqes);
    PUT(cqes);
    PUT(dispatched);
    PUT(inline_done);
    PUT(cancels);
    PUT(enobufs);
    PUT(parks);
    PUT(rearms);
    PUT(overflows);
    PUT(late);
    PUT(held_bytes);
    PUT(wakes);
    PUT(jobs);
    PUT(accept_backoffs);
    PUT(ops);
    PUT(slots);
    PUT(refs);
    PUT(timers);
    PUT(jobs_running);
    PUT(parked);
    PUT(bufs);
    PUT(bufs_lent);
#undef PUT
    vs_ret(a, o);
}

vs_val rt_introspect_new(struct rt_env *env)
{
    vs_val o = vs_obj_new(env->cx);
    vs_put_str(env->cx, o, "version", RT_TORC_VERSION);
    vs_put_fn(env->cx, o, "io", io);
    return o;
}
