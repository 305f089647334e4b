/* core/bind/http2_methods.c: what an Http2Session is asked: requests, frames of the session, its
 * state. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/http2_priv.h"
#include "core/bind/performance_priv.h"
#include "core/error.h"

#define PING_BYTES 8

/* request(headers, options, parent, weight, exclusive): the stream, or an error number. Priorities
 * are not sent any more (RFC 9113, 5.3.2), but a stream that would depend on itself is refused. */
static void session_request(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    struct h2_nv_list l;
    if (!s) return;
    h2_nv_read(s->state->env, vs_arg(a, 0), &l);
    uint32_t options = vs_uint(vs_arg(a, 1));
    uint32_t next = nghttp2_session_get_next_stream_id(s->ng);
    int32_t id = NGHTTP2_ERR_INVALID_ARGUMENT;
    if (vs_uint(vs_arg(a, 2)) != next)
        id = nghttp2_submit_request2(s->ng, NULL, l.nv, l.count,
                                     options & H2_NO_BODY ? NULL : &h2_provider, NULL);
    h2_nv_reset(&l);
    h2_due(s);
    if (id <= 0) {
        vs_ret_i32(a, id);
        return;
    }
    struct h2_stream *st = h2_stream_new(s, id);
    if (!st) return;
    st->shut = options & H2_NO_BODY;
    st->trailers = options & H2_TRAILERS;
    vs_ret(a, rt_async_object(&st->async));
}

/* ping(payload, cb): whether it is sent. Without a payload: the time. */
static void session_ping(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    uint8_t payload[PING_BYTES];
    if (!s) return;
    struct vs_bytes given = vs_bytes(vs_arg(a, 0));
    int64_t now = rt_performance_now_ns();
    memcpy(payload, given.len == PING_BYTES ? (const void *)given.ptr : &now, PING_BYTES);
    bool taken = h2_pending_add(s, &s->pings, payload, vs_arg(a, 1));
    if (taken) {
        CHECK(!nghttp2_submit_ping(s->ng, NGHTTP2_FLAG_NONE, payload));
        h2_due(s);
    }
    vs_ret_bool(a, taken);
}

/* goaway(code, lastStreamID, opaqueData) */
static void session_goaway(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    uint32_t code;
    int32_t last;
    if (!s || !vs_to_u32(vs_args_cx(a), vs_arg(a, 0), &code) ||
        !vs_to_i32(vs_args_cx(a), vs_arg(a, 1), &last))
        return;
    if (last <= 0) last = nghttp2_session_get_last_proc_stream_id(s->ng);
    struct vs_bytes data = vs_bytes(vs_arg(a, 2));
    if (!nghttp2_submit_goaway(s->ng, NGHTTP2_FLAG_NONE, last, code, data.ptr, data.len))
        s->own_goaways++;
    h2_due(s);
}

/* A string's low bytes, malloc'd, with a NUL after them. */
static uint8_t *latin1_new(struct vs_cx *cx, vs_val str, size_t *len)
{
    CHECK(vs_is_str(str));
    *len = vs_str_len(str);
    uint8_t *bytes = malloc(*len + 1);
    CHECK(bytes);
    vs_str_write_latin1(cx, str, 0, (uint32_t)*len, bytes);
    bytes[*len] = '\0';
    return bytes;
}

/* altsvc(id, origin, value) */
static void session_altsvc(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    int32_t id;
    size_t origin_len, value_len;
    if (!s || !vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &id)) return;
    uint8_t *origin = latin1_new(vs_args_cx(a), vs_arg(a, 1), &origin_len);
    uint8_t *value = latin1_new(vs_args_cx(a), vs_arg(a, 2), &value_len);
    nghttp2_submit_altsvc(s->ng, NGHTTP2_FLAG_NONE, id, origin, origin_len, value, value_len);
    free(origin);
    free(value);
    h2_due(s);
}

/* origin(texts, count): each text ends with a NUL */
static void session_origin(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    size_t len;
    if (!s) return;
    size_t count = vs_uint(vs_arg(a, 1));
    uint8_t *texts = latin1_new(vs_args_cx(a), vs_arg(a, 0), &len);
    nghttp2_origin_entry *entries = calloc(count + 1, sizeof *entries);
    CHECK(entries);
    uint8_t *p = texts;
    for (size_t i = 0; i < count; i++) {
        entries[i] = (nghttp2_origin_entry){ p, strnlen((char *)p, len - (size_t)(p - texts)) };
        p += entries[i].origin_len + 1;
    }
    nghttp2_submit_origin(s->ng, NGHTTP2_FLAG_NONE, entries, count);
    free(entries);
    free(texts);
    h2_due(s);
}

static void session_set_next_stream_id(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    int32_t id;
    if (s && vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &id))
        vs_ret_bool(a, nghttp2_session_set_next_stream_id(s->ng, id) == 0);
}

static void session_set_local_window_size(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    int32_t size;
    if (!s || !vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &size)) return;
    vs_ret_i32(a, nghttp2_session_set_local_window_size(s->ng, NGHTTP2_FLAG_NONE, 0, size));
    h2_due(s);
}

bool h2_has_pending(const struct h2_session *s)
{
    return s->batch || nghttp2_session_want_write(s->ng) || nghttp2_session_want_read(s->ng);
}

static void session_has_pending_data(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    vs_ret_bool(a, s && h2_has_pending(s));
}

/* Once all streams are done and all is sent, `ongracefulclosecomplete` is called. */
static void session_set_graceful_close(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    if (!s) return;
    s->graceful = true;
    h2_due(s);
}

/* Whether a write makes progress: timers compare the number with what it was. */
static void session_update_chunks_sent(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    if (!s) return;
    vs_put_int(vs_args_cx(a), vs_this(a), "chunksSentSinceLastWrite", s->chunks_sent);
    vs_ret_f64(a, s->chunks_sent);
}

static void session_refresh_state(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    if (!s) return;
    double *out = s->state->session_state;
    *out++ = nghttp2_session_get_effective_local_window_size(s->ng);
    *out++ = nghttp2_session_get_effective_recv_data_length(s->ng);
    *out++ = nghttp2_session_get_next_stream_id(s->ng);
    *out++ = nghttp2_session_get_local_window_size(s->ng);
    *out++ = nghttp2_session_get_last_proc_stream_id(s->ng);
    *out++ = nghttp2_session_get_remote_window_size(s->ng);
    *out++ = (double)nghttp2_session_get_outbound_queue_size(s->ng);
    *out++ = (double)nghttp2_session_get_hd_deflate_dynamic_table_size(s->ng);
    *out = (double)nghttp2_session_get_hd_inflate_dynamic_table_size(s->ng);
}

void h2_session_class_methods(struct vs_class *c)
{
    vs_class_method(c, "origin", session_origin);
    vs_class_method(c, "altsvc", session_altsvc);
    vs_class_method(c, "ping", session_ping);
    vs_class_method(c, "goaway", session_goaway);
    vs_class_method(c, "hasPendingData", session_has_pending_data);
    vs_class_method(c, "request", session_request);
    vs_class_method(c, "setNextStreamID", session_set_next_stream_id);
    vs_class_method(c, "setLocalWindowSize", session_set_local_window_size);
    vs_class_method(c, "updateChunksSent", session_update_chunks_sent);
    vs_class_method(c, "refreshState", session_refresh_state);
    vs_class_method(c, "setGracefulClose", session_set_graceful_close);
}
