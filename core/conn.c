/* core/conn.c: streams over a descriptor: reading, writing, shutdown, close. Servers and connecting
 * are in core/conn_setup.c. */
#include "core/conn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/channel.h"
#include "core/conn_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"

static struct rt_conn *conn_of_stream(const struct rt_stream *s)
{
    return container_of(s, struct rt_conn, stream);
}

/* ---- reading ---- */

static void received(struct ur_stream *io, int32_t res, const void *data)
{
    struct rt_conn *c = container_of(io, struct rt_conn, io);
    rt_stream_deliver(&c->stream, res == 0 ? RT_EOF : res, data);
}

static int conn_read_start(struct rt_stream *s)
{
    struct rt_conn *c = conn_of_stream(s);
    if (c->handle.state != RT_HANDLE_OPEN) return -EINVAL;
    if (c->bits & RT_CONN_UNCONNECTED) return 0; /* rt_conn_connected() starts it */
    if (!(c->bits & RT_CONN_READABLE)) return -ENOTCONN;
    ur_recv_start(&c->io, received);
    return 0;
}

static int conn_read_stop(struct rt_stream *s)
{
    struct rt_conn *c = conn_of_stream(s);
    if (c->handle.state != RT_HANDLE_OPEN) return -EINVAL;
    if (c->bits & RT_CONN_OPEN) ur_recv_stop(&c->io);
    return 0;
}

/* ---- writing ---- */

static void send_done(struct ur_send *req, int64_t res)
{
    struct rt_write *w = container_of(req, struct rt_write, send);
    struct rt_stream *s = w->stream;
    bool told = w->async.object || w->done;
    int status = res < 0 ? (int)res : 0;
    rt_write_done(w, status);
    bool open = conn_of_stream(s)->handle.state == RT_HANDLE_OPEN;
    if (status < 0 && !told && open && !s->write_err) rt_stream_write_failed(s, status);
}

/* Write what can be written without waiting; < 0 for a real error. Regular files never come here.
 */
static ssize_t write_now(const struct rt_conn *c, const struct iovec *iov, int count)
{
    ssize_t n;
    do {
        if (c->io.kind != UR_STREAM_FILE) {
            struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)iov,
                                  .msg_iovlen = (size_t)count };
            int wait = c->bits & RT_CONN_BLOCKING ? 0 : MSG_DONTWAIT;
            n = sendmsg(c->fd, &msg, MSG_NOSIGNAL | wait);
        } else if (c->bits & RT_CONN_BLOCKING) {
            n = writev(c->fd, iov, count);
        } else {
            n = pwritev2(c->fd, iov, count, -1, RWF_NOWAIT);
        }
    } while (n < 0 && errno == EINTR);
    if (n >= 0) return n;
    /* A kernel that can't say for this file whether writing would block: let the loop do it. */
    return errno == EAGAIN || errno == EOPNOTSUPP || errno == ENOSYS ? 0 : -errno;
}

/* A blocking handle whose descriptor is not: wait here. */
static void wait_writable(const struct rt_conn *c)
{
    struct pollfd p = { .fd = c->fd, .events = POLLOUT };
    poll(&p, 1, -1);
}

/* RT_WRITE_DONE: all of w is written and w freed. RT_WRITE_ASYNC: some is left. */
static int write_first(struct rt_conn *c, struct rt_write *w)
{
    for (;;) {
        int count = w->iov_count < UR_IOV_MAX ? (int)w->iov_count : (int)UR_IOV_MAX;
        ssize_t n = write_now(c, w->iov, count);
        if (n < 0) return (int)n;
        if (!rt_write_skip(w, (size_t)n)) {
            rt_write_drop(w);
            return RT_WRITE_DONE;
        }
        if (!(c->bits & RT_CONN_BLOCKING)) return RT_WRITE_ASYNC;
        if (n == 0) wait_writable(c);
    }
}

static int conn_write(struct rt_stream *s, struct rt_write *w)
{
    struct rt_conn *c = conn_of_stream(s);
    if (c->handle.state != RT_HANDLE_OPEN || !(c->bits & RT_CONN_OPEN)) return -EBADF;
    if (!(c->bits & RT_CONN_WRITABLE) || (c->bits & RT_CONN_SHUT)) return -EPIPE;
    uint64_t queued = ur_send_pending(&c->io);
    bool first = (c->bits & RT_CONN_WRITE_FIRST) && queued == 0;
    if (first) {
        int res = write_first(c, w);
        if (res != RT_WRITE_ASYNC) return res;
    }
    bool taken = !first && rt_write_owns(w) && queued + w->len <= RT_STREAM_QUEUE_MAX;
    w->send.done = send_done;
    if (taken) w->done = NULL; /* what we return tells */
    ur_sendv(&c->io, &w->send, w->iov, w->iov_count);
    return taken ? RT_WRITE_DONE : RT_WRITE_ASYNC;
}

static void tell_shutdown(struct rt_conn *c, int res)
{
    struct rt_shutdown *req = c->shutdown;
    if (!req) return; /* given up */
    c->shutdown = NULL;
    rt_pending_remove(c->handle.async.env, &req->pending);
    rt_shutdown_done(req, res);
}

