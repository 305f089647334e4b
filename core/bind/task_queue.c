/* core/bind/task_queue.c: internalBinding('task_queue'): nextTick's flags, microtasks, promise
 * rejections. */
#include "core/env.h"

static void enqueue_microtask(const struct vs_args *a)
{
    if (!vs_microtask_enqueue(vs_args_cx(a), vs_arg(a, 0))) return;
}

static void run_microtasks(const struct vs_args *a)
{
    vs_microtasks_run(vs_args_cx(a));
}

static void keep(const struct vs_args *a, struct vs_ref **slot)
{
    vs_ref_drop(*slot);
    *slot = vs_ref_new(vs_args_cx(a), vs_arg(a, 0));
}

static void set_tick_callback(const struct vs_args *a)
{
    keep(a, &rt_env_of(a)->hooks.tick);
}

static void set_promise_reject_callback(const struct vs_args *a)
{
    keep(a, &rt_env_of(a)->hooks.promise_reject);
}

void rt_bind_task_queue(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "enqueueMicrotask", enqueue_microtask);
    vs_put_fn(cx, target, "setTickCallback", set_tick_callback);
    vs_put_fn(cx, target, "runMicrotasks", run_microtasks);
    vs_put_fn(cx, target, "setPromiseRejectCallback", set_promise_reject_callback);
    vs_val tick = vs_ref_get(env->shared[RT_SHARED_TICK]);
    vs_put(cx, target, "tickInfo", vs_typed_new(cx, VS_U8, tick, 0, sizeof *env->tick));
    vs_val events = vs_obj_new(cx);
    vs_put_int(cx, events, "kPromiseRejectWithNoHandler", VS_REJECT_NO_HANDLER);
    vs_put_int(cx, events, "kPromiseHandlerAddedAfterReject", VS_REJECT_HANDLER_ADDED);
    vs_put_int(cx, events, "kPromiseResolveAfterResolved", VS_RESOLVE_AFTER_RESOLVED);
    vs_put_int(cx, events, "kPromiseRejectAfterResolved", VS_REJECT_AFTER_RESOLVED);
    vs_put(cx, target, "promiseRejectEvents", events);
}
