/* uring/epoll_try.c: one attempt at one operation, without waiting.
 *
 * Sockets take MSG_DONTWAIT. Other descriptors take RWF_NOWAIT, whatever their O_NONBLOCK, which
 * belongs to everybody who shares the open file; where they do not (terminals, inotify), a read is
 * made when poll() says that there is something, and a write needs O_NONBLOCK or a job thread. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "uring/epoll_priv.h"

static int32_t result_of(struct ur_backend *be, int64_t res)
{
    be->calls++;
    if (res >= 0) return (int32_t)res;
    return errno == EAGAIN ? EPOLL_TRY_WAIT : -errno;
}

/* Where d's data goes: its own buffer, or the next free one of its group. */
static void *target_of(const struct ur_backend *be, const struct ur_desc *d, size_t *len)
{
    *len = d->len;
    if (!(d->flags & UR_DESC_POOL)) return (void *)(uintptr_t)d->buf;
    const struct ur_group *g = be->group[d->group];
    const struct epoll_bufs *b = g->priv;
    *len = g->buf_len;
    return g->base + (size_t)b->bid[b->count - 1] * g->buf_len;
}

void ur_epoll_use_buffer(struct ur_backend *be, const struct ur_desc *d, struct ur_completion *c)
{
    struct epoll_bufs *b = be->group[d->group]->priv;
    c->bid = b->bid[--b->count];
    c->flags |= UR_COMP_BUF;
}

static int32_t try_recv(struct ur_backend *be, struct epoll_fd *e, const struct ur_desc *d)
{
    size_t len;
    void *buf = target_of(be, d, &len);
    int32_t res = result_of(be, recv(d->fd, buf, len, (int)d->arg | MSG_DONTWAIT));
    /* Less than asked for: a TCP socket (nothing else receives MULTI) is empty, and what comes
     * later is an event. That saves the call that would say so. */
    bool empty = (d->flags & UR_DESC_MULTI) && res > 0 && (size_t)res < len;
    if (empty && !(e->bits & E_TAIL)) e->ready &= (uint8_t)~READY_IN;
    return res;
}

static int32_t try_recvmsg(struct ur_backend *be, const struct ur_desc *d)
{
    struct msghdr *wish = (struct msghdr *)(uintptr_t)d->buf;
    int flags = (int)d->arg | MSG_DONTWAIT;
    if (!(d->flags & UR_DESC_POOL)) return result_of(be, recvmsg(d->fd, wish, flags));
    size_t len;
    uint8_t *buf = target_of(be, d, &len);
    struct ur_msg_head *head = (struct ur_msg_head *)(void *)buf;
    size_t used = sizeof *head + wish->msg_namelen;
    struct iovec iov = { buf + used, len - used };
    struct msghdr msg = { .msg_name = buf + sizeof *head,
                          .msg_namelen = wish->msg_namelen,
                          .msg_iov = &iov,
                          .msg_iovlen = 1 };
    int32_t n = result_of(be, recvmsg(d->fd, &msg, flags));
    if (n < 0) return n;
    *head = (struct ur_msg_head){ .namelen = msg.msg_namelen,
                                  .payloadlen = (uint32_t)n,
                                  .flags = (uint32_t)msg.msg_flags };
    return (int32_t)used + n;
}

static int32_t try_connect(struct ur_backend *be, struct epoll_fd *e, const struct ur_desc *d)
{
    be->calls++;
    if (e->bits & E_CONNECTING) {
        int err = 0;
        socklen_t len = sizeof err;
        e->bits &= (uint8_t)~E_CONNECTING;
        return getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &err, &len) ? -errno : -err;
    }
    if (!connect(d->fd, d->buf, d->len)) return 0;
    /* A Unix socket's EAGAIN means a full backlog, and no event would tell of its end. */
    if (errno != EINPROGRESS) return -errno;
    e->bits |= E_CONNECTING;
    return EPOLL_TRY_WAIT;
}

/* The pieces of a read or write. */
static const struct iovec *pieces_of(const struct ur_backend *be, const struct ur_desc *d,
                                     struct iovec *one, int *count)
{
    if (d->kind == UR_KIND_READV || d->kind == UR_KIND_WRITEV) {
        *count = (int)d->len;
        return d->buf;
    }
    *count = 1;
    one->iov_base = target_of(be, d, &one->iov_len);
    return one;
}

static bool can_read(struct ur_backend *be, int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    be->calls++;
    return poll(&p, 1, 0) > 0;
}

static bool is_nonblocking(struct ur_backend *be, int fd)
{
    be->calls++;
    return fcntl(fd, F_GETFL) & O_NONBLOCK;
}

static int32_t try_transfer(struct ur_backend *be, struct epoll_fd *e, const struct ur_desc *d)
{
    bool is_write = d->kind == UR_KIND_WRITE || d->kind == UR_KIND_WRITEV;
    struct iovec one;
    int count;
    const struct iovec *iov = pieces_of(be, d, &one, &count);
    if (!(e->bits & E_NO_NOWAIT)) {
        int64_t n = is_write ? pwritev2(d->fd, iov, count, -1, RWF_NOWAIT)
                             : preadv2(d->fd, iov, count, -1, RWF_NOWAIT);
        int32_t res = result_of(be, n);
        if (res != -EOPNOTSUPP) return res;
        e->bits |= E_NO_NOWAIT;
    }
    if (!is_nonblocking(be, d->fd)) {
        if (is_write) return EPOLL_TRY_BLOCKS;
        if (!can_read(be, d->fd)) return EPOLL_TRY_WAIT;
    }
    return result_of(be, is_write ? writev(d->fd, iov, count) : readv(d->fd, iov, count));
}

int32_t ur_epoll_try(struct ur_backend *be, struct epoll_fd *e, const struct ur_desc *d,
                     struct ur_completion *c)
{
    int flags = (int)d->arg | MSG_DONTWAIT;
    int32_t res;
    switch ((enum ur_kind)d->kind) {
    case UR_KIND_ACCEPT: return result_of(be, accept4(d->fd, NULL, NULL, (int)d->arg));
    case UR_KIND_CONNECT: return try_connect(be, e, d);
    case UR_KIND_SEND: return result_of(be, send(d->fd, d->buf, d->len, flags | MSG_NOSIGNAL));
    case UR_KIND_SENDMSG: return result_of(be, sendmsg(d->fd, d->buf, flags | MSG_NOSIGNAL));
    case UR_KIND_RECVMSG: res = try_recvmsg(be, d); break;
    case UR_KIND_RECV: res = try_recv(be, e, d); break;
    default: res = try_transfer(be, e, d); break;
    }
    if (res > 0 && (d->flags & UR_DESC_POOL)) ur_epoll_use_buffer(be, d, c);
    return res;
}
