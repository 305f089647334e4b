/* core/bind/async_wrap.c: internalBinding('async_wrap'), what lib/internal/async_hooks.js keeps in
 * C. */
#include "core/bind/async_wrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/env.h"
#include "core/error.h"
#include "core/snapshot.h"

/* Pairs of ids held before the stack must grow. */
#define STACK_PAIRS 16
/* As many ids wait for their 'destroy' hooks until the end of the turn; then a microtask is not
 * too early. */
#define DESTROYED_MANY 16384
/* Most arguments a native callback passes through the trampoline. */
#define TRAMPOLINE_ARGS_MAX 16
#define TRAMPOLINE_OWN_ARGS 3

static const char *const provider_names[] = {
#define RT_PROVIDER(name) #name,
#include "core/providers.def"
#undef RT_PROVIDER
};

static struct vs_ref *array_new(struct vs_cx *cx, enum vs_elem elem, size_t size, size_t count)
{
    vs_val ab = vs_ab_new(cx, size);
    CHECK(ab);
    return vs_ref_new(cx, vs_typed_new(cx, elem, ab, 0, count));
}

static void *array_memory(const struct vs_ref *array)
{
    return vs_bytes(vs_ref_get(array)).ptr;
}

static void make_stack(struct rt_env *env, uint32_t pairs)
{
    struct rt_async_ids *ids = &env->ids;
    struct vs_ref *js_stack = array_new(env->cx, VS_F64, 2 * pairs * sizeof *ids->stack, 2 * pairs);
    double *stack = array_memory(js_stack);
    vs_val *natives = calloc(pairs, sizeof *natives);
    CHECK(natives);
    if (ids->stack) {
        memcpy(stack, ids->stack, 2 * ids->stack_cap * sizeof *stack);
        memcpy(natives, ids->natives, ids->stack_cap * sizeof *natives);
        vs_ref_drop(ids->js_stack);
        free(ids->natives);
    }
    ids->stack = stack;
    ids->natives = natives;
    ids->stack_cap = pairs;
    ids->js_stack = js_stack;
}

void rt_async_ids_open(struct rt_env *env)
{
    struct rt_async_ids *ids = &env->ids;
    ids->js_fields =
        array_new(env->cx, VS_U32, RT_HOOK_FIELD_COUNT * sizeof *ids->fields, RT_HOOK_FIELD_COUNT);
    ids->js_ids =
        array_new(env->cx, VS_F64, RT_ID_FIELD_COUNT * sizeof *ids->ids, RT_ID_FIELD_COUNT);
    ids->fields = array_memory(ids->js_fields);
    ids->ids = array_memory(ids->js_ids);
    ids->fields[RT_HOOK_CHECK] = 1;
    ids->ids[RT_ID_COUNTER] = 1; /* 1 is the bootstrap itself */
    ids->ids[RT_ID_DEFAULT_TRIGGER] = -1;
    ids->resources = vs_ref_new(env->cx, vs_arr_new(env->cx, NULL, 0));
    make_stack(env, STACK_PAIRS);
}

void rt_async_ids_close(struct rt_env *env)
{
    struct rt_async_ids *ids = &env->ids;
    struct vs_ref *refs[] = { ids->js_fields,  ids->js_ids, ids->js_stack, ids->resources,
                              ids->init,       ids->before, ids->after,    ids->promise_resolve,
                              ids->trampoline, ids->destroy };
    for (size_t i = 0; i < sizeof refs / sizeof refs[0]; i++) vs_ref_drop(refs[i]);
    for (int i = 0; i < RT_PROMISE_HOOKS; i++) vs_ref_drop(ids->promise_hooks[i]);
    vs_ref_drop(ids->binding);
    free(ids->natives);
    free(ids->destroyed);
}

