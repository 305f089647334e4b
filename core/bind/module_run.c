/* core/bind/module_run.c: linking and evaluating modules, and what the engine asks about them:
 * import(), import.meta and the modules behind import statements. */
#include <stdio.h>
#include <string.h>

#include "core/bind/contextify.h"
#include "core/bind/module_wrap_priv.h"
#include "core/bind/watchdog.h"
#include "core/error.h"
#include "core/module.h"
#include "core/symbols.h"

static struct module_wrap *this_wrap(const struct vs_args *a)
{
    struct module_wrap *w = module_wrap_of(vs_this(a));
    CHECK(w);
    return w;
}

static vs_val context_object(struct rt_env *env, vs_val object)
{
    vs_val v = vs_private_get(env->cx, object, vs_ref_get(module_state_of(env)->key_context));
    CHECK(v);
    return v;
}

/* A request in the source phase names the same module as the one in the evaluation phase with the
 * same specifier. (Source phase imports have no attributes.) false: an exception is pending. */
static bool check_source_request(struct rt_env *env, vs_val module, vs_val wraps, uint32_t source)
{
    struct vs_cx *cx = env->cx;
    struct vs_module_request wanted, r;
    if (!vs_module_request(cx, module, (int)source, &wanted)) return false;
    if (wanted.phase != VS_PHASE_SOURCE) return true;
    vs_val item = vs_get_index(cx, wraps, source);
    for (uint32_t i = 0; item && i < vs_arr_len(wraps); i++) {
        if (!vs_module_request(cx, module, (int)i, &r)) return false;
        if (i == source || !vs_strict_equals(r.specifier, wanted.specifier) ||
            vs_arr_len(vs_own_keys(cx, r.attributes, VS_KEYS_ALL, true)) > 0)
            continue;
        vs_val other = vs_get_index(cx, wraps, i);
        if (!other) return false;
        if (vs_strict_equals(item, other)) continue;
        struct vs_text name;
        if (!vs_text_read(cx, wanted.specifier, &name)) return false;
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_MODULE_LINK_MISMATCH",
                      "Module request 'ModuleCacheKey(\"%s\")' at index %u must be linked to the "
                      "same module requested at index %u",
                      name.ptr, i < source ? i : source, i < source ? source : i);
        vs_text_reset(&name);
        return false;
    }
    return item != NULL;
}

/* link(wraps): the ModuleWraps of getModuleRequests(), in that order. */
void module_link(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct module_wrap *w = this_wrap(a);
    vs_val wraps = vs_arg(a, 0);
    CHECK(vs_is_arr(wraps));
    int count = vs_module_request_count(env->cx, module_of(w));
    CHECK(vs_arr_len(wraps) == (uint32_t)count);
    /* A copy: the caller's array may change. */
    vs_val copy = vs_arr_new(env->cx, NULL, 0);
    for (uint32_t i = 0; i < (uint32_t)count; i++) {
        vs_val item = vs_get_index(env->cx, wraps, i);
        if (!item) return;
        CHECK(vs_class_is(module_state_of(env)->wrap_class, item));
        if (!vs_set_index(env->cx, copy, i, item)) return;
    }
    for (uint32_t i = 0; i < (uint32_t)count; i++)
        if (!check_source_request(env, module_of(w), copy, i)) return;
    if (!vs_private_set(env->cx, vs_this(a), vs_ref_get(module_state_of(env)->key_linked), copy))
        return;
    w->linked = true;
}

/* "url" of a wrap and the specifier of one of its requests, for error texts. false: an exception is
 * pending. */
static bool request_names(struct rt_env *env, struct module_wrap *w, int index,
                          struct vs_text *specifier, struct vs_text *url)
{
    struct vs_module_request r;
    if (!vs_module_request(env->cx, module_of(w), index, &r)) return false;
    vs_val name = vs_get_name(env->cx, vs_ref_get(w->object), "url");
    if (!name || !vs_text_read(env->cx, name, url)) return false;
    if (vs_text_read(env->cx, r.specifier, specifier)) return true;
    vs_text_reset(url);
    return false;
}

