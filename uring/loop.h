/* uring/loop.h: the loop. It submits what was started, waits, and delivers completions.
 *
 * The loop has no phases of its own: one ur_loop_poll() is one batch out and one batch in, with at
 * most one system call. Its owner decides what else a turn consists of. A loop and all it reaches
 * belong to the thread that opened it, except ur_loop_wake(). */
#ifndef URING_LOOP_H
#define URING_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ur_loop;
struct ur_pool;
typedef void ur_wake_fn(struct ur_loop *l, void *arg);

/* Zero means "the default" in every field. */
struct ur_loop_options {
    const char *backend;  /* "auto", "uring", "epoll", "fake"; NULL: the environment's TORC_IO, else
                             "auto" */
    uint32_t sq_entries;  /* batch size between system calls; rounded up to a power of two */
    uint32_t cq_entries;  /* completions the kernel can post before it must store them elsewhere */
    uint32_t buf_len;     /* bytes of one receive buffer */
    uint32_t buf_count;   /* receive buffers at start, a power of two; more are added on demand */
    uint32_t buf_cap;     /* receive buffers at most */
    uint32_t dgram_bufs;  /* receive buffers for datagrams, a power of two; made at first use */
    struct ur_pool *pool; /* job threads shared with other loops (job.h); NULL: an own pool, made on
                             first use */
    uint32_t job_threads; /* size of the own pool */
    uint64_t seed;        /* fake only */
    void *owner;          /* anything; ur_loop_owner() returns it */
};

/* Open a loop on the calling thread. options may be NULL. 0, or -errno and then ur_open_reason()
 * says why in words. Create it after any fork: a child must not touch its parent's loop. */
int ur_loop_open(struct ur_loop **out, const struct ur_loop_options *options);

/* One sentence on why the last ur_loop_open() on this thread failed, or "". Static memory of the
 * thread. */
const char *ur_open_reason(void);

/* Cancel everything in flight, deliver every last completion (the callbacks run, with -ECANCELED
 * mostly), wait for running jobs, and free the loop. Ops started from those callbacks complete with
 * -ECANCELED; timers do not fire. Returns 0, or -EBUSY when the kernel did not let go in time: the
 * loop is then leaked on purpose, since the kernel may still write to memory owned by its ops. */
int ur_loop_close(struct ur_loop *l);

/* Submit everything started since the last poll, wait for completions, and run the callbacks of one
 * bounded batch. timeout_ns: 0 = do not wait, < 0 = as long as it takes, else at most that long. It
 * never waits beyond the nearest timer's deadline (but runs no timer), nor while a result is
 * already known. Returns the number of callbacks run, or -errno after which the loop can only be
 * closed. Updates the loop's time. Waiting without limit when !ur_loop_alive() is for owners that
 * expect ur_loop_wake(). Not reentrant. */
int ur_loop_poll(struct ur_loop *l, int64_t timeout_ns);

/* Give everything started so far to the kernel, without waiting and without running callbacks: what
 * it can do at once (a send that fits into the socket's buffer) it does now. For owners about to
 * end the process. May be called from callbacks. */
void ur_loop_submit(struct ur_loop *l);

/* Timers, then poll, until nothing keeps the loop alive. For programs and tests without a turn of
 * their own. */
int ur_loop_run(struct ur_loop *l);

/* Anything ref'd left: active ops, running handles, timers, jobs, undelivered results. */
bool ur_loop_alive(const struct ur_loop *l);

/* For owners' own reasons to live; add and drop must pair. */
void ur_loop_ref(struct ur_loop *l);
void ur_loop_unref(struct ur_loop *l);
/* The same for who is asked again and again: ref or unref if *held is not what is wanted, which it
 * is then. *held begins as false. */
void ur_loop_hold(struct ur_loop *l, bool *held, bool want);

/* The kernel lets go of what it holds for operations that have ended; a file may be held until the
 * next poll otherwise. No callback runs. */
void ur_loop_settle(struct ur_loop *l);

/* The loop's time: CLOCK_MONOTONIC, read once per poll. ur_loop_update_time() reads it again. */
uint64_t ur_loop_now_ns(const struct ur_loop *l);
uint64_t ur_loop_now_ms(const struct ur_loop *l);
void ur_loop_update_time(struct ur_loop *l);

/* ANY THREAD, and from signal handlers. Make a poll that waits, or the next one, return soon and
 * call the wake callback on the loop's thread. Coalesced: many wakes between two polls are one
 * callback and one system call, or none while the loop's thread does not wait. The loop must not be
 * closed at the same time; that is the caller's duty. */
void ur_loop_wake(struct ur_loop *l);
void ur_loop_on_wake(struct ur_loop *l, ur_wake_fn *fn, void *arg);

/* For a loop that is about to exchange short messages with another thread: a poll that would wait
 * looks for a wake for ns before it sleeps. As long as that pays: each time in vain it is left out
 * for longer, up to UR_SPIN_SKIPS polls. 0, as at first: only after a wait that a wake ended soon,
 * and having woken another loop since; never with a single processor. */
void ur_loop_spin(struct ur_loop *l, uint64_t ns);

#define UR_SPIN_SKIPS 64u

void *ur_loop_owner(const struct ur_loop *l);
const char *ur_backend_name(const struct ur_loop *l);

/* One sentence on why "auto" did not take io_uring, or "". Lives as long as the loop. */
const char *ur_backend_reason(const struct ur_loop *l);

/* Always on. Gauges say what is the case now, the others only grow. */
struct ur_stats {
    uint64_t polls;       /* ur_loop_poll() calls */
    uint64_t enters;      /* calls that may wait: io_uring_enter(), epoll_wait() */
    uint64_t calls;       /* system calls of the back end, those included */
    uint64_t sqes;        /* operations and cancels given to the back end */
    uint64_t cqes;        /* completions taken from it */
    uint64_t dispatched;  /* callbacks run */
    uint64_t inline_done; /* results known at start: cached stat, small cached reads */
    uint64_t cancels;
    uint64_t enobufs;    /* receives that found no buffer */
    uint64_t parks;      /* streams put on the parking list */
    uint64_t rearms;     /* multishot operations armed again after the kernel ended them */
    uint64_t overflows;  /* times the kernel had to store completions elsewhere */
    uint64_t crowds;     /* waits of a moment for several receives, as many streams were busy */
    uint64_t late;       /* completions of an older generation, dropped */
    uint64_t held_bytes; /* bytes copied out because their stream was stopped */
    uint64_t wakes;      /* wake-ups seen by the loop */
    uint64_t spins;      /* polls that looked for a wake before they slept; see ur_loop_spin() */
    uint64_t jobs;       /* jobs started */
    uint64_t accept_backoffs;
    uint64_t ops;          /* gauge: active ops, ref'd or not */
    uint64_t slots;        /* gauge: operations the back end holds */
    uint64_t refs;         /* gauge: what ur_loop_alive() counts */
    uint64_t timers;       /* gauge */
    uint64_t jobs_running; /* gauge: jobs not yet delivered */
    uint64_t parked;       /* gauge: streams waiting for a buffer */
    uint64_t bufs;         /* gauge: receive buffers in existence */
    uint64_t bufs_lent;    /* gauge: of those, not with the back end now */
};
void ur_loop_stats(const struct ur_loop *l, struct ur_stats *out);

#endif
