/* core/bind/contextify_compile.c: text to functions: vm.compileFunction(), the wrapper of CommonJS
 * modules, and telling CommonJS text from ES module text. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/contextify.h"
#include "core/buffer.h"
#include "core/compile_cache.h"
#include "core/error.h"
#include "core/symbols.h"

#define CJS_PARAMS 5

static void cjs_params(struct vs_cx *cx, vs_val params[CJS_PARAMS])
{
    static const char *const names[CJS_PARAMS] = { "exports", "require", "module", "__filename",
                                                   "__dirname" };
    for (int i = 0; i < CJS_PARAMS; i++) params[i] = vs_str_intern(cx, names[i]);
}

/* Copies an array of JS into malloc'ed memory. NULL: an exception is pending. */
static vs_val *items_of(struct vs_cx *cx, vs_val array, int *count)
{
    *count = vs_is_arr(array) ? (int)vs_arr_len(array) : 0;
    vs_val *items = calloc(*count ? (size_t)*count : 1, sizeof(*items));
    CHECK(items);
    for (int i = 0; i < *count; i++) {
        items[i] = vs_get_index(cx, array, (uint32_t)i);
        if (!items[i]) {
            free(items);
            return NULL;
        }
    }
    return items;
}

static vs_val function_result(struct rt_env *env, vs_val fn, const struct vs_source *src,
                              bool produce)
{
    struct vs_cx *cx = env->cx;
    vs_val undefined = vs_undefined(cx), cache = undefined;
    if (!vs_private_set(cx, fn, rt_private(env, host_defined_option_symbol), src->id)) return NULL;
    if (produce) {
        size_t len = 0;
        uint8_t *data = vs_fn_cache_new(fn, &len);
        cache = rt_buffer_new_take(env, data, len);
        if (!cache) return NULL;
    }
    vs_val result = vs_obj_new_null(cx);
    vs_put(cx, result, "function", fn);
    vs_put(cx, result, "sourceURL", vs_fn_source_url(fn));
    vs_put(cx, result, "sourceMapURL", vs_fn_source_map_url(fn));
    vs_put(cx, result, "cachedDataRejected",
           src->cache ? vs_bool(cx, src->cache_rejected) : undefined);
    vs_put(cx, result, "cachedDataProduced", produce ? vs_bool(cx, true) : undefined);
    vs_put(cx, result, "cachedData", cache);
    return result;
}

/* compileFunction(code, filename, lineOffset, columnOffset, cachedData, produceCachedData,
 * parsingContext, contextExtensions, params, idSymbol) */
void rt_contextify_compile_function(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    CHECK(vs_is_str(vs_arg(a, 0)) && vs_is_str(vs_arg(a, 1)) && vs_is_symbol(vs_arg(a, 9)));
    struct vs_source src = { .code = vs_arg(a, 0), .name = vs_arg(a, 1), .id = vs_arg(a, 9) };
    src.line_off = vs_int(vs_arg(a, 2));
    src.column_off = vs_int(vs_arg(a, 3));
    int param_count, scope_count;
    vs_val *scopes = items_of(cx, vs_arg(a, 7), &scope_count);
    if (!scopes) return;
    vs_val *params = items_of(cx, vs_arg(a, 8), &param_count);
    if (!params) {
        free(scopes);
        return;
    }
    struct vs_pin *pin = vs_is_view(vs_arg(a, 4)) ? vs_pin_new(vs_arg(a, 4)) : NULL;
    if (pin) {
        struct vs_bytes cache = vs_pin_bytes(pin);
        src.cache = cache.ptr ? cache.ptr : (const uint8_t *)"";
        src.cache_len = cache.len;
    }
    struct rt_vm_scope scope;
    struct vs_try t;
    rt_vm_scope_open(&scope, env, vs_arg(a, 6));
    vs_try_open(cx, &t);
    vs_val fn = vs_compile_function(cx, &src, params, param_count, scopes, scope_count);
    vs_val result = NULL;
    if (fn) {
        result = function_result(env, fn, &src, vs_is_true(cx, vs_arg(a, 5)));
    } else if (vs_try_caught(&t)) {
        rt_rethrow_with_source(env, &t, true);
    } else {
        /* V8 refuses without a word. */
        rt_throw_code(env, VS_SYNTAX_ERROR, "ERR_INVALID_ARG_VALUE",
                      "params must be valid identifiers");
        vs_try_rethrow(&t);
    }
    vs_try_close(&t);
    rt_vm_scope_close(&scope);
    vs_pin_drop(pin);
    free(params);
    free(scopes);
    vs_ret_maybe(a, result);
}

static bool contains_any(const char *text, const char *const *parts)
{
    for (; *parts; parts++) {
        if (strstr(text, *parts)) return true;
    }
    return false;
}

static bool text_contains_any(struct rt_env *env, vs_val text, const char *const *parts)
{
    struct vs_text t;
    if (!vs_text_read(env->cx, text, &t)) return false;
    bool found = contains_any(t.ptr, parts);
    vs_text_reset(&t);
    return found;
}

/* V8's words for syntax that only modules have. */
static const char *const module_only[] = { "Cannot use import statement outside a module",
                                           "Unexpected token 'export'",
                                           "Cannot use 'import.meta' outside a module", NULL };
/* ... and for what is an error in the CommonJS wrapper, but may not be in a module. */
static const char *const wrapper_only[] = {
    "Identifier '__filename' has already been declared",
    "Identifier '__dirname' has already been declared",
    "await is only valid in async functions and the top level bodies of modules",
    "Unexpected reserved word",
    "Identifier 'module' has already been declared",
    "Identifier 'exports' has already been declared",
    "Identifier 'require' has already been declared",
    /* What "f(await x)" and "if (await x)" look like where await is a name. */
    "missing ) after argument list",
    "SyntaxError: Unexpected",
    NULL,
};