void rt_async_ids_snap(struct rt_env *env, struct rt_snap *snap)
{
    struct rt_async_ids *ids = &env->ids;
    struct vs_ref **refs[] = {
        &ids->js_fields,  &ids->js_ids,  &ids->js_stack, &ids->resources,
        &ids->init,       &ids->before,  &ids->after,    &ids->promise_resolve,
        &ids->trampoline, &ids->destroy, &ids->binding
    };
    for (size_t i = 0; i < sizeof refs / sizeof refs[0]; i++) rt_snap_ref(snap, refs[i]);
    for (int i = 0; i < RT_PROMISE_HOOKS; i++) rt_snap_ref(snap, &ids->promise_hooks[i]);
    if (rt_snap_saving(snap)) {
        CHECK(ids->stack_cap == STACK_PAIRS && ids->fields[RT_HOOK_STACK_LENGTH] == 0);
        return;
    }
    ids->fields = array_memory(ids->js_fields);
    ids->ids = array_memory(ids->js_ids);
    ids->stack = array_memory(ids->js_stack);
    ids->stack_cap = STACK_PAIRS;
    ids->natives = calloc(STACK_PAIRS, sizeof *ids->natives);
    CHECK(ids->natives);
}

void rt_async_grow_stack(struct rt_env *env)
{
    struct rt_async_ids *ids = &env->ids;
    make_stack(env, ids->stack_cap * 2);
    if (ids->binding)
        vs_put(env->cx, vs_ref_get(ids->binding), "async_ids_stack", vs_ref_get(ids->js_stack));
}

void rt_async_trim_resources(struct rt_env *env, uint32_t depth)
{
    vs_val resources = vs_ref_get(env->ids.resources);
    if (vs_arr_len(resources) <= depth) return;
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    /* An array's length can always be shortened. */
    CHECK(vs_set(env->cx, resources, rt_str(env, length), vs_i32(env->cx, (int32_t)depth)));
    vs_scope_close(&scope);
}

void rt_async_stack_corrupt(struct rt_env *env, double expected)
{
    fprintf(stderr, "Error: async hook stack has become corrupted (actual: %.f, expected: %.f)\n",
            env->ids.ids[RT_ID_EXECUTION], expected);
    rt_exit(env, RT_EXIT_USER_ERROR);
}

void rt_async_emit_init(struct rt_async *async, vs_val resource)
{
    struct rt_env *env = async->env;
    struct vs_cx *cx = env->cx;
    if (!env->ids.init) return;
    struct vs_scope scope;
    vs_scope_open(cx, &scope);
    vs_val argv[] = { vs_num(cx, async->id), vs_str_intern(cx, provider_names[async->provider]),
                      vs_num(cx, async->trigger_id), resource };
    vs_call(cx, vs_ref_get(env->ids.init), vs_undefined(cx), 4, argv);
    vs_scope_close(&scope);
}

static void emit_id(struct rt_env *env, struct vs_ref *hook, double id)
{
    struct vs_cx *cx = env->cx;
    if (!hook) return;
    struct vs_scope scope;
    vs_scope_open(cx, &scope);
    vs_val argv[] = { vs_num(cx, id) };
    vs_call(cx, vs_ref_get(hook), vs_undefined(cx), 1, argv);
    vs_scope_close(&scope);
}

void rt_async_emit_before(struct rt_env *env, double id)
{
    emit_id(env, env->ids.before, id);
}

void rt_async_emit_after(struct rt_env *env, double id)
{
    emit_id(env, env->ids.after, id);
}

static void run_destroyed(struct rt_env *env)
{
    struct rt_async_ids *ids = &env->ids;
    /* A hook may destroy more: they go on the end of the same queue. */
    for (uint32_t i = 0; i < ids->destroyed_count && env->can_call_js; i++)
        emit_id(env, ids->destroy, ids->destroyed[i]);
    ids->destroyed_count = 0;
}

static void destroy_soon(struct rt_env *env, struct rt_soon *s)
{
    run_destroyed(env);
}

static void destroy_now(const struct vs_args *a)
{
    run_destroyed(rt_env_of(a));
}

static void destroy_in_microtask(struct rt_env *env)
{
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    CHECK(vs_microtask_enqueue(env->cx, vs_fn_new(env->cx, destroy_now, "")));
    vs_scope_close(&scope);
}

