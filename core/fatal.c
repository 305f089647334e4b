/* core/fatal.c: what happens to an exception nobody caught, and the ways the process ends. The text
 * on stderr is Node's: file and line, the source line, a caret under the spot, the stack, the
 * version. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/env.h"
#include "core/error.h"
#include "core/js_stack.h"
#include "core/options.h"
#include "core/process.h"
#include "core/symbols.h"
#include "core/worker.h"

/* A line of source with this in it is not shown. */
#define HIDE_LINE "node-do-not-add-exception-line"
/* V8's words. */
#define STACK_OVERFLOW "RangeError: Maximum call stack size exceeded"

/* The same place in the file that the script was made from, in the words of the library, which
 * knows source maps. NULL without one. free() it. */
static char *mapped_arrow(struct rt_env *env, const struct vs_message_info *info)
{
    struct vs_cx *cx = env->cx;
    if (!env->source_maps || !env->hooks.source_map_source) return NULL;
    struct vs_try try;
    vs_try_open(cx, &try);
    vs_val argv[] = { info->resource, vs_i32(cx, info->line), vs_i32(cx, info->column_start) };
    vs_val v = vs_call(cx, vs_ref_get(env->hooks.source_map_source), vs_undefined(cx), 3, argv);
    struct vs_text t;
    char *arrow = NULL;
    if (v && vs_is_str(v) && vs_text_read(cx, v, &t)) {
        arrow = strdup(t.ptr);
        vs_text_reset(&t);
    }
    vs_try_close(&try);
    return arrow;
}

/* "file:line\nsource line\n    ^^^^\n", or NULL when the message has no source line. free() it. */
static char *source_arrow(struct rt_env *env, vs_val message)
{
    struct vs_cx *cx = env->cx;
    struct vs_message_info info;
    vs_message_info(cx, message, &info);
    if (!info.source_line || !vs_is_str(info.source_line)) return NULL;
    char *mapped = mapped_arrow(env, &info);
    if (mapped) return mapped;
    struct vs_text name, line;
    if (!vs_text_read(cx, info.resource, &name)) return NULL;
    if (!vs_text_read(cx, info.source_line, &line)) {
        vs_text_reset(&name);
        return NULL;
    }
    char *out = NULL;
    size_t out_len = 0;
    FILE *f = strstr(line.ptr, HIDE_LINE) ? NULL : open_memstream(&out, &out_len);
    if (f) {
        fprintf(f, "%s:%d\n%s\n", name.ptr, info.line, line.ptr);
        int column = info.column_start - info.column_off;
        for (int i = 0; i < column && line.ptr[i]; i++) fputc(line.ptr[i] == '\t' ? '\t' : ' ', f);
        for (int i = info.column_start; i < info.column_end; i++) fputc('^', f);
        fputc('\n', f);
        fclose(f);
    }
    vs_text_reset(&line);
    vs_text_reset(&name);
    return out;
}

void rt_append_arrow(struct rt_env *env, vs_val error, vs_val message, bool print_others)
{
    struct vs_cx *cx = env->cx;
    if (!message) return;
    /* The arrow of what is no error is not kept: inspecting the value would not show it. */
    bool keeps = vs_is_obj(error) && (!print_others || vs_is_native_error(error));
    vs_val key = rt_private(env, arrow_message_private_symbol);
    if (vs_is_obj(error)) {
        vs_val old = vs_private_get(cx, error, key);
        if (old && vs_is_str(old)) return;
    }
    char *arrow = source_arrow(env, message);
    if (!arrow) return;
    if (keeps) {
        vs_val text = vs_str_utf8(cx, arrow, -1);
        if (text && !vs_private_set(cx, error, key, text)) text = NULL;
    } else if (print_others && !env->printed_error) {
        env->printed_error = true;
        fprintf(stderr, "\n%s", arrow);
    }
    free(arrow);
}

