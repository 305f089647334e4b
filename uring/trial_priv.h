/* uring/trial_priv.h: what the environment asks of the ring, for finding out which feature is at
 * fault, and for tests of what happens without it.
 *
 * TORC_IO_NO=feature,...: do without. TORC_IO_FAIL=what:ERRNO,...: make it fail; what is `setup`,
 * `register` or the name of an operation (desc.c). */
#ifndef URING_TRIAL_PRIV_H
#define URING_TRIAL_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uring/desc.h"

enum ur_feature {
    UR_NO_RECV_MULTISHOT = 1 << 0,
    UR_NO_ACCEPT_MULTISHOT = 1 << 1,
    UR_NO_READ_MULTISHOT = 1 << 2,
    UR_NO_BUFFER_RINGS = 1 << 3, /* buffers are given one operation each, as before KERNEL(5, 19) */
    UR_NO_DEFER = 1 << 4,
    UR_NO_REGISTERED_RING = 1 << 5,
    UR_NO_NO_IOWAIT = 1 << 6,
    UR_NO_RECVMSG_MULTISHOT = 1 << 7,
    UR_NO_MIN_WAIT = 1 << 8
};

struct ur_trial {
    uint32_t no; /* enum ur_feature */
    bool fails;  /* any of the following */
    int setup_err, register_err;
    int op_err[UR_KIND_COUNT]; /* positive, 0: works */
};

/* 0, or -EINVAL and a sentence in reason. */
int ur_trial_read(struct ur_trial *t, char *reason, size_t reason_len);

#endif
