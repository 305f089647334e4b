/* uring/sock_send.c: connecting and sending on a stream.
 *
 * Requests wait in a list until the next poll, which turns as many as fit into one operation; only
 * one is in flight, because the kernel does not keep the order of two. MSG_WAITALL makes it retry
 * short sends by itself; what still comes back short is continued here. */
#include <errno.h>
#include <poll.h>

#include "uring/loop_priv.h"
#include "uring/sock.h"
#include "uring/sock_priv.h"

/* Bytes of one operation: what is copied into the socket without a pause for others. */
#define SEND_MAX (2u * 1024u * 1024u)
#define SEND_FLAGS (MSG_WAITALL | MSG_NOSIGNAL)
/* The kernel keeps what does not fill a packet for the end, which follows at once. */
#define LAST_SEND_FLAGS (SEND_FLAGS | MSG_DONTWAIT | MSG_MORE)

static uint32_t send_flags(const struct ur_stream *s)
{
    return s->bits & S_FINISHING ? LAST_SEND_FLAGS : SEND_FLAGS;
}

void ur_stream_want_flush(struct ur_stream *s)
{
    if ((s->bits & (S_FLUSH | S_CLOSING)) || ur_op_active(&s->send_op)) return;
    s->bits |= S_FLUSH;
    list_append(&s->loop->flush, &s->send_op.link);
}

static void start_one_piece(struct ur_stream *s, const struct iovec *piece)
{
    bool is_file = s->kind == UR_STREAM_FILE;
    struct ur_desc *d = ur_op_prepare(&s->send_op, is_file ? UR_KIND_WRITE : UR_KIND_SEND, s->fd);
    d->buf = piece->iov_base;
    d->len = (uint32_t)piece->iov_len;
    d->arg = is_file ? 0 : send_flags(s);
    d->off = UR_OFF_CURRENT;
}

static void start_pieces(struct ur_stream *s, struct ur_gather *g)
{
    bool is_file = s->kind == UR_STREAM_FILE;
    struct ur_desc *d =
        ur_op_prepare(&s->send_op, is_file ? UR_KIND_WRITEV : UR_KIND_SENDMSG, s->fd);
    d->buf = is_file ? (const void *)g->iov : (const void *)&g->msg;
    d->len = g->count;
    d->arg = is_file ? 0 : send_flags(s);
    d->off = UR_OFF_CURRENT;
    s->gather = g;
}

static void start_sends(struct ur_stream *s)
{
    struct ur_gather *g = ur_gather_take(s->loop);
    uint64_t len = 0;
    uint64_t skip = s->sent;
    for (struct ur_send *req = s->sends; req && g->count < UR_IOV_MAX && len < SEND_MAX;
         req = req->next) {
        len += ur_gather_add(g, req->iov, req->count, skip, SEND_MAX - len);
        skip = 0;
    }
    if (g->count <= 1) {
        struct iovec piece = g->count ? g->iov[0] : (struct iovec){ 0 };
        ur_gather_drop(s->loop, g);
        if (piece.iov_len)
            start_one_piece(s, &piece);
        else
            ur_op_prepare(&s->send_op, UR_KIND_NOP, -1); /* only empty requests */
    } else {
        start_pieces(s, g);
    }
    if (s->bits & S_FINISHING) s->send_op.desc.flags |= UR_DESC_LINK;
    ur_op_start(s->loop, &s->send_op);
}

void ur_stream_send_last(struct ur_stream *s)
{
    start_sends(s);
}

static void start_shutdown(struct ur_stream *s)
{
    struct ur_desc *d = ur_op_prepare(&s->send_op, UR_KIND_SHUTDOWN, s->fd);
    d->arg = SHUT_WR;
    if (s->kind != UR_STREAM_FILE)
        ur_op_start(s->loop, &s->send_op);
    else
        ur_op_settle(s->loop, &s->send_op, -ENOTSUP);
}

void ur_streams_flush(struct ur_loop *l)
{
    while (!list_empty(&l->flush)) {
        struct ur_stream *s = UR_CONTAINER(list_pop(&l->flush), struct ur_stream, send_op.link);
        s->bits &= (uint16_t)~S_FLUSH;
        if (s->sends)
            start_sends(s);
        else
            start_shutdown(s);
    }
}

/* Take the requests that res bytes complete off the list; a failure completes the first. */
static struct ur_send *take_finished(struct ur_stream *s, int32_t res)
{
    struct ur_send *first = s->sends, *last = NULL;
    if (res < 0) {
        s->send_len -= s->sends->len - s->sent;
        last = s->sends;
    } else {
        s->send_len -= (uint32_t)res;
        s->sent += (uint32_t)res;
        for (struct ur_send *req = first; req && s->sent >= req->len; req = req->next) {
            s->sent -= req->len;
            last = req;
        }
    }
    if (!last) return NULL;
    if (res < 0) s->sent = 0;
    s->sends = last->next;
    last->next = NULL;
    return first;
}

static void was_shut_down(struct ur_stream *s, int32_t res)
{
    s->bits &= (uint16_t)~S_SHUTDOWN;
    ur_stream_sync_ref(s);
    s->shutdown_fn(s, res);
}

