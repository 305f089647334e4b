/* uring/self_test.c: a try of what cannot be asked for.
 *
 * Distributions take features back and forth between kernels, and break them, without a change of
 * version; so a fresh ring has to show a multishot receive into shared buffers, its end when they
 * run out, a multishot accept, and a cancel. Written against the seam, with sockets of its own. */
#include "uring/self_test_priv.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "uring/slot_priv.h"

#define BUFS 2u
#define BUF_LEN 64u
#define LIMIT_NS 100000000 /* everything asked for is there already */
#define TOKEN ((uint64_t)UR_TAG_OP)

struct attempt {
    const struct ur_backend_vtable *vt;
    struct ur_backend *be;
    struct ur_group group;
    struct ur_desc desc;
    uint8_t mem[BUFS * BUF_LEN];
};

static void start(struct attempt *a, enum ur_kind kind, int fd, uint8_t flags)
{
    a->desc = (struct ur_desc){ .token = TOKEN, .kind = (uint8_t)kind, .fd = fd, .flags = flags };
    a->desc.arg = kind == UR_KIND_ACCEPT ? SOCK_CLOEXEC : 0;
    a->vt->submit(a->be, &(struct ur_batch){ .head = &a->desc });
    a->vt->reap(a->be, 0, NULL, 0);
}

static bool next(struct attempt *a, struct ur_completion *c)
{
    /* Some waits end early without a result; more than a few in a row are no accident. */
    for (int i = 0; i < 4; i++) {
        int n = a->vt->reap(a->be, LIMIT_NS, c, 1);
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
    return cancel(a) ? NULL : "cancelling does not work";
}

const char *ur_self_test(const struct ur_backend_vtable *vt, struct ur_backend *be)
{
    struct attempt a = { .vt = vt, .be = be };
    a.group = (struct ur_group){ .base = a.mem, .buf_len = BUF_LEN, .count = BUFS };
    int pair[2], listener, client;
    if (vt->group_open(be, &a.group)) return "receive buffers cannot be registered";
    const char *why = NULL;
    if (!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair)) {
        why = try_receive(&a, pair);
        close(pair[0]);
        close(pair[1]);
    }
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (!why && client >= 0) why = try_accept(&a, listener, client);
    if (listener >= 0) close(listener);
    if (client >= 0) close(client);
    vt->group_close(be, &a.group);
    return why;
}
