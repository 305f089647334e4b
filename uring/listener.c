/* uring/listener.c: accepting connections. One multishot accept stays armed; the kernel may end it
 * at any time. Running out of descriptors or memory is waited out, with growing pauses: the backlog
 * keeps the connections.
 *
 * A socket that other processes accept from, too, is polled instead, and each time one connection
 * is taken. The kernel tells only one of those that wait in accept of a new connection, and a
 * multishot accept takes all there are: it might be the busiest of them, or die before it has seen
 * them. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "uring/loop_priv.h"
#include "uring/sock.h"

#define BACKOFF_FIRST_MS 10u
#define BACKOFF_MAX_MS 1000u

enum {
    L_ACCEPTING = 1 << 0,
    L_REF = 1 << 1,
    L_ENDED = 1 << 2, /* end_res waits for the next start */
    L_CLOSING = 1 << 3,
    L_SHARED = 1 << 4
};

static void sync_ref(struct ur_listener *a)
{
    bool want = (a->bits & (L_ACCEPTING | L_REF)) == (L_ACCEPTING | L_REF) || (a->bits & L_CLOSING);
    ur_loop_hold(a->loop, &a->counted, want);
}

static void arm(struct ur_listener *a)
{
    if (ur_op_active(&a->op) || ur_timer_active(&a->backoff) || (a->bits & L_ENDED)) return;
    bool shared = a->bits & L_SHARED;
    struct ur_desc *d = ur_op_prepare(&a->op, shared ? UR_KIND_POLL : UR_KIND_ACCEPT, a->fd);
    if (!shared) d->flags |= UR_DESC_MULTI;
    d->arg = shared ? POLLIN : SOCK_NONBLOCK | SOCK_CLOEXEC;
    ur_op_start(a->loop, &a->op);
}

static void backoff_over(struct ur_timer *t)
{
    struct ur_listener *a = UR_CONTAINER(t, struct ur_listener, backoff);
    if (a->bits & L_ACCEPTING) arm(a);
}

static void back_off(struct ur_listener *a)
{
    a->loop->stats.accept_backoffs++;
    a->backoff_ms = a->backoff_ms ? a->backoff_ms * 2 : BACKOFF_FIRST_MS;
    if (a->backoff_ms > BACKOFF_MAX_MS) a->backoff_ms = BACKOFF_MAX_MS;
    ur_timer_start_ms(&a->backoff, a->backoff_ms, 0);
}

static void hold(struct ur_listener *a, int32_t fd)
{
    if (a->held_count == a->held_cap) {
        a->held_cap = a->held_cap ? a->held_cap * 2 : 16;
        a->held = ur_grow(a->held, a->held_cap, sizeof *a->held);
    }
    a->held[a->held_count++] = fd;
}

static void deliver_end(struct ur_listener *a, int32_t res)
{
    a->bits &= (uint16_t) ~(L_ACCEPTING | L_ENDED);
    sync_ref(a);
    a->fn(a, res);
}

static void end(struct ur_listener *a, int32_t res)
{
    if ((a->bits & L_ACCEPTING) && !a->held_count) {
        deliver_end(a, res);
        return;
    }
    a->bits |= L_ENDED;
    a->end_res = res;
}

static void fail(struct ur_listener *a, int32_t res)
{
    switch (-res) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN: back_off(a); break;
    case ECANCELED:
        if (a->loop->closing) end(a, res);
        break;
    /* The connection was gone before it could be accepted, or a filter refused it; not our socket's
     * fault. */
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case EINTR:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case ENETUNREACH: break;
    default: end(a, res);
    }
}

static void closed(struct ur_listener *a, int32_t res)
{
    a->fd = -1;
    a->bits = 0;
    free(a->held);
    a->held = NULL;
    ur_loop_hold(a->loop, &a->counted, false);
    if (a->close_fn) a->close_fn(a, res);
}

static void close_next(struct ur_listener *a);

static void close_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_listener *a = UR_CONTAINER(op, struct ur_listener, op);
    (void)flags;
    if (op->desc.fd == a->fd)
        closed(a, res);
    else
        close_next(a);
}

/* Close what is held, one at a time, and the listening socket last, unless it is closed. */
static void close_next(struct ur_listener *a)
{
    while (a->rest && a->held_count) a->rest(a, a->held[--a->held_count]);
    int fd = a->held_count ? a->held[--a->held_count] : a->fd;
    a->op.done = close_done;
    if (fd >= 0) {
        ur_close_fd(a->loop, &a->op, fd);
    } else {
        ur_op_prepare(&a->op, UR_KIND_NOP, -1);
        ur_op_settle(a->loop, &a->op, a->end_res);
    }
}

