/* core/bind/http2_send.c: bytes out. nghttp2's frames are gathered into one write to the transport,
 * a batch, at the end of a read or in the check phase. There is one batch at a time; what comes
 * meanwhile waits in nghttp2 and in the streams' queues, so that a slow peer is felt by JS. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/http2_priv.h"
#include "core/bind/performance_priv.h"
#include "core/container.h"
#include "core/error.h"

#define FRAME_HEADER 9
#define FRAME_PAYLOAD_MAX 16384 /* nghttp2 makes no longer ones */
#define PAD_LEN 1
/* A batch ends where the largest frame might not fit any more. */
#define FRAME_ROOM (FRAME_HEADER + PAD_LEN + FRAME_PAYLOAD_MAX)
/* What a socket takes at once: a write of this size to an idle one is done when it returns. */
#define BATCH_BYTES RT_STREAM_QUEUE_MAX
#define BATCH_PIECES 64u
/* Frames that may wait in nghttp2 behind a batch before we stop reading what makes more of them. */
#define OUTBOUND_MAX 256u
#define PAD_ALIGN 8

static void writes_done_soon(struct h2_session *s, struct h2_stream *st, struct rt_write *w)
{
    w->next = NULL;
    *s->sent_tail = w;
    s->sent_tail = &w->next;
    st->in_flight++;
}

void h2_writes_done(struct h2_session *s, int status)
{
    struct rt_write *w = s->sent;
    s->sent = NULL;
    s->sent_tail = &s->sent;
    while (w) {
        struct rt_write *next = w->next;
        struct h2_stream *st = h2_stream_of(w->stream);
        rt_write_done(w, status);
        h2_stream_landed(st);
        w = next;
    }
}

/* ---- filling a batch ---- */

static size_t room(const struct h2_session *s)
{
    return BATCH_BYTES - s->filling->len;
}

/* A socket gets one piece. A transport in JS is shown each frame, and the parts of a DATA frame, as
 * a chunk of its own, which is how Node does it. */
static void put(struct h2_session *s, const void *data, size_t len)
{
    struct rt_write *w = s->filling;
    CHECK(len <= room(s));
    uint8_t *to = rt_write_bytes(w, s->fill_pieces) + w->len;
    memcpy(to, data, len);
    if (w->iov_count < s->fill_pieces) {
        rt_write_add(w, to, len);
    } else {
        w->iov[w->iov_count - 1].iov_len += len;
        w->len += len;
    }
}

/* The first write of the queue has no bytes left. */
static void queue_pop(struct h2_session *s, struct h2_stream *st)
{
    struct rt_write *w = st->queue;
    st->queue = w->next;
    if (!st->queue) st->queue_tail = &st->queue;
    writes_done_soon(s, st, w);
}

static void pop_empty(struct h2_session *s, struct h2_stream *st)
{
    while (st->queue && !rt_write_skip(st->queue, 0)) queue_pop(s, st);
}

static void ask_for_trailers(struct h2_session *s, int32_t id)
{
    if (s->trailer_count == s->trailer_cap) {
        s->trailer_cap = s->trailer_cap ? 2 * s->trailer_cap : 4;
        s->trailer_ids = realloc(s->trailer_ids, s->trailer_cap * sizeof *s->trailer_ids);
        CHECK(s->trailer_ids);
    }
    s->trailer_ids[s->trailer_count++] = id;
}

/* nghttp2 asks how much of a stream's body the next DATA frame is to hold; send_data() copies it.
 */
static nghttp2_ssize read_data(nghttp2_session *ng, int32_t id, uint8_t *buf, size_t max,
                               uint32_t *flags, nghttp2_data_source *source, void *session)
{
    struct h2_session *s = session;
    struct h2_stream *st = h2_find(s, id);
    (void)ng, (void)buf, (void)source;
    if (!st) return NGHTTP2_ERR_DEFERRED; /* destroyed: its reset is on the way */
    pop_empty(s, st);
    size_t len = st->queued < max ? st->queued : max;
    if (len == 0 && !st->shut) {
        st->deferred = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    if (len == st->queued && st->shut) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (st->trailers) {
            *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
            ask_for_trailers(s, id);
        }
    }
    if (len > 0) *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    return (nghttp2_ssize)len;
}

const nghttp2_data_provider2 h2_provider = { .read_callback = read_data };

