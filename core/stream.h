/* core/stream.h: byte streams as the library knows them: the methods that TCP, Pipe, TTY and every
 * other stream handle share, and the seam between who makes bytes and who takes them.
 *
 * A stream has a transport below (rt_stream_ops: an ur_stream in core/conn.c, or another layer) and
 * a pile of listeners above. Bytes go to the top listener, in place, in the memory they were
 * received in. The bottom one is JS: it copies them into an ArrayBuffer and calls `onread`. The
 * HTTP parser is another, so that parsing needs no JS call per read.
 *
 * Writes. A request holds its bytes until they are sent: strings are encoded and small Buffers
 * copied into the request itself, large Buffers are pinned. When all bytes are the request's own
 * and little is queued, the write counts as done at once: JS gets kLastWriteWasAsync = 0, calls its
 * callback itself, and no completion enters JS. This is what Node does when the kernel's buffer
 * takes everything; here our queue stands in for that buffer. It keeps these promises:
 *  - back-pressure: beyond RT_STREAM_QUEUE_MAX queued bytes writes are asynchronous;
 *  - errors: a send that fails later makes the next write fail with that error, and reaches the top
 *    listener by on_write_error() at once; for JS that destroys the socket as a failed write does;
 *  - shutdown waits for queued bytes, and so does close as long as the peer takes them;
 *  - process.exit() hands them to the kernel first (core/process_exit.c).
 *
 * Everything belongs to the env's thread. */
#ifndef RT_STREAM_H
#define RT_STREAM_H

#include <sys/uio.h>

#include "core/async.h"
#include "core/pending.h"
#include "uring/sock.h"

struct rt_env;
struct rt_stream;
struct rt_write;
struct rt_shutdown;

#define RT_EOF (-4095) /* UV_EOF */

/* Bytes that may be queued by writes that were reported done. */
#define RT_STREAM_QUEUE_MAX 65536u
/* Buffers up to this size are copied into the request, larger ones pinned. */
#define RT_WRITE_COPY_MAX 16384u

struct rt_stream_listener {
    /* res > 0: that many bytes at data, borrowed until the call returns. RT_EOF or -errno: no more
     * comes. */
    void (*on_read)(struct rt_stream_listener *l, int64_t res, const uint8_t *data);
    /* A write that was reported done has failed. NULL: the listener below is asked. */
    void (*on_write_error)(struct rt_stream_listener *l, int res);
    /* The stream is going away; the listener has been taken off. May be NULL. */
    void (*on_detach)(struct rt_stream_listener *l);
    struct rt_stream *stream; /* private from here on */
    struct rt_stream_listener *below;
};

enum rt_write_result { RT_WRITE_DONE, RT_WRITE_ASYNC };

struct rt_stream_ops {
    /* 0 or -errno. */
    int (*read_start)(struct rt_stream *s);
    int (*read_stop)(struct rt_stream *s);
    /* RT_WRITE_DONE: taken over, or freed already. RT_WRITE_ASYNC: taken over, rt_write_done() will
     * follow. -errno: not taken. */
    int (*write)(struct rt_stream *s, struct rt_write *w);
    /* 0: rt_shutdown_done() will follow. -errno or 1 (there was nothing to do): not taken. */
    int (*shutdown)(struct rt_stream *s, struct rt_shutdown *req);
    int (*fd)(const struct rt_stream *s);              /* -1: none */
    uint64_t (*pending)(const struct rt_stream *s);    /* bytes queued */
    bool is_conn;                                      /* the stream is an rt_conn's */
    bool takes_handles;                                /* write: rt_write.send_fd */
    bool needs_request;                                /* write: rt_write.async is there already */
    int (*set_blocking)(struct rt_stream *s, bool on); /* NULL: not supported */
};

/* Embedded by the transport's handle. Native field RT_STREAM_FIELD of its JS object points here. */
struct rt_stream {
    const struct rt_stream_ops *ops;
    struct rt_async *async; /* of the handle */
    struct rt_stream_listener *listener;
    struct rt_stream_listener js; /* the bottom listener */
    struct vs_ref *onread;        /* owned, or NULL */
    struct rt_user_buffer *user;  /* owned: after useUserBuffer(); core/stream_user.c */
    uint64_t bytes_read;
    uint64_t bytes_written;
    int write_err; /* of a write that was reported done */
    bool reading;  /* between read_start and read_stop */
    bool shared;   /* another process was or may have been given the descriptor */
};

#define RT_STREAM_FIELD 1
#define RT_STREAM_FIELDS 2 /* native pointers an instance has */

/* One write. malloc'd by stream_write.c together with the bytes it owns; freed by rt_write_done()
 * or rt_write_drop(). */
