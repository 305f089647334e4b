/* uring/sock.c: a stream's beginning and end. Receiving is in sock_recv.c, sending in sock_send.c.
 */
#include "uring/sock.h"

#include <errno.h>

#include "uring/loop_priv.h"
#include "uring/sock_priv.h"

void ur_stream_init_take(struct ur_loop *l, struct ur_stream *s, int fd, enum ur_stream_kind kind)
{
    *s = (struct ur_stream){ .loop = l, .fd = fd, .kind = (uint8_t)kind, .bits = S_REF };
    /* KERNEL(6, 18): a multishot receive on a Unix socket may never tell an end of stream that came
     * together with the data before it. */
    if (kind == UR_STREAM_SOCKET) s->bits |= S_ONE_SHOT;
    ur_op_init(&s->recv_op, ur_recv_op_done);
    ur_op_init(&s->send_op, ur_send_op_done);
    ur_op_init(&s->held_op, ur_held_op_done);
    /* The handle counts as a whole, see ur_stream_sync_ref(). */
    ur_op_unref(l, &s->recv_op);
    ur_op_unref(l, &s->send_op);
    ur_op_unref(l, &s->held_op);
    s->recv_op.flags |= UR_OP_KEEP;
    s->send_op.flags |= UR_OP_KEEP;
}

int ur_stream_fd(const struct ur_stream *s)
{
    return s->fd;
}

void ur_stream_sync_ref(struct ur_stream *s)
{
    bool reading = (s->bits & (S_READING | S_REF)) == (S_READING | S_REF);
    bool busy = s->sends || (s->bits & (S_CONNECTING | S_SHUTDOWN | S_CLOSING));
    ur_loop_hold(s->loop, &s->counted, reading || busy);
}

void ur_stream_ref(struct ur_stream *s)
{
    s->bits |= S_REF;
    ur_stream_sync_ref(s);
}

void ur_stream_unref(struct ur_stream *s)
{
    s->bits &= (uint16_t)~S_REF;
    ur_stream_sync_ref(s);
}

bool ur_stream_has_ref(const struct ur_stream *s)
{
    return s->bits & S_REF;
}

bool ur_stream_closing(const struct ur_stream *s)
{
    return s->bits & S_CLOSING;
}

/* Everything the stream had is complete. */
static void end(struct ur_stream *s, int32_t res)
{
    ur_stream_fn *connect_fn = s->bits & S_CONNECTING ? s->connect_fn : NULL;
    ur_stream_fn *shutdown_fn = s->bits & S_SHUTDOWN ? s->shutdown_fn : NULL;
    if (s->bits & S_RELEASE) {
        res = s->fd;
        if (s->loop->vt->forget) s->loop->vt->forget(s->loop->be, s->fd);
    }
    s->fd = -1;
    if (connect_fn) connect_fn(s, -ECANCELED);
    while (s->sends) {
        struct ur_send *req = s->sends;
        s->sends = req->next;
        req->done(req, -ECANCELED);
    }
    if (shutdown_fn) shutdown_fn(s, -ECANCELED);
    s->bits = 0;
    ur_loop_hold(s->loop, &s->counted, false);
    if (s->close_fn) s->close_fn(s, res);
}

static void closed(struct ur_op *op, int32_t res, uint32_t flags)
{
    (void)flags;
    end(UR_CONTAINER(op, struct ur_stream, send_op), res);
}

/* The send and the close behind it are complete, or it was not made. */
static void finish_step(struct ur_stream *s)
{
    if (ur_op_active(&s->recv_op) || ur_op_active(&s->send_op)) return;
    s->recv_op.done = ur_recv_op_done;
    s->bits &= (uint16_t)~S_FINISHING;
    if (s->end_res != -ECANCELED) {
        end(s, s->end_res);
    } else if (!s->sends) {
        ur_stream_close_step(s); /* nobody takes it any more */
    } else {
        s->bits &= (uint16_t)~S_CLOSING;
        ur_stream_sync_ref(s);
        ur_stream_want_flush(s);
        s->close_fn(s, -EAGAIN);
    }
}

static void finish_closed(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_stream *s = UR_CONTAINER(op, struct ur_stream, recv_op);
    (void)flags;
    s->end_res = res;
    finish_step(s);
}

void ur_stream_close_step(struct ur_stream *s)
{
    if (s->bits & S_FINISHING) {
        finish_step(s);
        return;
    }
    if (s->bits & S_CLOSE_SENT) return;
    if (ur_op_active(&s->recv_op) || ur_op_active(&s->send_op) || ur_op_active(&s->held_op)) return;
    s->bits |= S_CLOSE_SENT;
    s->send_op.done = closed;
    if (s->bits & S_RELEASE)
        ur_nop(s->loop, &s->send_op);
    else
        ur_close_fd(s->loop, &s->send_op, s->fd);
}

/* Takes the stream off all lists. */
static void begin_close(struct ur_stream *s, ur_stream_fn *fn)
{
    UR_CHECK(!(s->bits & S_CLOSING));
    s->close_fn = fn;
    s->bits |= S_CLOSING;
    s->bits &= (uint16_t)~S_READING;
    ur_stream_sync_ref(s);
    if (s->bits & S_PARKED) {
        ur_bufs_unpark(s->loop, s);
        s->bits &= (uint16_t)~S_PARKED;
    }
    if (s->bits & S_FLUSH) {
        list_unlink(&s->send_op.link);
        s->bits &= (uint16_t)~S_FLUSH;
    }
    ur_stream_drop_held(s);
}

static void start_close(struct ur_stream *s, ur_stream_fn *fn)
{
    begin_close(s, fn);
    ur_cancel(s->loop, &s->recv_op);
    ur_cancel(s->loop, &s->send_op);
    ur_stream_close_step(s);
}

void ur_stream_close(struct ur_stream *s, ur_stream_fn *fn)
{
    start_close(s, fn);
}

static bool can_finish(const struct ur_stream *s)
{
    const struct ur_send *req = s->sends;
    const struct ur_loop *l = s->loop;
    uint32_t kinds = 1u << UR_KIND_SEND | 1u << UR_KIND_SENDMSG | 1u << UR_KIND_CLOSE;
    if (!(l->vt->caps & UR_CAP_LINKS) || (l->no_opcode & kinds)) return false;
    if (s->kind == UR_STREAM_FILE || s->unread || (s->bits & (S_CONNECTING | S_SHUTDOWN)))
        return false;
    if (ur_op_active(&s->recv_op) || ur_op_active(&s->send_op) || ur_op_active(&s->held_op))
        return false;
    return req && !req->next && req->len > 0 && req->len <= UR_FINISH_MAX &&
           req->count <= UR_IOV_MAX;
}

bool ur_stream_finish(struct ur_stream *s, ur_stream_fn *fn)
{
    if (!can_finish(s)) return false;
    begin_close(s, fn);
    s->bits |= S_FINISHING;
    ur_stream_send_last(s);
    s->recv_op.done = finish_closed;
    ur_close_fd(s->loop, &s->recv_op, s->fd);
    return true;
}

void ur_stream_release(struct ur_stream *s, ur_stream_fn *fn)
{
    s->bits |= S_RELEASE;
    start_close(s, fn);
}