/* The text of the exception's message, e.g. "Uncaught SyntaxError: ..."; NULL without one. */
static vs_val message_text(struct vs_cx *cx, const struct vs_try *t)
{
    vs_val message = vs_try_message(t);
    if (!message) return NULL;
    struct vs_message_info info;
    vs_message_info(cx, message, &info);
    return info.text;
}

/* Does text compile as the body of an async function, where top-level await is no error and the
 * names of the wrapper are free? */
static bool compiles_as_async(struct rt_env *env, vs_val text, vs_val name, vs_val id)
{
    struct vs_cx *cx = env->cx;
    vs_val body = vs_str_concat(cx, vs_str_latin1(cx, "(async function() {", -1), text);
    if (body) body = vs_str_concat(cx, body, vs_str_latin1(cx, "})();", -1));
    if (!body) return false;
    struct vs_source src = { .code = body, .name = name, .id = id };
    struct vs_try t;
    vs_try_open(cx, &t);
    bool ok = vs_compile_function(cx, &src, NULL, 0, NULL, 0) != NULL;
    if (!ok) {
        vs_val message = message_text(cx, &t);
        ok = message && text_contains_any(env, message, module_only);
    }
    vs_try_close(&t);
    return ok;
}

/* Compiling text as CommonJS failed with what t caught: is it an ES module? */
static bool is_module(struct rt_env *env, const struct vs_try *t, const struct vs_source *src)
{
    vs_val message = message_text(env->cx, t);
    if (!message) return false;
    if (text_contains_any(env, message, module_only)) return true;
    return text_contains_any(env, message, wrapper_only) &&
           compiles_as_async(env, src->code, src->name, src->id);
}

static void warn_of_module(struct rt_env *env, vs_val name)
{
    struct vs_cx *cx = env->cx;
    static const char before[] = "Failed to load the ES module: ";
    static const char after[] = ". Make sure to set \"type\": \"module\" in the nearest "
                                "package.json file or use the .mjs extension.";
    vs_val text = vs_str_concat(cx, vs_str_latin1(cx, before, -1), name);
    if (text) text = vs_str_concat(cx, text, vs_str_latin1(cx, after, -1));
    if (!text || !env->hooks.emit_warning_sync) return;
    vs_call(cx, vs_ref_get(env->hooks.emit_warning_sync), vs_undefined(cx), 1, &text);
}

/* compileFunctionForCJSLoader(code, filename, isSeaMain, shouldDetectModule) */
void rt_contextify_compile_cjs(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    CHECK(vs_is_str(vs_arg(a, 0)) && vs_is_str(vs_arg(a, 1)));
    struct vs_source src = {
        .code = vs_arg(a, 0),
        .name = vs_arg(a, 1),
        .id = rt_symbol(env, vm_dynamic_import_default_internal),
    };
    vs_val params[CJS_PARAMS];
    cjs_params(cx, params);
    struct vs_try t;
    struct rt_cached *cached = rt_cached_find(env, src.code, src.name, RT_CACHED_COMMONJS);
    struct rt_code_cache file;
    rt_cached_read(env, cached, &file, &src);
    vs_try_open(cx, &t);
    vs_val fn = vs_compile_function(cx, &src, params, CJS_PARAMS, NULL, 0);
    rt_cached_done(env, cached, &file, &src, fn);
    bool as_module = false;
    if (!fn && vs_try_caught(&t) && !vs_try_terminated(&t)) {
        bool detect = vs_is_true(cx, vs_arg(a, 3)), module = is_module(env, &t, &src);
        as_module = detect && module;
        if (!detect && module) warn_of_module(env, src.name);
        if (!as_module) rt_rethrow_with_source(env, &t, true);
    }
    vs_try_close(&t);
    if (!fn && !as_module) return;
    vs_val undefined = vs_undefined(cx);
    vs_val result = vs_obj_new_null(cx);
    vs_put(cx, result, "cachedDataRejected", vs_bool(cx, src.cache_rejected));
    vs_put(cx, result, "sourceMapURL", fn ? vs_fn_source_map_url(fn) : undefined);
    vs_put(cx, result, "sourceURL", fn ? vs_fn_source_url(fn) : undefined);
    vs_put(cx, result, "function", fn ? fn : undefined);
    vs_put(cx, result, "canParseAsESM", vs_bool(cx, as_module));
    vs_ret(a, result);
}

/* containsModuleSyntax(code, filename[, resourceName[, 'no CJS variables']]) */
void rt_contextify_contains_module_syntax(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    CHECK(vs_is_str(vs_arg(a, 0)) && vs_is_str(vs_arg(a, 1)));
    struct vs_source src = {
        .code = vs_arg(a, 0),
        .name = vs_is_str(vs_arg(a, 2)) ? vs_arg(a, 2) : vs_arg(a, 1),
        .id = rt_symbol(env, source_text_module_default_hdo),
    };
    vs_val params[CJS_PARAMS];
    cjs_params(cx, params);
    int count = vs_is_undefined(cx, vs_arg(a, 3)) ? CJS_PARAMS : 0;
    struct vs_try t;
    vs_try_open(cx, &t);
    bool compiled = vs_compile_function(cx, &src, params, count, NULL, 0) != NULL;
    bool result = !compiled && vs_try_caught(&t) && is_module(env, &t, &src);
    vs_try_close(&t);
    vs_ret_bool(a, result);
}
