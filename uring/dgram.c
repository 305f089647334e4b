/* uring/dgram.c: receiving datagrams, by one multishot operation into the loop's shared buffers.
 *
 * It ends with each error, with a datagram of no bytes, and when the kernel wants; it is armed
 * again. Without a buffer (-ENOBUFS) the socket is parked until the next poll (bufs.c). One
 * datagram at a time goes into a buffer of the socket's own after it was parked several times in a
 * row, so that others cannot starve it, and where the kernel does not have the operation or memory
 * for the shared buffers is short. A socket that other processes read, too, is polled, and each
 * time one datagram is taken: what lies in this process's buffers would be lost for the others. */
#include "uring/dgram.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "uring/loop_priv.h"

#define STARVING_TIMES 2u /* times in a row without a buffer until an own one is made */

enum {
    D_READING = 1 << 0, /* between start and stop */
    D_REF = 1 << 1,     /* by the user's wish */
    D_PARKED = 1 << 2,
    D_ALONE = 1 << 3, /* the loop's buffers are not for this one */
    D_CLOSING = 1 << 4,
    D_CLOSE_SENT = 1 << 5,
    D_SHARED = 1 << 6
};

struct ur_held_dgram {
    struct ur_held_dgram *next;
    struct ur_datagram m; /* its pointers lead to what follows */
    struct sockaddr_storage from;
    uint8_t data[];
};

struct ur_dgram_room {
    struct iovec iov;
    struct sockaddr_storage from;
    uint8_t data[UR_DGRAM_MAX];
};

static void sync_ref(struct ur_dgram *d)
{
    bool want = (d->bits & (D_READING | D_REF)) == (D_READING | D_REF) || (d->bits & D_CLOSING);
    ur_loop_hold(d->loop, &d->counted, want);
}

static void stop(struct ur_dgram *d)
{
    d->bits &= (uint8_t)~D_READING;
    sync_ref(d);
}

/* The next datagram goes into a buffer of the socket's own. */
static void use_room(struct ur_dgram *d)
{
    if (!d->room) d->room = ur_alloc(sizeof *d->room);
    d->room->iov = (struct iovec){ d->room->data, sizeof d->room->data };
    d->room->from = (struct sockaddr_storage){ 0 };
    d->msg = (struct msghdr){ .msg_name = &d->room->from,
                              .msg_namelen = sizeof d->room->from,
                              .msg_iov = &d->room->iov,
                              .msg_iovlen = 1 };
}

static void arm_poll(struct ur_dgram *d)
{
    ur_op_prepare(&d->recv_op, UR_KIND_POLL, d->fd)->arg = POLLIN;
    ur_op_start(d->loop, &d->recv_op);
}

/* Have a receive in flight. */
static void arm(struct ur_dgram *d)
{
    if (ur_op_active(&d->recv_op) || (d->bits & D_PARKED)) return;
    if (d->bits & D_SHARED) {
        arm_poll(d);
        return;
    }
    if (!(d->bits & D_ALONE) && ur_bufs_open_dgrams(d->loop)) d->bits |= D_ALONE;
    struct ur_desc *desc = ur_op_prepare(&d->recv_op, UR_KIND_RECVMSG, d->fd);
    if ((d->bits & D_ALONE) || d->parked_times >= STARVING_TIMES) {
        use_room(d);
    } else {
        d->msg = (struct msghdr){ .msg_namelen = sizeof(struct sockaddr_storage) };
        desc->flags |= UR_DESC_POOL | UR_DESC_MULTI;
    }
    desc->buf = &d->msg;
    ur_op_start(d->loop, &d->recv_op);
}

void ur_dgram_rearm(struct ur_dgram *d)
{
    d->bits &= (uint8_t)~D_PARKED;
    arm(d);
}

