/* uring/self_test.c: a try of what cannot be asked for.
 *
 * Distributions take features back and forth between kernels, and break them, without a change of
 * version; so a fresh ring has to show a multishot receive into shared buffers, its end when they
 * run out, the same of datagrams, a multishot accept, a cancel, and once each operation that a job
 * thread cannot make up for. Written against the seam, with sockets of its own. */
#include "uring/self_test_priv.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "uring/slot_priv.h"

#define BUFS 2u
#define BUF_LEN 64u        /* a message's head and a few bytes, too */
#define LIMIT_NS 100000000 /* everything asked for is there already */
#define TOKEN ((uint64_t)UR_TAG_OP)

struct attempt {
    const struct ur_backend_vtable *vt;
    struct ur_backend *be;
    struct ur_group group;
    struct ur_desc desc;
    _Alignas(struct ur_msg_head) uint8_t mem[BUFS * BUF_LEN];
};

static void start_desc(struct attempt *a, const struct ur_desc *d)
{
    a->desc = *d;
    a->desc.token = TOKEN;
    a->vt->submit(a->be, &(struct ur_batch){ .head = &a->desc });
    a->vt->reap(a->be, 0, 1, NULL, 0);
}

static void start(struct attempt *a, enum ur_kind kind, int fd, uint8_t flags)
{
    uint32_t arg = kind == UR_KIND_ACCEPT ? SOCK_CLOEXEC : 0;
    start_desc(a, &(struct ur_desc){ .kind = (uint8_t)kind, .fd = fd, .flags = flags, .arg = arg });
}

static bool next(struct attempt *a, struct ur_completion *c)
{
    /* Some waits end early without a result; more than a few in a row are no accident. */
    for (int i = 0; i < 4; i++) {
        int n = a->vt->reap(a->be, LIMIT_NS, 1, c, 1);
        if (n) return n == 1 && c->token == TOKEN;
    }
    return false;
}

static bool is(const struct ur_completion *c, int32_t res, uint16_t flags)
{
    return c->res == res && c->flags == flags;
}

static bool cancel(struct attempt *a)
{
    uint64_t token = TOKEN;
    struct ur_completion c;
    a->vt->submit(a->be, &(struct ur_batch){ .cancels = &token, .cancel_count = 1 });
    return next(a, &c) && is(&c, -ECANCELED, 0);
}

/* Something that can be done at once has this result? */
static bool does(struct attempt *a, enum ur_kind kind, struct ur_desc d, int32_t res)
{
    struct ur_completion c;
    d.kind = (uint8_t)kind;
    start_desc(a, &d);
    return next(a, &c) && is(&c, res, 0);
}

/* The same of two in one batch, for which the first makes the second possible. */
static bool do_both(struct attempt *a, enum ur_kind kind, struct ur_desc d, enum ur_kind then,
                    struct ur_desc d2, int32_t res)
{
    struct ur_completion c;
    d2.kind = (uint8_t)then, d2.token = TOKEN;
    d.kind = (uint8_t)kind, d.next = &d2;
    start_desc(a, &d);
    for (int i = 0; i < 2; i++)
        if (!next(a, &c) || !is(&c, res, 0)) return false;
    return true;
}

/* One byte through a connection, by each pair of operations. Sends are not alone in their batch:
 * those may go without the ring. */
static const char *try_transfers(struct attempt *a, const int fds[2])
{
    char in = 0, out = 'x';
    struct iovec in_iov = { &in, 1 }, out_iov = { &out, 1 };
    struct msghdr in_msg = { .msg_iov = &in_iov, .msg_iovlen = 1 };
    struct msghdr out_msg = { .msg_iov = &out_iov, .msg_iovlen = 1 };
    struct ur_desc to = { .fd = fds[1], .off = UR_OFF_CURRENT, .len = 1 };
    struct ur_desc from = { .fd = fds[0], .off = UR_OFF_CURRENT, .len = 1 };
    struct ur_desc ready = { .fd = fds[0], .arg = POLLIN };
    to.buf = &out, from.buf = &in;
    if (!do_both(a, UR_KIND_SEND, to, UR_KIND_RECV, from, 1))
        return "sending or receiving does not work";
    if (!does(a, UR_KIND_WRITE, to, 1) || !does(a, UR_KIND_POLL, ready, POLLIN) ||
        !does(a, UR_KIND_READ, from, 1))
        return "writing, polling or reading does not work";
    to.buf = &out_iov, from.buf = &in_iov;
    if (!does(a, UR_KIND_WRITEV, to, 1) || !does(a, UR_KIND_READV, from, 1))
        return "vectored reading or writing does not work";
    to.buf = &out_msg, from.buf = &in_msg;
    if (!do_both(a, UR_KIND_SENDMSG, to, UR_KIND_RECVMSG, from, 1))
        return "sending or receiving messages does not work";
    return NULL;
}

