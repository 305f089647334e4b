/* core/channel.c: the stream of an IPC channel. */
#include "core/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/bind/net_handles.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"

#define READ_CHUNK 65536u
/* Reads of one channel before others have their turn. */
#define READ_BATCH 16
/* Descriptors one message may carry; the library sends one. */
#define FDS_MAX 4

/* A message on its way out. Freed in finish_item(). */
struct item {
    struct item *next;
    struct rt_write *w;
    int fd; /* owned: goes with the first byte; -1: none, or gone */
};

struct rt_channel {
    struct rt_conn *conn;
    struct ur_poll poll;
    int fd;
    struct item *items; /* oldest first */
    struct item **tail;
    uint64_t queued; /* bytes */
};

static struct rt_conn *conn_of(const struct rt_stream *s)
{
    return container_of(s, struct rt_conn, stream);
}

static void ready(struct ur_poll *p, int32_t res);

static void watch(struct rt_channel *ch)
{
    uint32_t events = (ch->conn->stream.reading ? POLLIN : 0) | (ch->items ? POLLOUT : 0);
    if (events)
        ur_poll_start(&ch->poll, events, UR_POLL_LEVEL, ready);
    else
        ur_poll_stop(&ch->poll);
}

/* ---- reading ---- */

/* What the library finds as channel.pendingHandle in the onread() that follows. */
static void put_pending_handle(struct rt_channel *ch, int fd)
{
    struct rt_env *env = ch->conn->handle.async.env;
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    vs_val handle = rt_socket_new_take(env, fd);
    if (handle) {
        vs_val self = rt_async_object(&ch->conn->handle.async);
        CHECK(vs_set(env->cx, self, rt_str(env, pendingHandle), handle));
    }
    vs_scope_close(&scope);
}

static void take_fds(struct rt_channel *ch, struct msghdr *msg)
{
    bool first = true;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (first)
                put_pending_handle(ch, fd);
            else
                close(fd);
            first = false;
        }
    }
}

