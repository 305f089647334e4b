/* core/bind/module_wrap.c: internalBinding('module_wrap'): the class ModuleWrap, its making and its
 * properties. Linking and running are in module_run.c. */
#include <stdlib.h>

#include "core/bind/contextify.h"
#include "core/bind/module_wrap_priv.h"
#include "core/buffer.h"
#include "core/compile_cache.h"
#include "core/error.h"
#include "core/snapshot.h"
#include "core/symbols.h"

static struct module_wrap **bucket_of(struct module_state *s, int hash)
{
    return &s->buckets[(unsigned)hash & (MODULE_BUCKETS - 1)];
}

struct module_state *module_state_of(struct rt_env *env)
{
    return env->binding_state[RT_STATE_module_wrap];
}

struct module_wrap *module_wrap_find(struct rt_env *env, vs_val module)
{
    struct module_wrap *w = *bucket_of(module_state_of(env), vs_module_hash(module));
    while (w && !vs_module_same(module_of(w), module)) w = w->next;
    return w;
}

static void wrap_free(struct module_wrap *w)
{
    struct module_wrap **link = bucket_of(module_state_of(w->env), w->hash);
    while (*link != w) link = &(*link)->next;
    *link = w->next;
    free(w);
}

static void object_gone(void *data)
{
    wrap_free(data);
}

/* Ties module to its JS object. */
static struct module_wrap *wrap_new(struct rt_env *env, vs_val object, vs_val module)
{
    struct module_wrap *w = calloc(1, sizeof(*w));
    CHECK(w);
    w->env = env;
    w->object = vs_ref_new(env->cx, object);
    w->hash = vs_module_hash(module);
    struct module_wrap **bucket = bucket_of(module_state_of(env), w->hash);
    w->next = *bucket;
    *bucket = w;
    vs_native_set(object, MODULE_FIELD_WRAP, w);
    vs_held_set(object, MODULE_FIELD_MODULE, module);
    vs_ref_weak(env->cx, w->object, object_gone, w);
    return w;
}

static bool set_name(struct vs_cx *cx, vs_val object, const char *name, vs_val v)
{
    return vs_set(cx, object, vs_str_intern(cx, name), v);
}

/* new ModuleWrap(url, context, exportNames, evaluationSteps[, cjsModule]) */
static void make_synthetic(struct rt_env *env, const struct vs_args *a)
{
    struct vs_cx *cx = env->cx;
    vs_val names = vs_arg(a, 2), self = vs_this(a);
    uint32_t count = vs_arr_len(names);
    vs_val *items = calloc(count ? count : 1, sizeof(*items));
    CHECK(items);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = vs_get_index(cx, names, i);
        if (!items[i]) goto free_items;
        CHECK(vs_is_str(items[i]));
    }
    CHECK(vs_is_fn(vs_arg(a, 3)));
    struct module_state *s = module_state_of(env);
    struct module_wrap *w =
        wrap_new(env, self, vs_module_synthetic(cx, vs_arg(a, 0), items, count));
    w->synthetic = true;
    w->linked = true;
    if (!vs_private_set(cx, self, vs_ref_get(s->key_steps), vs_arg(a, 3))) goto free_items;
    vs_val id = rt_private(env, host_defined_option_symbol);
    if (!vs_private_set(cx, self, id, vs_undefined(cx))) goto free_items;
    if (vs_is_obj(vs_arg(a, 4)) &&
        !vs_set(cx, self, rt_symbol(env, imported_cjs_symbol), vs_arg(a, 4)))
        goto free_items;
    if (!set_name(cx, self, "synthetic", vs_bool(cx, true))) goto free_items;
    if (!set_name(cx, self, "url", vs_arg(a, 0))) goto free_items;
    vs_ret(a, self);
free_items:
    free(items);
}

/* Compiles; a SyntaxError leaves with the source line that the fatal exception printer shows. */
static vs_val compile(struct rt_env *env, struct vs_source *src)
{
    struct vs_try t;
    vs_try_open(env->cx, &t);
    vs_val module = vs_module_compile(env->cx, src);
    if (!module && vs_try_caught(&t) && !vs_try_terminated(&t)) {
        rt_append_arrow(env, vs_try_exception(&t), vs_try_message(&t), false);
        vs_try_rethrow(&t);
    }
    vs_try_close(&t);
    return module;
}

