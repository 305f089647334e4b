/* uring/work_priv.h: operations carried out by a blocking system call on a job thread: what the
 * back end cannot do, or could do only by waiting. The op stays in flight meanwhile. */
#ifndef URING_WORK_PRIV_H
#define URING_WORK_PRIV_H

#include <stdbool.h>

#include "uring/backend.h"
#include "uring/op.h"

struct ur_loop;

/* True: the back end may not have op's opcode, or not be allowed to use it, as far as its answer c
 * shows. The next of this kind do not go there once a system call has answered differently. */
bool ur_work_unsupported(const struct ur_op *op, const struct ur_completion *c);

/* Start it. c: what the back end answered; a buffer it names is read into. */
void ur_work_start(struct ur_loop *l, struct ur_op *op, const struct ur_completion *c);

/* Ask it to stop: it does unless it has begun. */
void ur_work_cancel(struct ur_loop *l, const struct ur_op *op);

#endif
