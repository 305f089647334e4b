/* core/bind/errors.c: internalBinding('errors'): what the library registers for formatting errors,
 * and exit codes. */
#include "core/env.h"
#include "core/error.h"

static void keep(const struct vs_args *a, struct vs_ref **slot, int arg)
{
    struct rt_env *env = rt_env_of(a);
    vs_ref_drop(*slot);
    *slot = vs_is_fn(vs_arg(a, arg)) ? vs_ref_new(env->cx, vs_arg(a, arg)) : NULL;
}

static void set_prepare_stack_trace(const struct vs_args *a)
{
    keep(a, &rt_env_of(a)->hooks.prepare_stack, 0);
}

static void set_get_source_map_error_source(const struct vs_args *a)
{
    keep(a, &rt_env_of(a)->hooks.source_map_source, 0);
}

static void set_source_maps_enabled(const struct vs_args *a)
{
    rt_env_of(a)->source_maps = vs_is_true(rt_env_of(a)->cx, vs_arg(a, 0));
}

static void set_maybe_cache_source_map(const struct vs_args *a)
{
    keep(a, &rt_env_of(a)->hooks.source_map_maybe, 0);
}

static void set_enhance_stack(const struct vs_args *a)
{
    keep(a, &rt_env_of(a)->hooks.enhance_before, 0);
    keep(a, &rt_env_of(a)->hooks.enhance_after, 1);
}

/* The value as text without running any of its code. */
static void no_side_effects_to_string(const struct vs_args *a)
{
    vs_ret_maybe(a, vs_to_detail_str(rt_env_of(a)->cx, vs_arg(a, 0)));
}

static void trigger_uncaught_exception(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val message = vs_message_new(env->cx, vs_arg(a, 0));
    rt_fatal_exception(env, vs_arg(a, 0), message, vs_is_true(env->cx, vs_arg(a, 1)));
}

/* getErrorSourcePositions(error): { sourceLine, scriptResourceName, lineNumber, startColumn } */
static void get_error_source_positions(const struct vs_args *a)
{
    struct vs_cx *cx = rt_env_of(a)->cx;
    vs_val message = vs_message_new(cx, vs_arg(a, 0));
    struct vs_message_info info;
    vs_message_info(cx, message, &info);
    if (!info.source_line) return;
    vs_val o = vs_obj_new(cx);
    vs_put(cx, o, "sourceLine", info.source_line);
    vs_put(cx, o, "scriptResourceName", info.resource);
    vs_put_int(cx, o, "lineNumber", info.line);
    vs_put_int(cx, o, "startColumn", info.column_start);
    vs_ret(a, o);
}

static vs_val exit_codes(struct vs_cx *cx)
{
    static const struct {
        const char *name;
        int code;
    } list[] = {
        { "kNoFailure", RT_EXIT_OK },
        { "kGenericUserError", RT_EXIT_USER_ERROR },
        { "kInternalJSParseError", RT_EXIT_INTERNAL_PARSE },
        { "kInternalJSEvaluationFailure", RT_EXIT_INTERNAL_EVAL },
        { "kV8FatalError", RT_EXIT_FATAL },
        { "kInvalidFatalExceptionMonkeyPatching", RT_EXIT_HANDLER_NOT_FUNCTION },
        { "kExceptionInFatalExceptionHandler", RT_EXIT_HANDLER_THREW },
        { "kInvalidCommandLineArgument", RT_EXIT_BAD_OPTION },
        { "kBootstrapFailure", RT_EXIT_BOOTSTRAP },
        { "kInvalidCommandLineArgument2", RT_EXIT_BAD_OPTION_VALUE },
        { "kUnsettledTopLevelAwait", RT_EXIT_UNSETTLED_AWAIT },
        { "kStartupSnapshotFailure", RT_EXIT_STARTUP_SNAPSHOT },
        { "kAbort", RT_EXIT_ABORT },
    };
    vs_val o = vs_obj_new(cx);
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        vs_put_int(cx, o, list[i].name, list[i].code);
    return o;
}

void rt_bind_errors(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "setPrepareStackTraceCallback", set_prepare_stack_trace);
    vs_put_fn(cx, target, "setGetSourceMapErrorSource", set_get_source_map_error_source);
    vs_put_fn(cx, target, "setSourceMapsEnabled", set_source_maps_enabled);
    vs_put_fn(cx, target, "setMaybeCacheGeneratedSourceMap", set_maybe_cache_source_map);
    vs_put_fn(cx, target, "setEnhanceStackForFatalException", set_enhance_stack);
    vs_put_fn(cx, target, "noSideEffectsToString", no_side_effects_to_string);
    vs_put_fn(cx, target, "triggerUncaughtException", trigger_uncaught_exception);
    vs_put_fn(cx, target, "getErrorSourcePositions", get_error_source_positions);
    vs_put(cx, target, "exitCodes", exit_codes(cx));
}
