/* uring/ring.c: the io_uring back end. The only file that knows SQEs and liburing.
 *
 * submit() fills SQEs and makes no system call unless the queue is full or a send is alone; reap()
 * makes at most one that matters: it submits, waits and lets the kernel post completions. With
 * DEFER_TASKRUN nothing is ever posted outside of an enter with GETEVENTS, so the queue is never
 * just looked at while the kernel says there is work. */
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "uring/backend.h"
#include "uring/base_priv.h"
#include "uring/slot_priv.h"
#include "uring/stash_priv.h"
#include "uring/trial_priv.h"

#define NS_PER_S 1000000000ull
#define WORKERS_MIN 4u /* kernel threads for files: at least, and otherwise one per processor */
#define WORKERS_UNBOUNDED 16u /* kernel threads for everything else that may block */
#define LONE_SEND_MAX 16384u  /* bytes; more may not fit, and then the kernel can wait for room */
#define LONE_TURNS 4u         /* with one operation each, in a row, make a calm */

#define TOKEN_NONE ((uint64_t)UR_TAG_BACKEND)
#define TOKEN_WAKE ((uint64_t)UR_TAG_BACKEND | 1u << 8)

/* For kernels newer than the headers this is built with, and the other way round. */
#ifndef IORING_ENTER_NO_IOWAIT
#define IORING_ENTER_NO_IOWAIT (1u << 7)
#endif
#ifndef IORING_FEAT_NO_IOWAIT
#define IORING_FEAT_NO_IOWAIT (1u << 17)
#endif

struct ur_backend {
    struct io_uring ring;
    unsigned enter_flags;
    bool defers;         /* DEFER_TASKRUN */
    bool waits_for_some; /* KERNEL(6, 12): a wait for several completions may have a limit of its
                            own */
    int wake_fd;
    struct ur_trial trial; /* the environment's wishes */
    struct ur_stash stash; /* of calls made directly, and cleared out of the way of a submit */
    uint32_t lone;         /* batches of one operation, in a row */
    uint64_t enters, sqes, overflows, direct, crowds;
};

/* ---- open ---- */

/* Best first; each later one is for older kernels. */
static const unsigned setup_tiers[] = {
    /* KERNEL(6, 6) */
    IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
        IORING_SETUP_SUBMIT_ALL | IORING_SETUP_NO_SQARRAY,
    /* KERNEL(6, 1) */
    IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
        IORING_SETUP_SUBMIT_ALL,
    /* KERNEL(6, 0) */
    IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SUBMIT_ALL,
};
#define TIER_COUNT (sizeof setup_tiers / sizeof setup_tiers[0])
#define CQ_ENTRIES_MIN 8u

static int setup(struct ur_backend *be, const struct ur_loop_options *o)
{
    uint32_t cq_entries = o->cq_entries;
    int err = -EINVAL;
    if (be->trial.setup_err) return -be->trial.setup_err;
    for (size_t tier = 0; tier < TIER_COUNT; tier++) {
        bool defers = setup_tiers[tier] & IORING_SETUP_DEFER_TASKRUN;
        if (defers && (be->trial.no & UR_NO_DEFER)) continue;
        struct io_uring_params p = { .flags = setup_tiers[tier] | IORING_SETUP_CLAMP |
                                              IORING_SETUP_CQSIZE,
                                     .cq_entries = cq_entries };
        err = io_uring_queue_init_params(o->sq_entries, &be->ring, &p);
        if (err == -ENOMEM && cq_entries > CQ_ENTRIES_MIN) {
            cq_entries /= 2;
            tier--; /* the same again, smaller */
            continue;
        }
        if (err != -EINVAL) {
            be->defers = defers;
            break;
        }
    }
    return err;
}