/* One recvmsg(2). False: nothing more for now. */
static bool read_once(struct rt_channel *ch)
{
    uint8_t data[READ_CHUNK];
    union {
        char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec iov = { data, sizeof data };
    struct msghdr msg = { .msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = control.bytes,
                          .msg_controllen = sizeof control.bytes };
    ssize_t n;
    do n = recvmsg(ch->fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN) return false;
    if (n > 0) take_fds(ch, &msg);
    rt_stream_deliver(&ch->conn->stream, n > 0 ? n : n == 0 ? RT_EOF : -errno, data);
    return n > 0;
}

/* ---- writing ---- */

static ssize_t send_item(struct rt_channel *ch, struct item *it)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = { 0 };
    uint32_t count = it->w->iov_count < UR_IOV_MAX ? it->w->iov_count : UR_IOV_MAX;
    struct msghdr msg = { .msg_iov = it->w->iov, .msg_iovlen = count };
    if (it->fd >= 0) {
        msg.msg_control = control.bytes;
        msg.msg_controllen = sizeof control.bytes;
        struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
        *c = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
                               .cmsg_type = SCM_RIGHTS,
                               .cmsg_len = CMSG_LEN(sizeof it->fd) };
        memcpy(CMSG_DATA(c), &it->fd, sizeof it->fd);
    }
    ssize_t n;
    do n = sendmsg(ch->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

static void close_fd(struct item *it)
{
    if (it->fd >= 0) close(it->fd);
    it->fd = -1;
}

/* 1: all is sent. 0: the socket is full. -errno. */
static int send_all(struct rt_channel *ch, struct item *it)
{
    for (;;) {
        ssize_t n = send_item(ch, it);
        if (n == -EAGAIN) return 0;
        if (n < 0) return (int)n;
        close_fd(it);
        if (!rt_write_skip(it->w, (size_t)n)) return 1;
    }
}

static void finish_first(struct rt_channel *ch, int status)
{
    struct item *it = ch->items;
    ch->items = it->next;
    if (!ch->items) ch->tail = &ch->items;
    ch->queued -= it->w->len;
    close_fd(it);
    rt_write_done(it->w, status);
    free(it);
}

static void send_queued(struct rt_channel *ch)
{
    while (ch->items) {
        int res = send_all(ch, ch->items);
        if (res == 0) return;
        finish_first(ch, res < 0 ? res : 0);
    }
}

static void ready(struct ur_poll *p, int32_t res)
{
    struct rt_channel *ch = container_of(p, struct rt_channel, poll);
    struct rt_conn *c = ch->conn;
    if (c->handle.state != RT_HANDLE_OPEN) return;
    if (res < 0) {
        rt_stream_deliver(&c->stream, res, NULL);
        return;
    }
    if (res & (POLLOUT | POLLERR | POLLHUP)) send_queued(ch);
    int left = res & (POLLIN | POLLERR | POLLHUP) ? READ_BATCH : 0;
    while (left-- > 0 && c->handle.state == RT_HANDLE_OPEN && c->stream.reading)
        if (!read_once(ch)) break;
    if (c->handle.state == RT_HANDLE_OPEN) watch(ch);
}

/* ---- the stream ---- */

static int channel_read_start(struct rt_stream *s)
{
    watch(conn_of(s)->channel);
    return 0;
}

static int channel_write(struct rt_stream *s, struct rt_write *w)
{
    struct rt_channel *ch = conn_of(s)->channel;
    struct item *it = calloc(1, sizeof *it);
    CHECK(it);
    it->w = w;
    /* The sender may close its handle before the message is gone. */
    it->fd = w->send_fd < 0 ? -1 : fcntl(w->send_fd, F_DUPFD_CLOEXEC, 0);
    int res = w->send_fd >= 0 && it->fd < 0 ? -errno : ch->items ? 0 : send_all(ch, it);
    if (res == 0) {
        *ch->tail = it;
        ch->tail = &it->next;
        ch->queued += w->len;
        watch(ch);
        return RT_WRITE_ASYNC;
    }
    close_fd(it);
    free(it);
    if (res < 0) return res;
    rt_write_drop(w);
    return RT_WRITE_DONE;
}

/* Nobody waits for the end of a channel's sending side. */
static int channel_shutdown(struct rt_stream *s, struct rt_shutdown *req)
{
    (void)req;
    return shutdown(conn_of(s)->channel->fd, SHUT_WR) < 0 ? -errno : 1;
}

static int channel_fd(const struct rt_stream *s)
{
    return conn_of(s)->fd;
}

static uint64_t channel_pending(const struct rt_stream *s)
{
    return conn_of(s)->channel->queued;
}

static const struct rt_stream_ops stream_ops = {
    .read_start = channel_read_start,
    .read_stop = channel_read_start, /* both look at what is wanted now */
    .write = channel_write,
    .shutdown = channel_shutdown,
    .fd = channel_fd,
    .pending = channel_pending,
    .is_conn = true,
    .takes_handles = true,
};

struct rt_channel *rt_channel_new_take(struct rt_conn *c, int fd)
{
    struct rt_channel *ch = calloc(1, sizeof *ch);
    CHECK(ch);
    ch->conn = c;
    ch->fd = fd;
    ch->tail = &ch->items;
    ur_poll_init(c->handle.async.env->loop, &ch->poll, fd);
    c->stream.ops = &stream_ops;
    return ch;
}

void rt_channel_set_ref(struct rt_channel *ch, bool ref)
{
    (ref ? ur_poll_ref : ur_poll_unref)(&ch->poll);
}

static void poll_closed(struct ur_poll *p)
{
    struct rt_channel *ch = container_of(p, struct rt_channel, poll);
    while (ch->items) finish_first(ch, -ECANCELED);
    close(ch->fd);
    rt_handle_closed(&ch->conn->handle);
}

bool rt_channel_close(struct rt_channel *ch)
{
    ur_poll_close(&ch->poll, poll_closed);
    return !ch->items;
}

void rt_channel_drop(struct rt_channel *ch)
{
    free(ch);
}
