/* core/bind/contextify.c: internalBinding('contextify'): contexts of node:vm. Scripts are in
 * contextify_script.c, functions and the CommonJS wrapper in contextify_compile.c. */
#include "core/bind/contextify.h"

#include <stdlib.h>

#include "core/bind/watchdog.h"
#include "core/context.h"
#include "core/error.h"
#include "core/snapshot.h"
#include "core/symbols.h"

/* The JS object that stands for a context; freed when it is collected. */
struct vm_holder {
    struct vs_vm *vm;      /* owned */
    struct vs_ref *object; /* owned, weak */
    struct vm_holder *prev, *next;
    struct rt_env *env;
};

/* Per-env state, in RT_STATE_contextify. */
struct contextify {
    struct vs_class *holder_class;
    struct vm_holder *holders;
};

static struct contextify *state_of(struct rt_env *env)
{
    return env->binding_state[RT_STATE_contextify];
}

static void holder_free(struct vm_holder *h)
{
    if (h->prev) {
        h->prev->next = h->next;
    } else {
        state_of(h->env)->holders = h->next;
    }
    if (h->next) h->next->prev = h->prev;
    vs_vm_drop(h->vm);
    free(h);
}

static void holder_gone(void *data)
{
    holder_free(data);
}

/* NULL: an exception is pending; vm is dropped then. */
static vs_val holder_new_take(struct rt_env *env, struct vs_vm *vm)
{
    struct contextify *s = state_of(env);
    vs_val object = vs_class_make(s->holder_class);
    if (!object) {
        vs_vm_drop(vm);
        return NULL;
    }
    struct vm_holder *h = calloc(1, sizeof(*h));
    CHECK(h);
    h->env = env;
    h->vm = vm;
    h->object = vs_ref_new(env->cx, object);
    h->next = s->holders;
    if (s->holders) s->holders->prev = h;
    s->holders = h;
    vs_native_set(object, 0, h);
    vs_ref_weak(env->cx, h->object, holder_gone, h);
    return object;
}

struct vs_vm *rt_contextify_vm(struct rt_env *env, vs_val object)
{
    vs_val key = rt_private(env, contextify_context_private_symbol);
    vs_val v = vs_private_get(env->cx, object, key);
    if (!v || !vs_is_obj(v) || !vs_class_is(state_of(env)->holder_class, v)) return NULL;
    struct vm_holder *h = vs_native_get(v, 0);
    return h->vm;
}

void rt_vm_scope_open(struct rt_vm_scope *s, struct rt_env *env, vs_val object)
{
    *s = (struct rt_vm_scope){ .cx = env->cx };
    if (vs_is_obj(object)) s->vm = rt_contextify_vm(env, object);
    if (s->vm) vs_vm_enter(s->cx, s->vm);
}

void rt_vm_scope_close(struct rt_vm_scope *s)
{
    if (s->vm) vs_vm_leave(s->cx, s->vm);
}

void rt_decorate_stack(struct rt_env *env, vs_val error)
{
    struct vs_cx *cx = env->cx;
    if (!vs_is_obj(error)) return;
    vs_val done = vs_private_get(cx, error, rt_private(env, decorated_private_symbol));
    vs_val arrow = vs_private_get(cx, error, rt_private(env, arrow_message_private_symbol));
    if (!done || vs_is_true(cx, done) || !arrow || !vs_is_str(arrow)) return;
    vs_val stack = vs_get(cx, error, rt_str(env, stack));
    if (!stack || !vs_is_str(stack)) return;
    vs_val text = vs_str_concat(cx, arrow, vs_str_latin1(cx, "\n", 1));
    if (text) text = vs_str_concat(cx, text, stack);
    if (!text || !vs_set(cx, error, rt_str(env, stack), text)) return;
    vs_val key = rt_private(env, decorated_private_symbol);
    if (!vs_private_set(cx, error, key, vs_bool(cx, true))) return;
}

void rt_rethrow_with_source(struct rt_env *env, struct vs_try *t, bool display)
{
    if (!vs_try_caught(t)) return;
    if (display && !vs_try_terminated(t)) {
        vs_val error = vs_try_exception(t);
        /* A getter of the program's may throw, which is nobody's business here. */
        struct vs_try decorating;
        rt_append_arrow(env, error, vs_try_message(t), false);
        vs_try_open(env->cx, &decorating);
        rt_decorate_stack(env, error);
        vs_try_close(&decorating);
    }
    vs_try_rethrow(t);
}

/* makeContext(sandbox | vm_context_no_contextify, name, origin, strings, wasm, ownMicrotasks, id)
 * -> the sandbox, or the new global */
