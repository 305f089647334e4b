/* core/async.c: async contexts around callbacks, and the draining of ticks after the outermost one.
 */
#include "core/async.h"

#include <stdlib.h>
#include <string.h>

#include "core/bind/async_wrap.h"
#include "core/env.h"
#include "core/error.h"
#include "core/worker.h"

void rt_ids_push(struct rt_env *env, double id, double trigger_id, vs_val resource)
{
    struct rt_async_ids *ids = &env->ids;
    uint32_t depth = ids->fields[RT_HOOK_STACK_LENGTH];
    if (depth >= ids->stack_cap) rt_async_grow_stack(env);
    ids->stack[2 * depth] = ids->ids[RT_ID_EXECUTION];
    ids->stack[2 * depth + 1] = ids->ids[RT_ID_TRIGGER];
    ids->natives[depth] = resource;
    ids->fields[RT_HOOK_STACK_LENGTH] = depth + 1;
    ids->ids[RT_ID_EXECUTION] = id;
    ids->ids[RT_ID_TRIGGER] = trigger_id;
}

bool rt_ids_pop(struct rt_env *env, double id)
{
    struct rt_async_ids *ids = &env->ids;
    uint32_t depth = ids->fields[RT_HOOK_STACK_LENGTH];
    /* An exception that was handled has emptied the stack already. */
    if (depth == 0) return false;
    /* A termination leaves contexts that JS pushed. */
    if (ids->fields[RT_HOOK_CHECK] > 0 && ids->ids[RT_ID_EXECUTION] != id && rt_can_call_js(env)) {
        rt_async_stack_corrupt(env, id);
    }
    depth--;
    ids->ids[RT_ID_EXECUTION] = ids->stack[2 * depth];
    ids->ids[RT_ID_TRIGGER] = ids->stack[2 * depth + 1];
    ids->fields[RT_HOOK_STACK_LENGTH] = depth;
    rt_async_trim_resources(env, depth);
    return depth > 0;
}

void rt_ids_clear(struct rt_env *env)
{
    struct rt_async_ids *ids = &env->ids;
    ids->ids[RT_ID_EXECUTION] = 0;
    ids->ids[RT_ID_TRIGGER] = 0;
    ids->fields[RT_HOOK_STACK_LENGTH] = 0;
    rt_async_trim_resources(env, 0);
}

void rt_async_init_bare(struct rt_async *async, struct rt_env *env, int provider)
{
    struct rt_async_ids *ids = &env->ids;
    *async = (struct rt_async){ .env = env, .provider = provider };
    double trigger = ids->ids[RT_ID_DEFAULT_TRIGGER];
    async->id = ++ids->ids[RT_ID_COUNTER];
    async->trigger_id = trigger < 0 ? ids->ids[RT_ID_EXECUTION] : trigger;
    vs_val context = vs_continuation(env->cx);
    if (!vs_is_undefined(env->cx, context)) async->context = vs_ref_new(env->cx, context);
}

void rt_async_attach(struct rt_async *async, vs_val object, void *native)
{
    async->object = vs_ref_new(async->env->cx, object);
    vs_native_set(object, 0, native);
}

void rt_async_init(struct rt_async *async, struct rt_env *env, vs_val object, int provider,
                   void *native)
{
    rt_async_init_bare(async, env, provider);
    rt_async_attach(async, object, native);
    if (env->ids.fields[RT_HOOK_INIT] > 0) rt_async_emit_init(async, object);
}

void rt_async_init_under(struct rt_async *async, const struct rt_async *parent, vs_val object,
                         int provider, void *native)
{
    double *trigger = &parent->env->ids.ids[RT_ID_DEFAULT_TRIGGER];
    double before = *trigger;
    *trigger = parent->id;
    rt_async_init(async, parent->env, object, provider, native);
    *trigger = before;
}

/* executionAsyncResource() looks there for what to show instead of the object. An object that
 * cannot take it is shown itself. */
