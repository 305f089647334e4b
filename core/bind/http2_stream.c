/* core/bind/http2_stream.c: class Http2Stream: a stream of bytes for core/stream.h, and the methods
 * that submit its frames. */
#include <errno.h>
#include <stdlib.h>

#include "core/bind/http2_priv.h"
#include "core/error.h"

/* ---- as a transport ---- */

/* The peer may send as much again as JS has read. */
static int h2_read_start(struct rt_stream *rs)
{
    struct h2_stream *st = h2_stream_of(rs);
    if (st->destroyed) return -EINVAL;
    if (st->unread > 0) {
        nghttp2_session_consume_stream(st->session->ng, st->id, st->unread);
        st->unread = 0;
        h2_due(st->session);
    }
    return 0;
}

static int h2_read_stop(struct rt_stream *rs)
{
    return h2_stream_of(rs)->destroyed ? -EINVAL : 0;
}

/* nghttp2 asks again for data it was once refused. */
static void resume(struct h2_stream *st)
{
    if (st->deferred) {
        st->deferred = false;
        nghttp2_session_resume_data(st->session->ng, st->id);
    }
    h2_due(st->session);
}

static int h2_write(struct rt_stream *rs, struct rt_write *w)
{
    struct h2_stream *st = h2_stream_of(rs);
    if (st->destroyed || st->shut) return RT_EOF;
    w->next = NULL;
    *st->queue_tail = w;
    st->queue_tail = &w->next;
    st->queued += w->len;
    st->session->memory += w->len;
    st->session->chunks_sent = 0;
    resume(st);
    return RT_WRITE_ASYNC;
}

/* The end of the body goes with its last frame: there is nothing to wait for. */
static int h2_shutdown(struct rt_stream *rs, struct rt_shutdown *req)
{
    struct h2_stream *st = h2_stream_of(rs);
    (void)req;
    if (st->destroyed) return -EINVAL;
    if (!st->shut) {
        st->shut = true;
        resume(st);
    }
    return 1;
}

static int h2_fd(const struct rt_stream *rs)
{
    (void)rs;
    return -1;
}

static uint64_t h2_pending(const struct rt_stream *rs)
{
    return h2_stream_of(rs)->queued;
}

const struct rt_stream_ops h2_stream_ops = {
    .read_start = h2_read_start,
    .read_stop = h2_read_stop,
    .write = h2_write,
    .shutdown = h2_shutdown,
    .fd = h2_fd,
    .pending = h2_pending,
};

/* ---- methods ---- */

/* NULL: destroyed. */
static struct h2_stream *stream_of(const struct vs_args *a)
{
    struct h2_stream *st = vs_native_get(vs_this(a), 0);
    return st && !st->destroyed ? st : NULL;
}

static void stream_id(const struct vs_args *a)
{
    struct h2_stream *st = vs_native_get(vs_this(a), 0);
    if (st) vs_ret_i32(a, st->id);
}

static void stream_destroy(const struct vs_args *a)
{
    struct h2_stream *st = stream_of(a);
    if (st) h2_stream_destroy(st);
}

/* Frames of headers are submitted by one of these. */
typedef int submit_fn(struct h2_stream *st, const struct h2_nv_list *l, uint32_t options);

static void submit(const struct vs_args *a, submit_fn *fn)
{
    struct h2_stream *st = stream_of(a);
    struct h2_nv_list l;
    if (!st) return;
    h2_nv_read(st->async.env, vs_arg(a, 0), &l);
    uint32_t options = vs_is_u32(vs_arg(a, 1)) ? vs_uint(vs_arg(a, 1)) : 0;
    vs_ret_i32(a, fn(st, &l, options));
    h2_nv_reset(&l);
    h2_due(st->session);
}

static int submit_response(struct h2_stream *st, const struct h2_nv_list *l, uint32_t options)
{
    if (options & H2_NO_BODY) st->shut = true;
    if (options & H2_TRAILERS) st->trailers = true;
    bool body = !st->shut || st->queue;
    return nghttp2_submit_response2(st->session->ng, st->id, l->nv, l->count,
                                    body ? &h2_provider : NULL);
}

static void stream_respond(const struct vs_args *a)
{
    submit(a, submit_response);
}

static int submit_info(struct h2_stream *st, const struct h2_nv_list *l, uint32_t options)
{
    (void)options;
    return nghttp2_submit_headers(st->session->ng, NGHTTP2_FLAG_NONE, st->id, NULL, l->nv, l->count,
                                  NULL);
}

