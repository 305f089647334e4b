/* core/bind/async_context_frame.c: internalBinding('async_context_frame'): the value that
 * AsyncLocalStorage carries. */
#include "core/env.h"

static void get_data(const struct vs_args *a)
{
    vs_ret(a, vs_continuation(vs_args_cx(a)));
}

static void set_data(const struct vs_args *a)
{
    vs_continuation_set(vs_args_cx(a), vs_arg(a, 0));
}

void rt_bind_async_context_frame(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "getContinuationPreservedEmbedderData", get_data);
    vs_put_fn(env->cx, target, "setContinuationPreservedEmbedderData", set_data);
}