static void put_body(struct h2_session *s, struct h2_stream *st, size_t len)
{
    st->queued -= len;
    s->memory -= len;
    st->stats.bytes_written += len;
    if (!st->stats.first_byte_sent_ns) st->stats.first_byte_sent_ns = rt_performance_now_ns();
    while (len > 0) {
        struct rt_write *w = st->queue;
        size_t n = w->iov->iov_len < len ? w->iov->iov_len : len;
        if (n > 0) put(s, w->iov->iov_base, n);
        if (!rt_write_skip(w, n)) queue_pop(s, st);
        len -= n;
    }
    pop_empty(s, st);
}

static int send_data(nghttp2_session *ng, nghttp2_frame *frame, const uint8_t *head, size_t len,
                     nghttp2_data_source *source, void *session)
{
    static const uint8_t zeros[UINT8_MAX];
    struct h2_session *s = session;
    struct h2_stream *st = h2_find(s, frame->hd.stream_id);
    (void)ng, (void)source;
    if (!st) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    size_t padding = frame->data.padlen;
    put(s, head, FRAME_HEADER);
    if (padding > 0) put(s, &(uint8_t){ (uint8_t)(padding - PAD_LEN) }, PAD_LEN);
    put_body(s, st, len);
    if (padding > PAD_LEN) put(s, zeros, padding - PAD_LEN);
    s->chunks_sent++;
    return room(s) < FRAME_ROOM ? NGHTTP2_ERR_PAUSE : 0;
}

/* Whether there is anything. */
static bool fill(struct h2_session *s)
{
    const uint8_t *data;
    nghttp2_ssize n = 0;
    s->fill_pieces = s->transport->ops->is_conn ? 1 : BATCH_PIECES;
    s->filling = rt_write_new(s->transport, s->fill_pieces, BATCH_BYTES);
    CHECK(s->filling);
    s->busy = true;
    while (room(s) >= FRAME_ROOM && (n = nghttp2_session_mem_send2(s->ng, &data)) > 0)
        put(s, data, (size_t)n);
    s->busy = false;
    if (n < 0) h2_fail(s, (int)n, NULL);
    if (s->filling->len > 0) return true;
    rt_write_drop(s->filling);
    s->filling = NULL;
    if (s->sent) h2_writes_done(s, 0); /* empty ones */
    return false;
}

/* ---- batches ---- */

static void batch_over(struct h2_session *s)
{
    s->batch = NULL;
    h2_release(s);
}

static void batch_done(struct rt_write *w, int status)
{
    struct h2_session *s = w->owner;
    h2_hold(s);
    batch_over(s);
    h2_writes_done(s, status);
    h2_flush(s);
    h2_finish(s);
    h2_release(s);
}

void h2_batch_abandon(struct h2_session *s)
{
    if (!s->batch) return;
    s->batch->done = NULL;
    h2_due(s); /* ends the writes of the streams */
    batch_over(s);
}

static void send_batch(struct h2_session *s)
{
    struct rt_write *w = rt_write_trim(s->filling, s->fill_pieces);
    s->filling = NULL;
    s->stats.bytes_written += w->len;
    w->done = batch_done;
    w->owner = s;
    s->batch = w;
    h2_hold(s);
    int res = rt_stream_write_take(w);
    if (res == RT_WRITE_ASYNC || s->batch != w) return;
    batch_over(s);
    h2_writes_done(s, res < 0 ? res : 0);
}

static void tell_of_trailers(struct h2_session *s)
{
    for (size_t i = 0; i < s->trailer_count; i++) {
        struct h2_stream *st = h2_find_live(s, s->trailer_ids[i]);
        if (st) h2_call(s->state, &st->async, H2_ON_TRAILERS, 0, NULL);
    }
    s->trailer_count = 0;
}

/* While a batch waits for a slow peer, frames that only answer the peer's must not pile up. */
static void throttle(struct h2_session *s)
{
    bool full = s->batch && nghttp2_session_get_outbound_queue_size(s->ng) > OUTBOUND_MAX;
    if (!s->transport || full == s->throttled || (s->throttled && s->batch)) return;
    s->throttled = full;
    if (full)
        rt_stream_read_stop(s->transport);
    else
        rt_stream_read_start(s->transport);
}

static void after_flush(struct h2_session *s)
{
    struct rt_env *env = s->state->env;
    tell_of_trailers(s);
    throttle(s);
    if (s->closing || s->batch) return;
    bool quiet = !nghttp2_session_want_read(s->ng) && !nghttp2_session_want_write(s->ng);
    if (s->went_away && quiet) h2_fail(s, NGHTTP2_ERR_PROTO, NULL);
    if (!s->graceful || s->closing || h2_has_pending(s)) return;
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    rt_call_name(&s->async, rt_str(env, ongracefulclosecomplete), 0, NULL);
    vs_scope_close(&scope);
}

