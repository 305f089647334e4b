/* core/boot.c: starts Node's library in the order its scripts expect (each script's parameters are
 * given by its id, see core/builtins.c). */
#include "core/boot.h"

#include <stdio.h>
#include <string.h>

#include "core/binding.h"
#include "core/builtins.h"
#include "core/context.h"
#include "core/env.h"
#include "core/error.h"
#include "core/module.h"
#include "core/options.h"
#include "core/process.h"
#include "core/symbols.h"
#include "core/turn.h"
#include "core/worker.h"

/* getInternalBinding(name) */
static void get_internal_binding(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text name;
    if (!vs_text_read(env->cx, vs_arg(a, 0), &name)) return;
    vs_ret_maybe(a, rt_binding_get(env, name.ptr));
    vs_text_reset(&name);
}

/* getLinkedBinding(name): for embedders that link bindings of their own; torc has none. */
static void get_linked_binding(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text name;
    if (!vs_text_read(env->cx, vs_arg(a, 0), &name)) return;
    rt_throw_code(env, VS_ERROR, "ERR_INVALID_MODULE", "No such binding: %s", name.ptr);
    vs_text_reset(&name);
}

/* NULL: it threw. */
static vs_val run(struct rt_env *env, const char *id, const vs_val *argv, int argc)
{
    vs_val fn = rt_builtin_compile(env, id);
    return fn ? vs_call(env->cx, fn, vs_undefined(env->cx), argc, argv) : NULL;
}

static bool per_context(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    env->primordials = vs_ref_new(cx, vs_obj_new_null(cx));
    env->per_context = vs_ref_new(cx, vs_obj_new(cx));
    return rt_context_run_scripts(env, vs_ref_get(env->per_context), vs_ref_get(env->primordials));
}

static bool realm(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    vs_val argv[] = { vs_ref_get(env->process),
                      vs_fn_new(cx, get_linked_binding, "getLinkedBinding"),
                      vs_fn_new(cx, get_internal_binding, "getInternalBinding"),
                      vs_ref_get(env->primordials) };
    /* Ends by calling setInternalLoaders(), which fills env->internal_binding and env->require. */
    return run(env, "internal/bootstrap/realm", argv, 4);
}

static vs_val library(struct rt_env *env, const char *id)
{
    vs_val argv[] = { vs_ref_get(env->process), vs_ref_get(env->require),
                      vs_ref_get(env->internal_binding), vs_ref_get(env->primordials) };
    return run(env, id, argv, 4);
}

/* is_main_thread loads for the snapshot what most programs need; its counterpart does not, as Node
 * has none for workers. These keep nothing that differs from one worker to another. */
static bool load_for_snapshot(struct rt_env *env)
{
    static const char *const modules[] = {
        "fs",
        "util",
        "url",
        "internal/modules/cjs/loader",
        "internal/modules/esm/loader",
        "internal/modules/esm/utils",
        "internal/modules/run_main",
        "internal/perf/utils",
        "internal/perf/event_loop_utilization",
        "internal/dns/utils",
        "internal/error_serdes",
        "internal/process/pre_execution",
    };
    struct vs_cx *cx = env->cx;
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        vs_val id = vs_str_intern(cx, modules[i]);
        if (!vs_call(cx, vs_ref_get(env->require), vs_undefined(cx), 1, &id)) return false;
    }
    return true;
}

/* The last step before the heap is saved: internal/main/torc_snapshot answers with a function. */
static bool tidy_for_snapshot(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    vs_val tidy = library(env, "internal/main/torc_snapshot");
    vs_val reshape = tidy ? vs_snapshot_reshaper(cx) : NULL;
    if (!reshape) return false;
    vs_val bindings[RT_BINDING_COUNT];
    size_t count = 0;
    for (int i = 0; i < RT_BINDING_COUNT; i++) {
        if (env->bindings[i]) bindings[count++] = vs_ref_get(env->bindings[i]);
    }
    vs_val args[] = { reshape, vs_arr_new(cx, bindings, count) };
    return vs_call(cx, tidy, vs_undefined(cx), 2, args);
}

