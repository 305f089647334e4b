/* core/bind/http2_priv.h: what the files of the http2 binding do for each other. */
#ifndef RT_BIND_HTTP2_PRIV_H
#define RT_BIND_HTTP2_PRIV_H

#include "core/bind/http2_state.h"

/* ---- http2.c ---- */

/* Calls one of the library's functions on the object of async, as a callback of its own; argv's
 * handles need a vs_scope of the caller. Whether it returned true. */
bool h2_call(struct h2_state *state, struct rt_async *async, enum h2_callback which, int argc,
             const vs_val *argv);

/* ---- http2_session.c ---- */

struct vs_class *h2_session_class(struct rt_env *env);
struct h2_session *h2_session_of(const struct vs_args *a);
/* Keep the session and its object. Pairs. */
void h2_hold(struct h2_session *s);
void h2_release(struct h2_session *s);
/* Tells JS, which will destroy the session. custom: an error code of the library's, or NULL. */
void h2_fail(struct h2_session *s, int err, const char *custom);
/* If destroy() was called and nothing is under way any more: calls `ondone`, and s goes with the
 * last release. */
void h2_finish(struct h2_session *s);
/* Frees all that is s's; no JS. */
void h2_session_drop(struct h2_session *s);
/* nghttp2 has nothing to read or write any more, or still has. */
bool h2_has_pending(const struct h2_session *s);

/* ---- http2_methods.c ---- */

void h2_session_class_methods(struct vs_class *c);

/* ---- http2_streams.c ---- */

/* Those that are destroyed, too, until they are buried. */
struct h2_stream *h2_find(const struct h2_session *s, int32_t id);
/* Only those that JS has an interest in. */
struct h2_stream *h2_find_live(const struct h2_session *s, int32_t id);
void h2_table_add(struct h2_session *s, struct h2_stream *st);
void h2_table_remove(struct h2_session *s, struct h2_stream *st);
/* Makes the stream and its object. NULL: exception pending, or no JS can run. */
struct h2_stream *h2_stream_new(struct h2_session *s, int32_t id);
/* What destroy() does. Calls no JS. Again: nothing. */
void h2_stream_destroy(struct h2_stream *st);
/* Parts a stream that is destroyed from its session. */
void h2_stream_part(struct h2_stream *st);
/* Ends the writes of destroyed streams and frees those that are done. Calls JS. */
void h2_bury(struct h2_state *state);
/* A write of the stream left session->sent. */
void h2_stream_landed(struct h2_stream *st);
/* Frees st, without JS. */
void h2_stream_free(struct h2_stream *st);

/* ---- http2_stream.c ---- */

struct vs_class *h2_stream_class(struct rt_env *env);
extern const struct rt_stream_ops h2_stream_ops;
static inline struct h2_stream *h2_stream_of(const struct rt_stream *s)
{
    return (struct h2_stream *)(void *)((char *)(uintptr_t)s - offsetof(struct h2_stream, stream));
}
/* RST_STREAM, after all that can be sent before it. */
void h2_stream_reset(struct h2_stream *st, uint32_t code);

/* ---- http2_recv.c ---- */

void h2_recv_callbacks(nghttp2_session_callbacks *callbacks);
/* Bytes from the peer. Calls JS. */
void h2_receive(struct h2_session *s, const uint8_t *data, size_t len);
/* Does what had to wait while nghttp2 was busy. Whether there may be new frames to send. */
bool h2_settle(struct h2_session *s);

/* ---- http2_send.c ---- */

void h2_send_callbacks(nghttp2_session_callbacks *callbacks);
extern const nghttp2_data_provider2 h2_provider;
/* Send in the check phase of this turn what nghttp2 has by then. */
void h2_due(struct h2_session *s);
void h2_run_due(struct rt_env *env, struct rt_soon *soon);
/* Send it now, unless a batch is under way. Calls JS. */
void h2_flush(struct h2_session *s);
/* The transport is gone or given up: the batch counts as failed. Calls no JS. */
void h2_batch_abandon(struct h2_session *s);
/* Ends the writes in s->sent. Calls JS. */
void h2_writes_done(struct h2_session *s, int status);

/* ---- http2_headers.c ---- */

/* [string, count] from the library: "name\0value\0flags"... */
struct h2_nv_list {
    nghttp2_nv *nv; /* owned, with the bytes it points to */
    size_t count;
};
void h2_nv_read(struct rt_env *env, vs_val list, struct h2_nv_list *out);
void h2_nv_reset(struct h2_nv_list *l);
void h2_headers_begin(struct h2_stream *st, int category);
/* false: too many, or too long. */
bool h2_headers_add(struct h2_stream *st, nghttp2_rcbuf *name, nghttp2_rcbuf *value, uint8_t flags);
void h2_headers_drop(struct h2_headers *h);
/* Tells JS what has been received. */
void h2_headers_deliver(struct h2_stream *st, uint8_t flags);

/* ---- http2_options.c ---- */

/* A session's nghttp2_session, from state->options. */
void h2_nghttp2_open(struct h2_session *s);
bool h2_has_memory(const struct h2_session *s, size_t amount);

/* ---- http2_settings.c ---- */

void h2_settings_bind(struct rt_env *env, vs_val target);
void h2_settings_methods(struct vs_class *c);
/* The custom settings that JS wants to see of the peer: from state->settings. */
void h2_settings_allow(struct h2_session *s);
void h2_settings_received(struct h2_session *s, const nghttp2_settings *frame);

/* ---- http2_pending.c ---- */

void h2_pending_classes(struct rt_env *env);
/* Makes the resource, with cb as its `ondone`, and appends it. With a full list: calls cb(false)
 * and returns false. payload: NULL for SETTINGS. */
bool h2_pending_add(struct h2_session *s, struct h2_pending_list *list, const uint8_t *payload,
                    vs_val cb);
/* The oldest one is acknowledged. false: there is none. payload: of a PING. Calls JS. */
bool h2_pending_ack(struct h2_session *s, struct h2_pending_list *list, const uint8_t *payload);
/* Ends all: told, each gets ondone(false). */
void h2_pending_cancel(struct h2_session *s, struct h2_pending_list *list, bool told);

/* ---- http2_stats.c ---- */

/* Entries for PerformanceObserver, if anyone wants them. Call JS. */
void h2_stats_session(struct h2_session *s);
void h2_stats_stream(struct h2_stream *st);

#endif
