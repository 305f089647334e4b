/* core/js_stack.c: call stacks of JS as text, in one write where they go to stderr. */
#include "core/js_stack.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/env.h"
#include "core/error.h"
#include "core/options.h"
#include "core/worker.h"

void rt_stack_print(struct rt_env *env, FILE *f, vs_val stack)
{
    for (int i = 0; i < vs_stack_count(stack); i++) {
        struct vs_frame frame;
        vs_stack_frame(env->cx, stack, i, &frame);
        struct vs_text fn, script;
        if (!vs_text_read(env->cx, frame.function_name, &fn)) return;
        if (vs_text_read(env->cx, frame.script_name, &script)) {
            if (fn.len) {
                fprintf(f, "    at %s (%s:%d:%d)\n", fn.ptr, script.ptr, frame.line, frame.column);
            } else {
                fprintf(f, "    at %s:%d:%d\n", script.ptr, frame.line, frame.column);
            }
            vs_text_reset(&script);
        }
        vs_text_reset(&fn);
    }
}

void rt_stack_print_now(struct rt_env *env, FILE *f)
{
    int limit = (int)rt_option_int(env->options, RT_OPT_stack_trace_limit);
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    rt_stack_print(env, f, vs_stack_now(env->cx, limit));
    vs_scope_close(&scope);
}

void rt_stack_warn(struct rt_env *env, const char *format, ...)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    CHECK(f);
    va_list args;
    va_start(args, format);
    fprintf(f, "(node:%d", (int)getpid());
    if (env->worker) fprintf(f, ", thread:%d", (int)env->worker->id);
    fputs(") WARNING: ", f);
    vfprintf(f, format, args);
    va_end(args);
    fputc('\n', f);
    rt_stack_print_now(env, f);
    fputc('\n', f);
    fclose(f);
    fwrite(text, 1, len, stderr);
    free(text);
}