static void hold(struct ur_dgram *d, const struct ur_datagram *m)
{
    struct ur_held_dgram *h = ur_alloc(sizeof *h + m->len);
    *h = (struct ur_held_dgram){ .m = *m };
    if (m->from) {
        memcpy(&h->from, m->from, m->from_len);
        h->m.from = (struct sockaddr *)&h->from;
    }
    memcpy(h->data, m->data, m->len);
    h->m.data = h->data;
    if (d->held)
        d->held_tail->next = h;
    else
        d->held = h;
    d->held_tail = h;
    d->loop->stats.held_bytes += m->len;
}

/* The datagram that came with a result of res bytes. */
static struct ur_datagram received(const struct ur_dgram *d, int32_t res)
{
    struct ur_datagram m;
    if (d->recv_op.desc.flags & UR_DESC_POOL) {
        const struct ur_msg_head *head = (const void *)d->loop->cur_buf;
        size_t used = sizeof *head + sizeof(struct sockaddr_storage);
        UR_CHECK(head && (size_t)res >= used);
        m.data = d->loop->cur_buf + used;
        m.len = (uint32_t)((size_t)res - used);
        m.from = (const void *)(head + 1);
        m.from_len = head->namelen;
        m.cut = head->flags & MSG_TRUNC;
    } else {
        m.data = d->room->data;
        m.len = (uint32_t)res;
        m.from = (const void *)&d->room->from;
        m.from_len = d->msg.msg_namelen;
        m.cut = d->msg.msg_flags & MSG_TRUNC;
    }
    if (!m.from_len) m.from = NULL;
    return m;
}

static void receive(struct ur_dgram *d, int32_t res)
{
    struct ur_datagram m = received(d, res);
    d->parked_times = 0;
    if ((d->bits & D_READING) && !d->held)
        d->fn(d, 0, &m);
    else
        hold(d, &m);
}

/* There is a datagram, unless another process was quicker. Length or -errno. */
static int32_t take_polled(struct ur_dgram *d)
{
    if (!(d->bits & D_READING)) return -EAGAIN;
    use_room(d);
    ssize_t len = recvmsg(d->fd, &d->msg, MSG_DONTWAIT);
    return len < 0 ? -errno : (int32_t)len;
}

/* Errors that say something about the descriptor, not about a datagram. */
static bool is_lasting(int32_t res)
{
    return res == -EBADF || res == -ENOTSOCK || res == -EINVAL || res == -EOPNOTSUPP ||
           res == -ECANCELED;
}

static void fail(struct ur_dgram *d, int32_t res)
{
    bool pooled = d->recv_op.desc.flags & UR_DESC_POOL;
    bool asked = res == -ECANCELED && !d->loop->closing;
    if (asked || res == -EINTR || res == -EAGAIN) return;
    if (pooled && res == -ENOBUFS) {
        d->loop->stats.enobufs++;
        if (!(d->bits & D_READING)) return;
        d->bits |= D_PARKED;
        ur_bufs_park_dgram(d->loop, d);
    } else if (pooled && (res == -EINVAL || res == -EOPNOTSUPP)) {
        d->bits |= D_ALONE;
    } else if (d->bits & D_READING) {
        if (is_lasting(res)) stop(d);
        d->fn(d, res, NULL);
    }
}

static void drop_room(struct ur_dgram *d)
{
    free(d->room);
    d->room = NULL;
}

static void closed(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_dgram *d = UR_CONTAINER(op, struct ur_dgram, other_op);
    (void)flags;
    drop_room(d);
    d->bits = 0;
    ur_loop_hold(d->loop, &d->counted, false);
    if (d->close_fn) d->close_fn(d, res);
}

/* While closing: go on when nothing is in flight any more. */
static void close_step(struct ur_dgram *d)
{
    if ((d->bits & D_CLOSE_SENT) || ur_op_active(&d->recv_op) || ur_op_active(&d->other_op)) return;
    d->bits |= D_CLOSE_SENT;
    d->other_op.done = closed;
    if (d->fd >= 0) {
        ur_close_fd(d->loop, &d->other_op, d->fd);
    } else {
        ur_op_prepare(&d->other_op, UR_KIND_NOP, -1);
        ur_op_settle(d->loop, &d->other_op, d->close_res);
    }
}