static int shut_down(const struct ur_stream *s)
{
    if (s->kind == UR_STREAM_FILE) return -ENOTSUP;
    s->loop->stats.calls++;
    return shutdown(s->fd, SHUT_WR) ? -errno : 0;
}

/* The rest of a poll that completed sends: a shutdown that waited for them is not put off. */
static void go_on(struct ur_stream *s)
{
    bool wanted = (s->bits & (S_SHUTDOWN | S_CLOSING | S_FLUSH)) == S_SHUTDOWN;
    if (wanted && !s->sends && (s->loop->vt->caps & UR_CAP_REAL_FDS))
        was_shut_down(s, shut_down(s));
    else if (wanted || s->sends)
        ur_stream_want_flush(s);
}

static void sent(struct ur_stream *s, int32_t res)
{
    struct ur_send *req = take_finished(s, res);
    ur_stream_sync_ref(s);
    while (req) {
        struct ur_send *next = req->next;
        req->done(req, res < 0 ? res : (int64_t)req->len);
        req = next;
    }
    go_on(s);
}

static void connected(struct ur_stream *s, int32_t res)
{
    s->bits &= (uint16_t)~S_CONNECTING;
    if (s->sends || (s->bits & S_SHUTDOWN)) ur_stream_want_flush(s);
    ur_stream_sync_ref(s);
    s->connect_fn(s, res);
}

/* Wait until the descriptor takes data, where the kernel did not wait by itself. */
static void wait_writable(struct ur_stream *s)
{
    struct ur_desc *d = ur_op_prepare(&s->send_op, UR_KIND_POLL, s->fd);
    d->arg = POLLOUT;
    ur_op_start(s->loop, &s->send_op);
}

void ur_send_op_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_stream *s = UR_CONTAINER(op, struct ur_stream, send_op);
    uint8_t kind = op->desc.kind;
    bool moves_data = kind == UR_KIND_SEND || kind == UR_KIND_SENDMSG || kind == UR_KIND_WRITE ||
                      kind == UR_KIND_WRITEV;
    (void)flags;
    if (s->gather) {
        ur_gather_drop(s->loop, s->gather);
        s->gather = NULL;
    }
    if (s->bits & S_CLOSING) {
        /* A send that was faster than the cancel is still complete; one that failed may not have
         * been cancelled. */
        bool failed = (s->bits & S_FINISHING) && res < 0 && res != -EAGAIN;
        if ((res > 0 && moves_data) || failed) sent(s, res);
        ur_stream_close_step(s);
        return;
    }
    if (res == 0 && moves_data)
        res = -EIO; /* a device that takes nothing and says so; asking again would never end */
    if (kind == UR_KIND_CONNECT)
        connected(s, res);
    else if (kind == UR_KIND_SHUTDOWN)
        was_shut_down(s, res);
    else if (res == -EAGAIN)
        wait_writable(s);
    else if (res == -EINTR || (kind == UR_KIND_POLL && res >= 0))
        ur_stream_want_flush(s);
    else
        sent(s, res);
}

void ur_sendv(struct ur_stream *s, struct ur_send *req, const struct iovec *iov, uint32_t count)
{
    req->next = NULL;
    req->iov = iov;
    req->count = count;
    req->len = 0;
    for (uint32_t i = 0; i < count; i++) req->len += iov[i].iov_len;
    if (s->sends)
        s->sends_tail->next = req;
    else
        s->sends = req;
    s->sends_tail = req;
    s->send_len += req->len;
    ur_stream_sync_ref(s);
    ur_stream_want_flush(s);
}

void ur_send(struct ur_stream *s, struct ur_send *req, const void *buf, size_t len)
{
    req->one = (struct iovec){ (void *)(uintptr_t)buf, len };
    ur_sendv(s, req, &req->one, 1);
}

struct ur_send *ur_send_next(const struct ur_stream *s, const struct ur_send *prev)
{
    return prev ? prev->next : s->sends;
}

uint64_t ur_send_pending(const struct ur_stream *s)
{
    return s->send_len;
}

void ur_shutdown(struct ur_stream *s, ur_stream_fn *fn)
{
    UR_CHECK(!(s->bits & (S_SHUTDOWN | S_CLOSING)));
    s->shutdown_fn = fn;
    s->bits |= S_SHUTDOWN;
    ur_stream_sync_ref(s);
    ur_stream_want_flush(s);
}

int ur_shutdown_now(struct ur_stream *s)
{
    const struct ur_loop *l = s->loop;
    UR_CHECK(!(s->bits & (S_SHUTDOWN | S_CLOSING)));
    if (s->sends || ur_op_active(&s->send_op) || !(l->vt->caps & UR_CAP_REAL_FDS)) return 1;
    return shut_down(s);
}

void ur_stream_connect(struct ur_stream *s, const struct sockaddr *addr, socklen_t addrlen,
                       ur_stream_fn *fn)
{
    UR_CHECK(!(s->bits & (S_CONNECTING | S_CLOSING)));
    s->connect_fn = fn;
    s->bits |= S_CONNECTING;
    ur_stream_sync_ref(s);
    ur_connect(s->loop, &s->send_op, s->fd, addr, addrlen);
}
