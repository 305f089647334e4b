/* core/http/engine_priv.h: HTTP/1.1 connections of a server, answered without a net.Socket.
 *
 * A connection is a listener on top of the stream of a TCP or Pipe handle (core/stream.h), where
 * Node's parser would sit. It leaves that place for good when JS takes the connection over, and is
 * never on a stream twice. Everything belongs to the env's thread. */
#ifndef RT_HTTP_ENGINE_H
#define RT_HTTP_ENGINE_H

#include <llhttp.h>
#include <time.h>

#include "core/async.h"
#include "core/bind/http_parser.h"
#include "core/conn.h"
#include "core/native.h"
#include "uring/timer.h"

/* What JS is called for: the functions given to http_engine.on, with their arguments after the
 * connection. */
enum http_event {
    HTTP_EVENT_NONE = -1,
    HTTP_EVENT_REQUEST,  /* head, url, method, flags: enum http_request_flag */
    HTTP_EVENT_BODY,     /* a Buffer */
    HTTP_EVENT_COMPLETE, /* the body has ended; not called for requests without one */
    HTTP_EVENT_LEAVE,    /* Node's code must take over, from the start of a message */
    HTTP_EVENT_END,      /* RT_EOF or -errno of the stream */
    HTTP_EVENT_SENT,     /* how many answers whose end was pending have gone */
    HTTP_EVENT_IDLE,     /* the time that idle() gave is over */
    HTTP_EVENT_COUNT
};

enum http_request_flag { HTTP_REQUEST_KEEP_ALIVE = 1, HTTP_REQUEST_HAS_BODY = 2 };

/* Of respond(). */
enum http_reply_flag {
    HTTP_REPLY_DATE = 1,
    HTTP_REPLY_KEEP_ALIVE = 2,  /* else "Connection: close" */
    HTTP_REPLY_LENGTH = 4,      /* Content-Length of the body */
    HTTP_REPLY_LATIN1 = 8,      /* the body is a string of bytes; else text that becomes UTF-8 */
    HTTP_REPLY_NO_BODY = 16,    /* the body is not sent: HEAD, 204, 304 */
    HTTP_REPLY_CHUNKED = 32,    /* the length was not known when the head was made */
    HTTP_REPLY_OWN_CODING = 64, /* Transfer-Encoding is among the lines that JS made */
    HTTP_REPLY_OWN_CONNECTION = 128 /* and so is Connection */
};

#define HTTP_OUT_SIZE 4096u /* bytes of a pooled buffer */
#define HTTP_SPARE_MAX 64u  /* pooled buffers kept for later */
#define HTTP_DATE_LEN 37u   /* "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" */

/* One send. On the list of its connection while it is in flight; freed or pooled in its done(). */
struct http_out {
    struct ur_send send;
    struct http_engine *engine;
    struct http_conn *conn; /* NULL: it has ended or left */
    struct http_out *next;  /* of conn->sending, or of the spare ones */
    struct vs_pin *pin;     /* owned: a large body that follows the bytes; or NULL */
    /* owned: the write of Node's socket that this has become, told in place of conn; or NULL */
    struct rt_write *adopted;
    struct iovec iov[2];
    uint32_t told; /* answers whose end JS waits for */
    uint32_t len, cap;
    char bytes[];
};

/* What an env has one of. Owned by the binding. */
struct http_engine {
    struct rt_env *env;
    struct vs_ref *on[HTTP_EVENT_COUNT]; /* owned */
    struct http_strings *strings;        /* owned */
    struct http_shapes *shapes;          /* owned */
    struct http_out *spare;              /* owned */
    uint32_t spare_count;
    time_t date_second; /* that date is for */
    char date[HTTP_DATE_LEN];
};

/* Native part of a JS object; it stays as long as it has connections. */
struct http_server {
    struct rt_native native; /* first */
    struct http_engine *engine;
    struct http_link conns;     /* http_conn.in_server */
    struct http_link idle;      /* http_conn.in_idle, about in the order of idle_until_ns */
    struct ur_timer idle_timer; /* for the first of them */
    size_t head_max;            /* bytes: a longer head is for Node's parser to judge */
};

enum http_conn_state {
    HTTP_CONN_ATTACHED, /* -> LEFT, CLOSED */
    HTTP_CONN_LEFT,     /* off the stream; waits for http_conn_transfer() -> CLOSED */
    HTTP_CONN_CLOSED    /* freed when nothing of it is on the C stack */
};

struct http_conn {
    struct rt_stream_listener listener;
    struct rt_conn *conn; /* borrowed: outlives every callback that began while it was open */
    struct http_engine *engine;
    struct http_server *server;
    struct http_link in_server, in_idle;
    struct vs_ref *object;     /* owned: the JS object; its field 0 points here */
    uint64_t message_start_ns; /* 0: between messages */
    uint64_t idle_until_ns;
    uint64_t idle_ns; /* what is added to the time of each read; 0: not in server->idle */
    llhttp_t llhttp;
    char *head; /* owned: the beginning of a head that comes in pieces */
    uint32_t head_len, head_cap;
    uint32_t body_len; /* of HTTP_EVENT_BODY */
    const char *body;
    struct http_out *open;    /* owned: being filled */
    struct http_out *sending; /* in flight */
    struct http_out *pieces;  /* of these: JS waits for its end before it sends more of a body */
    uint8_t state;            /* enum http_conn_state */
    int8_t event;             /* enum http_event: why llhttp has paused */
    uint8_t busy;             /* calls of ours on the C stack */
    bool keep_alive;          /* of the current message */
    bool has_body;
    bool in_request;  /* JS is being told of one: not idle even if it has ended */
    bool refused;     /* the current message is not for us */
    bool replay;      /* left at the start of a message: Node's parser gets its bytes again */
    bool failed;      /* JS threw: the rest of what came is nobody's */
    bool handed_over; /* Node's parser has the stream */
    bool throttled;   /* reading waits for sends */
    bool paused;      /* reading waits for JS */
    bool is_bulk;     /* http_bulk_begin() was called */
};