static int explain(int err, char *reason, size_t len)
{
    const char *why = "the kernel refused";
    if (err == -EPERM || err == -EACCES)
        why = "it is blocked here (a container's seccomp filter, or the sysctl "
              "kernel.io_uring_disabled)";
    else if (err == -ENOSYS)
        why = "this kernel does not have it, or a seccomp filter hides it";
    else if (err == -ENOMEM)
        why = "there is not enough memory that may be locked";
    else if (err == -EINVAL)
        why = "this kernel is too old (6.0 is needed)";
    snprintf(reason, len, "io_uring is not available: %s: %s", why, strerror(-err));
    return err;
}

static int check_features(struct ur_backend *be)
{
    unsigned need = IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG | IORING_FEAT_SUBMIT_STABLE;
    struct io_uring_probe *probe = io_uring_get_probe_ring(&be->ring);
    if (!probe) return -ENOMEM;
    /* SEND_ZC is not used; it came with multishot receive, KERNEL(6, 0), which cannot be asked for.
     */
    bool new_enough =
        io_uring_opcode_supported(probe, IORING_OP_SEND_ZC) && (be->ring.features & need) == need;
    if (!io_uring_opcode_supported(probe, IORING_OP_READ_MULTISHOT))
        be->trial.no |= UR_NO_READ_MULTISHOT; /* KERNEL(6, 7) */
    io_uring_free_probe(probe);
    return new_enough ? 0 : -EINVAL;
}

static struct io_uring_sqe *get_sqe(struct ur_backend *be);

static void arm_wake(struct ur_backend *be)
{
    /* Edge by edge: the counter is never read, each write posts one completion. */
    struct io_uring_sqe *sqe = get_sqe(be);
    io_uring_prep_poll_multishot(sqe, be->wake_fd, POLLIN);
    io_uring_sqe_set_data64(sqe, TOKEN_WAKE);
}

static void tune(struct ur_backend *be)
{
    static atomic_long known; /* asking again costs reading a file, for each loop */
    long cpus = atomic_load_explicit(&known, memory_order_relaxed);
    if (!cpus) cpus = sysconf(_SC_NPROCESSORS_ONLN);
    atomic_store_explicit(&known, cpus, memory_order_relaxed);
    unsigned workers[2] = { cpus > (long)WORKERS_MIN ? (unsigned)cpus : WORKERS_MIN,
                            WORKERS_UNBOUNDED };
    /* All three are improvements only; the ring works without. */
    (void)io_uring_register_iowq_max_workers(&be->ring, workers);
    (void)io_uring_ring_dontfork(&be->ring);
    be->enter_flags = IORING_ENTER_EXT_ARG;
    if (!(be->trial.no & UR_NO_REGISTERED_RING) && io_uring_register_ring_fd(&be->ring) == 1)
        be->enter_flags |= IORING_ENTER_REGISTERED_RING;
    /* Waiting for the network is not waiting for a disk, and should not look so in the system's
     * load. */
    if ((be->ring.features & IORING_FEAT_NO_IOWAIT) && !(be->trial.no & UR_NO_NO_IOWAIT))
        be->enter_flags |= IORING_ENTER_NO_IOWAIT;
    be->waits_for_some =
        (be->ring.features & IORING_FEAT_MIN_TIMEOUT) && !(be->trial.no & UR_NO_MIN_WAIT);
}

static int ring_open(struct ur_backend **out, const struct ur_loop_options *o, char *reason,
                     size_t reason_len)
{
    struct ur_backend *be = ur_alloc(sizeof *be);
    *be = (struct ur_backend){ .wake_fd = -1 };
    int err = ur_trial_read(&be->trial, reason, reason_len);
    if (err) {
        free(be);
        return err;
    }
    err = setup(be, o);
    if (err) goto free_state;
    err = check_features(be);
    if (err) goto exit_ring;
    be->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (be->wake_fd < 0) {
        err = -errno;
        goto exit_ring;
    }
    tune(be);
    arm_wake(be);
    *out = be;
    return 0;
exit_ring:
    io_uring_queue_exit(&be->ring);
free_state:
    free(be);
    return explain(err, reason, reason_len);
}