static void stream_info(const struct vs_args *a)
{
    submit(a, submit_info);
}

/* An empty header block confuses browsers; an empty DATA frame ends the stream as well. */
static int submit_trailers(struct h2_stream *st, const struct h2_nv_list *l, uint32_t options)
{
    (void)options;
    st->trailers = false;
    if (l->count == 0)
        return nghttp2_submit_data2(st->session->ng, NGHTTP2_FLAG_END_STREAM, st->id, &h2_provider);
    return nghttp2_submit_trailer(st->session->ng, st->id, l->nv, l->count);
}

static void stream_trailers(const struct vs_args *a)
{
    submit(a, submit_trailers);
}

/* pushPromise(headers, options): the new stream, or an error number. */
static void stream_push_promise(const struct vs_args *a)
{
    struct h2_stream *st = stream_of(a);
    struct h2_nv_list l;
    if (!st) return;
    h2_nv_read(st->async.env, vs_arg(a, 0), &l);
    struct h2_session *s = st->session;
    int32_t id = nghttp2_submit_push_promise(s->ng, NGHTTP2_FLAG_NONE, st->id, l.nv, l.count, NULL);
    h2_nv_reset(&l);
    h2_due(s);
    if (id <= 0) {
        vs_ret_i32(a, id);
        return;
    }
    struct h2_stream *pushed = h2_stream_new(s, id);
    if (!pushed) return;
    if (vs_uint(vs_arg(a, 1)) & H2_NO_BODY) pushed->shut = true;
    vs_ret(a, rt_async_object(&pushed->async));
}

void h2_stream_reset(struct h2_stream *st, uint32_t code)
{
    struct h2_session *s = st->session;
    if (st->closed) return;
    if (s->reset_count == s->reset_cap) {
        s->reset_cap = s->reset_cap ? 2 * s->reset_cap : 4;
        s->resets = realloc(s->resets, s->reset_cap * sizeof *s->resets);
        CHECK(s->resets);
    }
    s->resets[s->reset_count++] = (struct h2_reset){ st->id, code };
    /* RST_STREAM would overtake data, and even the request itself. */
    h2_flush(s);
    h2_due(s);
}

static void stream_rst(const struct vs_args *a)
{
    struct h2_stream *st = stream_of(a);
    uint32_t code;
    if (st && vs_to_u32(vs_args_cx(a), vs_arg(a, 0), &code)) h2_stream_reset(st, code);
}

/* Signalling priorities is deprecated (RFC 9113, 5.3.2) and nghttp2 has given it up: the library
 * does not call this any more. */
static void stream_priority(const struct vs_args *a)
{
    vs_ret_i32(a, 0);
}

static void stream_refresh_state(const struct vs_args *a)
{
    struct h2_stream *st = stream_of(a);
    if (!st) return;
    nghttp2_session *ng = st->session->ng;
    nghttp2_stream *known = nghttp2_session_find_stream(ng, st->id);
    double *out = st->state->stream_state;
    *out++ = known ? nghttp2_stream_get_state(known) : NGHTTP2_STREAM_STATE_IDLE;
    *out++ = known ? nghttp2_stream_get_weight(known) : 0;
    *out++ = known ? nghttp2_stream_get_sum_dependency_weight(known) : 0;
    *out++ = known ? nghttp2_session_get_stream_local_close(ng, st->id) : 0;
    *out++ = known ? nghttp2_session_get_stream_remote_close(ng, st->id) : 0;
    *out = known ? nghttp2_session_get_stream_local_window_size(ng, st->id) : 0;
}

struct vs_class *h2_stream_class(struct rt_env *env)
{
    struct vs_class *c =
        vs_class_new(env->cx, "Http2Stream", NULL, rt_async_class(env), RT_STREAM_FIELDS);
    vs_class_method(c, "id", stream_id);
    vs_class_method(c, "destroy", stream_destroy);
    vs_class_method(c, "priority", stream_priority);
    vs_class_method(c, "pushPromise", stream_push_promise);
    vs_class_method(c, "info", stream_info);
    vs_class_method(c, "trailers", stream_trailers);
    vs_class_method(c, "respond", stream_respond);
    vs_class_method(c, "rstStream", stream_rst);
    vs_class_method(c, "refreshState", stream_refresh_state);
    rt_stream_class_extend(env, c);
    return c;
}
