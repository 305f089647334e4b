/* core/bind/http2_state.h: the state of the http2 binding. Its functions are in http2_priv.h, by
 * file.
 *
 * A session (struct h2_session) is an nghttp2 session over a transport, which is any struct
 * rt_stream; a stream (struct h2_stream) is one of its requests, and an rt_stream itself.
 *
 * Ownership. A session is owned by its JS object: it goes when finish() has called `ondone` after
 * destroy(), when the object is collected, or with the env. While it is held (h2_hold) the object
 * stays. A stream lives from h2_stream_new() to h2_stream_destroy(); JS hears no more of it then.
 * What it has written still goes out in this turn; h2_bury() takes it out of its session's table
 * and frees it once the writes it has with the transport are over.
 *
 * JS. nghttp2's callbacks call into JS while nghttp2 is on the stack, and JS may do anything there:
 * write, reset, destroy the session. So nothing is freed at once, nghttp2 is never entered twice
 * (h2_session.busy), and what comes meanwhile waits: bytes in `backlog`, resets in `resets`.
 *
 * Everything belongs to the env's thread. */
#ifndef RT_BIND_HTTP2_STATE_H
#define RT_BIND_HTTP2_STATE_H

#include <nghttp2/nghttp2.h>

#include "core/async.h"
#include "core/bind/http2_arrays.h"
#include "core/env.h"
#include "core/soon.h"
#include "core/stream.h"

struct h2_session;
struct h2_stream;

/* ---- per env ---- */

#define H2_TEXTS 256u /* a power of two, more than HPACK's static table has texts */

/* Made by the binding, dropped with the env. */
struct h2_state {
    struct rt_env *env;
    struct rt_soon soon;    /* flushes `due`, buries `dead` */
    struct h2_session *due; /* held; oldest first */
    struct h2_session **due_tail;
    struct h2_stream *dead;      /* destroyed, with writes to be cancelled */
    struct h2_session *sessions; /* all */
    struct vs_class *session_class, *stream_class, *ping_class, *settings_class;
    struct vs_ref *callbacks[H2_CALLBACK_COUNT]; /* owned, or NULL */
    nghttp2_session_callbacks *nghttp2_callbacks;
    struct vs_pin *arrays[4]; /* owned: the memory of the next four */
    double *session_state, *stream_state;
    uint32_t *settings, *options;
    struct { /* texts of HPACK's static table as strings, found by their address */
        const uint8_t *ptr;
        struct vs_ref *str;
    } texts[H2_TEXTS];
};

static inline struct h2_state *h2_state_of(const struct rt_env *env)
{
    return env->binding_state[RT_STATE_http2];
}

/* ---- a session ---- */

/* Settings that no RFC knows. */
struct h2_custom {
    uint32_t count;
    uint32_t known; /* a bit for each entry: it has a value */
    nghttp2_settings_entry entries[H2_CUSTOM_MAX];
};

/* A PING or SETTINGS frame on its way; http2_pending.c. */
struct h2_pending;
struct h2_pending_list {
    struct h2_pending *first;
    uint32_t count, max;
};

struct h2_reset {
    int32_t id;
    uint32_t code;
};

struct h2_session_stats {
    int64_t start_ns, end_ns;
    int64_t ping_rtt_ns;
    int64_t stream_ns; /* all that ended, added up */
    uint64_t bytes_read, bytes_written;
    uint32_t frames_received, frames_sent;
    uint32_t streams, streams_now, streams_most;
};

struct h2_session {
    struct rt_async async; /* first; the reference is weak unless held */
    struct h2_state *state;
    struct h2_session *next, *prev; /* state->sessions */
    struct h2_session *due_next;
    nghttp2_session *ng; /* owned */
    enum h2_type type;
    enum h2_padding padding;
    uint32_t max_pairs;
    struct rt_stream_listener listener;
    struct rt_stream *transport; /* NULL: not yet, or gone */
    struct rt_write *batch;      /* with the transport, or NULL */
    struct rt_write *filling;    /* being filled, or NULL */
    uint32_t fill_pieces;        /* room for pieces in it */
    struct rt_write *sent;       /* owned: writes of streams whose last byte is in the batch */
    struct rt_write **sent_tail;
    struct h2_stream **table; /* owned: streams by id, chained */
    uint32_t table_size;      /* a power of two */
    uint32_t stream_count;
    struct h2_pending_list pings, settings;
    struct h2_custom local_custom, remote_custom;
    struct h2_reset *resets; /* owned: asked for while busy */
    size_t reset_count, reset_cap;
    int32_t *trailer_ids; /* owned: streams whose time for trailers has come */
    size_t trailer_count, trailer_cap;
    uint8_t *backlog; /* owned: bytes that came while busy */
    size_t backlog_len;
    size_t memory, memory_max; /* accounted, and allowed */
    uint8_t *fields;           /* memory of the JS object's `fields` */
    struct vs_pin *fields_pin; /* owned */
    uint32_t invalid_frames, rejected_streams;
    uint32_t holds;
    uint32_t chunks_sent;  /* DATA frames since the last write to a stream */
    const char *recv_code; /* why receiving failed: a code of the library's, or NULL */
    bool busy;             /* nghttp2 is on the stack */
    bool flushing;
    bool due_listed;
    bool throttled;       /* we stopped the transport's reading */
    bool closing;         /* destroy() was called */
    bool finished;        /* `ondone` was called */
    bool graceful;        /* setGracefulClose() */
    bool went_away;       /* nghttp2 has sent a GOAWAY for an error of its own finding */
    uint32_t own_goaways; /* goaway() frames not yet sent */
    struct h2_session_stats stats;
};

/* ---- a stream ---- */

struct h2_pair {
    nghttp2_rcbuf *name, *value; /* owned shares */
    uint8_t flags;
};

/* A header block being received. */
struct h2_headers {
    struct h2_pair *pairs; /* owned */
    uint32_t count, cap;
    int category; /* nghttp2_headers_category */
    size_t len;   /* as SETTINGS_MAX_HEADER_LIST_SIZE counts */
};

struct h2_stream_stats {
    int64_t start_ns, end_ns;
    int64_t first_header_ns, first_byte_ns, first_byte_sent_ns; /* 0: not yet */
    uint64_t bytes_read, bytes_written;
};

struct h2_stream {
    struct rt_async async; /* first */
    struct rt_stream stream;
    struct h2_state *state;
    struct h2_session *session; /* NULL: buried */
    struct h2_stream *next;     /* in a chain of the table */
    struct h2_stream *dead_next;
    int32_t id;
    struct rt_write *queue; /* owned: not framed yet */
    struct rt_write **queue_tail;
    size_t queued;       /* bytes in it */
    uint32_t in_flight;  /* writes in session->sent */
    size_t unread;       /* bytes received that the peer may not replace yet: JS is not reading */
    size_t header_bytes; /* accounted to the session */
    uint32_t header_max; /* of a block; the setting when the stream began */
    struct h2_headers headers;
    bool shut;     /* no more writes */
    bool trailers; /* a header block ends the body */
    bool deferred; /* nghttp2 waits for data */
    bool closed;   /* for nghttp2 */
    bool destroyed;
    bool done; /* buried: goes when nothing is in flight */
    struct h2_stream_stats stats;
};

#endif
