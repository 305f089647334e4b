/* core/bind/http2_recv.c: bytes in. nghttp2 parses them and calls back; each event is one call into
 * JS, after which ticks drain, as in Node. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/http2_priv.h"
#include "core/bind/performance_priv.h"
#include "core/buffer.h"
#include "core/error.h"

static bool listens(const struct h2_session *s, enum h2_field_bit bit)
{
    return s->fields[H2_FIELD_BITS] & (1u << bit);
}

static uint32_t limit(const struct h2_session *s, enum h2_field field)
{
    uint32_t n;
    memcpy(&n, s->fields + field, sizeof n);
    return n;
}

/* ---- headers ---- */

static int32_t headers_id(const nghttp2_frame *frame)
{
    return frame->hd.type == NGHTTP2_PUSH_PROMISE ? frame->push_promise.promised_stream_id
                                                  : frame->hd.stream_id;
}

/* The peer is told to be calm; nghttp2 resets the stream with what was submitted before. */
static int refuse(struct h2_session *s, int32_t id)
{
    nghttp2_submit_rst_stream(s->ng, NGHTTP2_FLAG_NONE, id, NGHTTP2_ENHANCE_YOUR_CALM);
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int on_begin_headers(nghttp2_session *ng, const nghttp2_frame *frame, void *session)
{
    struct h2_session *s = session;
    int32_t id = headers_id(frame);
    struct h2_stream *st = h2_find(s, id);
    (void)ng;
    if (s->closing) return 0;
    if (!st) {
        if (!h2_has_memory(s, sizeof *st)) {
            if (s->rejected_streams++ > limit(s, H2_FIELD_MAX_REJECTED_STREAMS))
                return NGHTTP2_ERR_CALLBACK_FAILURE;
            return refuse(s, id);
        }
        s->rejected_streams = 0;
        st = h2_stream_new(s, id);
        if (!st) return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    h2_headers_begin(st, frame->hd.type == NGHTTP2_PUSH_PROMISE ? NGHTTP2_HCAT_REQUEST
                                                                : frame->headers.cat);
    return 0;
}

static int on_header(nghttp2_session *ng, const nghttp2_frame *frame, nghttp2_rcbuf *name,
                     nghttp2_rcbuf *value, uint8_t flags, void *session)
{
    struct h2_session *s = session;
    int32_t id = headers_id(frame);
    struct h2_stream *st = h2_find_live(s, id);
    (void)ng;
    if (!st || h2_headers_add(st, name, value, flags)) return 0;
    return refuse(s, id);
}

static void headers_received(struct h2_session *s, const nghttp2_frame *frame)
{
    struct h2_stream *st = h2_find_live(s, headers_id(frame));
    if (!st) return;
    if (!st->stats.first_header_ns) st->stats.first_header_ns = rt_performance_now_ns();
    h2_headers_deliver(st, frame->hd.flags);
}

/* ---- data ---- */

/* 0: one more is tolerable. */
static int invalid_frame(struct h2_session *s)
{
    if (s->invalid_frames++ <= limit(s, H2_FIELD_MAX_INVALID_FRAMES)) return 0;
    s->recv_code = "ERR_HTTP2_TOO_MANY_INVALID_FRAMES";
    return NGHTTP2_ERR_CALLBACK_FAILURE;
}

/* The connection's window is refilled at once, a stream's as JS reads. */
static int on_data(nghttp2_session *ng, uint8_t flags, int32_t id, const uint8_t *data, size_t len,
                   void *session)
{
    struct h2_session *s = session;
    struct h2_stream *st = h2_find_live(s, id);
    (void)flags;
    nghttp2_session_consume_connection(ng, len);
    if (!st || len == 0) return 0;
    if (!st->stats.first_byte_ns) st->stats.first_byte_ns = rt_performance_now_ns();
    st->stats.bytes_read += len;
    rt_stream_deliver(&st->stream, (int64_t)len, data);
    if (st->destroyed) return 0;
    if (st->stream.reading)
        nghttp2_session_consume_stream(ng, id, len);
    else
        st->unread += len;
    return 0;
}

/* Whether the frame was none that ought not to be: many empty ones are an attack. */
static int data_received(struct h2_session *s, const nghttp2_frame *frame)
{
    if (!(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        return frame->hd.length > 0 ? 0 : invalid_frame(s);
    struct h2_stream *st = h2_find_live(s, frame->hd.stream_id);
    if (st) rt_stream_deliver(&st->stream, RT_EOF, NULL);
    return 0;
}

/* ---- frames of the session ---- */

static void settings_received(struct h2_session *s, const nghttp2_frame *frame)
{
    if (frame->hd.flags & NGHTTP2_FLAG_ACK) {
        h2_pending_ack(s, &s->settings, NULL); /* one too many is nothing */
        return;
    }
    h2_settings_received(s, &frame->settings);
    s->fields[H2_FIELD_BITS] &= (uint8_t) ~(1u << H2_BIT_REMOTE_SETTINGS_FRESH);
    if (listens(s, H2_BIT_REMOTE_SETTINGS_LISTENERS))
        h2_call(s->state, &s->async, H2_ON_SETTINGS, 0, NULL);
}

static void ping_received(struct h2_session *s, const nghttp2_frame *frame)
{
    const nghttp2_ping *ping = &frame->ping;
    if (ping->hd.flags & NGHTTP2_FLAG_ACK) {
        /* An answer to nothing: the peer is broken. */
        if (!h2_pending_ack(s, &s->pings, ping->opaque_data)) h2_fail(s, NGHTTP2_ERR_PROTO, NULL);
        return;
    }
    if (!listens(s, H2_BIT_PING_LISTENERS)) return;
    vs_val payload = rt_buffer_new(s->state->env, ping->opaque_data, sizeof ping->opaque_data);
    if (payload) h2_call(s->state, &s->async, H2_ON_PING, 1, &payload);
}

static void goaway_received(struct h2_session *s, const nghttp2_goaway *frame)
{
    struct rt_env *env = s->state->env;
    struct vs_cx *cx = env->cx;
    size_t len = frame->opaque_data_len;
    vs_val argv[] = { vs_num(cx, frame->error_code), vs_i32(cx, frame->last_stream_id),
                      len ? rt_buffer_new(env, frame->opaque_data, len) : vs_undefined(cx) };
    if (argv[2]) h2_call(s->state, &s->async, H2_ON_GOAWAY, 3, argv);
}

static void priority_received(struct h2_session *s, const nghttp2_frame *frame)
{
    struct vs_cx *cx = s->state->env->cx;
    const nghttp2_priority_spec *spec = &frame->priority.pri_spec;
    if (s->fields[H2_FIELD_PRIORITY_LISTENERS] == 0) return;
    vs_val argv[] = { vs_i32(cx, frame->hd.stream_id), vs_i32(cx, spec->stream_id),
                      vs_i32(cx, spec->weight), vs_bool(cx, spec->exclusive) };
    h2_call(s->state, &s->async, H2_ON_PRIORITY, 4, argv);
}

static void altsvc_received(struct h2_session *s, const nghttp2_frame *frame)
{
    struct vs_cx *cx = s->state->env->cx;
    const nghttp2_ext_altsvc *alt = frame->ext.payload;
    if (!listens(s, H2_BIT_ALTSVC_LISTENERS)) return;
    vs_val argv[] = { vs_i32(cx, frame->hd.stream_id),
                      vs_str_latin1(cx, alt->origin, (ptrdiff_t)alt->origin_len),
                      vs_str_latin1(cx, alt->field_value, (ptrdiff_t)alt->field_value_len) };
    if (argv[1] && argv[2]) h2_call(s->state, &s->async, H2_ON_ALTSVC, 3, argv);
}

static void origin_received(struct h2_session *s, const nghttp2_frame *frame)
{
    struct vs_cx *cx = s->state->env->cx;
    const nghttp2_ext_origin *origin = frame->ext.payload;
    vs_val list = vs_arr_new(cx, NULL, 0);
    for (size_t i = 0; i < origin->nov; i++) {
        const nghttp2_origin_entry *e = &origin->ov[i];
        vs_val str = vs_str_latin1(cx, e->origin, (ptrdiff_t)e->origin_len);
        if (!str || !vs_set_index(cx, list, (uint32_t)i, str)) return;
    }
    h2_call(s->state, &s->async, H2_ON_ORIGIN, 1, &list);
}

/* ---- what nghttp2 tells ---- */

static int on_frame(nghttp2_session *ng, const nghttp2_frame *frame, void *session)
{
    struct h2_session *s = session;
    struct vs_scope scope;
    (void)ng;
    s->stats.frames_received++;
    if (s->closing || !s->state->env->can_call_js) return 0;
    int res = 0;
    vs_scope_open(s->state->env->cx, &scope);
    switch (frame->hd.type) {
    case NGHTTP2_DATA: res = data_received(s, frame); break;
    case NGHTTP2_HEADERS:
    case NGHTTP2_PUSH_PROMISE: headers_received(s, frame); break;
    case NGHTTP2_SETTINGS: settings_received(s, frame); break;
    case NGHTTP2_PING: ping_received(s, frame); break;
    case NGHTTP2_GOAWAY: goaway_received(s, &frame->goaway); break;
    case NGHTTP2_PRIORITY: priority_received(s, frame); break;
    case NGHTTP2_ALTSVC: altsvc_received(s, frame); break;
    case NGHTTP2_ORIGIN: origin_received(s, frame); break;
    default: break;
    }
    vs_scope_close(&scope);
    return res;
}

static int on_invalid_frame(nghttp2_session *ng, const nghttp2_frame *frame, int err, void *session)
{
    struct h2_session *s = session;
    (void)ng, (void)frame;
    if (invalid_frame(s)) return NGHTTP2_ERR_CALLBACK_FAILURE;
    /* Others are answered by nghttp2, with a reset or by going away. */
    if (nghttp2_is_fatal(err) || err == NGHTTP2_ERR_STREAM_CLOSED) h2_fail(s, err, NULL);
    return 0;
}

static void forget_resets(struct h2_session *s, int32_t id)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->reset_count; i++)
        if (s->resets[i].id != id) s->resets[kept++] = s->resets[i];
    s->reset_count = kept;
}

static int on_stream_close(nghttp2_session *ng, int32_t id, uint32_t code, void *session)
{
    struct h2_session *s = session;
    struct h2_stream *st = h2_find(s, id);
    struct vs_cx *cx = s->state->env->cx;
    struct vs_scope scope;
    (void)ng;
    forget_resets(s, id);
    if (!st) return 0;
    st->closed = true;
    if (st->destroyed) return 0;
    vs_scope_open(cx, &scope);
    vs_val argv[] = { vs_num(cx, code) };
    /* A stream JS never heard of, or has done with. */
    if (!h2_call(s->state, &st->async, H2_ON_STREAM_CLOSE, 1, argv)) h2_stream_destroy(st);
    vs_scope_close(&scope);
    return 0;
}

void h2_recv_callbacks(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, on_invalid_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
}

/* ---- reading ---- */

static void run(struct h2_session *s, const uint8_t *data, size_t len)
{
    s->stats.bytes_read += len;
    s->busy = true;
    nghttp2_ssize n = nghttp2_session_mem_recv2(s->ng, data, len);
    s->busy = false;
    if (n < 0) h2_fail(s, (int)n, s->recv_code);
}

static void backlog_add(struct h2_session *s, const uint8_t *data, size_t len)
{
    s->backlog = realloc(s->backlog, s->backlog_len + len);
    CHECK(s->backlog);
    memcpy(s->backlog + s->backlog_len, data, len);
    s->backlog_len += len;
}

static void run_backlog(struct h2_session *s)
{
    while (s->backlog_len > 0 && !s->closing) {
        uint8_t *data = s->backlog;
        size_t len = s->backlog_len;
        s->backlog = NULL;
        s->backlog_len = 0;
        run(s, data, len);
        free(data);
    }
}

bool h2_settle(struct h2_session *s)
{
    bool more = s->reset_count > 0 || s->backlog_len > 0;
    run_backlog(s);
    for (size_t i = 0; i < s->reset_count; i++)
        nghttp2_submit_rst_stream(s->ng, NGHTTP2_FLAG_NONE, s->resets[i].id, s->resets[i].code);
    s->reset_count = 0;
    return more;
}

void h2_receive(struct h2_session *s, const uint8_t *data, size_t len)
{
    if (s->closing) return;
    if (s->busy) {
        backlog_add(s, data, len);
        return;
    }
    h2_hold(s);
    run(s, data, len);
    run_backlog(s);
    h2_flush(s);
    h2_finish(s);
    h2_release(s);
}