static bool set_source_properties(struct rt_env *env, vs_val self, vs_val module)
{
    struct vs_cx *cx = env->cx;
    return set_name(cx, self, "hasTopLevelAwait", vs_bool(cx, vs_module_has_await(module))) &&
           set_name(cx, self, "sourceURL", vs_module_source_url(module)) &&
           set_name(cx, self, "sourceMapURL", vs_module_source_map_url(module)) &&
           set_name(cx, self, "synthetic", vs_bool(cx, false));
}

/* new ModuleWrap(url, context, source, lineOffset, columnOffset[, idSymbol | cachedData]) */
static void make_from_source(struct rt_env *env, const struct vs_args *a)
{
    struct vs_cx *cx = env->cx;
    vs_val self = vs_this(a), extra = vs_arg(a, 5);
    struct vs_source src = { .code = vs_arg(a, 2), .name = vs_arg(a, 0) };
    src.line_off = vs_int(vs_arg(a, 3));
    src.column_off = vs_int(vs_arg(a, 4));
    src.id = vs_is_symbol(extra) ? extra : vs_symbol_new(cx, vs_arg(a, 0));
    if (vs_is_view(extra)) {
        struct vs_bytes cache = vs_bytes(vs_view_buffer(extra));
        src.cache = cache.ptr + vs_view_off(extra);
        src.cache_len = vs_view_len(extra);
    }
    struct rt_cached *cached = NULL;
    struct rt_code_cache file;
    if (vs_is_symbol(extra) && vs_same_word(extra, rt_symbol(env, source_text_module_default_hdo)))
        cached = rt_cached_find(env, src.code, src.name, RT_CACHED_ESM);
    if (cached) rt_cached_read(env, cached, &file, &src);
    vs_val module = compile(env, &src);
    if (cached) {
        rt_cached_done(env, cached, &file, &src, module ? vs_module_unbound(module) : NULL);
        src.cache_rejected = false;
    }
    if (!module) return;
    if (src.cache_rejected) {
        rt_throw_code(env, VS_ERROR, "ERR_VM_MODULE_CACHED_DATA_REJECTED",
                      "cachedData buffer was rejected");
        return;
    }
    wrap_new(env, self, module);
    if (!set_source_properties(env, self, module)) return;
    if (!vs_private_set(cx, self, rt_private(env, host_defined_option_symbol), src.id)) return;
    if (!set_name(cx, self, "url", vs_arg(a, 0))) return;
    vs_ret(a, self);
}

static void construct(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    CHECK(vs_is_construct_call(a) && vs_is_str(vs_arg(a, 0)));
    vs_val context = vs_arg(a, 1);
    if (vs_is_obj(context)) {
        if (!vs_private_set(env->cx, vs_this(a), vs_ref_get(module_state_of(env)->key_context),
                            context))
            return;
    }
    struct rt_vm_scope scope;
    rt_vm_scope_open(&scope, env, context);
    if (vs_is_arr(vs_arg(a, 2))) {
        make_synthetic(env, a);
    } else {
        make_from_source(env, a);
    }
    rt_vm_scope_close(&scope);
}

/* The receiver's module; NULL with a TypeError for an object whose constructor failed. */
static vs_val this_module(const struct vs_args *a)
{
    struct module_wrap *w = module_wrap_of(vs_this(a));
    if (w) return module_of(w);
    rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_INVALID_THIS",
                  "Value of \"this\" must be of type ModuleWrap");
    return NULL;
}