static void ring_close(struct ur_backend *be, bool abandon)
{
    if (abandon) return;
    io_uring_queue_exit(&be->ring);
    close(be->wake_fd);
    ur_stash_reset(&be->stash);
    free(be);
}

/* ---- completions ---- */

/* False: it was the back end's own. */
static bool translate(struct ur_backend *be, const struct io_uring_cqe *cqe,
                      struct ur_completion *out)
{
    if (cqe->user_data & UR_TAG_BACKEND) {
        if (cqe->user_data == TOKEN_WAKE && !(cqe->flags & IORING_CQE_F_MORE)) arm_wake(be);
        return false;
    }
    *out = (struct ur_completion){ .token = cqe->user_data, .res = cqe->res };
    if (cqe->flags & IORING_CQE_F_MORE) out->flags |= UR_COMP_MORE;
    if (cqe->flags & IORING_CQE_F_SOCK_NONEMPTY) out->flags |= UR_COMP_UNREAD;
    if (cqe->flags & IORING_CQE_F_BUFFER) {
        out->flags |= UR_COMP_BUF;
        out->bid = (uint16_t)(cqe->flags >> IORING_CQE_BUFFER_SHIFT);
    }
    return true;
}

static uint32_t take_cqes(struct ur_backend *be, struct ur_completion *out, uint32_t max)
{
    struct io_uring_cqe *cqe;
    unsigned head, seen = 0;
    uint32_t count = 0;
    bool closed = false;
    io_uring_for_each_cqe(&be->ring, head, cqe)
    {
        if (count == max) break;
        /* What a close leads to at the other end comes in a later batch. With DEFER_TASKRUN the
         * kernel sees to that: it returns with the close before it looks at the rest. */
        bool closes = (cqe->user_data & (UR_TAG_BACKEND | UR_TAG_CLOSE)) == UR_TAG_CLOSE;
        if (closed && !closes && !be->defers) break;
        closed |= closes;
        seen++;
        count += translate(be, cqe, &out[count]);
    }
    io_uring_cq_advance(&be->ring, seen);
    return count;
}

static void stash_cqes(struct ur_backend *be)
{
    struct ur_completion c;
    while (take_cqes(be, &c, 1)) ur_stash_put(&be->stash, &c);
}

/* ---- enter ---- */

/* Make the SQEs filled so far visible to the kernel. How many it has not taken yet. */
static unsigned flush_sqes(struct ur_backend *be)
{
    struct io_uring_sq *sq = &be->ring.sq;
    if (sq->sqe_head != sq->sqe_tail) {
        sq->sqe_head = sq->sqe_tail;
        /* Release: the entries before the tail. Without SQPOLL the kernel reads it in this thread's
         * enter. */
        io_uring_smp_store_release(sq->ktail, sq->sqe_tail);
    }
    return sq->sqe_tail - *sq->khead;
}

static int enter(struct ur_backend *be, unsigned to_submit, unsigned wait_nr, int64_t timeout_ns)
{
    struct __kernel_timespec ts = { .tv_sec = timeout_ns / (int64_t)NS_PER_S,
                                    .tv_nsec = timeout_ns % (int64_t)NS_PER_S };
    struct io_uring_getevents_arg arg = { .sigmask_sz = _NSIG / 8,
                                          .min_wait_usec = wait_nr > 1 ? UR_CROWD_WAIT_US : 0,
                                          .ts = timeout_ns > 0 ? (uint64_t)(uintptr_t)&ts : 0 };
    be->enters++;
    return io_uring_enter2((unsigned)be->ring.enter_ring_fd, to_submit, wait_nr,
                           be->enter_flags | IORING_ENTER_GETEVENTS, &arg, sizeof arg);
}