static void make_context(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    bool plain = vs_same_value(vs_arg(a, 0), rt_symbol(env, vm_context_no_contextify));
    struct vs_vm_options options = {
        .sandbox = plain ? NULL : vs_arg(a, 0),
        .allow_strings = vs_is_true(cx, vs_arg(a, 3)),
        .allow_wasm = vs_is_true(cx, vs_arg(a, 4)),
        .own_microtasks = vs_is_true(cx, vs_arg(a, 5)),
    };
    CHECK(plain || vs_is_obj(vs_arg(a, 0)));
    struct vs_vm *vm = vs_vm_new(cx, &options);
    if (!vm) return;
    vs_vm_enter(cx, vm);
    bool ready = rt_context_prepare(env);
    vs_vm_leave(cx, vm);
    if (!ready) {
        vs_vm_drop(vm);
        return;
    }
    vs_val global = vs_vm_global(cx, vm);
    vs_val result = plain ? global : vs_arg(a, 0);
    vs_val holder = holder_new_take(env, vm);
    if (!holder) return;
    vs_val key = rt_private(env, contextify_context_private_symbol);
    if (!vs_private_set(cx, result, key, holder)) return;
    vs_val id_key = rt_private(env, host_defined_option_symbol);
    if (!vs_private_set(cx, result, id_key, vs_arg(a, 6))) return;
    if (!plain && !vs_private_set(cx, global, id_key, vs_arg(a, 6))) return;
    vs_ret(a, result);
}

static void start_sigint_watchdog(const struct vs_args *a)
{
    vs_ret_bool(a, rt_sigint_watch_start());
}

static void stop_sigint_watchdog(const struct vs_args *a)
{
    vs_ret_bool(a, rt_sigint_watch_stop());
}

static void has_pending_sigint(const struct vs_args *a)
{
    vs_ret_bool(a, rt_sigint_watch_pending());
}

/* measureMemory(mode: 0 summary, 1 detailed; execution: 0 default, 1 eager) */
static void measure_memory(const struct vs_args *a)
{
    bool detailed = vs_int(vs_arg(a, 0)) == 1, eager = vs_int(vs_arg(a, 1)) == 1;
    vs_ret_maybe(a, vs_memory_measure(vs_args_cx(a), detailed, eager));
}

static void put_constants(struct vs_cx *cx, vs_val target)
{
    vs_val mode = vs_obj_new_null(cx), execution = vs_obj_new_null(cx);
    vs_put_int(cx, mode, "SUMMARY", 0);
    vs_put_int(cx, mode, "DETAILED", 1);
    vs_put_int(cx, execution, "DEFAULT", 0);
    vs_put_int(cx, execution, "EAGER", 1);
    vs_val measure = vs_obj_new_null(cx);
    vs_put(cx, measure, "mode", mode);
    vs_put(cx, measure, "execution", execution);
    vs_val constants = vs_obj_new_null(cx);
    vs_put(cx, constants, "measureMemory", measure);
    vs_put(cx, target, "constants", constants);
}

static void state_drop(struct rt_env *env)
{
    struct contextify *s = state_of(env);
    while (s->holders) {
        vs_ref_drop(s->holders->object);
        holder_free(s->holders);
    }
    free(s);
}

static struct contextify *state_new(struct rt_env *env)
{
    struct contextify *s = calloc(1, sizeof(*s));
    CHECK(s);
    env->binding_state[RT_STATE_contextify] = s;
    env->binding_drop[RT_STATE_contextify] = state_drop;
    return s;
}

void rt_snap_contextify(struct rt_env *env, struct rt_snap *snap)
{
    if (!rt_snap_saving(snap)) state_new(env);
    rt_snap_class(snap, &state_of(env)->holder_class);
}

void rt_bind_contextify(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    state_new(env)->holder_class = vs_class_new(cx, "ContextifyContext", NULL, NULL, 1);

    vs_put_fn(cx, target, "makeContext", make_context);
    vs_put(cx, target, "ContextifyScript", vs_class_fn(rt_contextify_script_class(env)));
    vs_put_fn(cx, target, "compileFunction", rt_contextify_compile_function);
    vs_put_fn(cx, target, "startSigintWatchdog", start_sigint_watchdog);
    vs_put_fn(cx, target, "stopSigintWatchdog", stop_sigint_watchdog);
    vs_put_fn(cx, target, "watchdogHasPendingSigint", has_pending_sigint);
    vs_put_fn(cx, target, "measureMemory", measure_memory);
    vs_put_fn(cx, target, "compileFunctionForCJSLoader", rt_contextify_compile_cjs);
    vs_put_fn(cx, target, "containsModuleSyntax", rt_contextify_contains_module_syntax);
    put_constants(cx, target);
}