static void shutdown_done(struct ur_stream *io, int32_t res)
{
    tell_shutdown(container_of(io, struct rt_conn, io), res);
}

/* With nothing left to write it is over in the turn that asked for it. */
static void shut_down_now(struct rt_pending *p)
{
    struct rt_shutdown *req = container_of(p, struct rt_shutdown, pending);
    struct rt_conn *c = conn_of_stream(req->stream);
    int res = ur_shutdown_now(&c->io);
    if (res <= 0)
        tell_shutdown(c, res);
    else
        ur_shutdown(&c->io, shutdown_done);
}

static int conn_shutdown(struct rt_stream *s, struct rt_shutdown *req)
{
    struct rt_conn *c = conn_of_stream(s);
    if (c->handle.state != RT_HANDLE_OPEN || !(c->bits & RT_CONN_WRITABLE) ||
        (c->bits & RT_CONN_SHUT))
        return -ENOTCONN;
    c->bits |= RT_CONN_SHUT;
    c->shutdown = req;
    if (ur_send_next(&c->io, NULL))
        ur_shutdown(&c->io, shutdown_done);
    else
        rt_pending_add(c->handle.async.env, &req->pending, shut_down_now);
    return 0;
}

static int conn_fd(const struct rt_stream *s)
{
    return conn_of_stream(s)->fd;
}

static uint64_t conn_pending(const struct rt_stream *s)
{
    const struct rt_conn *c = conn_of_stream(s);
    return c->bits & RT_CONN_OPEN ? ur_send_pending(&c->io) : 0;
}

static int conn_set_blocking(struct rt_stream *s, bool on)
{
    struct rt_conn *c = conn_of_stream(s);
    if (!(c->bits & RT_CONN_OPEN)) return -EBADF;
    c->bits &= (uint16_t) ~(RT_CONN_BLOCKING);
    if (on) c->bits |= RT_CONN_BLOCKING | RT_CONN_WRITE_FIRST;
    return 0;
}

static const struct rt_stream_ops stream_ops = {
    .read_start = conn_read_start,
    .read_stop = conn_read_stop,
    .write = conn_write,
    .shutdown = conn_shutdown,
    .fd = conn_fd,
    .pending = conn_pending,
    .set_blocking = conn_set_blocking,
    .is_conn = true,
};

/* ---- close ---- */

static void conn_closed(struct rt_conn *c)
{
    rt_handle_closed(&c->handle);
}

static void stream_closed(struct ur_stream *io, int32_t res)
{
    (void)res;
    conn_closed(container_of(io, struct rt_conn, io));
}