struct rt_write {
    struct rt_async async; /* of the WriteWrap; async.object is NULL when reported done */
    struct ur_send send;   /* for transports made of an ur_stream */
    struct rt_stream *stream;
    struct vs_pin **pins; /* owned, may be NULL */
    uint32_t pin_count;
    uint32_t iov_count;
    struct iovec *iov; /* part of the allocation */
    size_t len;        /* all bytes */
    int send_fd;       /* borrowed: a descriptor to send with them; -1: none */
    /* Of a write made in C: told in place of JS how an RT_WRITE_ASYNC one went; w is freed after.
     */
    void (*done)(struct rt_write *w, int status);
    void *owner;           /* done's own */
    struct rt_write *next; /* for transports that keep a queue */
};

/* Whether all bytes are w's own. */
static inline bool rt_write_owns(const struct rt_write *w)
{
    return w->pin_count == 0;
}

struct rt_shutdown {
    struct rt_async async;
    struct rt_stream *stream;
    struct rt_pending pending; /* for transports that know how it went at once */
};

/* Prepares s, whose handle's object already has its rt_async in native field 0. */
void rt_stream_init(struct rt_stream *s, struct rt_async *async, const struct rt_stream_ops *ops);
/* Takes off all listeners and lets go of the JS object. No more calls to rt_stream_deliver(). */
void rt_stream_reset(struct rt_stream *s);

/* From the transport: hand bytes, RT_EOF or -errno to the top listener. */
void rt_stream_deliver(struct rt_stream *s, int64_t res, const uint8_t *data);
/* From the transport: a write reported done failed. */
void rt_stream_write_failed(struct rt_stream *s, int res);
/* ---- writes made in C ---- */

/* A write to s with room for `cap` bytes of its own after `iov_count` pieces, still without any.
 * NULL: no memory. */
struct rt_write *rt_write_new(struct rt_stream *s, uint32_t iov_count, size_t cap);
/* Where those bytes are; iov_count as given before. */
uint8_t *rt_write_bytes(struct rt_write *w, uint32_t iov_count);
/* The next piece; it must stay where it is as long as w lives. */
void rt_write_add(struct rt_write *w, const void *ptr, size_t len);
/* Gives back the room for bytes that no piece uses; every piece is of w's own. Returns w, perhaps
 * moved. */
struct rt_write *rt_write_trim(struct rt_write *w, uint32_t iov_count);
/* Hands w to its stream: RT_WRITE_DONE; RT_WRITE_ASYNC and w->done() follows; or -errno. Whatever
 * it is, w is the stream's or gone. */
int rt_stream_write_take(struct rt_write *w);
/* Ends the stream's writing side, after what has been written; nobody hears how it went. Not for
 * transports that need a request. */
void rt_stream_shutdown(struct rt_stream *s);
/* WriteWrap, the class of write requests. */
struct vs_class *rt_stream_write_class(struct rt_env *env);

/* From the transport, from the loop: w is finished; calls oncomplete and frees w. */
void rt_write_done(struct rt_write *w, int status);
/* Moves w's pieces on by n bytes. False: nothing is left. */
bool rt_write_skip(struct rt_write *w, size_t n);
/* Tells JS, if it waits, how w will have gone: what w wrote is still the transport's, as is w. */
void rt_write_tell(struct rt_write *w, int status);
/* Frees w without a word. */
void rt_write_drop(struct rt_write *w);
void rt_shutdown_done(struct rt_shutdown *req, int status);

/* l becomes the top. It must come off (or see on_detach) before its memory goes. */
void rt_stream_push(struct rt_stream *s, struct rt_stream_listener *l);
void rt_stream_remove(struct rt_stream_listener *l);
/* Give what arrived to the listener below l. */
void rt_stream_pass(struct rt_stream_listener *l, int64_t res, const uint8_t *data);

/* The stream of a handle object, or NULL when v is none or is closed. */
struct rt_stream *rt_stream_of(vs_val v);

/* What readStart() and readStop() do; for listeners that throttle. */
int rt_stream_read_start(struct rt_stream *s);
int rt_stream_read_stop(struct rt_stream *s);

/* Adds the stream methods and accessors to a class of handles. */
void rt_stream_class_extend(struct rt_env *env, struct vs_class *c);
/* LibuvStreamWrap: parent of TCP, Pipe and TTY. */
struct vs_class *rt_stream_handle_class(struct rt_env *env);

/* Int32Array streamBaseState, shared with JS. */
enum rt_stream_state_field {
    RT_READ_BYTES_OR_ERROR,
    RT_ARRAY_BUFFER_OFFSET,
    RT_BYTES_WRITTEN,
    RT_LAST_WRITE_WAS_ASYNC,
    RT_STREAM_STATE_COUNT
};

struct rt_stream_state {
    int32_t *base; /* memory of the Int32Array */
    struct vs_ref *base_array;
    struct vs_class *handle_class;
    struct vs_class *write_class;
};
struct rt_stream_state *rt_stream_state(struct rt_env *env);

#endif
