/* uring/poll.h: wait until a descriptor is ready (terminals, inotify, signalfd, pidfd, other
 * libraries' sockets). A handle, like those in sock.h: embedded, no callback from inside its
 * functions, free to be reused after the close callback. It never owns nor closes the descriptor,
 * which must stay open until then. Everything belongs to the loop's thread. */
#ifndef URING_POLL_H
#define URING_POLL_H

#include <stdbool.h>
#include <stdint.h>

#include "uring/op.h"

struct ur_poll;

/* res: POLL* bits among those asked for, POLLERR and POLLHUP; or -errno, after which polling has
 * stopped. */
typedef void ur_poll_fn(struct ur_poll *p, int32_t res);
typedef void ur_poll_closed_fn(struct ur_poll *p);

enum ur_poll_mode {
    UR_POLL_LEVEL, /* again and again while ready; armed again after each callback */
    UR_POLL_EDGE,  /* once per change; armed once. The callback must drain the descriptor */
    UR_POLL_ONCE   /* one callback, then stopped */
};

struct ur_poll {
    struct ur_loop *loop; /* private, all of it */
    struct ur_op op;
    ur_poll_fn *fn;
    ur_poll_closed_fn *close_fn;
    int32_t fd;
    uint32_t events; /* wanted */
    uint32_t armed;  /* in flight */
    uint8_t mode;
    uint8_t bits;
    bool counted; /* see ur_loop_hold() */
};

void ur_poll_init(struct ur_loop *l, struct ur_poll *p, int fd);

/* events: POLLIN, POLLOUT, POLLPRI, POLLRDHUP. Starting again replaces everything. */
void ur_poll_start(struct ur_poll *p, uint32_t events, enum ur_poll_mode mode, ur_poll_fn *fn);

/* No more callbacks. The kernel may look at the descriptor until the close callback. */
void ur_poll_stop(struct ur_poll *p);
bool ur_poll_active(const struct ur_poll *p);

/* fn (may be NULL): nothing is in flight, the struct and the descriptor are the caller's alone. */
void ur_poll_close(struct ur_poll *p, ur_poll_closed_fn *fn);

void ur_poll_ref(struct ur_poll *p);
void ur_poll_unref(struct ur_poll *p);
bool ur_poll_has_ref(const struct ur_poll *p);

#endif