static void get_module_requests(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val module = this_module(a);
    if (!module) return;
    vs_val requests = vs_arr_new(cx, NULL, 0);
    int count = vs_module_request_count(cx, module);
    for (int i = 0; i < count; i++) {
        struct vs_module_request r;
        if (!vs_module_request(cx, module, i, &r)) return;
        vs_val request = vs_obj_new_null(cx), specifier = module_specifier(cx, r.specifier);
        if (!specifier) return;
        vs_put(cx, request, "specifier", specifier);
        vs_put(cx, request, "attributes", r.attributes);
        vs_put_int(cx, request, "phase", r.phase);
        if (!vs_freeze(cx, request) || !vs_set_index(cx, requests, (uint32_t)i, request)) return;
    }
    vs_ret(a, requests);
}

static bool check_instantiated(const struct vs_args *a, vs_val module)
{
    if (vs_module_status(module) >= VS_MODULE_INSTANTIATED) return true;
    rt_throw_code(rt_env_of(a), VS_ERROR, "ERR_MODULE_NOT_INSTANTIATED",
                  "Module is not instantiated");
    return false;
}

static void get_namespace(const struct vs_args *a)
{
    vs_val module = this_module(a);
    if (module && check_instantiated(a, module)) vs_ret(a, vs_module_namespace(module));
}

static void get_has_async_graph(const struct vs_args *a)
{
    vs_val module = this_module(a);
    if (module && check_instantiated(a, module)) vs_ret_bool(a, vs_module_is_graph_async(module));
}

static void get_status(const struct vs_args *a)
{
    vs_val module = this_module(a);
    if (module) vs_ret_i32(a, (int)vs_module_status(module));
}

static void get_error(const struct vs_args *a)
{
    vs_val module = this_module(a);
    if (!module) return;
    CHECK(vs_module_status(module) == VS_MODULE_ERRORED);
    vs_ret(a, vs_module_error(module));
}

static void set_export(const struct vs_args *a)
{
    vs_val module = this_module(a);
    if (!module) return;
    CHECK(vs_is_str(vs_arg(a, 0)));
    /* The exception of a failure is pending, and there is nothing to undo. */
    if (!vs_module_set_export(vs_args_cx(a), module, vs_arg(a, 0), vs_arg(a, 1))) return;
}

static void set_module_source_object(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val key = vs_ref_get(module_state_of(env)->key_source);
    if (!vs_private_set(env->cx, vs_this(a), key, vs_arg(a, 0))) return;
}

static void get_module_source_object(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val source =
        vs_private_get(env->cx, vs_this(a), vs_ref_get(module_state_of(env)->key_source));
    if (!source) return;
    if (!vs_is_undefined(env->cx, source)) {
        vs_ret(a, source);
        return;
    }
    struct vs_text url;
    vs_val name = vs_get_name(env->cx, vs_this(a), "url");
    if (!name || !vs_text_read(env->cx, name, &url)) return;
    rt_throw_code(env, VS_SYNTAX_ERROR, "ERR_SOURCE_PHASE_NOT_DEFINED",
                  "Source phase import object is not defined for module '%s'", url.ptr);
    vs_text_reset(&url);
}

static void create_cached_data(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct module_wrap *w = module_wrap_of(vs_this(a));
    CHECK(w && !w->synthetic);
    CHECK(vs_module_status(module_of(w)) < VS_MODULE_EVALUATING);
    size_t len = 0;
    uint8_t *data = vs_unbound_module_cache_new(vs_module_unbound(module_of(w)), &len);
    vs_ret_maybe(a, rt_buffer_new_take(env, data, len));
}

static void hooks_set(struct rt_env *env, struct vs_ref **hook, vs_val fn)
{
    CHECK(vs_is_fn(fn));
    vs_ref_drop(*hook);
    *hook = vs_ref_new(env->cx, fn);
}

static void set_import_dynamic(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    hooks_set(env, &env->hooks.import_dynamic, vs_arg(a, 0));
}

static void set_import_meta(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    hooks_set(env, &env->hooks.import_meta, vs_arg(a, 0));
}

static void throw_if_promise_rejected(const struct vs_args *a)
{
    vs_val promise = vs_arg(a, 0);
    if (vs_is_promise(promise) && vs_promise_state(promise) == VS_REJECTED)
        vs_throw(vs_args_cx(a), vs_promise_result(promise));
}

