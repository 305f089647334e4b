/* uring/port.h: messages to a loop from any thread, other loops' threads among them.
 *
 * A port is where messages to one loop are posted. It outlives the loop as long as somebody holds
 * it: posting then fails, so that no sender has to know who ends first. Messages arrive in the
 * order in which they were posted; those that come between two polls cost one wake together. */
#ifndef URING_PORT_H
#define URING_PORT_H

#include <stdbool.h>
#include <stdint.h>

struct ur_loop;
struct ur_port;
struct ur_message;

/* Loop's thread, from a poll. res: 0, or -ECANCELED: the loop is being closed. The message is the
 * receiver's from here on. */
typedef void ur_message_fn(struct ur_message *m, int32_t res);

/* Embedded by the sender in what it wants to say. */
struct ur_message {
    ur_message_fn *fn;       /* sender: set before ur_port_post() */
    struct ur_message *next; /* private */
};

/* The port of l, made at first use. Loop's thread. It is the loop's: hold it to give it away. */
struct ur_port *ur_loop_port(struct ur_loop *l);

/* ANY THREAD that has a hold, or is the loop's. */
void ur_port_hold(struct ur_port *p);
void ur_port_drop(struct ur_port *p);

/* ANY THREAD that has a hold, or is the loop's. True: m is delivered exactly once. False: the loop
 * was closed, m is still the caller's. A message does not keep the loop alive (ur_loop_ref()). */
bool ur_port_post(struct ur_port *p, struct ur_message *m);

#endif
