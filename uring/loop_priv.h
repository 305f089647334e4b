/* uring/loop_priv.h: the loop's parts, for the files of this folder. */
#ifndef URING_LOOP_PRIV_H
#define URING_LOOP_PRIV_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "uring/backend.h"
#include "uring/base_priv.h"
#include "uring/list_priv.h"
#include "uring/loop.h"
#include "uring/op.h"
#include "uring/slot_priv.h"

#define UR_REAP_MAX 256u  /* completions taken, and so callbacks run, by one poll */
#define UR_FILES_MAX 256u /* file operations with the back end at a time; the rest stay queued */
#define UR_RING_WRITES_MAX 4u /* file operations beside which writes are the ring's, not jobs */
#define UR_COPY_MAX (1024u * 1024u) /* bytes of files copied on the loop's thread between polls */
#define UR_GATHERS_KEPT 64u
#define UR_FAST_DEVS 8u
#define UR_SEEN_MAX 256u /* a power of two */
#define UR_REASON_LEN 256u
#define UR_GATHER_MAX 64u
#define UR_GROUP_DGRAMS (UR_GROUPS_MAX - 1) /* the streams' groups count up to it */

struct ur_timer;
struct ur_job;
struct ur_stream;
struct ur_dgram;
struct ur_work;
struct ur_trace;
struct ur_port;

/* The pieces of one vectored operation in flight. */
struct ur_gather {
    struct ur_gather *next; /* when not in use */
    struct msghdr msg;
    uint32_t count;
    struct iovec iov[UR_GATHER_MAX];
};

struct ur_bufs {
    struct ur_group group[UR_GROUPS_MAX];
    uint32_t armed[UR_GROUPS_MAX]; /* receives in flight on each */
    uint32_t groups;
    uint32_t total, lent, cap;
    uint32_t buf_len;
    bool want_more;
    struct ur_link parked; /* struct ur_stream by recv_op.link, oldest first */
    uint32_t parked_count;
    uint32_t dgram_bufs;
    struct ur_link dgrams_parked; /* struct ur_dgram by recv_op.link, oldest first */
    uint32_t dgrams_parked_count;
    uint8_t *spare; /* one private buffer, for a stream that found the groups empty too often */
    bool spare_busy;
};

/* A name that fastpath.c found in the cache. */
struct ur_seen {
    uint64_t key; /* its hash */
    uint64_t until_ns;
};

struct ur_timers {
    struct ur_timer **heap;
    uint32_t count, cap;
    uint64_t seq;
};

struct ur_spin {
    uint64_t asked_ns; /* ur_loop_spin() */
    uint32_t skip;     /* waits until the next try */
    uint32_t backoff;  /* how many that was after the last one, 0: it found something */
    bool possible;
    bool near; /* the last wait was short, and a wake ended it */
};

/* crowd.c: how many streams are busy. A round is a number of receives. */
struct ur_crowd {
    uint32_t round;   /* never 0: a stream's, until it receives */
    uint32_t left;    /* receives until the next one */
    uint32_t seen;    /* streams in this one */
    uint32_t busy;    /* streams in the last one */
    uint32_t came;    /* receives since the last wait began */
    uint32_t wanted;  /* by that wait */
    uint32_t skip;    /* waits until the next try */
    uint32_t backoff; /* how many that was after the last one, 0: more than one came */
};

struct ur_loop {
    const struct ur_backend_vtable *vt;
    struct ur_backend *be;
    uint64_t now_ns;
    struct ur_slots slots;
    struct ur_link queue;    /* struct ur_op: QUEUED, in order of starting */
    struct ur_link deferred; /* of those, file operations above UR_FILES_MAX or UR_COPY_MAX */
    struct ur_link pending;  /* struct ur_op: PENDING */
    uint64_t pending_count;
    struct ur_link flush; /* struct ur_stream by send_op.link */
    uint64_t *cancels;
    uint32_t cancel_count, cancel_cap;
    uint32_t files;  /* file operations with the back end */
    uint64_t copied; /* bytes, since the last poll; see UR_COPY_MAX */
    bool held_back;  /* some of deferred wait only for the next poll */
    uint64_t refs, ops;
    struct ur_timers timers;
    struct ur_bufs bufs;
    struct ur_gather *gathers;
    uint32_t gathers_kept;
    const uint8_t *cur_buf; /* during a completion that brought a buffer */
    struct ur_pool *pool;   /* NULL until the first job, unless shared */
    uint32_t job_threads;
    struct ur_job *jobs_done; /* guarded by the pool's lock; newest first */
    uint64_t jobs_running;
    struct ur_work *works; /* operations on job threads */
    uint32_t no_opcode;    /* 1 << kind: the back end turned out not to have it */
    struct ur_port *port;  /* NULL: nobody asked for it yet */
    atomic_bool wake_pending;
    atomic_bool waiting; /* in the kernel, or about to be: only then a wake needs a system call */
    ur_wake_fn *wake_fn;
    void *wake_arg;
    struct ur_spin spin;
    struct ur_crowd crowd;
    void *owner;
    struct ur_stats stats;
    struct ur_trace *trace;     /* NULL: off */
    char reason[UR_REASON_LEN]; /* why not the ring, if that was the first choice */
    struct ur_completion reaped[UR_REAP_MAX];
    uint64_t fast_dev[UR_FAST_DEVS]; /* st_dev + 1 of file systems that keep attributes in memory */
    struct ur_seen seen[UR_SEEN_MAX];
    bool polling, closing, no_fast_stat, no_fast_read;
};