static void close_now(struct rt_conn *c)
{
    c->fd = -1;
    if (c->bits & RT_CONN_KEEP_FD) {
        ur_stream_release(&c->io, stream_closed);
        return;
    }
    if (c->bits & RT_CONN_RESET) {
        struct linger now = { .l_onoff = 1, .l_linger = 0 };
        setsockopt(ur_stream_fd(&c->io), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    ur_stream_close(&c->io, stream_closed);
}

/* A nop is delivered before the completions of its own poll, and those behind the close of another
 * descriptor may come a poll later still (uring/ring.c), so only the third tells. */
#define FLUSH_IDLE_MAX 3

/* A poll has passed since the close. As long as the peer takes bytes, those that JS believes sent
 * still go out; when nothing moves any more they would not have reached it in Node either. */
static void flush_step(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct rt_conn *c = container_of(op, struct rt_conn, flush_op);
    uint64_t left = ur_send_pending(&c->io);
    (void)flags;
    c->flush_idle = left == c->flush_left ? c->flush_idle + 1 : 0;
    if (res < 0 || left == 0 || c->flush_idle == FLUSH_IDLE_MAX) {
        close_now(c);
        return;
    }
    c->flush_left = left;
    ur_nop(c->handle.async.env->loop, &c->flush_op);
}

static void flush_rest(struct rt_conn *c)
{
    ur_recv_stop(&c->io);
    c->flush_left = ur_send_pending(&c->io);
    ur_nop(c->handle.async.env->loop, &c->flush_op);
}

static void stream_finished(struct ur_stream *io, int32_t res)
{
    struct rt_conn *c = container_of(io, struct rt_conn, io);
    if (res == -EAGAIN)
        flush_rest(c);
    else
        conn_closed(c);
}

static void close_stream(struct rt_conn *c)
{
    bool at_once = ur_send_pending(&c->io) == 0 || (c->bits & RT_CONN_RESET) || c->stream.write_err;
    if (at_once)
        close_now(c);
    else if (!(c->bits & RT_CONN_UNHEARD) || !ur_stream_finish(&c->io, stream_finished))
        flush_rest(c);
}

/* The write of a request, NULL for the end of the list. */
static struct rt_write *write_of(struct ur_send *req)
{
    return req ? container_of(req, struct rt_write, send) : NULL;
}

static struct rt_write *next_write(const struct rt_conn *c, struct rt_write *prev)
{
    return write_of(ur_send_next(&c->io, prev ? &prev->send : NULL));
}

/* Whoever wrote in C hears of its writes while the handle is there. */
static bool has_c_writes(const struct rt_conn *c)
{
    struct rt_write *w = next_write(c, NULL);
    while (w && !w->done) w = next_write(c, w);
    return w;
}

static bool conn_close(struct rt_handle *h)
{
    struct rt_conn *c = container_of(h, struct rt_conn, handle);
    rt_stream_reset(&c->stream);
    if (c->on_close) c->on_close(c);
    if (!c->connect) return rt_conn_close_rest(c);
    rt_connect_cancel(c); /* its last completion goes on with rt_conn_close_rest() */
    return true;
}

/* What is still under way goes on; only JS waits no more. */
static void conn_give_up(struct rt_handle *h)
{
    struct rt_conn *c = container_of(h, struct rt_conn, handle);
    if (c->connect) rt_connect_give_up(c);
    if (!(c->bits & RT_CONN_OPEN)) return;
    for (struct rt_write *w = next_write(c, NULL); w; w = next_write(c, w))
        rt_write_tell(w, -ECANCELED);
    tell_shutdown(c, -ECANCELED);
}

bool rt_conn_close_rest(struct rt_conn *c)
{
    bool tell = true;
    if (c->channel) {
        c->fd = -1;
        tell = rt_channel_close(c->channel);
    } else if (c->bits & RT_CONN_OPEN) {
        if (c->shutdown) rt_pending_remove(c->handle.async.env, &c->shutdown->pending);
        tell = !has_c_writes(c);
        close_stream(c);
    } else if (c->bits & RT_CONN_LISTENING) {
        c->fd = -1;
        rt_server_close(c);
    } else {
        if (c->fd >= 0) close(c->fd);
        c->fd = -1;
        conn_closed(c);
    }
    return tell;
}

static void conn_drop(struct rt_handle *h)
{
    struct rt_conn *c = container_of(h, struct rt_conn, handle);
    if (c->channel) rt_channel_drop(c->channel);
    free(c->server);
    free(c);
}

static void conn_ref_changed(struct rt_handle *h)
{
    struct rt_conn *c = container_of(h, struct rt_conn, handle);
    rt_conn_sync_ref(c);
}

void rt_conn_sync_ref(struct rt_conn *c)
{
    bool ref = c->handle.ref;
    if (c->channel) rt_channel_set_ref(c->channel, ref);
    if (c->bits & RT_CONN_OPEN) (ref ? ur_stream_ref : ur_stream_unref)(&c->io);
    if (c->bits & RT_CONN_LISTENING) (ref ? ur_listener_ref : ur_listener_unref)(&c->server->io);
}

static const struct rt_handle_ops handle_ops = {
    .close = conn_close, .give_up = conn_give_up, .drop = conn_drop, .ref_changed = conn_ref_changed
};

void rt_conn_init(struct rt_conn *c, struct rt_env *env, vs_val object, int provider)
{
    *c = (struct rt_conn){ .fd = -1 };
    rt_handle_init(&c->handle, env, object, provider, &handle_ops, c);
    rt_stream_init(&c->stream, &c->handle.async, &stream_ops);
    ur_op_init(&c->flush_op, flush_step);
}

struct rt_conn *rt_conn_of(vs_val v)
{
    struct rt_stream *s = rt_stream_of(v);
    return s && s->ops->is_conn ? conn_of_stream(s) : NULL;
}

void rt_conn_open_take(struct rt_conn *c, int fd, enum ur_stream_kind kind, int access)
{
    c->fd = fd;
    if (c->bits & RT_CONN_IPC) {
        c->channel = rt_channel_new_take(c, fd);
        rt_conn_sync_ref(c);
        return;
    }
    c->bits |= RT_CONN_OPEN;
    if (access != O_WRONLY) c->bits |= RT_CONN_READABLE;
    if (access != O_RDONLY) c->bits |= RT_CONN_WRITABLE;
    if (kind == UR_STREAM_FILE || fd <= STDERR_FILENO) c->bits |= RT_CONN_WRITE_FIRST;
    if (fd <= STDERR_FILENO) c->bits |= RT_CONN_KEEP_FD;
    ur_stream_init_take(c->handle.async.env->loop, &c->io, fd, kind);
    rt_conn_sync_ref(c);
}

void rt_conn_share(struct rt_conn *c)
{
    c->stream.shared = true;
    if (!(c->bits & RT_CONN_OPEN) || c->handle.state != RT_HANDLE_OPEN) return;
    rt_stream_read_stop(&c->stream);
    ur_recv_halt(&c->io);
}

void rt_conn_adopt_take(struct rt_conn *c, int fd)
{
    c->fd = fd;
    c->bits |= RT_CONN_UNCONNECTED;
}

void rt_conn_connected(struct rt_conn *c, enum ur_stream_kind kind)
{
    c->bits &= (uint16_t)~RT_CONN_UNCONNECTED;
    rt_conn_open_take(c, c->fd, kind, O_RDWR);
    if (c->stream.reading) ur_recv_start(&c->io, received);
}
