/* core/bind/contextify_script.c: ContextifyScript, what vm.Script extends: a compiled script that
 * can run in any context. */
#include <stdlib.h>

#include "core/bind/contextify.h"
#include "core/bind/watchdog.h"
#include "core/buffer.h"
#include "core/error.h"
#include "core/symbols.h"

/* The fields of its objects. The object holds the script: a reference would keep alive what
 * import() needs to find, which is the object again. */
enum script_field { SCRIPT_UNBOUND, SCRIPT_FIELDS };

/* The receiver's script. NULL: an exception is pending. */
static vs_val this_script(const struct vs_args *a)
{
    vs_val script = vs_native_count(vs_this(a)) ? vs_held_get(vs_this(a), SCRIPT_UNBOUND) : NULL;
    if (script && !vs_is_undefined(vs_args_cx(a), script)) return script;
    rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_INVALID_THIS",
                  "Value of \"this\" must be of type ContextifyScript");
    return NULL;
}

static bool set_name(struct vs_cx *cx, vs_val object, const char *name, vs_val v)
{
    return v && vs_set(cx, object, vs_str_intern(cx, name), v);
}

static vs_val cached_data(struct rt_env *env, vs_val script)
{
    size_t len = 0;
    uint8_t *data = vs_script_cache_new(script, &len);
    return rt_buffer_new_take(env, data, len);
}

static bool set_properties(struct rt_env *env, vs_val self, vs_val script,
                           const struct vs_source *src, bool produce)
{
    struct vs_cx *cx = env->cx;
    vs_val rejected = vs_bool(cx, src->cache_rejected);
    if (src->cache && !set_name(cx, self, "cachedDataRejected", rejected)) return false;
    if (produce && !set_name(cx, self, "cachedDataProduced", vs_bool(cx, true))) return false;
    if (produce && !set_name(cx, self, "cachedData", cached_data(env, script))) return false;
    return set_name(cx, self, "sourceURL", vs_script_source_url(script)) &&
           set_name(cx, self, "sourceMapURL", vs_script_source_map_url(script)) &&
           vs_private_set(cx, self, rt_private(env, host_defined_option_symbol), src->id);
}

/* new ContextifyScript(code, filename, lineOffset, columnOffset, cachedData, produceCachedData,
 * parsingContext, idSymbol) */
static void construct(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    CHECK(vs_is_construct_call(a) && vs_is_str(vs_arg(a, 0)) && vs_is_str(vs_arg(a, 1)));
    vs_val id = vs_arg(a, 7);
    if (!vs_is_symbol(id)) id = vs_symbol_new(cx, vs_arg(a, 1));
    struct vs_source src = { .code = vs_arg(a, 0), .name = vs_arg(a, 1), .id = id };
    src.line_off = vs_int(vs_arg(a, 2));
    src.column_off = vs_int(vs_arg(a, 3));
    struct vs_pin *pin = NULL;
    if (vs_is_view(vs_arg(a, 4))) {
        pin = vs_pin_new(vs_arg(a, 4));
        struct vs_bytes cache = pin ? vs_pin_bytes(pin) : (struct vs_bytes){ 0 };
        src.cache = cache.ptr ? cache.ptr : (const uint8_t *)"";
        src.cache_len = cache.len;
    }
    struct rt_vm_scope scope;
    struct vs_try t;
    rt_vm_scope_open(&scope, env, vs_arg(a, 6));
    vs_try_open(cx, &t);
    vs_val script = vs_compile_script(cx, &src);
    if (!script) rt_rethrow_with_source(env, &t, true);
    vs_try_close(&t);
    rt_vm_scope_close(&scope);
    vs_pin_drop(pin);
    if (!script) return;
    vs_held_set(vs_this(a), SCRIPT_UNBOUND, script);
    bool produce = vs_is_true(cx, vs_arg(a, 5));
    if (set_properties(env, vs_this(a), script, &src, produce)) vs_ret(a, vs_this(a));
}

static void create_cached_data(const struct vs_args *a)
{
    vs_val script = this_script(a);
    if (script) vs_ret_maybe(a, cached_data(rt_env_of(a), script));
}

/* runInContext(contextifiedObject | null, timeout_ms, displayErrors, breakOnSigint, breakOnFirst)
 */
static void run_in_context(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val script = this_script(a);
    if (!script) return;
    struct rt_vm_scope scope;
    struct rt_watchdog dog;
    struct vs_try t;
    rt_vm_scope_open(&scope, env, vs_arg(a, 0));
    rt_watchdog_open(&dog, env, (int64_t)vs_f64(vs_arg(a, 1)), vs_is_true(env->cx, vs_arg(a, 3)));
    vs_try_open(env->cx, &t);
    vs_val result = vs_script_run(env->cx, script);
    if (result && scope.vm) vs_vm_microtasks_run(env->cx, scope.vm);
    enum rt_watchdog_bite bite = rt_watchdog_close(&dog);
    if (bite == RT_WATCHDOG_QUIET && !result)
        rt_rethrow_with_source(env, &t, vs_is_true(env->cx, vs_arg(a, 2)));
    vs_try_close(&t);
    rt_vm_scope_close(&scope);
    if (bite != RT_WATCHDOG_QUIET) {
        rt_watchdog_throw(&dog, bite);
    } else {
        vs_ret_maybe(a, result);
    }
}

struct vs_class *rt_contextify_script_class(struct rt_env *env)
{
    struct vs_class *c = vs_class_new(env->cx, "ContextifyScript", construct, NULL, SCRIPT_FIELDS);
    vs_class_method(c, "createCachedData", create_cached_data);
    vs_class_method(c, "runInContext", run_in_context);
    return c;
}