void rt_async_queue_destroy(struct rt_env *env, double id)
{
    struct rt_async_ids *ids = &env->ids;
    if (ids->destroyed_count == ids->destroyed_cap) {
        ids->destroyed_cap = ids->destroyed_cap ? 2 * ids->destroyed_cap : STACK_PAIRS;
        ids->destroyed = realloc(ids->destroyed, ids->destroyed_cap * sizeof *ids->destroyed);
        CHECK(ids->destroyed);
    }
    ids->destroyed[ids->destroyed_count++] = id;
    ids->destroy_soon.fn = destroy_soon;
    rt_soon(env, &ids->destroy_soon);
    if (ids->destroyed_count == DESTROYED_MANY && env->can_call_js) destroy_in_microtask(env);
}

vs_val rt_async_call_trampoline(struct rt_callback *cb, vs_val fn, vs_val self, int argc,
                                const vs_val *argv)
{
    struct rt_env *env = cb->env;
    vs_val all[TRAMPOLINE_ARGS_MAX];
    CHECK(argc + TRAMPOLINE_OWN_ARGS <= TRAMPOLINE_ARGS_MAX);
    all[0] = vs_num(env->cx, cb->id);
    all[1] = self;
    all[2] = fn;
    for (int i = 0; i < argc; i++) all[TRAMPOLINE_OWN_ARGS + i] = argv[i];
    return vs_call(env->cx, vs_ref_get(env->ids.trampoline), self, argc + TRAMPOLINE_OWN_ARGS, all);
}

static void keep_fn(struct rt_env *env, struct vs_ref **slot, vs_val v)
{
    vs_ref_drop(*slot);
    *slot = vs_is_fn(v) ? vs_ref_new(env->cx, v) : NULL;
}

/* setupHooks({ init, before, after, destroy, promise_resolve }) */
static void setup_hooks(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct rt_async_ids *ids = &env->ids;
    const struct {
        const char *name;
        struct vs_ref **slot;
    } hooks[] = { { "init", &ids->init },
                  { "before", &ids->before },
                  { "after", &ids->after },
                  { "destroy", &ids->destroy },
                  { "promise_resolve", &ids->promise_resolve } };
    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++) {
        vs_val fn = vs_get_name(env->cx, vs_arg(a, 0), hooks[i].name);
        if (!fn) return;
        keep_fn(env, hooks[i].slot, fn);
    }
}

static void set_callback_trampoline(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    keep_fn(env, &env->ids.trampoline, vs_arg(a, 0));
}

static void push_async_context(const struct vs_args *a)
{
    rt_ids_push(rt_env_of(a), vs_f64(vs_arg(a, 0)), vs_f64(vs_arg(a, 1)), NULL);
}

static void pop_async_context(const struct vs_args *a)
{
    vs_ret_bool(a, rt_ids_pop(rt_env_of(a), vs_f64(vs_arg(a, 0))));
}

static void execution_async_resource(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    uint32_t index = vs_uint(vs_arg(a, 0));
    if (index < env->ids.fields[RT_HOOK_STACK_LENGTH] && env->ids.natives[index])
        vs_ret(a, env->ids.natives[index]);
}

static void clear_async_id_stack(const struct vs_args *a)
{
    rt_ids_clear(rt_env_of(a));
}

static void queue_destroy_async_id(const struct vs_args *a)
{
    rt_async_queue_destroy(rt_env_of(a), vs_f64(vs_arg(a, 0)));
}

static void set_promise_hooks(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_promise_hooks(env->cx, vs_arg(a, 0), vs_arg(a, 1), vs_arg(a, 2), vs_arg(a, 3));
    for (int i = 0; i < RT_PROMISE_HOOKS; i++) {
        vs_ref_drop(env->ids.promise_hooks[i]);
        env->ids.promise_hooks[i] = vs_ref_new(env->cx, vs_arg(a, i));
    }
}

static void get_promise_hooks(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val hooks[RT_PROMISE_HOOKS];
    for (int i = 0; i < RT_PROMISE_HOOKS; i++) {
        struct vs_ref *r = env->ids.promise_hooks[i];
        hooks[i] = r ? vs_ref_get(r) : vs_undefined(env->cx);
    }
    vs_ret(a, vs_arr_new(env->cx, hooks, RT_PROMISE_HOOKS));
}