static void represent(struct rt_async *async, vs_val resource)
{
    struct rt_env *env = async->env;
    struct vs_try try;
    vs_try_open(env->cx, &try);
    async->represented =
        vs_set(env->cx, rt_async_object(async), rt_symbol(env, resource_symbol), resource);
    vs_try_close(&try);
}

void rt_async_retire(struct rt_async *async)
{
    struct rt_env *env = async->env;
    if (async->represented) {
        represent(async, rt_async_object(async));
        async->represented = false;
    }
    if (async->id && env->ids.fields[RT_HOOK_DESTROY] > 0) rt_async_queue_destroy(env, async->id);
    async->id = 0;
    vs_ref_drop(async->context);
    async->context = NULL;
}

void rt_async_renew(struct rt_async *async, vs_val resource)
{
    struct rt_env *env = async->env;
    struct rt_async_ids *ids = &env->ids;
    rt_async_retire(async);
    double trigger = ids->ids[RT_ID_DEFAULT_TRIGGER];
    async->id = ++ids->ids[RT_ID_COUNTER];
    async->trigger_id = trigger < 0 ? ids->ids[RT_ID_EXECUTION] : trigger;
    vs_val context = vs_continuation(env->cx);
    async->context = vs_is_undefined(env->cx, context) ? NULL : vs_ref_new(env->cx, context);
    if (vs_is_obj(resource)) {
        represent(async, resource);
    } else {
        resource = rt_async_object(async);
    }
    if (ids->fields[RT_HOOK_INIT] > 0) rt_async_emit_init(async, resource);
}

void rt_async_reset(struct rt_async *async)
{
    struct rt_env *env = async->env;
    if (!async->object) return;
    async->represented = false;
    rt_async_retire(async);
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    vs_native_set(vs_ref_get(async->object), 0, NULL);
    vs_scope_close(&scope);
    vs_ref_drop(async->object);
    async->object = NULL;
}

void rt_async_weaken(struct rt_async *async, void (*gone)(void *data), void *data)
{
    vs_ref_weak(async->env->cx, async->object, gone, data);
}

void rt_async_strengthen(struct rt_async *async)
{
    vs_ref_strong(async->env->cx, async->object);
}

void rt_async_gone(struct rt_async *async)
{
    struct rt_env *env = async->env;
    if (env->ids.fields[RT_HOOK_DESTROY] > 0) rt_async_queue_destroy(env, async->id);
    vs_ref_drop(async->context);
    async->object = NULL;
    async->context = NULL;
}

static void callback_open(struct rt_callback *cb, struct rt_env *env, struct rt_async *async,
                          bool trampoline)
{
    struct vs_cx *cx = env->cx;
    rt_awake(env);
    *cb = (struct rt_callback){ .env = env, .id = async ? async->id : 0, .trampoline = trampoline };
    vs_scope_open(cx, &cb->scope);
    env->callback_depth++;
    cb->old_context = vs_continuation(cx);
    vs_continuation_set(cx,
                        async && async->context ? vs_ref_get(async->context) : vs_undefined(cx));
    vs_val resource = async && async->object ? rt_async_object(async) : NULL;
    rt_ids_push(env, cb->id, async ? async->trigger_id : 0, resource);
    if (cb->id != 0 && !cb->trampoline && env->ids.fields[RT_HOOK_BEFORE] > 0 &&
        rt_can_call_js(env))
        rt_async_emit_before(env, cb->id);
}

void rt_callback_open(struct rt_callback *cb, struct rt_env *env, struct rt_async *async)
{
    callback_open(cb, env, async, env->ids.trampoline != NULL);
}

void rt_callback_open_settling(struct rt_callback *cb, struct rt_async *async)
{
    callback_open(cb, async->env, async, false);
}

static void callback_leave(struct rt_callback *cb)
{
    struct rt_env *env = cb->env;
    /* After an error its handler has called the after hooks. */
    if (cb->id != 0 && !cb->trampoline && !cb->failed && env->ids.fields[RT_HOOK_AFTER] > 0 &&
        rt_can_call_js(env))
        rt_async_emit_after(env, cb->id);
    rt_ids_pop(env, cb->id);
    vs_continuation_set(env->cx, cb->old_context);
    env->callback_depth--;
}