/* Submit without waiting until the kernel has taken everything. */
static void submit_all(struct ur_backend *be)
{
    unsigned left;
    while ((left = flush_sqes(be)) > 0) {
        int ret = enter(be, left, 0, 0);
        /* Short of memory, or too many completions stored: make room and ask again. */
        if (ret == -EAGAIN || ret == -EBUSY)
            stash_cqes(be);
        else
            UR_CHECK(ret >= 0 || ret == -EINTR);
    }
}

static struct io_uring_sqe *get_sqe(struct ur_backend *be)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&be->ring);
    if (!sqe) {
        submit_all(be);
        sqe = io_uring_get_sqe(&be->ring);
        UR_CHECK(sqe);
    }
    be->sqes++;
    return sqe;
}

/* One that is made to fail never reaches the ring: there is nothing to link. */
static bool is_linked(const struct ur_backend *be, const struct ur_desc *d)
{
    return (d->flags & UR_DESC_LINK) && !be->trial.fails;
}

/* Those that are linked go to the kernel together. */
static struct io_uring_sqe *get_sqe_for(struct ur_backend *be, const struct ur_desc *d)
{
    if (is_linked(be, d) && io_uring_sq_space_left(&be->ring) < 2) submit_all(be);
    return get_sqe(be);
}

static bool ring_ready(const struct ur_backend *be)
{
    unsigned kflags = IO_URING_READ_ONCE(*be->ring.sq.kflags);
    return io_uring_cq_ready(&be->ring) > 0 || ur_stash_len(&be->stash) > 0 ||
           (kflags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW));
}

/* What an io-wq thread lets go of last is freed by this thread, in an enter. */
static void ring_settle(struct ur_backend *be)
{
    if (IO_URING_READ_ONCE(*be->ring.sq.kflags) & IORING_SQ_TASKRUN) (void)enter(be, 0, 0, 0);
}

static int ring_reap(struct ur_backend *be, int64_t timeout_ns, uint32_t wanted,
                     struct ur_completion *out, uint32_t max)
{
    unsigned to_submit = flush_sqes(be);
    /* Sends complete as they are submitted, and would end the wait. */
    unsigned wait_nr = wanted > 1 && be->waits_for_some ? to_submit + wanted : 1;
    unsigned kflags = IO_URING_READ_ONCE(*be->ring.sq.kflags);
    bool ready = io_uring_cq_ready(&be->ring) > 0 || ur_stash_len(&be->stash) > 0;
    bool wait = timeout_ns != 0 && !ready;
    be->crowds += wait && wait_nr > 1;
    if (kflags & IORING_SQ_CQ_OVERFLOW) be->overflows++;
    /* A partial submit does not wait, so it is repeated; anything else is one round. */
    while (to_submit || wait || (kflags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW))) {
        int ret = enter(be, to_submit, wait ? wait_nr : 0, timeout_ns);
        if (ret < 0 && ret != -ETIME && ret != -EINTR && ret != -EAGAIN && ret != -EBUSY)
            return ret;
        if (ret <= 0 || (unsigned)ret >= to_submit) break;
        to_submit -= (unsigned)ret;
    }
    uint32_t count = ur_stash_take(&be->stash, out, max);
    return (int)(count + take_cqes(be, out + count, max - count));
}

/* ---- submit ---- */

static void *out_ptr(const void *p)
{
    return (void *)(uintptr_t)p;
}

static void prep_recv(struct ur_backend *be, struct io_uring_sqe *sqe, const struct ur_desc *d)
{
    bool pool = d->flags & UR_DESC_POOL;
    bool multi = d->flags & UR_DESC_MULTI;
    if (d->kind == UR_KIND_RECV) {
        if (multi && !(be->trial.no & UR_NO_RECV_MULTISHOT))
            io_uring_prep_recv_multishot(sqe, d->fd, NULL, 0, 0);
        else
            io_uring_prep_recv(sqe, d->fd, out_ptr(d->buf), d->len, (int)d->arg);
    } else if (multi && !(be->trial.no & UR_NO_READ_MULTISHOT)) {
        io_uring_prep_read_multishot(sqe, d->fd, 0, d->off, d->group);
    } else {
        io_uring_prep_read(sqe, d->fd, out_ptr(d->buf), d->len, d->off);
    }
    if (pool) {
        sqe->flags |= IOSQE_BUFFER_SELECT;
        sqe->buf_group = d->group;
    }
}