static void throw_unlinked(struct rt_env *env, struct module_wrap *w, int index)
{
    struct vs_text specifier, url;
    if (!request_names(env, w, index, &specifier, &url)) return;
    rt_throw_code(env, VS_ERROR, "ERR_VM_MODULE_LINK_FAILURE",
                  "request for '%s' can not be resolved on module '%s' that is not linked",
                  specifier.ptr, url.ptr);
    vs_text_reset(&specifier);
    vs_text_reset(&url);
}

/* The ModuleWrap object that was linked for a request. NULL: an exception is pending. */
static vs_val linked_object(struct rt_env *env, vs_val referrer, int index)
{
    struct module_wrap *w = module_wrap_find(env, referrer);
    CHECK(w);
    if (!w->linked) {
        throw_unlinked(env, w, index);
        return NULL;
    }
    vs_val list = vs_private_get(env->cx, vs_ref_get(w->object),
                                 vs_ref_get(module_state_of(env)->key_linked));
    return list ? vs_get_index(env->cx, list, (uint32_t)index) : NULL;
}

static vs_val host_resolve(struct vs_cx *cx, vs_val referrer, int index)
{
    struct rt_env *env = rt_env_from_cx(cx);
    /* The facade's only request. */
    vs_val original = module_state_of(env)->facade_original;
    if (original) return original;
    vs_val object = linked_object(env, referrer, index);
    return object ? module_of(module_wrap_of(object)) : NULL;
}

static vs_val host_resolve_source(struct vs_cx *cx, vs_val referrer, int index)
{
    struct rt_env *env = rt_env_from_cx(cx);
    vs_val object = linked_object(env, referrer, index);
    if (!object) return NULL;
    vs_val source = vs_private_get(cx, object, vs_ref_get(module_state_of(env)->key_source));
    if (!source || !vs_is_undefined(cx, source)) return source;
    struct vs_text url;
    vs_val name = vs_get_name(cx, object, "url");
    if (!name || !vs_text_read(cx, name, &url)) return NULL;
    rt_throw_code(env, VS_SYNTAX_ERROR, "ERR_SOURCE_PHASE_NOT_DEFINED",
                  "Source phase import object is not defined for module '%s'", url.ptr);
    vs_text_reset(&url);
    return NULL;
}

static bool host_steps(struct vs_cx *cx, vs_val module)
{
    struct rt_env *env = rt_env_from_cx(cx);
    struct module_wrap *w = module_wrap_find(env, module);
    CHECK(w);
    vs_val self = vs_ref_get(w->object);
    vs_val steps = vs_private_get(cx, self, vs_ref_get(module_state_of(env)->key_steps));
    return steps && vs_call(cx, steps, self, 0, NULL) != NULL;
}

const struct vs_module_host module_host = {
    .resolve = host_resolve,
    .resolve_source = host_resolve_source,
    .steps = host_steps,
};

void module_instantiate(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct module_wrap *w = this_wrap(a);
    if (!w->linked) {
        rt_throw_code(env, VS_ERROR, "ERR_VM_MODULE_LINK_FAILURE", "module is not linked");
        return;
    }
    struct rt_vm_scope scope;
    struct vs_try t;
    rt_vm_scope_open(&scope, env, context_object(env, vs_this(a)));
    vs_try_open(env->cx, &t);
    if (!vs_module_instantiate(env->cx, module_of(w)) && vs_try_caught(&t)) {
        if (!vs_try_terminated(&t))
            rt_append_arrow(env, vs_try_exception(&t), vs_try_message(&t), false);
        vs_try_rethrow(&t);
    }
    vs_try_close(&t);
    rt_vm_scope_close(&scope);
}

static void settle(const struct vs_args *a, bool ok)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val resolver = vs_args_data(a);
    bool done = ok ? vs_resolver_resolve(cx, resolver, vs_undefined(cx))
                   : vs_resolver_reject(cx, resolver, vs_arg(a, 0));
    (void)done; /* false: an exception is pending, which is V8's to report */
}

static void evaluated(const struct vs_args *a)
{
    settle(a, true);
}

static void failed(const struct vs_args *a)
{
    settle(a, false);
}

/* The context has a queue of its own for promise jobs, which is to be empty afterwards. Nothing
 * would run the jobs of those who await its promise: they get one of the main context. */
