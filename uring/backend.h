/* uring/backend.h: the seam between the loop and the kernel (or what stands in for it).
 *
 * It is cut per batch: one call hands over everything that was started in a turn, one call waits
 * and takes back everything that is complete. A back end knows descriptions and tokens; it never
 * sees an op, a callback or a handle. Only ring.c knows SQEs.
 *
 * Rules for back ends:
 *  - a description, and all memory it names, is lent from submit() until its last completion was
 * reaped;
 *  - each description gets exactly one last completion (without UR_MORE), after any number with it,
 * and those only if it says UR_DESC_MULTI. A multishot may end at any time; the loop arms it again;
 *  - no errors at submit: they are completions. Cancels have no completion of their own;
 *  - EINTR, a full queue and a full completion queue stay inside;
 *  - what it could only do by blocking the thread it does not do: UR_COMP_BLOCKS. */
#ifndef URING_BACKEND_H
#define URING_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uring/desc.h"
#include "uring/loop.h"

struct ur_backend; /* the back end's own state; starts with nothing known to the loop */

/* One receive-buffer group. Memory and the count are the loop's; which buffers are free is the back
 * end's. */
struct ur_group {
    uint8_t *base;
    uint32_t buf_len;
    uint32_t count; /* power of two, buffers are 0..count-1 */
    uint32_t free;  /* with the back end now; counted by the loop */
    uint16_t id;
    void *priv; /* the back end's */
};

/* About what falling asleep and waking cost: who waits so long for more loses little. */
#define UR_CROWD_WAIT_US 20u

#define UR_COMP_MORE 1u /* same bit as UR_MORE */
#define UR_COMP_BUF 2u  /* bid names the buffer holding res bytes (res may be 0 or an error) */
/* Not done, and the last completion: the loop shall have a job thread make the blocking system call
 * (work_priv.h). With UR_COMP_BUF: into that buffer. Only kinds of files, and closing. */
#define UR_COMP_BLOCKS 4u
#define UR_COMP_UNREAD 8u /* same bit as UR_UNREAD */

struct ur_completion {
    uint64_t token;
    int32_t res;
    uint16_t bid;
    uint16_t flags; /* UR_COMP_* */
};

struct ur_batch {
    struct ur_desc *head; /* linked by next, in the order of starting */
    uint64_t *cancels;    /* tokens of descriptions submitted earlier */
    uint32_t cancel_count;
};

struct ur_backend_vtable {
    const char *name;
    uint32_t caps; /* UR_CAP_* */

    /* reason: on failure, a sentence for people. The caller sets every field of options. */
    int (*open)(struct ur_backend **out, const struct ur_loop_options *options, char *reason,
                size_t reason_len);
    /* All descriptions are complete and all groups closed, or `abandon`: leave what the kernel may
     * still use. */
    void (*close)(struct ur_backend *be, bool abandon);

    void (*submit)(struct ur_backend *be, const struct ur_batch *batch);
    /* Cancel one description, submitted earlier, at once: when this returns nothing holds its
     * descriptor any more. What it completes with comes from reap(), as ever. NULL: it cannot; only
     * one with UR_CAP_REAL_FDS can. */
    void (*cancel_now)(struct ur_backend *be, uint64_t token);
    /* Wait (as ur_loop_poll()) unless completions are there, and take at most max of them. Returns
     * how many, 0 after a timeout, a wake or a signal; -errno when the back end is broken. A back
     * end that can waits up to UR_CROWD_WAIT_US for `wanted` besides those of what it was just
     * given; then, and with 1, for any. */
    int (*reap)(struct ur_backend *be, int64_t timeout_ns, uint32_t wanted,
                struct ur_completion *out, uint32_t max);
    /* Whether a reap would find something without waiting, told without a system call. NULL: that
     * cannot be told. */
    bool (*ready)(const struct ur_backend *be);
    /* See ur_loop_settle(). NULL: nothing to do. */
    void (*settle)(struct ur_backend *be);
    /* ANY THREAD, async-signal-safe: make a reap that waits, or the next one, return. */
    void (*wake)(struct ur_backend *be);
    uint64_t (*now_ns)(struct ur_backend *be);

    /* What UR_DESC_KEEP promised for fd is over. NULL: nothing was remembered. */
    void (*forget)(struct ur_backend *be, int fd);

    /* Open hands all buffers over; give returns one after its completion was consumed. */
    int (*group_open)(struct ur_backend *be, struct ur_group *g);
    void (*group_close)(struct ur_backend *be, struct ur_group *g);
    void (*group_give)(struct ur_backend *be, struct ur_group *g, uint16_t bid);

    /* Add enters, calls, sqes, overflows and crowds to *s. */
    void (*stats)(const struct ur_backend *be, struct ur_stats *s);
};

#define UR_CAP_REAL_FDS \
    1u /* descriptors are the process's own: system calls may be used on them beside */
#define UR_CAP_FILES 2u /* file operations are its own; without, most end in UR_COMP_BLOCKS */
#define UR_CAP_LINKS 4u /* it knows UR_DESC_LINK */

extern const struct ur_backend_vtable ur_backend_ring;
extern const struct ur_backend_vtable ur_backend_epoll;
extern const struct ur_backend_vtable ur_backend_fake;

#endif
