/* uring/sock.h: byte streams (TCP and Unix sockets, pipes, terminals) and listening sockets.
 *
 * These are handles: embedded by the caller, made by init, usable until their close callback has
 * run, and only then free to be reused. No callback runs from inside any function of this header.
 * After close was called the only callbacks still to come are those of unfinished requests, then
 * the close callback. Everything belongs to the loop's thread. */
#ifndef URING_SOCK_H
#define URING_SOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "uring/op.h"
#include "uring/timer.h"

/* ---- streams
 * ---------------------------------------------------------------------------------------- */

enum ur_stream_kind {
    UR_STREAM_TCP,    /* TCP socket: one operation receives for as long as the stream lives */
    UR_STREAM_SOCKET, /* any other stream socket, or unknown: one operation for each chunk */
    UR_STREAM_FILE    /* pipe, FIFO, terminal, character device: read and write, no shutdown */
};

struct ur_stream;
struct ur_send;
struct ur_held;
struct ur_gather;

/* res > 0: that many bytes at data, which is borrowed until the callback returns: consume or copy.
 * res = 0: end of stream. res < 0: -errno. After 0 or an error receiving has stopped. */
typedef void ur_recv_fn(struct ur_stream *s, int32_t res, const void *data);

/* res: total bytes sent, always all of them; or -errno, and then some prefix may have been sent. */
typedef void ur_send_fn(struct ur_send *req, int64_t res);
typedef void ur_stream_fn(struct ur_stream *s, int32_t res);

/* One write. The caller owns it, its iovec array and the memory it names until done() is called. */
struct ur_send {
    ur_send_fn *done;     /* caller: set before ur_send() */
    struct ur_send *next; /* private from here on */
    const struct iovec *iov;
    struct iovec one;
    uint32_t count;
    uint64_t len;
};

struct ur_stream {
    struct ur_loop *loop; /* private, all of it */
    struct ur_op recv_op; /* while it is idle its link may be on the parking list */
    struct ur_op send_op; /* connect, send, shutdown and close take turns on it; while it is idle
                             its link may be on the list of streams with something to send */
    struct ur_op held_op; /* brings held data to the next poll */
    ur_recv_fn *recv_fn;
    ur_stream_fn *connect_fn;
    ur_stream_fn *shutdown_fn;
    ur_stream_fn *close_fn;
    struct ur_held *held; /* received while stopped, oldest first */
    struct ur_held *held_tail;
    struct ur_send *sends; /* oldest first */
    struct ur_send *sends_tail;
    struct ur_gather *gather; /* pieces of the send in flight, when it has several */
    uint64_t sent;            /* bytes of the oldest send already gone */
    uint64_t send_len;        /* bytes all queued sends still have to go */
    uint32_t held_len;
    uint32_t round; /* of struct ur_crowd: the last one that it received in */
    int32_t fd;
    int32_t end_res; /* held end or error */
    uint16_t bits;
    uint8_t kind;
    uint8_t parked_times : 7; /* in a row, without data in between */
    bool unread : 1;          /* there was more to receive after the last chunk */
    bool counted;             /* see ur_loop_hold() */
};

/* Take over fd. Sockets should be non-blocking; FILE kinds may be either. */
void ur_stream_init_take(struct ur_loop *l, struct ur_stream *s, int fd, enum ur_stream_kind kind);
int ur_stream_fd(const struct ur_stream *s);

/* Connect the unconnected socket to addr (borrowed until fn is called). fn gets 0 or -errno,
 * -ECANCELED when the stream was closed first. Sends queued before it is done wait for it; do not
 * receive before. */
void ur_stream_connect(struct ur_stream *s, const struct sockaddr *addr, socklen_t addrlen,
                       ur_stream_fn *fn);

/* Receive into the loop's shared buffers until stopped, one callback per chunk. No memory is tied
 * up while nothing arrives. Data held since an earlier stop comes first, from the next poll.
 * Starting again only replaces fn. When buffers run out the stream waits its turn (first come,
 * first served); nothing is lost and every stream makes progress. */
void ur_recv_start(struct ur_stream *s, ur_recv_fn *fn);

/* Before receiving starts: the stream may well end with the first chunk. That is received by an
 * operation of its own, so that none has to be cancelled then. */
void ur_recv_once_first(struct ur_stream *s);

/* No more callbacks until ur_recv_start(). No data is lost: chunks the kernel had already delivered
 * are copied and held for the next start, and so are end of stream and errors. The receive stays
 * armed until a little has gathered (UR_HELD_MAX), so that stopping and starting for each chunk
 * costs nothing; then it is cancelled and the kernel's window applies back-pressure. What one poll
 * delivers is held in any case, at most the shared buffers; a sender that is that far ahead is from
 * then on received from one chunk at a time. */
void ur_recv_stop(struct ur_stream *s);

/* As ur_recv_stop(), and the receive is taken back from the kernel at once, before it may take
 * data: somebody else is about to read from the same descriptor. */
void ur_recv_halt(struct ur_stream *s);
bool ur_recv_active(const struct ur_stream *s);

