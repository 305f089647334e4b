/* uring/sock_recv.c: receiving on a stream.
 *
 * One receive is armed while the stream is started and also, by hysteresis, a while after it was
 * stopped; what arrives then is held. Deliveries keep the order of arrival: as long as anything is
 * held, new data goes behind it. The kernel may end a multishot receive at any time; it is armed
 * again unless the data ended. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "uring/loop_priv.h"
#include "uring/sock.h"
#include "uring/sock_priv.h"

#define STARVING_TIMES 2u /* times in a row without a buffer until the private one is given */

/* One chunk received while the stream was stopped. */
struct ur_held {
    struct ur_held *next;
    uint32_t len;
    char data[];
};

static void arm_poll(struct ur_stream *s)
{
    struct ur_desc *d = ur_op_prepare(&s->recv_op, UR_KIND_POLL, s->fd);
    d->arg = POLLIN;
    ur_op_start(s->loop, &s->recv_op);
}

static void drop_spare(struct ur_stream *s)
{
    if (!(s->bits & S_SPARE)) return;
    s->bits &= (uint16_t)~S_SPARE;
    s->loop->bufs.spare_busy = false;
}

/* Receive into a shared buffer, or once into the loop's private one. */
static void arm_recv(struct ur_stream *s, bool use_spare)
{
    struct ur_bufs *b = &s->loop->bufs;
    bool is_file = s->kind == UR_STREAM_FILE;
    struct ur_desc *d = ur_op_prepare(&s->recv_op, is_file ? UR_KIND_READ : UR_KIND_RECV, s->fd);
    d->off = UR_OFF_CURRENT;
    d->len = b->buf_len;
    if (use_spare) {
        if (!b->spare) b->spare = ur_alloc(b->buf_len);
        b->spare_busy = true;
        s->bits |= S_SPARE;
        d->buf = b->spare;
        d->arg = is_file ? 0 : MSG_DONTWAIT; /* it must come back soon */
    } else {
        d->flags |= UR_DESC_POOL;
        if (!(s->bits & (S_ONE_SHOT | S_THROTTLED | S_ONCE_FIRST))) d->flags |= UR_DESC_MULTI;
    }
    ur_op_start(s->loop, &s->recv_op);
}

/* Have a receive in flight if one is needed. */
static void arm(struct ur_stream *s)
{
    if (ur_op_active(&s->recv_op) || (s->bits & (S_PARKED | S_ENDED))) return;
    /* One that was parked again and again may just have no data, since a receive on an empty group
     * fails at once: let it wait without a buffer. */
    if (s->parked_times >= STARVING_TIMES)
        arm_poll(s);
    else
        arm_recv(s, false);
}

/* There is something to read. */
static void arm_ready(struct ur_stream *s)
{
    arm_recv(s, s->parked_times >= STARVING_TIMES && !s->loop->bufs.spare_busy);
}

void ur_stream_rearm(struct ur_stream *s)
{
    s->bits &= (uint16_t)~S_PARKED;
    if (s->bits & S_READING) arm(s);
}

static void hold(struct ur_stream *s, const void *data, uint32_t len)
{
    struct ur_held *h = ur_alloc(sizeof *h + len);
    h->next = NULL;
    h->len = len;
    memcpy(h->data, data, len);
    if (s->held)
        s->held_tail->next = h;
    else
        s->held = h;
    s->held_tail = h;
    s->held_len += len;
    s->loop->stats.held_bytes += len;
    if (s->held_len < UR_HELD_MAX) return;
    /* One multishot takes all there is in one go, and it would all be held again at the next stop.
     */
    s->bits |= S_THROTTLED;
    ur_cancel(s->loop, &s->recv_op);
}

void ur_stream_drop_held(struct ur_stream *s)
{
    while (s->held) {
        struct ur_held *h = s->held;
        s->held = h->next;
        free(h);
    }
    s->held_len = 0;
    s->bits &= (uint16_t)~S_ENDED;
}

static void deliver_end(struct ur_stream *s, int32_t res)
{
    s->bits &= (uint16_t) ~(S_READING | S_ENDED);
    ur_stream_sync_ref(s);
    s->recv_fn(s, res, NULL);
}

static void end(struct ur_stream *s, int32_t res)
{
    if ((s->bits & S_READING) && !s->held) {
        deliver_end(s, res);
        return;
    }
    s->bits |= S_ENDED;
    s->end_res = res;
}

