/* uring/op.h: one asynchronous operation.
 *
 * The caller owns the struct (usually embedded in its own request) and every buffer named in the
 * start call. Both stay valid and unmoved until done() has run without UR_MORE; the loop allocates
 * nothing per operation. Starting cannot fail: every error arrives as a completion with res =
 * -errno, always from a later ur_loop_poll() and never from inside the start call. From inside
 * done() the op may be started again if UR_MORE is not set, and its memory may be freed.
 *
 * All functions belong to the loop's thread. */
#ifndef URING_OP_H
#define URING_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "uring/desc.h"

struct ur_loop;
struct ur_op;

/* res: >= 0 or -errno. flags: UR_MORE, UR_UNREAD. */
typedef void ur_done_fn(struct ur_op *op, int32_t res, uint32_t flags);

#define UR_MORE 1u   /* in flags: not the last callback, op stays in flight */
#define UR_UNREAD 8u /* in flags: the socket has more to receive; not every back end tells */

/* State and its legal next states; ur_op_set_state() aborts on any other.
 * - IDLE: QUEUED (started), PENDING (result known at start).
 * - QUEUED: INFLIGHT (given to the back end), PENDING (cancelled before that, or loop closing).
 * - INFLIGHT: CANCELLING (by ur_cancel()), IDLE (last completion).
 * - CANCELLING: IDLE (last completion: -ECANCELED, or the real result when that was faster).
 * - PENDING: IDLE (delivered by the next poll). */
enum ur_state { UR_IDLE, UR_QUEUED, UR_INFLIGHT, UR_CANCELLING, UR_PENDING };

struct ur_link {
    struct ur_link *next, *prev;
};

struct ur_op {
    ur_done_fn *done;    /* caller: by ur_op_init() */
    struct ur_desc desc; /* private from here on */
    struct ur_link link; /* while QUEUED or PENDING */
    uint32_t slot;       /* while INFLIGHT or CANCELLING */
    int32_t res;         /* while PENDING */
    uint8_t state;       /* enum ur_state */
    uint8_t flags;
};

/* Prepare op: idle, keeping the loop alive while in flight, calling done. */
void ur_op_init(struct ur_op *op, ur_done_fn *done);

/* True from the start call until the last callback begins. */
static inline bool ur_op_active(const struct ur_op *op)
{
    return op->state != UR_IDLE;
}

/* Whether op, while active, counts for ur_loop_alive(). Ops are born ref'd. May be called in any
 * state. */
void ur_op_ref(struct ur_loop *l, struct ur_op *op);
void ur_op_unref(struct ur_loop *l, struct ur_op *op);

/* Ask op to stop. done() still runs, once, with -ECANCELED or with the real result when that was
 * faster: a cancelled open or accept may still hand you a descriptor, which you then own. No effect
 * on an idle op. */
void ur_cancel(struct ur_loop *l, struct ur_op *op);

/* As ur_cancel(), which costs no system call; this one does, and lets go of op's descriptor: it may
 * be closed by ur_close_now(). done() still runs, from a later poll. False: the back end cannot. */
bool ur_cancel_now(struct ur_loop *l, struct ur_op *op);

/* Completes with 0 in the next poll. The cheapest way to be called back. */
void ur_nop(struct ur_loop *l, struct ur_op *op);

/* Connect fd to addr (borrowed until the last callback). res: 0 or -errno. For a socket that
 * becomes a stream use ur_stream_connect(): closing the stream then cancels it. */
void ur_connect(struct ur_loop *l, struct ur_op *op, int fd, const struct sockaddr *addr,
                socklen_t addrlen);

/* One message from or to any socket: a datagram with its address, bytes with descriptors beside
 * them (SCM_RIGHTS). msg and all it names is borrowed until the last callback; receiving fills in
 * what recvmsg(2) does. flags: MSG_*. res: bytes, or -errno. Descriptors received are the caller's,
 * also when it cancelled. Sending raises no SIGPIPE. */
void ur_recvmsg(struct ur_loop *l, struct ur_op *op, int fd, struct msghdr *msg, int flags);
void ur_sendmsg(struct ur_loop *l, struct ur_op *op, int fd, const struct msghdr *msg, int flags);

/* Close fd, which must have no operation in flight: closing alone stops nothing, and a pending
 * receive keeps the socket open. Handles (sock.h, poll.h) have their own close that does this in
 * order. */
void ur_close_fd(struct ur_loop *l, struct ur_op *op, int fd);
/* The same by a system call: it is closed when this returns. Only where ur_cancel_now() said that
 * it may be. Returns 0 or -errno. */
int ur_close_now(struct ur_loop *l, int fd);

#endif