static vs_val drain_and_wrap(struct rt_env *env, const struct rt_vm_scope *scope, vs_val promise)
{
    struct vs_cx *cx = env->cx;
    vs_vm_leave(cx, scope->vm);
    vs_val resolver = vs_resolver_new(cx);
    vs_val ok = vs_fn_new_data(cx, evaluated, "", resolver);
    vs_val bad = vs_fn_new_data(cx, failed, "", resolver);
    vs_vm_enter(cx, scope->vm);
    if (!vs_promise_then(cx, promise, ok, bad)) return NULL;
    vs_vm_microtasks_run(cx, scope->vm);
    return vs_resolver_promise(resolver);
}

/* evaluate(timeout_ms, breakOnSigint): -1 = no limit. */
void module_evaluate(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct module_wrap *w = this_wrap(a);
    struct rt_vm_scope scope;
    struct rt_watchdog dog;
    struct vs_try t;
    rt_vm_scope_open(&scope, env, context_object(env, vs_this(a)));
    rt_watchdog_open(&dog, env, (int64_t)vs_f64(vs_arg(a, 0)), vs_is_true(env->cx, vs_arg(a, 1)));
    vs_try_open(env->cx, &t);
    vs_val promise = vs_module_evaluate(env->cx, module_of(w));
    if (promise && scope.vm && vs_vm_has_microtasks(scope.vm))
        promise = drain_and_wrap(env, &scope, promise);
    enum rt_watchdog_bite bite = rt_watchdog_close(&dog);
    if (bite == RT_WATCHDOG_QUIET && vs_try_caught(&t)) vs_try_rethrow(&t);
    vs_try_close(&t);
    rt_vm_scope_close(&scope);
    if (bite != RT_WATCHDOG_QUIET) {
        rt_watchdog_throw(&dog, bite);
    } else {
        vs_ret_maybe(a, promise);
    }
}

static void ignore(const struct vs_args *a)
{
    (void)a;
}

/* evaluateSync() -> namespace: for a graph without top-level await, whose promise is settled at
 * once. */
void module_evaluate_sync(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct module_wrap *w = this_wrap(a);
    vs_val module = module_of(w);
    struct rt_vm_scope scope;
    rt_vm_scope_open(&scope, env, context_object(env, vs_this(a)));
    vs_val promise = vs_module_evaluate(env->cx, module);
    rt_vm_scope_close(&scope);
    if (!promise) return;
    CHECK(!vs_module_is_graph_async(module));
    if (vs_promise_state(promise) == VS_REJECTED) {
        /* A handler, so that the rejection which is thrown here does not count as unhandled. */
        vs_val nothing = vs_fn_new(env->cx, ignore, "");
        vs_val error = vs_promise_result(promise);
        if (!vs_promise_then(env->cx, promise, nothing, nothing)) return;
        /* Thrown from here it would be shown with the line that calls this. */
        rt_append_arrow(env, error, vs_message_new(env->cx, error), false);
        vs_throw(env->cx, error);
        return;
    }
    CHECK(vs_promise_state(promise) == VS_FULFILLED);
    vs_ret(a, vs_module_namespace(module));
}

/* What require() returns for an ES module with a default export: a namespace of the same live
 * bindings that also says __esModule, as transpiled importers expect. */
void module_create_facade(const struct vs_args *a)
{
    static const char text[] = "export * from 'original'; export { default } from 'original'; "
                               "export const __esModule = true;";
    struct rt_env *env = rt_env_of(a);
    struct module_state *s = module_state_of(env);
    CHECK(vs_class_is(s->wrap_class, vs_arg(a, 0)));
    struct vs_source src = {
        .code = vs_str_static_latin1(env->cx, text, sizeof(text) - 1),
        .name = vs_str_intern(env->cx, "node:internal/require_module_default_facade"),
    };
    vs_val facade = vs_module_compile(env->cx, &src);
    if (!facade) return;
    s->facade_original = module_of(module_wrap_of(vs_arg(a, 0)));
    bool linked = vs_module_instantiate(env->cx, facade);
    s->facade_original = NULL;
    if (linked && vs_module_evaluate(env->cx, facade)) vs_ret(a, vs_module_namespace(facade));
}