static const char *try_receive(struct attempt *a, const int fds[2])
{
    struct ur_completion c;
    start(a, UR_KIND_RECV, fds[0], UR_DESC_MULTI | UR_DESC_POOL);
    for (uint8_t i = 0; i < BUFS; i++) {
        char byte = (char)('a' + i);
        if (write(fds[1], &byte, 1) != 1) return "no socket pair";
        if (!next(a, &c) || !is(&c, 1, UR_COMP_MORE | UR_COMP_BUF) || c.bid >= BUFS ||
            a->mem[c.bid * BUF_LEN] != (uint8_t)byte)
            return "multishot receive does not work";
    }
    if (write(fds[1], "c", 1) != 1) return "no socket pair";
    if (!next(a, &c) || !is(&c, -ENOBUFS, 0))
        return "a multishot receive does not end when there are no buffers";
    for (uint16_t i = 0; i < BUFS; i++) a->vt->group_give(a->be, &a->group, i);
    return NULL;
}

/* A datagram, twice, with the head that the kernel leaves before it. */
static const char *try_datagrams(struct attempt *a, const int fds[2])
{
    struct msghdr msg = { 0 };
    struct ur_completion c;
    const int32_t len = sizeof(struct ur_msg_head) + 1;
    start_desc(a, &(struct ur_desc){ .kind = UR_KIND_RECVMSG,
                                     .fd = fds[0],
                                     .flags = UR_DESC_MULTI | UR_DESC_POOL,
                                     .buf = &msg });
    for (int i = 0; i < 2; i++) {
        if (write(fds[1], "d", 1) != 1) return "no socket pair";
        if (!next(a, &c) || !is(&c, len, UR_COMP_MORE | UR_COMP_BUF) || c.bid >= BUFS)
            return "multishot receive of messages does not work";
        const uint8_t *buf = a->mem + (size_t)c.bid * BUF_LEN;
        const struct ur_msg_head *head = (const void *)buf;
        if (head->payloadlen != 1 || head->flags || buf[sizeof *head] != 'd')
            return "multishot receive of messages does not work";
        a->vt->group_give(a->be, &a->group, c.bid);
    }
    return cancel(a) ? NULL : "cancelling does not work";
}

static const char *try_accept(struct attempt *a, int listener, int client)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    socklen_t len = sizeof addr.sun_family; /* the kernel picks an abstract name */
    struct ur_completion c;
    if (bind(listener, (struct sockaddr *)&addr, len) || listen(listener, 1)) return NULL;
    len = sizeof addr;
    if (getsockname(listener, (struct sockaddr *)&addr, &len)) return NULL;
    start(a, UR_KIND_ACCEPT, listener, UR_DESC_MULTI);
    if (connect(client, (struct sockaddr *)&addr, len)) {
        (void)cancel(a);
        return NULL;
    }
    if (!next(a, &c) || c.res < 0 || c.flags != UR_COMP_MORE)
        return "multishot accept does not work";
    close(c.res);
    if (!cancel(a)) return "cancelling does not work";
    /* It is connected already, which only the operation itself can say. */
    struct ur_desc again = { .fd = client, .buf = &addr, .len = len };
    return does(a, UR_KIND_CONNECT, again, -EISCONN) ? NULL : "connecting does not work";
}

static const char *try_close(struct attempt *a)
{
    int fd = dup(0);
    if (fd < 0 || does(a, UR_KIND_CLOSE, (struct ur_desc){ .fd = fd }, 0)) return NULL;
    close(fd);
    return "closing does not work";
}

const char *ur_self_test(const struct ur_backend_vtable *vt, struct ur_backend *be)
{
    struct attempt a = { .vt = vt, .be = be };
    a.group = (struct ur_group){ .base = a.mem, .buf_len = BUF_LEN, .count = BUFS };
    int pair[2], listener, client;
    if (vt->group_open(be, &a.group)) return "receive buffers cannot be registered";
    const char *why = NULL;
    if (!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair)) {
        why = try_transfers(&a, pair);
        if (!why) why = try_receive(&a, pair);
        close(pair[0]);
        close(pair[1]);
    }
    if (!why && !socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair)) {
        why = try_datagrams(&a, pair);
        close(pair[0]);
        close(pair[1]);
    }
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (!why && client >= 0) why = try_accept(&a, listener, client);
    if (!why) why = try_close(&a);
    if (listener >= 0) close(listener);
    if (client >= 0) close(client);
    vt->group_close(be, &a.group);
    return why;
}
