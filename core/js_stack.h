/* core/js_stack.h: call stacks of JS as text. */
#ifndef RT_JS_STACK_H
#define RT_JS_STACK_H

#include <stdio.h>

#include "v8shim/vs.h"

struct rt_env;

/* "    at function (file:line:column)" lines. stack: from vs_stack_now() or a message. */
void rt_stack_print(struct rt_env *env, FILE *f, vs_val stack);
/* The stack of the code that runs. */
void rt_stack_print_now(struct rt_env *env, FILE *f);
/* "(node:PID) WARNING: text" and the stack of the code that runs, on stderr: what the --trace-*
 * options ask for. */
void rt_stack_warn(struct rt_env *env, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