#define UR_HELD_MAX 131072u /* bytes */

/* Send all of iov[0..count). Requests of one stream are sent in order, one operation in flight;
 * those queued between two polls go out together, up to UR_IOV_MAX pieces per operation. */
void ur_sendv(struct ur_stream *s, struct ur_send *req, const struct iovec *iov, uint32_t count);
void ur_send(struct ur_stream *s, struct ur_send *req, const void *buf, size_t len);

#define UR_IOV_MAX 64u

/* The requests that are not complete, oldest first: the one after prev, or the first. */
struct ur_send *ur_send_next(const struct ur_stream *s, const struct ur_send *prev);

/* Bytes given to ur_send() and not yet taken by the kernel. */
uint64_t ur_send_pending(const struct ur_stream *s);

/* After all queued sends: shutdown(SHUT_WR). fn gets 0 or -errno (-ENOTSUP for FILE kinds). At most
 * one. */
void ur_shutdown(struct ur_stream *s, ur_stream_fn *fn);

/* The same at once, by a system call, if nothing is queued before it and the back end's descriptors
 * are real: 0 or -errno. 1: use ur_shutdown(). */
int ur_shutdown_now(struct ur_stream *s);

/* Cancel what is in flight (an unfinished connect, sends and shutdown get -ECANCELED), wait for the
 * last completions, close the descriptor, call fn (may be NULL) with the result of close. Held data
 * is dropped. */
void ur_stream_close(struct ur_stream *s, ur_stream_fn *fn);
bool ur_stream_closing(const struct ur_stream *s);

/* Send what is queued, and close: in one go, so that the last bytes and the end of the stream can
 * leave in one packet. False: nothing was done, because it is not one short send that is queued,
 * because something is in flight, or because the peer sent more than was received, which makes
 * closing a reset that would overtake the send. Else fn gets what ur_stream_close() gives it, or
 * -EAGAIN: the peer does not take all that at once, and the stream is as before, with the rest
 * queued. The owner who has not waited for this end may hear of it after the peer has. */
bool ur_stream_finish(struct ur_stream *s, ur_stream_fn *fn);

#define UR_FINISH_MAX 16384u /* bytes */

/* As ur_stream_close(), but the descriptor stays open and belongs to the caller again, in fn's res.
 * Data held or in flight towards us is lost with it; stop receiving first and take ownership only
 * of idle streams. */
void ur_stream_release(struct ur_stream *s, ur_stream_fn *fn);

/* Whether receiving counts for ur_loop_alive(). Sends, shutdown and close always do. */
void ur_stream_ref(struct ur_stream *s);
void ur_stream_unref(struct ur_stream *s);
bool ur_stream_has_ref(const struct ur_stream *s);

/* ---- listening sockets
 * ------------------------------------------------------------------------------- */

struct ur_listener;

/* res >= 0: a connected descriptor, yours, non-blocking and close-on-exec. res < 0: -errno;
 * accepting has stopped. Connections that vanish in the backlog are skipped. When descriptors or
 * memory run out accepting pauses and tries again by itself (connections wait in the backlog); that
 * is only counted, not reported. */
typedef void ur_accept_fn(struct ur_listener *a, int32_t res);
typedef void ur_listener_fn(struct ur_listener *a, int32_t res);

struct ur_listener {
    ur_accept_fn *rest;   /* caller: takes what is accepted while it closes; NULL: that is closed */
    struct ur_loop *loop; /* private from here on */
    struct ur_op op;
    struct ur_op held_op;
    struct ur_timer backoff;
    ur_accept_fn *fn;
    ur_listener_fn *close_fn;
    int32_t *held; /* accepted while paused */
    uint32_t held_count, held_cap;
    int32_t fd;
    int32_t end_res;
    uint32_t backoff_ms;
    uint16_t bits;
    bool counted; /* see ur_loop_hold() */
};

/* Take over fd: bound, listening (a plain system call of the owner) and non-blocking: one that is
 * not may stop the loop. */
void ur_listener_init_take(struct ur_loop *l, struct ur_listener *a, int fd);
/* Before the first start: other processes accept from the socket, too. Nothing is taken from the
 * backlog before it can be delivered, so that the others get what this one is too busy for. */
void ur_listener_share(struct ur_listener *a);
int ur_listener_fd(const struct ur_listener *a);

void ur_accept_start(struct ur_listener *a, ur_accept_fn *fn);

/* No callbacks until the next start. Connections accepted meanwhile by the kernel are held and
 * delivered then; new ones stay in the backlog. */
void ur_accept_stop(struct ur_listener *a);

/* Cancel, close held connections and the descriptor, call fn (may be NULL). Nobody can connect any
 * more when this returns, where the back end can do that (ur_cancel_now()); else before fn. */
void ur_listener_close(struct ur_listener *a, ur_listener_fn *fn);

void ur_listener_ref(struct ur_listener *a);
void ur_listener_unref(struct ur_listener *a);
bool ur_listener_has_ref(const struct ur_listener *a);

#endif
