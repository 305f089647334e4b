/* core/context.c: what every context gets. V8 offers more than Node does, and --disable-proto takes
 * something away. */
#include "core/context.h"

#include <string.h>

#include "core/builtins.h"
#include "core/env.h"
#include "core/error.h"
#include "core/options.h"
#include "core/symbols.h"

/* Error.stackTraceLimit as V8 makes it. */
#define V8_STACK_LIMIT 10

/* Reached as a program would: a sandbox may have its own. */
static bool delete_member(struct vs_cx *cx, const char *object, const char *name)
{
    vs_val v = vs_get_name(cx, vs_global(cx), object);
    return v && (!vs_is_obj(v) || vs_delete(cx, v, vs_str_intern(cx, name)));
}

static void throw_proto(const struct vs_args *a)
{
    rt_throw_code(rt_env_of(a), VS_ERROR, "ERR_PROTO_ACCESS",
                  "Accessing Object.prototype.__proto__ has been disallowed with "
                  "--disable-proto=throw");
}

static bool disable_proto(struct rt_env *env, const char *mode)
{
    struct vs_cx *cx = env->cx;
    if (!*mode) return true;
    vs_val prototype = vs_proto(cx, vs_obj_new(cx));
    if (!vs_delete(cx, prototype, vs_str_intern(cx, "__proto__"))) return false;
    if (!strcmp(mode, "throw"))
        vs_put_hidden_accessor(cx, prototype, "__proto__", throw_proto, throw_proto);
    return true;
}

/* Not by V8's flag, which start-up data would not fit. */
static bool limit_stacks(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    int64_t limit = rt_option_int(env->options, RT_OPT_stack_trace_limit);
    if (limit == V8_STACK_LIMIT) return true;
    vs_val error = vs_get_name(cx, vs_proto(cx, vs_error_new(cx, VS_ERROR, "")), "constructor");
    return error &&
           vs_set(cx, error, vs_str_intern(cx, "stackTraceLimit"), vs_num(cx, (double)limit));
}

bool rt_context_prepare(struct rt_env *env)
{
    return delete_member(env->cx, "Intl", "v8BreakIterator") && limit_stacks(env) &&
           disable_proto(env, rt_option_str(env->options, RT_OPT_disable_proto));
}

bool rt_context_run_scripts(struct rt_env *env, vs_val exports, vs_val primordials)
{
    static const char *const ids[] = { "internal/per_context/primordials",
                                       "internal/per_context/domexception",
                                       "internal/per_context/messageport" };
    struct vs_cx *cx = env->cx;
    vs_val argv[] = { exports, primordials, rt_private_symbols(env), rt_per_isolate_symbols(env) };
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        vs_val fn = rt_builtin_compile(env, ids[i]);
        if (!fn || !vs_call(cx, fn, vs_undefined(cx), 4, argv)) return false;
    }
    return true;
}

vs_val rt_context_exports(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    if (vs_context_is_main(cx)) return vs_ref_get(env->per_context);
    vs_val key = rt_private(env, per_context_binding_exports);
    vs_val exports = vs_private_get(cx, vs_global(cx), key);
    if (!exports || vs_is_obj(exports)) return exports;
    exports = vs_obj_new(cx);
    if (!rt_context_run_scripts(env, exports, vs_obj_new_null(cx))) return NULL;
    return vs_private_set(cx, vs_global(cx), key, exports) ? exports : NULL;
}