static void state_drop(struct rt_env *env)
{
    struct module_state *s = module_state_of(env);
    for (int i = 0; i < MODULE_BUCKETS; i++) {
        while (s->buckets[i]) {
            vs_ref_drop(s->buckets[i]->object);
            wrap_free(s->buckets[i]);
        }
    }
    vs_ref_drop(s->key_linked);
    vs_ref_drop(s->key_steps);
    vs_ref_drop(s->key_context);
    vs_ref_drop(s->key_source);
    free(s);
}

static struct vs_class *wrap_class(struct vs_cx *cx)
{
    struct vs_class *c = vs_class_new(cx, "ModuleWrap", construct, NULL, MODULE_FIELDS);
    vs_class_accessor(c, "hasAsyncGraph", get_has_async_graph, NULL);
    vs_class_method(c, "link", module_link);
    vs_class_method(c, "getModuleRequests", get_module_requests);
    vs_class_method(c, "instantiate", module_instantiate);
    vs_class_method(c, "evaluateSync", module_evaluate_sync);
    vs_class_method(c, "evaluate", module_evaluate);
    vs_class_method(c, "setExport", set_export);
    vs_class_method(c, "setModuleSourceObject", set_module_source_object);
    vs_class_method(c, "getModuleSourceObject", get_module_source_object);
    vs_class_method(c, "createCachedData", create_cached_data);
    vs_class_method(c, "getNamespace", get_namespace);
    vs_class_method(c, "getStatus", get_status);
    vs_class_method(c, "getError", get_error);
    return c;
}

static struct vs_ref *private_key(struct vs_cx *cx, const char *name)
{
    return vs_ref_new(cx, vs_private_new(cx, name));
}

static struct module_state *state_new(struct rt_env *env)
{
    struct module_state *s = calloc(1, sizeof(*s));
    CHECK(s);
    env->binding_state[RT_STATE_module_wrap] = s;
    env->binding_drop[RT_STATE_module_wrap] = state_drop;
    vs_module_host_set(env->cx, &module_host);
    return s;
}

void rt_snap_module_wrap(struct rt_env *env, struct rt_snap *snap)
{
    struct module_state *s = rt_snap_saving(snap) ? module_state_of(env) : state_new(env);
    rt_snap_class(snap, &s->wrap_class);
    rt_snap_ref(snap, &s->key_linked);
    rt_snap_ref(snap, &s->key_steps);
    rt_snap_ref(snap, &s->key_context);
    rt_snap_ref(snap, &s->key_source);
}

void rt_bind_module_wrap(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct module_state *s = state_new(env);
    s->wrap_class = wrap_class(cx);
    s->key_linked = private_key(cx, "torc:linked");
    s->key_steps = private_key(cx, "torc:steps");
    s->key_context = private_key(cx, "torc:context");
    s->key_source = private_key(cx, "torc:source");

    vs_put(cx, target, "ModuleWrap", vs_class_fn(s->wrap_class));
    vs_put_fn(cx, target, "setImportModuleDynamicallyCallback", set_import_dynamic);
    vs_put_fn(cx, target, "setInitializeImportMetaObjectCallback", set_import_meta);
    vs_put_fn(cx, target, "createRequiredModuleFacade", module_create_facade);
    vs_put_fn(cx, target, "throwIfPromiseRejected", throw_if_promise_rejected);
    vs_put_int(cx, target, "kUninstantiated", VS_MODULE_UNINSTANTIATED);
    vs_put_int(cx, target, "kInstantiating", VS_MODULE_INSTANTIATING);
    vs_put_int(cx, target, "kInstantiated", VS_MODULE_INSTANTIATED);
    vs_put_int(cx, target, "kEvaluating", VS_MODULE_EVALUATING);
    vs_put_int(cx, target, "kEvaluated", VS_MODULE_EVALUATED);
    vs_put_int(cx, target, "kErrored", VS_MODULE_ERRORED);
    vs_put_int(cx, target, "kEvaluationPhase", VS_PHASE_EVALUATION);
    vs_put_int(cx, target, "kSourcePhase", VS_PHASE_SOURCE);
}