static void close_step(struct ur_listener *a)
{
    if (!ur_op_active(&a->op) && !ur_op_active(&a->held_op)) close_next(a);
}

/* The poll says that there is one; another process may have been faster. */
static int32_t accept_polled(const struct ur_listener *a)
{
    if (!(a->bits & L_ACCEPTING)) return -ECONNABORTED;
    int fd = accept4(a->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) return fd;
    return errno == EAGAIN ? -ECONNABORTED : -errno;
}

static void accept_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_listener *a = UR_CONTAINER(op, struct ur_listener, op);
    if (res >= 0 && (a->bits & L_SHARED)) res = accept_polled(a);
    if (res >= 0) {
        a->backoff_ms = 0;
        if ((a->bits & L_ACCEPTING) && !a->held_count)
            a->fn(a, res);
        else
            hold(a, res);
    } else if (!(a->bits & L_CLOSING)) {
        fail(a, res);
    }
    if ((flags & UR_MORE) || ur_op_active(op)) return;
    if (a->bits & L_CLOSING) {
        close_step(a);
    } else if (a->bits & L_ACCEPTING) {
        a->loop->stats.rearms++;
        arm(a);
    }
}

static void held_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_listener *a = UR_CONTAINER(op, struct ur_listener, held_op);
    (void)res, (void)flags;
    uint32_t i = 0;
    while (i < a->held_count && (a->bits & L_ACCEPTING)) a->fn(a, a->held[i++]);
    a->held_count -= i;
    for (uint32_t k = 0; k < a->held_count; k++) a->held[k] = a->held[k + i];
    if (a->bits & L_CLOSING) {
        close_step(a);
    } else if (a->bits & L_ACCEPTING) {
        if (a->bits & L_ENDED)
            deliver_end(a, a->end_res);
        else
            arm(a);
    }
}

void ur_listener_init_take(struct ur_loop *l, struct ur_listener *a, int fd)
{
    *a = (struct ur_listener){ .loop = l, .fd = fd, .bits = L_REF };
    ur_op_init(&a->op, accept_done);
    ur_op_init(&a->held_op, held_done);
    ur_op_unref(l, &a->op);
    ur_op_unref(l, &a->held_op);
    a->op.flags |= UR_OP_KEEP;
    ur_timer_init(l, &a->backoff, backoff_over);
    ur_timer_unref(&a->backoff);
}

void ur_listener_share(struct ur_listener *a)
{
    UR_CHECK(!ur_op_active(&a->op));
    a->bits |= L_SHARED;
}

int ur_listener_fd(const struct ur_listener *a)
{
    return a->fd;
}

void ur_accept_start(struct ur_listener *a, ur_accept_fn *fn)
{
    UR_CHECK(!(a->bits & L_CLOSING));
    a->fn = fn;
    if (a->bits & L_ACCEPTING) return;
    a->bits |= L_ACCEPTING;
    sync_ref(a);
    if (!a->held_count && !(a->bits & L_ENDED))
        arm(a);
    else if (!ur_op_active(&a->held_op))
        ur_nop(a->loop, &a->held_op);
}

void ur_accept_stop(struct ur_listener *a)
{
    a->bits &= (uint16_t)~L_ACCEPTING;
    sync_ref(a);
    ur_timer_stop(&a->backoff);
    ur_cancel(a->loop, &a->op);
}

void ur_listener_close(struct ur_listener *a, ur_listener_fn *fn)
{
    UR_CHECK(!(a->bits & L_CLOSING));
    a->close_fn = fn;
    a->bits |= L_CLOSING;
    a->bits &= (uint16_t)~L_ACCEPTING;
    sync_ref(a);
    ur_timer_stop(&a->backoff);
    if (ur_cancel_now(a->loop, &a->op)) {
        a->end_res = ur_close_now(a->loop, a->fd);
        a->fd = -1;
    }
    close_step(a);
}

void ur_listener_ref(struct ur_listener *a)
{
    a->bits |= L_REF;
    sync_ref(a);
}

void ur_listener_unref(struct ur_listener *a)
{
    a->bits &= (uint16_t)~L_REF;
    sync_ref(a);
}

bool ur_listener_has_ref(const struct ur_listener *a)
{
    return a->bits & L_REF;
}