void h2_flush(struct h2_session *s)
{
    if (s->flushing || s->busy || s->batch || !s->transport) return;
    s->flushing = true;
    h2_hold(s);
    while (s->transport && !s->batch) {
        if (fill(s))
            send_batch(s);
        else if (!h2_settle(s)) /* resets come after the data written before them */
            break;
    }
    s->flushing = false;
    after_flush(s);
    h2_release(s);
}

void h2_due(struct h2_session *s)
{
    if (s->due_listed) return;
    s->due_listed = true;
    s->due_next = NULL;
    if (!s->state->due) s->state->due_tail = &s->state->due;
    *s->state->due_tail = s;
    s->state->due_tail = &s->due_next;
    h2_hold(s);
    rt_soon(s->state->env, &s->state->soon);
}

void h2_run_due(struct rt_env *env, struct rt_soon *soon)
{
    struct h2_state *state = h2_state_of(env);
    struct h2_session *s = state->due;
    state->due = NULL;
    (void)soon;
    while (s) {
        struct h2_session *next = s->due_next;
        s->due_listed = false;
        h2_flush(s);
        if (!s->batch && s->sent) h2_writes_done(s, -ECANCELED); /* of a batch given up */
        h2_finish(s);
        h2_release(s);
        s = next;
    }
    h2_bury(state);
}

/* ---- what nghttp2 tells ---- */

static int frame_sent(nghttp2_session *ng, const nghttp2_frame *frame, void *session)
{
    struct h2_session *s = session;
    (void)ng;
    s->stats.frames_sent++;
    if (frame->hd.type != NGHTTP2_GOAWAY) return 0;
    if (s->own_goaways > 0)
        s->own_goaways--;
    else if (!s->closing && frame->goaway.error_code != NGHTTP2_NO_ERROR)
        s->went_away = true;
    return 0;
}

static uint32_t wire_code(int lib_error)
{
    switch (lib_error) {
    case NGHTTP2_ERR_STREAM_CLOSED: return NGHTTP2_STREAM_CLOSED;
    case NGHTTP2_ERR_HEADER_COMP: return NGHTTP2_COMPRESSION_ERROR;
    case NGHTTP2_ERR_FRAME_SIZE_ERROR: return NGHTTP2_FRAME_SIZE_ERROR;
    case NGHTTP2_ERR_FLOW_CONTROL: return NGHTTP2_FLOW_CONTROL_ERROR;
    case NGHTTP2_ERR_REFUSED_STREAM: return NGHTTP2_REFUSED_STREAM;
    case NGHTTP2_ERR_PROTO:
    case NGHTTP2_ERR_HTTP_HEADER:
    case NGHTTP2_ERR_HTTP_MESSAGING: return NGHTTP2_PROTOCOL_ERROR;
    default: return NGHTTP2_INTERNAL_ERROR;
    }
}

/* onFrameError(id, type, code), which closes the stream whether or not anybody listens. A frame
 * that is not sent because its stream or session is closing is no error. */
static int frame_not_sent(nghttp2_session *ng, const nghttp2_frame *frame, int err, void *session)
{
    struct h2_session *s = session;
    struct vs_cx *cx = s->state->env->cx;
    struct vs_scope scope;
    (void)ng;
    if (err == NGHTTP2_ERR_SESSION_CLOSING || err == NGHTTP2_ERR_STREAM_CLOSED ||
        err == NGHTTP2_ERR_STREAM_CLOSING || s->closing)
        return 0;
    vs_scope_open(cx, &scope);
    vs_val argv[] = { vs_i32(cx, frame->hd.stream_id), vs_i32(cx, frame->hd.type),
                      vs_num(cx, wire_code(err)) };
    h2_call(s->state, &s->async, H2_ON_FRAME_ERROR, 3, argv);
    vs_scope_close(&scope);
    return 0;
}

static nghttp2_ssize select_padding(nghttp2_session *ng, const nghttp2_frame *frame, size_t max,
                                    void *session)
{
    const struct h2_session *s = session;
    size_t len = frame->hd.length;
    (void)ng;
    if (s->padding == H2_PAD_MAX) return (nghttp2_ssize)max;
    if (s->padding == H2_PAD_NONE) return (nghttp2_ssize)len;
    size_t odd = (len + FRAME_HEADER) % PAD_ALIGN;
    if (odd) len += PAD_ALIGN - odd;
    return (nghttp2_ssize)(len < max ? len : max);
}

void h2_send_callbacks(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_send_data_callback(callbacks, send_data);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, frame_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, frame_not_sent);
    nghttp2_session_callbacks_set_select_padding_callback2(callbacks, select_padding);
}
