/* uring/dgram.h: datagram sockets (UDP, Unix): receiving and closing. Sending is ur_sendmsg().
 *
 * A handle, like those in sock.h: embedded, no callback from inside its functions, free to be
 * reused after the close callback. Datagrams come one by one, whole and in order; the buffers that
 * they are received into are the loop's. Everything belongs to the loop's thread. */
#ifndef URING_DGRAM_H
#define URING_DGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "uring/op.h"

/* Bytes of a datagram that are received: UDP has none that is longer. */
#define UR_DGRAM_MAX 65536u

struct ur_dgram;

struct ur_datagram {
    const void *data;
    uint32_t len;
    socklen_t from_len;
    const struct sockaddr *from; /* NULL: the sender has no address */
    bool cut;                    /* it was longer than UR_DGRAM_MAX, and the rest is lost */
};

/* res: 0, and m is borrowed until the callback returns: consume or copy. Or -errno, and m is NULL;
 * receiving goes on if that is news from the network (-ECONNREFUSED), and has stopped after those
 * that would only come again: ur_dgram_active() tells. */
typedef void ur_dgram_fn(struct ur_dgram *d, int32_t res, const struct ur_datagram *m);
/* res: what closing the descriptor said. */
typedef void ur_dgram_closed_fn(struct ur_dgram *d, int32_t res);

struct ur_dgram {
    struct ur_loop *loop;  /* private, all of it */
    struct ur_op recv_op;  /* while it is idle its link may be on the parking list */
    struct ur_op other_op; /* brings held datagrams to the next poll; closes */
    ur_dgram_fn *fn;
    ur_dgram_closed_fn *close_fn;
    struct ur_held_dgram *held, *held_tail; /* received while stopped, oldest first */
    struct ur_dgram_room *room;             /* owned, when a datagram is to go there */
    struct msghdr msg;                      /* of the receive in flight */
    int32_t fd;                             /* -1: closed */
    int32_t close_res;
    uint8_t bits;
    uint8_t parked_times; /* in a row */
    bool counted;         /* see ur_loop_hold() */
};

/* Take over fd: non-blocking, nobody else closes it. */
void ur_dgram_init_take(struct ur_loop *l, struct ur_dgram *d, int fd);

/* Before the first start: other processes read from the socket, too. No datagram is taken before it
 * can be delivered, so that the others get what this one does not want any more. */
void ur_dgram_share(struct ur_dgram *d);

/* Starting again replaces fn. */
void ur_dgram_start(struct ur_dgram *d, ur_dgram_fn *fn);

/* No more callbacks. What the kernel has given already is held, and comes first after the next
 * start. */
void ur_dgram_stop(struct ur_dgram *d);
bool ur_dgram_active(const struct ur_dgram *d);

/* Stop, drop what is held, close the descriptor, call fn (may be NULL). Its address is free again
 * when this returns, where the back end can do that (ur_cancel_now()); else before fn. */
void ur_dgram_close(struct ur_dgram *d, ur_dgram_closed_fn *fn);

void ur_dgram_ref(struct ur_dgram *d);
void ur_dgram_unref(struct ur_dgram *d);

#endif