static bool boot_all(struct rt_env *env)
{
    const char *const scripts[] = {
        "internal/bootstrap/node",
        "internal/bootstrap/web/exposed-wildcard",
        "internal/bootstrap/web/exposed-window-or-worker",
        env->in_worker ? "internal/bootstrap/switches/is_not_main_thread"
                       : "internal/bootstrap/switches/is_main_thread",
        env->in_worker ? "internal/bootstrap/switches/does_not_own_process_state"
                       : "internal/bootstrap/switches/does_own_process_state",
    };
    if (!rt_context_prepare(env) || !per_context(env)) return false;
    env->process = vs_ref_new(env->cx, rt_process_object_new(env));
    if (!realm(env)) return false;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        if (!library(env, scripts[i])) return false;
    }
    if (env->heap != VS_HEAP_SAVE) return true;
    return (!env->in_worker || load_for_snapshot(env)) && tidy_for_snapshot(env);
}

static void print_boot_error(struct rt_env *env, struct vs_try *try)
{
    struct vs_message_info info;
    struct vs_text text;
    if (vs_try_message(try)) {
        vs_message_info(env->cx, vs_try_message(try), &info);
        if (vs_text_read(env->cx, info.resource, &text)) {
            fprintf(stderr, "torc: start-up failed at %s:%d\n", text.ptr, info.line);
            vs_text_reset(&text);
        }
    }
    vs_val error = vs_try_exception(try);
    vs_val stack = vs_is_obj(error) ? vs_get_name(env->cx, error, "stack") : error;
    if (stack && vs_text_read(env->cx, stack, &text)) {
        fprintf(stderr, "%s\n", text.ptr);
        vs_text_reset(&text);
    }
}

bool rt_boot(struct rt_env *env)
{
    struct vs_scope scope;
    struct vs_try try;
    vs_scope_open(env->cx, &scope);
    vs_try_open(env->cx, &try);
    /* The bootstrap runs as async id 1, as in Node: what it creates is triggered by it. */
    rt_ids_push(env, 1, 0, NULL);
    bool ok = boot_all(env);
    rt_ids_pop(env, 1);
    if (!ok && !vs_try_terminated(&try)) print_boot_error(env, &try);
    vs_try_close(&try);
    vs_scope_close(&scope);
    return ok;
}

bool rt_boot_main(struct rt_env *env, const char *id)
{
    struct rt_callback cb;
    rt_callback_open(&cb, env, NULL);
    /* What executionAsyncResource() is for the main script. */
    rt_ids_push(env, 1, 0, vs_obj_new(env->cx));
    bool ok = library(env, id);
    rt_ids_pop(env, 1);
    rt_callback_close(&cb);
    return ok;
}

/* The entry point is an ES module whose top-level await never settled. */
static bool entry_unsettled(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    vs_val promise =
        vs_private_get(cx, vs_global(cx), rt_private(env, entry_point_promise_private_symbol));
    return promise && vs_is_promise(promise) && vs_promise_state(promise) == VS_PENDING;
}

static int exit_code(const struct rt_env *env)
{
    return env->exit->has_code ? env->exit->code : RT_EXIT_OK;
}

int rt_boot_run(struct rt_env *env)
{
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    rt_mark(env, RT_MILESTONE_LOOP_START);
    env->tells_sync_io = rt_option_bool(env->options, RT_OPT_trace_sync_io);
    rt_run(env);
    rt_mark(env, RT_MILESTONE_LOOP_EXIT);
    if (!env->stopping) {
        if (!env->exit->has_code && entry_unsettled(env)) {
            env->exit->code = RT_EXIT_UNSETTLED_AWAIT;
            env->exit->has_code = 1;
            bool told = rt_option_bool(env->options, RT_OPT_warnings);
            if (told && (!env->worker || !env->worker->internal)) rt_module_warn_unsettled(env);
        }
        env->exit->exiting = 1;
        rt_emit_exit(env, "exit", exit_code(env));
    }
    vs_scope_close(&scope);
    return exit_code(env);
}