static void receive(struct ur_stream *s, int32_t res)
{
    const void *data = s->bits & S_SPARE ? s->loop->bufs.spare : s->loop->cur_buf;
    s->parked_times = 0;
    s->bits &= (uint16_t)~S_ONCE_FIRST;
    if ((uint32_t)res < s->loop->bufs.buf_len) s->bits &= (uint16_t)~S_THROTTLED;
    if ((s->bits & S_READING) && !s->held)
        s->recv_fn(s, res, data);
    else
        hold(s, data, (uint32_t)res);
}

/* A receive failed with res < 0, and is not in flight any more. */
static void fail(struct ur_stream *s, int32_t res)
{
    struct ur_loop *l = s->loop;
    switch (-res) {
    case ENOBUFS:
        l->stats.enobufs++;
        if (s->bits & S_READING) {
            s->bits |= S_PARKED;
            ur_bufs_park(l, s);
        }
        break;
    case ECANCELED:
        if (l->closing) end(s, res);
        break;
    case EAGAIN:
        if (s->bits & S_READING) arm_poll(s);
        break;
    case EINTR: break;
    case EBADFD:
        /* Not a descriptor that can be polled: read it once at a time. */
        if (s->kind == UR_STREAM_FILE && !(s->bits & S_ONE_SHOT)) {
            s->bits |= S_ONE_SHOT;
            break;
        }
        end(s, res);
        break;
    default: end(s, res);
    }
}

void ur_recv_op_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_stream *s = UR_CONTAINER(op, struct ur_stream, recv_op);
    bool more = flags & UR_MORE;
    bool was_poll = op->desc.kind == UR_KIND_POLL;
    bool was_multi = op->desc.flags & UR_DESC_MULTI;
    s->unread = flags & UR_UNREAD;
    if (!(s->bits & S_CLOSING) && !(was_poll && res >= 0)) {
        if (res > 0) {
            ur_crowd_received(s->loop, &s->round);
            receive(s, res);
        } else if (res == 0) {
            end(s, res);
        } else {
            fail(s, res);
        }
    }
    if (more) return;
    drop_spare(s);
    if (s->bits & S_CLOSING) {
        ur_stream_close_step(s);
    } else if (s->bits & S_READING) {
        s->loop->stats.rearms += was_multi && !(s->bits & S_PARKED);
        if (was_poll && res >= 0)
            arm_ready(s);
        else
            arm(s);
    }
}

void ur_held_op_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_stream *s = UR_CONTAINER(op, struct ur_stream, held_op);
    (void)res, (void)flags;
    while (s->held && (s->bits & S_READING)) {
        struct ur_held *h = s->held;
        s->held = h->next;
        s->held_len -= h->len;
        s->recv_fn(s, (int32_t)h->len, h->data);
        free(h);
    }
    if (s->bits & S_CLOSING) {
        ur_stream_close_step(s);
    } else if (s->bits & S_READING) {
        if (s->bits & S_ENDED)
            deliver_end(s, s->end_res);
        else
            arm(s);
    }
}

void ur_recv_start(struct ur_stream *s, ur_recv_fn *fn)
{
    UR_CHECK(!(s->bits & S_CLOSING));
    s->recv_fn = fn;
    if (s->bits & S_READING) return;
    s->bits |= S_READING;
    ur_stream_sync_ref(s);
    if (!s->held && !(s->bits & S_ENDED))
        arm(s);
    else if (!ur_op_active(&s->held_op))
        ur_nop(s->loop, &s->held_op);
}

void ur_recv_once_first(struct ur_stream *s)
{
    s->bits |= S_ONCE_FIRST;
}

void ur_recv_stop(struct ur_stream *s)
{
    s->bits &= (uint16_t)~S_READING;
    ur_stream_sync_ref(s);
    if (s->bits & S_PARKED) {
        s->bits &= (uint16_t)~S_PARKED;
        ur_bufs_unpark(s->loop, s);
    }
}

void ur_recv_halt(struct ur_stream *s)
{
    ur_recv_stop(s);
    ur_cancel(s->loop, &s->recv_op);
}

bool ur_recv_active(const struct ur_stream *s)
{
    return s->bits & S_READING;
}