_Static_assert(sizeof(struct ur_msg_head) == sizeof(struct io_uring_recvmsg_out) &&
                   offsetof(struct ur_msg_head, flags) ==
                       offsetof(struct io_uring_recvmsg_out, flags),
               "the kernel writes it");

static void prep_recvmsg(struct io_uring_sqe *sqe, const struct ur_desc *d)
{
    if (d->flags & UR_DESC_POOL) {
        io_uring_prep_recvmsg_multishot(sqe, d->fd, out_ptr(d->buf), d->arg);
        sqe->flags |= IOSQE_BUFFER_SELECT;
        sqe->buf_group = d->group;
    } else {
        io_uring_prep_recvmsg(sqe, d->fd, out_ptr(d->buf), d->arg);
    }
}

static void prep_path(struct io_uring_sqe *sqe, const struct ur_desc *d)
{
    const char *path = d->buf;
    switch (d->kind) {
    case UR_KIND_OPEN: io_uring_prep_openat(sqe, d->fd, path, (int)d->arg, d->len); break;
    case UR_KIND_STATX:
        io_uring_prep_statx(sqe, d->fd, path, (int)d->arg, d->len, out_ptr(d->buf2));
        break;
    case UR_KIND_RENAME: io_uring_prep_renameat(sqe, d->fd, path, AT_FDCWD, d->buf2, d->arg); break;
    case UR_KIND_UNLINK: io_uring_prep_unlinkat(sqe, d->fd, path, (int)d->arg); break;
    case UR_KIND_MKDIR: io_uring_prep_mkdirat(sqe, d->fd, path, d->len); break;
    case UR_KIND_SYMLINK: io_uring_prep_symlinkat(sqe, path, AT_FDCWD, d->buf2); break;
    default: io_uring_prep_linkat(sqe, d->fd, path, AT_FDCWD, d->buf2, (int)d->arg); break;
    }
}

static void prep(struct ur_backend *be, struct io_uring_sqe *sqe, const struct ur_desc *d)
{
    switch ((enum ur_kind)d->kind) {
    case UR_KIND_ACCEPT:
        io_uring_prep_multishot_accept(sqe, d->fd, NULL, NULL, (int)d->arg);
        if (!(d->flags & UR_DESC_MULTI) || (be->trial.no & UR_NO_ACCEPT_MULTISHOT)) sqe->ioprio = 0;
        break;
    case UR_KIND_CONNECT: io_uring_prep_connect(sqe, d->fd, d->buf, d->len); break;
    case UR_KIND_RECV:
    case UR_KIND_READ: prep_recv(be, sqe, d); break;
    case UR_KIND_SEND: io_uring_prep_send(sqe, d->fd, d->buf, d->len, (int)d->arg); break;
    case UR_KIND_SENDMSG: io_uring_prep_sendmsg(sqe, d->fd, d->buf, d->arg); break;
    case UR_KIND_RECVMSG: prep_recvmsg(sqe, d); break;
    case UR_KIND_WRITE: io_uring_prep_write(sqe, d->fd, d->buf, d->len, d->off); break;
    case UR_KIND_READV: io_uring_prep_readv(sqe, d->fd, d->buf, d->len, d->off); break;
    case UR_KIND_WRITEV: io_uring_prep_writev(sqe, d->fd, d->buf, d->len, d->off); break;
    case UR_KIND_CLOSE: io_uring_prep_close(sqe, d->fd); break;
    case UR_KIND_FSYNC: io_uring_prep_fsync(sqe, d->fd, d->arg ? IORING_FSYNC_DATASYNC : 0); break;
    case UR_KIND_FTRUNCATE: io_uring_prep_ftruncate(sqe, d->fd, (loff_t)d->off); break;
    case UR_KIND_FALLOCATE:
        io_uring_prep_fallocate(sqe, d->fd, (int)d->arg, d->off, (uint64_t)(uintptr_t)d->buf2);
        break;
    case UR_KIND_POLL:
        if (d->flags & UR_DESC_MULTI)
            io_uring_prep_poll_multishot(sqe, d->fd, d->arg);
        else
            io_uring_prep_poll_add(sqe, d->fd, d->arg);
        break;
    case UR_KIND_OPEN:
    case UR_KIND_STATX:
    case UR_KIND_RENAME:
    case UR_KIND_UNLINK:
    case UR_KIND_MKDIR:
    case UR_KIND_SYMLINK:
    case UR_KIND_LINK: prep_path(sqe, d); break;
    case UR_KIND_NOP: io_uring_prep_nop(sqe); break;
    case UR_KIND_SHUTDOWN: /* never comes here */
    case UR_KIND_COUNT: UR_CHECK(!"a kind without an opcode");
    }
    if (is_linked(be, d)) sqe->flags |= IOSQE_IO_LINK;
    io_uring_sqe_set_data64(sqe, d->token);
}