/* An object whose collection emits 'destroy', unless destroyed.destroyed is set by then. */
struct tracked {
    struct rt_env *env;
    struct vs_ref *destroyed; /* owned: the { destroyed } object, or NULL */
    double id;
};

static void tracked_gone(void *data)
{
    struct tracked *t = data;
    struct rt_env *env = t->env;
    bool done = false;
    if (t->destroyed) {
        vs_val flag = vs_get_name(env->cx, vs_ref_get(t->destroyed), "destroyed");
        done = flag && vs_to_bool(env->cx, flag);
        vs_ref_drop(t->destroyed);
    }
    if (!done && env->ids.fields[RT_HOOK_DESTROY] > 0) rt_async_queue_destroy(env, t->id);
    free(t);
}

/* registerDestroyHook(object, asyncId, destroyed) */
static void register_destroy_hook(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct tracked *t = calloc(1, sizeof *t);
    CHECK(t);
    t->env = env;
    t->id = vs_f64(vs_arg(a, 1));
    if (vs_is_obj(vs_arg(a, 2))) t->destroyed = vs_ref_new(env->cx, vs_arg(a, 2));
    vs_ref_weak(env->cx, vs_ref_new(env->cx, vs_arg(a, 0)), tracked_gone, t);
}

static vs_val constants_new(struct vs_cx *cx)
{
    static const struct {
        const char *name;
        int value;
    } list[] = {
        { "kInit", RT_HOOK_INIT },
        { "kBefore", RT_HOOK_BEFORE },
        { "kAfter", RT_HOOK_AFTER },
        { "kDestroy", RT_HOOK_DESTROY },
        { "kPromiseResolve", RT_HOOK_PROMISE_RESOLVE },
        { "kTotals", RT_HOOK_TOTALS },
        { "kCheck", RT_HOOK_CHECK },
        { "kExecutionAsyncId", RT_ID_EXECUTION },
        { "kTriggerAsyncId", RT_ID_TRIGGER },
        { "kAsyncIdCounter", RT_ID_COUNTER },
        { "kDefaultTriggerAsyncId", RT_ID_DEFAULT_TRIGGER },
        { "kUsesExecutionAsyncResource", RT_HOOK_USES_EXECUTION_RESOURCE },
        { "kStackLength", RT_HOOK_STACK_LENGTH },
    };
    vs_val o = vs_obj_new(cx);
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        vs_put_int(cx, o, list[i].name, list[i].value);
    return o;
}

void rt_bind_async_wrap(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct rt_async_ids *ids = &env->ids;
    vs_put_fn(cx, target, "setupHooks", setup_hooks);
    vs_put_fn(cx, target, "setCallbackTrampoline", set_callback_trampoline);
    vs_put_fn(cx, target, "pushAsyncContext", push_async_context);
    vs_put_fn(cx, target, "popAsyncContext", pop_async_context);
    vs_put_fn(cx, target, "executionAsyncResource", execution_async_resource);
    vs_put_fn(cx, target, "clearAsyncIdStack", clear_async_id_stack);
    vs_put_fn(cx, target, "queueDestroyAsyncId", queue_destroy_async_id);
    vs_put_fn(cx, target, "setPromiseHooks", set_promise_hooks);
    vs_put_fn(cx, target, "getPromiseHooks", get_promise_hooks);
    vs_put_fn(cx, target, "registerDestroyHook", register_destroy_hook);
    vs_put(cx, target, "async_hook_fields", vs_ref_get(ids->js_fields));
    vs_put(cx, target, "async_id_fields", vs_ref_get(ids->js_ids));
    vs_put(cx, target, "execution_async_resources", vs_ref_get(ids->resources));
    vs_put(cx, target, "async_ids_stack", vs_ref_get(ids->js_stack));
    vs_put(cx, target, "constants", constants_new(cx));
    vs_val providers = vs_obj_new(cx);
    for (int i = 0; i < RT_PROVIDER_COUNT; i++) vs_put_int(cx, providers, provider_names[i], i);
    vs_put(cx, target, "Providers", providers);
    ids->binding = vs_ref_new(cx, target);
}