/* op.c */
void ur_op_set_state(struct ur_op *op, enum ur_state to);
/* An idle op's description, emptied. */
struct ur_desc *ur_op_prepare(struct ur_op *op, enum ur_kind kind, int fd);
/* Queue a prepared op. */
void ur_op_start(struct ur_loop *l, struct ur_op *op);
/* Complete an idle, prepared op with res in the next poll. */
void ur_op_settle(struct ur_loop *l, struct ur_op *op, int32_t res);
/* Hand the queue to the back end. */
void ur_ops_submit(struct ur_loop *l);
/* Deliver PENDING results, at most UR_REAP_MAX; those added meanwhile wait for the next poll.
 * Returns how many. */
int ur_ops_deliver(struct ur_loop *l);
/* Deliver completions from the back end. */
int ur_ops_complete(struct ur_loop *l, const struct ur_completion *c, uint32_t count);
/* Deliver one. False: it was late, or is not one yet. */
bool ur_op_complete(struct ur_loop *l, const struct ur_completion *c);
/* Cancel everything, queued or in flight. */
void ur_ops_cancel_all(struct ur_loop *l);

#define UR_OP_UNREF 1u
#define UR_OP_FILE 2u /* counts for UR_FILES_MAX */
#define UR_OP_KEEP 4u /* its descriptor is a handle's: UR_DESC_KEEP */
#define UR_OP_WORK 8u /* in flight on a job thread (work.c) */

/* spin.c */
void ur_spin_open(struct ur_loop *l);
/* ANY THREAD, async-signal-safe: it wakes a loop. */
void ur_spin_spoke(void);
/* Whether this wait should begin with ur_spin(). */
bool ur_spin_wanted(struct ur_loop *l, int64_t timeout_ns);
/* The back end has been given everything. True: something has come. */
bool ur_spin(struct ur_loop *l);
/* After a wait, before what it brought is delivered. */
void ur_spin_learn(struct ur_loop *l, uint64_t start_ns);

/* crowd.c */
void ur_crowd_open(struct ur_loop *l);
/* stream_round: the stream's, 0 at first. */
void ur_crowd_received(struct ur_loop *l, uint32_t *stream_round);
/* Before a wait: how many completions it is for; 1: any. */
uint32_t ur_crowd_wanted(struct ur_loop *l, int64_t timeout_ns);
/* After what it brought is delivered. */
void ur_crowd_learn(struct ur_loop *l);

/* bufs.c */
int ur_bufs_open(struct ur_loop *l, const struct ur_loop_options *o);
void ur_bufs_close(struct ur_loop *l);
/* Make the group for datagrams, unless it is there. 0 or -errno. */
int ur_bufs_open_dgrams(struct ur_loop *l);
/* Count one more receive on the group for its kind: with the fewest per buffer, where there are
 * several. Returns which that is. */
uint32_t ur_bufs_arm(struct ur_loop *l, enum ur_kind kind);
void ur_bufs_give(struct ur_loop *l, uint32_t group, uint16_t bid);
/* Put s, which found no buffer, at the end of the parking list; take it off again. */
void ur_bufs_park(struct ur_loop *l, struct ur_stream *s);
void ur_bufs_unpark(struct ur_loop *l, struct ur_stream *s);
void ur_bufs_park_dgram(struct ur_loop *l, struct ur_dgram *d);
void ur_bufs_unpark_dgram(struct ur_loop *l, struct ur_dgram *d);
/* Arm the streams and datagram sockets that can have a buffer now, adding buffers when there were
 * too few. */
void ur_bufs_rearm(struct ur_loop *l);

/* gather.c: bounded views of caller's iovecs. */
struct ur_gather *ur_gather_take(struct ur_loop *l);
void ur_gather_drop(struct ur_loop *l, struct ur_gather *g);
void ur_gathers_free(struct ur_loop *l);
/* Append iov[0..count) without its first skip bytes, up to max bytes in all. Returns bytes added.
 */
uint64_t ur_gather_add(struct ur_gather *g, const struct iovec *iov, uint32_t count, uint64_t skip,
                       uint64_t max);

/* sock_recv.c */
void ur_stream_rearm(struct ur_stream *s);
/* dgram.c */
void ur_dgram_rearm(struct ur_dgram *d);
/* sock_send.c: start the sends queued since the last poll. */
void ur_streams_flush(struct ur_loop *l);

/* timer.c */
void ur_timers_free(struct ur_loop *l);

/* job.c */
void ur_jobs_open(struct ur_loop *l, const struct ur_loop_options *o);
void ur_jobs_cancel_all(struct ur_loop *l);
int ur_jobs_deliver(struct ur_loop *l);
void ur_jobs_close(struct ur_loop *l);

/* port.c: deliver what was posted, at most UR_REAP_MAX messages; refuse and cancel what comes. */
int ur_port_deliver(struct ur_loop *l);
void ur_port_close(struct ur_loop *l);

/* fastpath.c: answers from the caches, or -EAGAIN: ask the back end. Other errors are answers too.
 */
struct statx;
int ur_fast_stat(struct ur_loop *l, int dirfd, const char *path, int at_flags, struct statx *out);
int64_t ur_fast_read(struct ur_loop *l, int fd, const struct iovec *iov, uint32_t count,
                     uint64_t off);

#endif