/* ---- conn.c ---- */

/* Puts a new connection on the stream of handle, for a JS object whose field 0 it becomes. NULL:
 * the handle is closed, or not one with a descriptor. */
struct http_conn *http_conn_new(struct http_engine *e, struct http_server *s, vs_val object,
                                vs_val handle);
/* Takes it off its stream. What was answered is being sent; http_conn_transfer() must follow. */
void http_conn_leave(struct http_conn *c);
/* After http_conn_leave(): parser, which consumes the stream now, goes on from where c was. */
void http_conn_transfer(struct http_conn *c, vs_val parser);
/* Ends the connection; what was answered is still sent. */
void http_conn_close(struct http_conn *c);
/* JS can or cannot take more of a body. */
void http_conn_pause(struct http_conn *c, bool pause);
/* Start or stop reading by what is asked now. */
void http_conn_sync_reading(struct http_conn *c);
/* Pair around code that may end c while it is on the C stack. */
void http_conn_hold(struct http_conn *c);
void http_conn_release(struct http_conn *c);
/* Calls JS as a callback of its own. argv[0] is filled in. */
void http_conn_call(struct http_conn *c, enum http_event event, int argc, vs_val *argv);
/* The same inside an open one. False: it threw. */
bool http_conn_call_in(struct http_conn *c, struct rt_callback *cb, enum http_event event, int argc,
                       vs_val *argv);

/* ---- feed.c ---- */

extern const llhttp_settings_t http_engine_settings;
/* Parses what came and calls JS. Returns how many bytes are c's: the rest is for who took over. */
size_t http_feed(struct http_conn *c, struct rt_callback *cb, const char *data, size_t len);

/* ---- head.c ---- */

struct http_head {
    const char *url;
    size_t url_len;
    bool host, expect;
};
/* head: a request line and header lines as llhttp accepts them, complete. */
void http_head_scan(const char *head, size_t len, struct http_head *out);
/* A header line: what is around the value is not part of it. */
struct http_line {
    const char *name, *value;
    size_t name_len, value_len;
};
/* Where the header lines of a head begin: after the request line, before which may be empty ones.
 */
const char *http_head_lines(const char *head, const char *end);
/* The line at *p, which moves on; false: there is none. */
bool http_head_next(const char **p, const char *end, struct http_line *out);
/* [name, value, ...] of the header lines. NULL: exception pending. */
vs_val http_head_pairs(struct http_engine *e, const char *head, size_t len);

/* ---- headers.c ---- */

struct http_shapes;
struct http_shapes *http_shapes_new(void);
void http_shapes_drop(struct http_shapes *s);
/* What req.headers is. undefined: that is for Node's code to say. NULL: exception pending. */
vs_val http_headers_object(struct http_engine *e, const char *head, size_t len);

/* ---- reply.c ---- */

struct http_reply {
    vs_val head;          /* status line and header lines, a string */
    vs_val body;          /* string, Uint8Array, or anything else for none */
    uint32_t flags;       /* enum http_reply_flag */
    int32_t keep_alive_s; /* for the Keep-Alive line; < 0: none */
};
/* 0: as good as sent. 1: HTTP_EVENT_SENT will tell. -errno: nothing was done. */
int http_reply_send(struct http_conn *c, const struct http_reply *r);
/* Sends a part of an answer: the head unless r->head is no string, then an Array of text and
 * Uint8Arrays, each a chunk if the answer is CHUNKED, and if last is a string the last chunk with
 * those trailer lines. At most one call that returned 1 may be in flight. -errno: the answer cannot
 * go on. */
int http_reply_pieces(struct http_conn *c, const struct http_reply *r, vs_val last);
/* c has left: req, a WriteWrap, is told of the pieces in flight. False: there are none. */
bool http_reply_adopt(struct http_conn *c, vs_val req);
/* Gives the loop what was answered. */
void http_reply_flush(struct http_conn *c);
/* c is going: sends in flight no longer know it. */
void http_reply_forget(struct http_conn *c);
void http_engine_drop_spare(struct http_engine *e);

/* ---- bulk.c ---- */

#define HTTP_BULK_MIN (512u * 1024u) /* bytes of one send */
/* Sends of that length are to be expected on c. */
void http_bulk_begin(struct http_conn *c);

/* ---- server.c ---- */

void http_server_new(struct http_engine *e, vs_val object, size_t head_max);
void http_server_add(struct http_server *s, struct http_conn *c);
void http_server_remove(struct http_conn *c);
/* From now until the next request, c is called HTTP_EVENT_IDLE when nothing comes for ms. 0: it may
 * stay. */
void http_server_idle(struct http_conn *c, uint64_t ms);
/* c has read something. */
void http_server_refresh(struct http_conn *c);
/* Arrays of connection objects: all of them; those whose message should have been complete, at most
 * max of them unless that is 0. */
vs_val http_server_all(struct http_server *s);
vs_val http_server_expired(struct http_server *s, uint32_t headers_ms, uint32_t request_ms,
                           uint32_t max);

#endif