/* The opcode is always given to a kernel thread; the call itself does not wait. */
static void shut_down(struct ur_backend *be, const struct ur_desc *d)
{
    int res = shutdown(d->fd, (int)d->arg) ? -errno : 0;
    be->direct++;
    ur_stash_put(&be->stash, &(struct ur_completion){ .token = d->token, .res = res });
}

/* A send is nearly always complete when it was submitted, and so the enter that submits it does not
 * wait: the next one does. Where there is never anything else to submit the plain call costs less
 * than that enter. False: it is the ring's after all. */
static bool send_alone(struct ur_backend *be, const struct ur_desc *d)
{
    if (d->kind != UR_KIND_SEND && d->kind != UR_KIND_SENDMSG) return false;
    if (ur_desc_send_len(d) > LONE_SEND_MAX) return false;
    int flags = (int)d->arg | MSG_DONTWAIT | MSG_NOSIGNAL;
    ssize_t n = d->kind == UR_KIND_SEND ? send(d->fd, d->buf, d->len, flags)
                                        : sendmsg(d->fd, d->buf, flags);
    be->direct++;
    if (n < 0 && errno == EAGAIN) return false;
    ur_stash_put(&be->stash,
                 &(struct ur_completion){ .token = d->token, .res = n < 0 ? -errno : (int32_t)n });
    return true;
}

/* The error that the environment asks for, as a kernel would answer. */
static int trial_err(const struct ur_backend *be, const struct ur_desc *d)
{
    bool multi_msg = d->kind == UR_KIND_RECVMSG && (d->flags & UR_DESC_MULTI);
    if (multi_msg && (be->trial.no & UR_NO_RECVMSG_MULTISHOT)) return EINVAL;
    return be->trial.op_err[d->kind];
}

static void start(struct ur_backend *be, const struct ur_desc *d, bool calm)
{
    int err = be->trial.fails || be->trial.no ? trial_err(be, d) : 0;
    if (err)
        ur_stash_put(&be->stash, &(struct ur_completion){ .token = d->token, .res = -err });
    else if (d->kind == UR_KIND_SHUTDOWN)
        shut_down(be, d);
    else if (!calm || !send_alone(be, d))
        prep(be, get_sqe_for(be, d), d);
}

static void start_cancel(struct ur_backend *be, uint64_t token)
{
    struct io_uring_sqe *sqe = get_sqe(be);
    io_uring_prep_cancel64(sqe, token, 0);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    io_uring_sqe_set_data64(sqe, TOKEN_NONE);
}