static void print_value(struct rt_env *env, FILE *f, vs_val v)
{
    struct vs_text t;
    struct vs_try try;
    vs_try_open(env->cx, &try);
    if (vs_is_symbol(v)) {
        fputc('\n', f); /* it has no text */
    } else if (vs_text_read(env->cx, v, &t)) {
        fprintf(f, "%s\n", t.ptr);
        vs_text_reset(&t);
    } else {
        fputs("<toString() threw exception>\n", f);
    }
    vs_try_close(&try);
}

/* Runs one of the library's stack enhancers; the stack it returns, or the error's own. */
static vs_val enhanced(struct rt_env *env, struct vs_ref *enhancer, vs_val error, vs_val stack)
{
    if (!enhancer) return stack;
    vs_val argv[] = { error };
    vs_val v = vs_call(env->cx, vs_ref_get(enhancer), vs_undefined(env->cx), 1, argv);
    return v ? v : stack;
}

static bool is_decorated(struct rt_env *env, vs_val error)
{
    vs_val v = vs_private_get(env->cx, error, rt_private(env, decorated_private_symbol));
    return v && vs_is_true(env->cx, v);
}

static vs_val member(struct rt_env *env, vs_val error, const char *name)
{
    if (!vs_is_obj(error)) return vs_undefined(env->cx);
    vs_val v = vs_get_name(env->cx, error, name);
    return v ? v : vs_undefined(env->cx);
}

/* An error without a stack: "Name: message" for error-like objects, else the value itself. */
static void print_stackless(struct rt_env *env, FILE *f, vs_val error)
{
    vs_val message = member(env, error, "message");
    vs_val name = member(env, error, "name");
    if (vs_is_undefined(env->cx, message) || vs_is_undefined(env->cx, name)) {
        print_value(env, f, error);
        return;
    }
    struct vs_text t;
    if (!vs_text_read(env->cx, name, &t)) return;
    fprintf(f, "%s: ", t.ptr);
    vs_text_reset(&t);
    print_value(env, f, message);
}

/* What is said after the error. */
static void print_hints(struct rt_env *env, FILE *f, vs_val message, bool has_stack)
{
    if (rt_option_bool(env->options, RT_OPT_trace_uncaught) && message) {
        struct vs_message_info info;
        vs_message_info(env->cx, message, &info);
        if (info.stack) {
            fputs("Thrown at:\n", f);
            rt_stack_print(env, f, info.stack);
        }
        fputc('\n', f);
    } else if (!has_stack) {
        const char *exe = strrchr(env->argv[0], '/');
        fprintf(f, "(Use `%s --trace-uncaught ...` to show where the exception was thrown)\n",
                exe ? exe + 1 : env->argv[0]);
    }
    if (rt_option_bool(env->options, RT_OPT_extra_info_on_fatal_exception))
        fprintf(f, "\nNode.js %s\n", rt_node_version());
}

static void print_error(struct rt_env *env, FILE *f, vs_val error, vs_val message)
{
    struct vs_cx *cx = env->cx;
    vs_val stack = vs_undefined(cx), arrow = vs_undefined(cx);
    bool decorated = false;
    if (vs_is_obj(error)) {
        decorated = is_decorated(env, error);
        stack = member(env, error, "stack");
        stack = enhanced(env, env->hooks.enhance_before, error, stack);
        stack = enhanced(env, env->hooks.enhance_after, error, stack);
        vs_val v = vs_private_get(cx, error, rt_private(env, arrow_message_private_symbol));
        if (v) arrow = v;
    }
    bool has_stack = !vs_is_undefined(cx, stack) && !(vs_is_str(stack) && vs_str_len(stack) == 0);
    if (has_stack) {
        if (vs_is_str(arrow) && !decorated) print_value(env, f, arrow);
        print_value(env, f, stack);
    } else {
        print_stackless(env, f, error);
    }
    print_hints(env, f, message, has_stack);
}