static void recv_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_dgram *d = UR_CONTAINER(op, struct ur_dgram, recv_op);
    bool more = flags & UR_MORE;
    bool was_multi = op->desc.flags & UR_DESC_MULTI;
    if (res >= 0 && (d->bits & D_SHARED)) res = take_polled(d);
    if (!(d->bits & D_CLOSING)) {
        if (res >= 0)
            receive(d, res);
        else
            fail(d, res);
    }
    if (more) return;
    if (!ur_op_active(op) && !(d->bits & D_ALONE)) drop_room(d);
    if (d->bits & D_CLOSING) {
        close_step(d);
    } else if (d->bits & D_READING) {
        d->loop->stats.rearms += was_multi && !(d->bits & D_PARKED);
        arm(d);
    }
}

static struct ur_held_dgram *take_held(struct ur_dgram *d)
{
    struct ur_held_dgram *h = d->held;
    d->held = h->next;
    return h;
}

static void held_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_dgram *d = UR_CONTAINER(op, struct ur_dgram, other_op);
    (void)res, (void)flags;
    while (d->held && (d->bits & D_READING)) {
        struct ur_held_dgram *h = take_held(d);
        d->fn(d, 0, &h->m);
        free(h);
    }
    if (d->bits & D_CLOSING)
        close_step(d);
    else if (d->bits & D_READING)
        arm(d);
}

void ur_dgram_init_take(struct ur_loop *l, struct ur_dgram *d, int fd)
{
    *d = (struct ur_dgram){ .loop = l, .fd = fd, .bits = D_REF };
    ur_op_init(&d->recv_op, recv_done);
    ur_op_init(&d->other_op, held_done);
    /* The handle counts as a whole, see sync_ref(). */
    ur_op_unref(l, &d->recv_op);
    ur_op_unref(l, &d->other_op);
    d->recv_op.flags |= UR_OP_KEEP;
}

void ur_dgram_share(struct ur_dgram *d)
{
    UR_CHECK(!ur_op_active(&d->recv_op));
    d->bits |= D_SHARED | D_ALONE;
}

void ur_dgram_start(struct ur_dgram *d, ur_dgram_fn *fn)
{
    UR_CHECK(!(d->bits & D_CLOSING));
    d->fn = fn;
    if (d->bits & D_READING) return;
    d->bits |= D_READING;
    sync_ref(d);
    if (!d->held)
        arm(d);
    else if (!ur_op_active(&d->other_op))
        ur_nop(d->loop, &d->other_op);
}

static void unpark(struct ur_dgram *d)
{
    if (d->bits & D_PARKED) ur_bufs_unpark_dgram(d->loop, d);
    d->bits &= (uint8_t)~D_PARKED;
}

void ur_dgram_stop(struct ur_dgram *d)
{
    stop(d);
    unpark(d);
    ur_cancel(d->loop, &d->recv_op);
}

bool ur_dgram_active(const struct ur_dgram *d)
{
    return d->bits & D_READING;
}

void ur_dgram_close(struct ur_dgram *d, ur_dgram_closed_fn *fn)
{
    UR_CHECK(!(d->bits & D_CLOSING));
    d->close_fn = fn;
    d->bits |= D_CLOSING;
    stop(d);
    unpark(d);
    while (d->held) free(take_held(d));
    if (ur_cancel_now(d->loop, &d->recv_op)) {
        d->close_res = ur_close_now(d->loop, d->fd);
        d->fd = -1;
    }
    close_step(d);
}

void ur_dgram_ref(struct ur_dgram *d)
{
    d->bits |= D_REF;
    sync_ref(d);
}

void ur_dgram_unref(struct ur_dgram *d)
{
    d->bits &= (uint8_t)~D_REF;
    sync_ref(d);
}
