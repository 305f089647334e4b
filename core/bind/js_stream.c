/* core/bind/js_stream.c: internalBinding('js_stream'): a native face for a stream written in JS, so
 * that TLS and HTTP can run over any Duplex. What it is asked, it asks its JS object:
 * onreadstart(), onreadstop(), onshutdown(req), onwrite(req, buffers). JS answers requests with
 * finishWrite() and finishShutdown(), and brings bytes with readBuffer() and emitEOF(). */
#include <errno.h>
#include <stdlib.h>

#include "core/buffer.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/native.h"
#include "core/stream.h"

/* Nothing but JS knows when such a stream ends, so it lives as long as its object. */
struct js_stream {
    struct rt_async async; /* first; its reference is the weak one of native */
    struct rt_native native;
    struct rt_stream stream;
    struct rt_write *starting; /* handed to onwrite(), which has not returned yet */
    int started_res;           /* what finishWrite() said meanwhile */
    bool finished_early;
};

static struct js_stream *js_of_stream(const struct rt_stream *s)
{
    return container_of(s, struct js_stream, stream);
}

static struct js_stream *js_of(const struct vs_args *a)
{
    return vs_native_get(vs_this(a), 0);
}

/* this[name](...argv) as a number. When it throws, the error goes to 'uncaughtException' and the
 * answer is EPROTO, as in Node. */
static int ask(struct rt_stream *s, const char *name, int argc, const vs_val *argv)
{
    struct js_stream *js = js_of_stream(s);
    struct rt_env *env = js->async.env;
    struct vs_try caught;
    struct rt_callback cb;
    int32_t res = -EPROTO;
    vs_try_open(env->cx, &caught);
    rt_callback_open(&cb, env, &js->async);
    vs_val self = rt_async_object(&js->async);
    vs_val fn = vs_get_name(env->cx, self, name);
    vs_val answer = fn && vs_is_fn(fn) ? rt_call_in(&cb, fn, self, argc, argv) : NULL;
    if (!answer || !vs_to_i32(env->cx, answer, &res)) res = -EPROTO;
    rt_callback_close(&cb);
    vs_val error = vs_try_caught(&caught) ? vs_try_exception(&caught) : NULL;
    vs_val message = error ? vs_try_message(&caught) : NULL;
    vs_try_close(&caught);
    if (error) rt_fatal_exception(env, error, message, false);
    return res;
}

static int js_read_start(struct rt_stream *s)
{
    return ask(s, "onreadstart", 0, NULL);
}

static int js_read_stop(struct rt_stream *s)
{
    return ask(s, "onreadstop", 0, NULL);
}

static vs_val buffers_of(struct rt_env *env, const struct rt_write *w)
{
    vs_val list = vs_arr_new(env->cx, NULL, 0);
    for (uint32_t i = 0; i < w->iov_count; i++) {
        vs_val buffer = rt_buffer_new(env, w->iov[i].iov_base, w->iov[i].iov_len);
        if (!buffer || !vs_set_index(env->cx, list, i, buffer)) return NULL;
    }
    return list;
}

static int js_write(struct rt_stream *s, struct rt_write *w)
{
    struct js_stream *js = js_of_stream(s);
    if (!w->async.object) return -EINVAL;
    vs_val argv[] = { rt_async_object(&w->async), buffers_of(js->async.env, w) };
    if (!argv[1]) return -ENOMEM;
    js->starting = w;
    js->finished_early = false;
    int err = ask(s, "onwrite", 2, argv);
    js->starting = NULL;
    if (err) return err;
    if (!js->finished_early) return RT_WRITE_ASYNC;
    if (js->started_res < 0) return js->started_res;
    rt_write_drop(w);
    return RT_WRITE_DONE;
}

static int js_shutdown(struct rt_stream *s, struct rt_shutdown *req)
{
    vs_val argv[] = { rt_async_object(&req->async) };
    return ask(s, "onshutdown", 1, argv);
}

static int js_fd(const struct rt_stream *s)
{
    (void)s;
    return -1;
}

static uint64_t js_pending(const struct rt_stream *s)
{
    (void)s;
    return 0;
}

static const struct rt_stream_ops stream_ops = {
    .read_start = js_read_start,
    .read_stop = js_read_stop,
    .write = js_write,
    .shutdown = js_shutdown,
    .fd = js_fd,
    .pending = js_pending,
    .needs_request = true,
};

static void js_drop(struct rt_native *n)
{
    struct js_stream *js = container_of(n, struct js_stream, native);
    rt_native_end_async(&js->async);
    rt_stream_reset(&js->stream);
    free(js);
}

static void js_new(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
    struct rt_env *env = rt_env_of(a);
    struct js_stream *js = calloc(1, sizeof *js);
    CHECK(js);
    rt_native_init_async(&js->native, &js->async, env, vs_this(a), RT_PROVIDER_JSSTREAM, js_drop);
    rt_stream_init(&js->stream, &js->async, &stream_ops);
}

/* finishWrite(req, status) */
static void finish_write(const struct vs_args *a)
{
    struct js_stream *js = js_of(a);
    vs_val req = vs_arg(a, 0);
    struct rt_write *w = vs_native_count(req) > 0 ? vs_native_get(req, 0) : NULL;
    int32_t status;
    if (!js || !w || !vs_to_i32(vs_args_cx(a), vs_arg(a, 1), &status)) return;
    if (w == js->starting) {
        js->finished_early = true;
        js->started_res = status;
    } else {
        rt_write_done(w, status);
    }
}

/* finishShutdown(req, status) */
static void finish_shutdown(const struct vs_args *a)
{
    vs_val req = vs_arg(a, 0);
    struct rt_shutdown *shutdown = vs_native_count(req) > 0 ? vs_native_get(req, 0) : NULL;
    int32_t status;
    if (shutdown && vs_to_i32(vs_args_cx(a), vs_arg(a, 1), &status))
        rt_shutdown_done(shutdown, status);
}

static void read_buffer(const struct vs_args *a)
{
    struct js_stream *js = js_of(a);
    struct vs_pin *pin = js ? vs_pin_new(vs_arg(a, 0)) : NULL;
    if (!pin) return;
    struct vs_bytes bytes = vs_pin_bytes(pin);
    if (bytes.len > 0) rt_stream_deliver(&js->stream, (int64_t)bytes.len, bytes.ptr);
    vs_pin_drop(pin);
}

static void emit_eof(const struct vs_args *a)
{
    struct js_stream *js = js_of(a);
    if (js) rt_stream_deliver(&js->stream, RT_EOF, NULL);
}

void rt_bind_js_stream(struct rt_env *env, vs_val target)
{
    struct vs_class *c =
        vs_class_new(env->cx, "JSStream", js_new, rt_async_class(env), RT_STREAM_FIELDS);
    vs_class_method(c, "finishWrite", finish_write);
    vs_class_method(c, "finishShutdown", finish_shutdown);
    vs_class_method(c, "readBuffer", read_buffer);
    vs_class_method(c, "emitEOF", emit_eof);
    rt_stream_class_extend(env, c);
    vs_put(env->cx, target, "JSStream", vs_class_fn(c));
}