/* Code without a symbol of its own, such as eval() in a vm context, goes by its global object. */
static vs_val symbol_or_global(struct rt_env *env, vs_val id)
{
    if (vs_is_symbol(id)) return id;
    vs_val key = rt_private(env, host_defined_option_symbol);
    return vs_private_get(env->cx, vs_global(env->cx), key);
}

static vs_val rejected(struct vs_cx *cx, vs_val error)
{
    vs_val resolver = vs_resolver_new(cx);
    if (!resolver || !vs_resolver_reject(cx, resolver, error)) return NULL;
    return vs_resolver_promise(resolver);
}

vs_val module_specifier(struct vs_cx *cx, vs_val specifier)
{
    static const uint16_t scheme[] = { 't', 'o', 'r', 'c', ':' };
    uint16_t start[sizeof scheme / sizeof *scheme];
    if (vs_str_len(specifier) < sizeof scheme / sizeof *scheme) return specifier;
    vs_str_write_utf16(cx, specifier, 0, sizeof scheme / sizeof *scheme, start);
    if (memcmp(start, scheme, sizeof scheme) != 0) return specifier;
    return vs_str_concat(cx, vs_str_intern(cx, "node:"), specifier);
}

vs_val rt_module_import_dynamic(struct rt_env *env, const struct vs_import *import)
{
    struct vs_cx *cx = env->cx;
    vs_val symbol = symbol_or_global(env, import->id);
    if (!symbol) return NULL;
    /* Such as that of indirect eval(): there is no module to import from. */
    if (!vs_is_symbol(symbol)) symbol = rt_symbol(env, vm_dynamic_import_no_callback);
    if (!env->hooks.import_dynamic)
        return rejected(cx, vs_error_new(cx, VS_TYPE_ERROR, "Invalid host defined options"));
    vs_val object = vs_obj_new_null(cx);
    for (uint32_t i = 0; i + 1 < vs_arr_len(import->attributes); i += 2) {
        vs_val key = vs_get_index(cx, import->attributes, i);
        vs_val value = vs_get_index(cx, import->attributes, i + 1);
        if (!key || !value || !vs_define(cx, object, key, value, VS_ATTR_NONE)) return NULL;
    }
    vs_val specifier = module_specifier(cx, import->specifier);
    if (!specifier) return NULL;
    vs_val argv[] = { symbol, specifier, vs_i32(cx, import->phase), object, import->referrer };
    return vs_call(cx, vs_ref_get(env->hooks.import_dynamic), vs_undefined(cx), 5, argv);
}

void rt_module_import_meta(struct rt_env *env, vs_val module, vs_val meta)
{
    struct vs_cx *cx = env->cx;
    struct module_wrap *w = module_wrap_find(env, module);
    if (!w || !env->hooks.import_meta) return;
    vs_val object = vs_ref_get(w->object);
    vs_val symbol = vs_private_get(cx, object, rt_private(env, host_defined_option_symbol));
    if (!symbol) return;
    vs_val argv[] = { symbol, meta, object };
    vs_call(cx, vs_ref_get(env->hooks.import_meta), vs_undefined(cx), 3, argv);
}

/* "Warning: Detected unsettled top-level await at file:line", the line and a caret. */
static void print_stalled(struct vs_cx *cx, vs_val message, void *data)
{
    struct vs_message_info info;
    vs_message_info(cx, message, &info);
    struct vs_text name, line;
    if (!info.resource || !info.source_line) return;
    if (!vs_text_read(cx, info.resource, &name)) return;
    if (vs_text_read(cx, info.source_line, &line)) {
        fprintf(stderr, "Warning: Detected unsettled top-level await at %s:%d\n%s\n%*s\n\n\n\n",
                name.ptr, info.line, line.ptr, info.column_start + 1, "^");
        vs_text_reset(&line);
    }
    vs_text_reset(&name);
}

void rt_module_warn_unsettled(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    vs_val key = rt_private(env, entry_point_module_private_symbol);
    vs_val object = vs_private_get(cx, vs_global(cx), key);
    if (!object || !vs_is_obj(object)) return;
    struct module_wrap *w = module_wrap_of(object);
    if (w) vs_module_stalled(cx, module_of(w), print_stalled, NULL);
}
