/* uring/fake.h: controls of the fake back end, for tests.
 *
 * The fake has no kernel: descriptors are numbers of its own, streams and files live in memory,
 * time is virtual and jumps to the next deadline. Everything random comes from one seed
 * (ur_loop_options.seed, else TORC_SEED, else a fixed one), so a run can be repeated. The loops
 * given must be open on the fake. Loop's thread. */
#ifndef URING_FAKE_H
#define URING_FAKE_H

#include <stdint.h>

#include "uring/desc.h"

struct ur_loop;

/* Chances in percent. The defaults have a little of everything. */
struct ur_fake_faults {
    uint8_t delay;       /* something that could complete now completes later */
    uint8_t shorten;     /* a transfer moves only part of what it could */
    uint8_t end_multi;   /* a multishot ends though it need not */
    uint8_t no_buffer;   /* -ENOBUFS though there are buffers */
    uint8_t cancel_late; /* a cancel loses against the result */
};
void ur_fake_set_faults(struct ur_loop *l, const struct ur_fake_faults *f);

/* The next count operations of this kind complete with -err. One rule for each kind. */
void ur_fake_fail(struct ur_loop *l, enum ur_kind kind, int err, uint32_t count);

/* Connected stream sockets; connected datagram sockets, whose ports on loopback are 1 and 2; a pipe
 * (fds[0] reads, fds[1] writes); a listening socket, to which connects to this port of any address
 * lead; an unconnected socket. Closed by the loop's close operations, or with the loop. */
void ur_fake_socketpair(struct ur_loop *l, int fds[2]);
void ur_fake_dgram_pair(struct ur_loop *l, int fds[2]);
void ur_fake_pipe(struct ur_loop *l, int fds[2]);
int ur_fake_listener(struct ur_loop *l, uint16_t port);
int ur_fake_socket(struct ur_loop *l);

/* Descriptors open now. */
uint32_t ur_fake_fd_count(const struct ur_loop *l);

#endif
