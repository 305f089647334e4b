/* core/bind/js_stream.c: internalBinding('js_stream'): a native face for a stream written in JS.
 * Not there yet: the library loads it with tls and http2, and only making one says so. */
#include "core/env.h"
#include "core/error.h"

static void js_stream_new(const struct vs_args *a)
{
    rt_throw_missing(rt_env_of(a), "js_stream.JSStream");
}

void rt_bind_js_stream(struct rt_env *env, vs_val target)
{
    struct vs_class *c = vs_class_new(env->cx, "JSStream", js_stream_new, NULL, 1);
    vs_put(env->cx, target, "JSStream", vs_class_fn(c));
}
