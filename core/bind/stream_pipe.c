/* core/bind/stream_pipe.c: internalBinding('stream_pipe'): piping one native stream into another,
 * which only http2's respondWithFile() does. Not there yet: making one says so. */
#include "core/env.h"
#include "core/error.h"

static void stream_pipe_new(const struct vs_args *a)
{
    rt_throw_missing(rt_env_of(a), "stream_pipe.StreamPipe");
}

void rt_bind_stream_pipe(struct rt_env *env, vs_val target)
{
    struct vs_class *c = vs_class_new(env->cx, "StreamPipe", stream_pipe_new, NULL, 1);
    vs_put(env->cx, target, "StreamPipe", vs_class_fn(c));
}