void rt_callback_close(struct rt_callback *cb)
{
    callback_leave(cb);
    cb->tick_failed = !cb->failed && !rt_drain(cb->env);
    vs_scope_close(&cb->scope);
}

void rt_callback_close_undrained(struct rt_callback *cb)
{
    callback_leave(cb);
    vs_scope_close(&cb->scope);
}

static bool run_ticks(struct rt_env *env)
{
    struct rt_tick_info *tick = env->tick;
    if (!tick->has_tick && !tick->has_rejection) vs_microtasks_run(env->cx);
    if (!tick->has_tick && !tick->has_rejection) return true;
    if (!rt_can_call_js(env) || !env->hooks.tick) return true;
    /* One call runs ticks and microtasks until both are empty. If one throws and the error is
     * handled, the rest waits for the next callback, as in Node: the handler has queued an
     * immediate to make sure there is one. */
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    bool ok = vs_call(env->cx, vs_ref_get(env->hooks.tick), vs_ref_get(env->process), 0, NULL);
    vs_scope_close(&scope);
    return ok;
}

bool rt_drain(struct rt_env *env)
{
    if (env->callback_depth > 0 || !rt_can_call_js(env)) return true;
    /* A tick may call C that opens a callback, which must not drain the queue that is running. */
    env->callback_depth++;
    bool ok = run_ticks(env);
    env->callback_depth--;
    return ok;
}

vs_val rt_call_in(struct rt_callback *cb, vs_val fn, vs_val self, int argc, const vs_val *argv)
{
    struct rt_env *env = cb->env;
    if (!rt_can_call_js(env)) return NULL;
    const uint32_t *fields = env->ids.fields;
    bool hooked =
        fields[RT_HOOK_BEFORE] + fields[RT_HOOK_AFTER] + fields[RT_HOOK_USES_EXECUTION_RESOURCE] >
        0;
    vs_val result = cb->trampoline && hooked ? rt_async_call_trampoline(cb, fn, self, argc, argv)
                                             : vs_call(env->cx, fn, self, argc, argv);
    cb->failed |= result == NULL;
    return result;
}

bool rt_call(struct rt_async *async, vs_val fn, int argc, const vs_val *argv)
{
    struct rt_callback cb;
    rt_callback_open(&cb, async->env, async);
    bool ok = rt_call_in(&cb, fn, rt_async_object(async), argc, argv) != NULL;
    rt_callback_close(&cb);
    return ok;
}

bool rt_call_name(struct rt_async *async, vs_val name, int argc, const vs_val *argv)
{
    struct rt_callback cb;
    rt_callback_open(&cb, async->env, async);
    vs_val object = rt_async_object(async);
    vs_val fn = vs_get(async->env->cx, object, name);
    bool ok = fn && (!vs_is_fn(fn) || rt_call_in(&cb, fn, object, argc, argv));
    rt_callback_close(&cb);
    return ok;
}

static void get_async_id(const struct vs_args *a)
{
    struct rt_async *async = vs_native_get(vs_this(a), 0);
    vs_ret_f64(a, async ? async->id : -1);
}

static void get_provider_type(const struct vs_args *a)
{
    struct rt_async *async = vs_native_get(vs_this(a), 0);
    vs_ret_i32(a, async ? async->provider : RT_PROVIDER_NONE);
}

/* A pooled JS object stands for a new resource: asyncReset(resource). */
static void async_reset_ids(const struct vs_args *a)
{
    struct rt_async *async = vs_native_get(vs_this(a), 0);
    if (async) rt_async_renew(async, vs_arg(a, 0));
}

struct vs_class *rt_async_class(struct rt_env *env)
{
    if (!env->async_class) {
        struct vs_class *c = vs_class_new(env->cx, "AsyncWrap", NULL, NULL, 1);
        vs_class_method(c, "getAsyncId", get_async_id);
        vs_class_method(c, "asyncReset", async_reset_ids);
        vs_class_method(c, "getProviderType", get_provider_type);
        env->async_class = c;
    }
    return env->async_class;
}