/* One write: who reads our stderr gets the error in one piece. */
static void report(struct rt_env *env, vs_val error, vs_val message)
{
    char *text;
    size_t len;
    struct vs_try try;
    vs_try_open(env->cx, &try);
    rt_append_arrow(env, error, message, true);
    FILE *f = open_memstream(&text, &len);
    CHECK(f);
    print_error(env, f, error, message);
    fclose(f);
    fwrite(text, 1, len, stderr);
    free(text);
    vs_try_close(&try);
}

void rt_report_swallowed(struct rt_env *env, const char *heading, vs_val error, vs_val message)
{
    char *arrow = source_arrow(env, message);
    fprintf(stderr, "%s:\n%s\n", heading, arrow ? arrow : "");
    free(arrow);
    /* By V8 alone: no stack may be left for JS to run on. */
    vs_val text = vs_to_detail_str(env->cx, error);
    if (text) print_value(env, stderr, text);
    fputc('\n', stderr);
}

static bool is_stack_overflow(struct rt_env *env, vs_val error)
{
    vs_val header = vs_is_native_error(error) ? vs_error_header(env->cx, error) : NULL;
    struct vs_text text;
    if (!header || !vs_text_read(env->cx, header, &text)) return false;
    bool overflow = strcmp(text.ptr, STACK_OVERFLOW) == 0;
    vs_text_reset(&text);
    return overflow;
}

/* V8 reports what a promise hook throws from inside the JS that made the promise. When that was a
 * stack overflow, this JS is about to have one as well, and may catch it. */
static bool will_happen_again(struct rt_env *env, vs_val error)
{
    return vs_stack_count(vs_stack_now(env->cx, 1)) > 0 && is_stack_overflow(env, error);
}

void rt_fatal_exception(struct rt_env *env, vs_val error, vs_val message, bool from_promise)
{
    struct vs_cx *cx = env->cx;
    if (!rt_can_call_js(env)) return;
    struct vs_scope scope;
    vs_scope_open(cx, &scope);
    if (!from_promise && will_happen_again(env, error)) {
        vs_scope_close(&scope);
        return;
    }
    vs_val process = env->process ? vs_ref_get(env->process) : NULL;
    vs_val fn = process ? vs_get_name(cx, process, "_fatalException") : NULL;
    if (!fn || !vs_is_fn(fn)) {
        report(env, error, message);
        rt_exit(env, RT_EXIT_HANDLER_NOT_FUNCTION);
        vs_scope_close(&scope);
        return;
    }
    struct vs_try try;
    vs_try_open(cx, &try);
    vs_val argv[] = { error, vs_bool(cx, from_promise) };
    vs_val handled = vs_call(cx, fn, process, 2, argv);
    if (!handled) {
        /* The handler itself threw: that error is the one to show. */
        bool terminated = vs_try_terminated(&try);
        vs_val inner = terminated ? NULL : vs_try_exception(&try);
        if (inner) report(env, inner, vs_try_message(&try));
        /* A worker's handler reports to the parent thread and ends by process.exit(). */
        if (!terminated || !env->worker) rt_exit(env, RT_EXIT_HANDLER_THREW);
    }
    vs_try_close(&try);
    if (handled && vs_is_false(cx, handled)) {
        report(env, error, message);
        rt_exit(env, env->exit->has_code ? env->exit->code : RT_EXIT_USER_ERROR);
    }
    vs_scope_close(&scope);
}

void rt_engine_fatal(const char *where, const char *what, bool oom)
{
    fflush(stdout);
    fprintf(stderr, "FATAL ERROR: %s%s%s%s\n", where ? where : "", where ? " " : "",
            what ? what : "", oom ? " - JavaScript heap out of memory" : "");
    abort();
}

void rt_exit(struct rt_env *env, int code)
{
    if (env->worker) {
        rt_worker_exit(env, code);
        return;
    }
    env->stopping = true;
    env->can_call_js = false;
    rt_workers_stop(env);
    rt_process_at_exit(env);
    fflush(stdout);
    fflush(stderr);
    /* Isolate, loop and V8's threads stay as they are: the process is gone in a moment. */
    _exit(code);
}
