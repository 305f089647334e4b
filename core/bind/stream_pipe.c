/* core/bind/stream_pipe.c: internalBinding('stream_pipe'): the bytes of one native stream written
 * to another without JS: a file's to an http2 stream. One write is under way at a time; the source
 * is not read meanwhile. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/native.h"
#include "core/stream.h"

/* Lives as long as its JS object, which is held from start() until `onunpipe` has been called. */
struct stream_pipe {
    struct rt_async async; /* first; its reference is that of native */
    struct rt_native native;
    struct rt_stream_listener source, sink; /* .stream NULL: off */
    struct rt_write *write;                 /* under way, or NULL */
    struct ur_op later;                     /* calls `onunpipe` from the loop */
    bool started, ended, closed;
};

static void pipe_drop(struct rt_native *n)
{
    struct stream_pipe *p = container_of(n, struct stream_pipe, native);
    if (p->source.stream) rt_stream_remove(&p->source);
    if (p->sink.stream) rt_stream_remove(&p->sink);
    if (p->write) p->write->done = NULL;
    rt_native_end_async(&p->async);
    free(p);
}

static void tell(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct stream_pipe *p = container_of(op, struct stream_pipe, later);
    struct rt_env *env = p->async.env;
    struct vs_scope scope;
    (void)res, (void)flags;
    vs_scope_open(env->cx, &scope);
    if (env->can_call_js) rt_call_name(&p->async, rt_str(env, onunpipe), 0, NULL);
    vs_scope_close(&scope);
    rt_native_release(&p->native);
}

/* Listeners may be on the stack: JS hears of it from the next poll. */
static void unpipe(struct stream_pipe *p)
{
    struct rt_env *env = p->async.env;
    if (p->closed) return;
    p->closed = true;
    if (p->write) p->write->done = NULL;
    p->write = NULL;
    if (p->source.stream) {
        rt_stream_read_stop(p->source.stream);
        rt_stream_remove(&p->source);
    }
    if (p->sink.stream) rt_stream_remove(&p->sink);
    if (p->started && env->can_call_js) ur_nop(env->loop, &p->later);
}

/* ---- bytes ---- */

static void end_sink(struct stream_pipe *p)
{
    rt_stream_shutdown(p->sink.stream);
    unpipe(p);
}

static void written(struct rt_write *w, int status)
{
    struct stream_pipe *p = w->owner;
    p->write = NULL;
    if (status < 0)
        unpipe(p);
    else if (p->ended)
        end_sink(p);
    else
        rt_stream_read_start(p->source.stream);
}

static void pass_on(struct stream_pipe *p, const uint8_t *data, size_t len)
{
    struct rt_write *w = rt_write_new(p->sink.stream, 1, len);
    if (!w) {
        unpipe(p);
        return;
    }
    memcpy(rt_write_bytes(w, 1), data, len);
    rt_write_add(w, rt_write_bytes(w, 1), len);
    w->done = written;
    w->owner = p;
    int res = rt_stream_write_take(w);
    if (res < 0) {
        unpipe(p);
    } else if (res == RT_WRITE_ASYNC && !p->closed) {
        p->write = w;
        rt_stream_read_stop(p->source.stream);
    }
}

/* The end and errors are JS's business, too: the listener below has its onread. */
static void on_source_read(struct rt_stream_listener *l, int64_t res, const uint8_t *data)
{
    struct stream_pipe *p = container_of(l, struct stream_pipe, source);
    if (res > 0) {
        pass_on(p, data, (size_t)res);
        return;
    }
    rt_stream_pass(l, res, data);
    if (p->closed) return;
    p->ended = true;
    if (res != RT_EOF)
        unpipe(p);
    else if (!p->write)
        end_sink(p);
}

static void on_source_detach(struct rt_stream_listener *l)
{
    unpipe(container_of(l, struct stream_pipe, source));
}

static void on_sink_read(struct rt_stream_listener *l, int64_t res, const uint8_t *data)
{
    rt_stream_pass(l, res, data);
}

static void on_sink_detach(struct rt_stream_listener *l)
{
    unpipe(container_of(l, struct stream_pipe, sink));
}

/* ---- methods ---- */

static struct stream_pipe *pipe_of(const struct vs_args *a)
{
    return vs_native_get(vs_this(a), 0);
}

/* new StreamPipe(source, sink) */
static void stream_pipe_new(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct rt_stream *source = rt_stream_of(vs_arg(a, 0));
    struct rt_stream *sink = rt_stream_of(vs_arg(a, 1));
    CHECK(vs_is_construct_call(a) && source && sink);
    struct stream_pipe *p = calloc(1, sizeof *p);
    CHECK(p);
    rt_native_init_async(&p->native, &p->async, env, vs_this(a), RT_PROVIDER_STREAMPIPE, pipe_drop);
    ur_op_init(&p->later, tell);
    p->source =
        (struct rt_stream_listener){ .on_read = on_source_read, .on_detach = on_source_detach };
    p->sink = (struct rt_stream_listener){ .on_read = on_sink_read, .on_detach = on_sink_detach };
    rt_stream_push(source, &p->source);
    rt_stream_push(sink, &p->sink);
    vs_put(env->cx, vs_this(a), "source", vs_arg(a, 0));
    vs_put(env->cx, vs_this(a), "sink", vs_arg(a, 1));
}

static void pipe_start(const struct vs_args *a)
{
    struct stream_pipe *p = pipe_of(a);
    if (!p || p->started || p->closed) return;
    p->started = true;
    rt_native_hold(&p->native);
    if (rt_stream_read_start(p->source.stream)) unpipe(p);
}

static void pipe_unpipe(const struct vs_args *a)
{
    struct stream_pipe *p = pipe_of(a);
    if (p) unpipe(p);
}

static void pipe_is_closed(const struct vs_args *a)
{
    struct stream_pipe *p = pipe_of(a);
    vs_ret_bool(a, !p || p->closed);
}

static void pipe_pending_writes(const struct vs_args *a)
{
    struct stream_pipe *p = pipe_of(a);
    vs_ret_i32(a, p && p->write ? 1 : 0);
}

void rt_bind_stream_pipe(struct rt_env *env, vs_val target)
{
    struct vs_class *c =
        vs_class_new(env->cx, "StreamPipe", stream_pipe_new, rt_async_class(env), 1);
    vs_class_method(c, "unpipe", pipe_unpipe);
    vs_class_method(c, "start", pipe_start);
    vs_class_method(c, "isClosed", pipe_is_closed);
    vs_class_method(c, "pendingWrites", pipe_pending_writes);
    vs_put(env->cx, target, "StreamPipe", vs_class_fn(c));
}