static void ring_submit(struct ur_backend *be, const struct ur_batch *batch)
{
    bool alone = batch->head && !batch->head->next;
    be->lone = alone ? be->lone + 1 : 0;
    for (struct ur_desc *d = batch->head; d; d = d->next) start(be, d, be->lone > LONE_TURNS);
    for (uint32_t i = 0; i < batch->cancel_count; i++) start_cancel(be, batch->cancels[i]);
}

/* The enter runs the task work that ends the cancelled operation, and so drops its file. */
static void ring_cancel_now(struct ur_backend *be, uint64_t token)
{
    start_cancel(be, token);
    submit_all(be);
}

/* ---- wake, time, buffers ---- */

static void ring_wake(struct ur_backend *be)
{
    int saved = errno; /* may be called in a signal handler */
    uint64_t one = 1;
    ssize_t n = write(be->wake_fd, &one, sizeof one);
    (void)n; /* full means 2^64 wakes were written: one more does not matter */
    errno = saved;
}

static uint64_t ring_now_ns(struct ur_backend *be)
{
    struct timespec ts;
    (void)be;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

/* Without buffer rings each buffer is given by an operation. */
static void provide(struct ur_backend *be, const struct ur_group *g, uint32_t first, uint32_t count)
{
    struct io_uring_sqe *sqe = get_sqe(be);
    io_uring_prep_provide_buffers(sqe, g->base + (size_t)first * g->buf_len, (int)g->buf_len,
                                  (int)count, g->id, (int)first);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    io_uring_sqe_set_data64(sqe, TOKEN_NONE);
}

static void ring_group_give(struct ur_backend *be, struct ur_group *g, uint16_t bid)
{
    if (be->trial.no & UR_NO_BUFFER_RINGS) {
        provide(be, g, bid, 1);
        return;
    }
    io_uring_buf_ring_add(g->priv, g->base + (size_t)bid * g->buf_len, g->buf_len, bid,
                          io_uring_buf_ring_mask(g->count), 0);
    io_uring_buf_ring_advance(g->priv, 1);
}

static int ring_group_open(struct ur_backend *be, struct ur_group *g)
{
    int err = 0;
    if (be->trial.register_err) return -be->trial.register_err;
    if (be->trial.no & UR_NO_BUFFER_RINGS) {
        provide(be, g, 0, g->count);
        return 0;
    }
    g->priv = io_uring_setup_buf_ring(&be->ring, g->count, g->id, 0, &err);
    if (!g->priv) return err;
    for (uint32_t bid = 0; bid < g->count; bid++) ring_group_give(be, g, (uint16_t)bid);
    return 0;
}

static void ring_group_close(struct ur_backend *be, struct ur_group *g)
{
    /* Those given one by one just go with the ring. */
    if (!g->priv) return;
    (void)io_uring_free_buf_ring(&be->ring, g->priv, g->count, g->id);
}

static void ring_stats(const struct ur_backend *be, struct ur_stats *s)
{
    s->enters += be->enters;
    s->calls += be->enters + be->direct;
    s->sqes += be->sqes;
    s->overflows += be->overflows;
    s->crowds += be->crowds;
}

const struct ur_backend_vtable ur_backend_ring = {
    .name = "uring",
    .caps = UR_CAP_REAL_FDS | UR_CAP_FILES | UR_CAP_LINKS,
    .open = ring_open,
    .close = ring_close,
    .submit = ring_submit,
    .cancel_now = ring_cancel_now,
    .reap = ring_reap,
    .ready = ring_ready,
    .settle = ring_settle,
    .wake = ring_wake,
    .now_ns = ring_now_ns,
    .group_open = ring_group_open,
    .group_close = ring_group_close,
    .group_give = ring_group_give,
    .stats = ring_stats,
};
