/* uring/fake.c: a back end without a kernel, for tests. Seeded: what completes, in which order, how
 * much of it and whether a cancel wins is drawn from one generator. It also checks the loop: a
 * description is completed once, and a descriptor with operations in flight must not be closed. */
#include "uring/fake.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "uring/fake_priv.h"
#include "uring/loop_priv.h"

#define DEFAULT_SEED 0x746f7263u
#define REAP_NS 1000u  /* virtual time of one look at the world */
#define DELAY_ROUNDS 8 /* looks with delays before one without: nothing is late for ever */
#define START_NS 1000000000u
#define PIECES_MAX 1024u

struct fake_op {
    struct ur_desc *d;
    struct fake_obj *obj; /* NULL: the kind has none, or the descriptor is bad */
    uint64_t seen;        /* multishot poll: obj->changes at the last completion */
    bool cancelled;
};

struct fake_rule {
    int err;
    uint32_t count;
};

struct ur_backend {
    struct fake_world world;
    struct fake_op *op; /* in flight, in no order */
    uint32_t op_count, op_cap;
    struct fake_rule rule[UR_KIND_COUNT];
    struct ur_fake_faults faults;
    struct ur_group *group[UR_GROUPS_MAX];
    uint64_t random;
    uint64_t now_ns;
    uint64_t sqes;
    sem_t woken;
};

/* Free buffers of a group, last given first taken. */
struct fake_bufs {
    uint32_t count;
    uint16_t bid[];
};

static uint32_t draw(struct ur_backend *be, uint32_t below)
{
    be->random ^= be->random << 13;
    be->random ^= be->random >> 7;
    be->random ^= be->random << 17;
    return (uint32_t)((be->random >> 16) % below);
}

static bool chance(struct ur_backend *be, uint8_t percent)
{
    return draw(be, 100) < percent;
}

static int fake_open(struct ur_backend **out, const struct ur_loop_options *o, char *reason,
                     size_t reason_len)
{
    const char *seed = getenv("TORC_SEED");
    struct ur_backend *be = ur_alloc(sizeof *be);
    (void)reason, (void)reason_len;
    *be = (struct ur_backend){ .now_ns = START_NS, .random = o->seed };
    be->faults = (struct ur_fake_faults){
        .delay = 30, .shorten = 20, .end_multi = 10, .no_buffer = 2, .cancel_late = 30
    };
    if (!be->random && seed) be->random = strtoull(seed, NULL, 0);
    if (!be->random) be->random = DEFAULT_SEED;
    UR_CHECK(!sem_init(&be->woken, 0, 0));
    *out = be;
    return 0;
}

static void fake_close(struct ur_backend *be, bool abandon)
{
    if (abandon) return;
    UR_CHECK(be->op_count == 0);
    ur_fake_world_free(&be->world);
    sem_destroy(&be->woken);
    free(be->op);
    free(be);
}

static void fake_submit(struct ur_backend *be, const struct ur_batch *batch)
{
    for (struct ur_desc *d = batch->head; d; d = d->next) {
        if (be->op_count == be->op_cap) {
            be->op_cap = be->op_cap ? be->op_cap * 2 : 64;
            be->op = ur_grow(be->op, be->op_cap, sizeof *be->op);
        }
        struct fake_obj *obj = ur_fake_find(&be->world, d->fd);
        if (obj && d->kind != UR_KIND_CLOSE) obj->ops++;
        be->op[be->op_count++] = (struct fake_op){ .d = d, .obj = obj };
        be->sqes++;
    }
    for (uint32_t i = 0; i < batch->cancel_count; i++) {
        for (uint32_t k = 0; k < be->op_count; k++) {
            if (be->op[k].d->token == batch->cancels[i]) be->op[k].cancelled = true;
        }
        be->sqes++;
    }
}

/* ---- carrying out one operation: a result, or -EAGAIN when it has to wait ---- */

static int64_t transfer_len(struct ur_backend *be, int64_t can, uint64_t want)
{
    uint64_t len = (uint64_t)can < want ? (uint64_t)can : want;
    if (len > 1 && chance(be, be->faults.shorten)) len = 1 + draw(be, (uint32_t)len);
    return (int64_t)len;
}

static uint32_t pieces_of(const struct ur_desc *d, struct iovec *one, const struct iovec **iov)
{
    const struct msghdr *msg = d->buf;
    switch (d->kind) {
    case UR_KIND_SENDMSG:
    case UR_KIND_RECVMSG: *iov = msg->msg_iov; return (uint32_t)msg->msg_iovlen;
    case UR_KIND_READV:
    case UR_KIND_WRITEV: *iov = d->buf; return d->len;
    default:
        *one = (struct iovec){ (void *)(uintptr_t)d->buf, d->len };
        *iov = one;
        return 1;
    }
}

/* A datagram moves whole, by one operation. */
static int64_t transfer_dgram(struct fake_op *op, const struct iovec *iov, uint32_t count,
                              bool is_write)
{
    if (is_write) return ur_fake_dgram_send(op->obj, iov, count);
    if (op->d->kind == UR_KIND_RECVMSG)
        return ur_fake_dgram_recv(op->obj, (struct msghdr *)(uintptr_t)op->d->buf);
    struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)iov, .msg_iovlen = count };
    return ur_fake_dgram_recv(op->obj, &msg);
}

static int64_t transfer(struct ur_backend *be, struct fake_op *op, bool is_write)
{
    const struct ur_desc *d = op->d;
    const struct iovec *iov;
    struct iovec one;
    uint32_t count = pieces_of(d, &one, &iov);
    uint64_t want = 0, off = d->off;
    if (!op->obj) return -EBADF;
    if (count > PIECES_MAX) return -EINVAL;
    if (op->obj->type == FAKE_DGRAM) return transfer_dgram(op, iov, count, is_write);
    for (uint32_t i = 0; i < count; i++) want += iov[i].iov_len;
    int64_t can = is_write ? ur_fake_writable(op->obj) : ur_fake_readable(op->obj, off);
    if (can < 0) return can;
    int64_t len = transfer_len(be, can, want);
    int64_t left = len;
    for (uint32_t i = 0; left > 0; i++) {
        size_t n = (uint64_t)left < iov[i].iov_len ? (size_t)left : iov[i].iov_len;
        if (is_write)
            ur_fake_write(op->obj, iov[i].iov_base, n, off);
        else
            ur_fake_read(op->obj, iov[i].iov_base, n, off);
        if (off != UR_OFF_CURRENT) off += n;
        left -= (int64_t)n;
    }
    return len;
}

/* Receive into a buffer of the group. */
static int64_t receive_pooled(struct ur_backend *be, struct fake_op *op, struct ur_completion *c)
{
    struct ur_group *g = be->group[op->d->group];
    struct fake_bufs *free_bufs = g->priv;
    if (!op->obj) return -EBADF;
    int64_t can = ur_fake_readable(op->obj, op->d->off);
    if (can <= 0) return can;
    if (!free_bufs->count || chance(be, be->faults.no_buffer)) return -ENOBUFS;
    int64_t len = transfer_len(be, can, g->buf_len);
    c->bid = free_bufs->bid[--free_bufs->count];
    c->flags |= UR_COMP_BUF;
    ur_fake_read(op->obj, g->base + (size_t)c->bid * g->buf_len, (size_t)len, op->d->off);
    return len;
}

static int64_t receive_message(struct ur_backend *be, struct fake_op *op, struct ur_completion *c)
{
    struct ur_group *g = be->group[op->d->group];
    struct fake_bufs *free_bufs = g->priv;
    const struct msghdr *wish = op->d->buf;
    if (!op->obj) return -EBADF;
    if (op->obj->type != FAKE_DGRAM) return -EOPNOTSUPP;
    if (!op->obj->dgrams) return -EAGAIN;
    if (!free_bufs->count || chance(be, be->faults.no_buffer)) return -ENOBUFS;
    c->bid = free_bufs->bid[--free_bufs->count];
    c->flags |= UR_COMP_BUF;
    uint8_t *buf = g->base + (size_t)c->bid * g->buf_len;
    struct ur_msg_head *head = (struct ur_msg_head *)(void *)buf;
    size_t used = sizeof *head + wish->msg_namelen;
    struct iovec iov = { buf + used, g->buf_len - used };
    struct msghdr msg = { .msg_name = head + 1, .msg_namelen = wish->msg_namelen };
    msg.msg_iov = &iov;
    msg.msg_iovlen = 1;
    int64_t len = ur_fake_dgram_recv(op->obj, &msg);
    *head = (struct ur_msg_head){ .namelen = msg.msg_namelen,
                                  .payloadlen = (uint32_t)len,
                                  .flags = (uint32_t)msg.msg_flags };
    return (int64_t)used + len;
}

static int64_t poll_now(struct fake_op *op)
{
    const struct ur_desc *d = op->d;
    if (!op->obj) return -EBADF;
    uint32_t ready = ur_fake_ready(op->obj) & (d->arg | POLLHUP);
    if (!ready || ((d->flags & UR_DESC_MULTI) && op->seen == op->obj->changes)) return -EAGAIN;
    op->seen = op->obj->changes;
    return ready;
}

static int64_t connect_now(struct ur_backend *be, struct fake_op *op)
{
    const struct sockaddr_in *in = op->d->buf;
    if (!op->obj) return -EBADF;
    if (op->d->len < sizeof *in || in->sin_family != AF_INET) return -EAFNOSUPPORT;
    return ur_fake_connect(&be->world, op->obj, ntohs(in->sin_port));
}

static int64_t path_now(struct ur_backend *be, struct fake_op *op)
{
    const struct ur_desc *d = op->d;
    struct fake_world *w = &be->world;
    switch (d->kind) {
    case UR_KIND_OPEN: return ur_fake_open(w, d->buf, (int)d->arg, d->len);
    case UR_KIND_STATX: return ur_fake_stat(w, op->obj, d->buf, (void *)(uintptr_t)d->buf2);
    case UR_KIND_RENAME: return ur_fake_rename(w, d->buf, d->buf2);
    case UR_KIND_UNLINK: return ur_fake_unlink(w, d->buf);
    default: return -EOPNOTSUPP; /* its files have no directories */
    }
}

static int64_t carry_out(struct ur_backend *be, struct fake_op *op, struct ur_completion *c)
{
    const struct ur_desc *d = op->d;
    switch ((enum ur_kind)d->kind) {
    case UR_KIND_NOP: return 0;
    case UR_KIND_ACCEPT: return op->obj ? ur_fake_accept(&be->world, op->obj) : -EBADF;
    case UR_KIND_CONNECT: return connect_now(be, op);
    case UR_KIND_RECV:
    case UR_KIND_READ:
        if (d->flags & UR_DESC_POOL) return receive_pooled(be, op, c);
        return transfer(be, op, false);
    case UR_KIND_RECVMSG:
        if (d->flags & UR_DESC_POOL) return receive_message(be, op, c);
        return transfer(be, op, false);
    case UR_KIND_READV: return transfer(be, op, false);
    case UR_KIND_SEND:
    case UR_KIND_SENDMSG:
    case UR_KIND_WRITE:
    case UR_KIND_WRITEV: return transfer(be, op, true);
    case UR_KIND_SHUTDOWN: return op->obj ? ur_fake_shutdown(op->obj) : -EBADF;
    case UR_KIND_CLOSE: return ur_fake_close(&be->world, d->fd);
    case UR_KIND_POLL: return poll_now(op);
    case UR_KIND_FSYNC: return op->obj ? 0 : -EBADF;
    case UR_KIND_FTRUNCATE: return op->obj ? ur_fake_truncate(op->obj, d->off) : -EBADF;
    case UR_KIND_FALLOCATE: return -EOPNOTSUPP;
    case UR_KIND_OPEN:
    case UR_KIND_STATX:
    case UR_KIND_RENAME:
    case UR_KIND_UNLINK:
    case UR_KIND_MKDIR:
    case UR_KIND_SYMLINK:
    case UR_KIND_LINK: return path_now(be, op);
    case UR_KIND_COUNT: break;
    }
    UR_CHECK(!"a kind the fake does not know");
}

static bool rule_applies(struct ur_backend *be, struct fake_op *op, struct ur_completion *c)
{
    struct fake_rule *r = &be->rule[op->d->kind];
    if (!r->count) return false;
    r->count--;
    c->res = -r->err;
    return true;
}

/* True: *c is filled, and unless it says MORE the operation is over. */
static bool step(struct ur_backend *be, struct fake_op *op, struct ur_completion *c)
{
    *c = (struct ur_completion){ .token = op->d->token };
    if (rule_applies(be, op, c)) return true;
    bool late = op->cancelled && chance(be, be->faults.cancel_late);
    int64_t res = op->cancelled && !late ? -ECANCELED : carry_out(be, op, c);
    if (res == -EAGAIN && op->cancelled) res = -ECANCELED;
    if (res == -EAGAIN) return false;
    c->res = (int32_t)res;
    bool at_end = res < 0 || (res == 0 && op->d->kind != UR_KIND_ACCEPT);
    if ((op->d->flags & UR_DESC_MULTI) && !at_end && !op->cancelled &&
        !chance(be, be->faults.end_multi))
        c->flags |= UR_COMP_MORE;
    return true;
}

/* ---- reap ---- */

static void finish(struct ur_backend *be, uint32_t i)
{
    struct fake_op *op = &be->op[i];
    /* A close took its object with it. */
    if (op->obj && op->d->kind != UR_KIND_CLOSE) op->obj->ops--;
    *op = be->op[--be->op_count];
}

/* One look at every operation, from a random one on. */
static uint32_t look(struct ur_backend *be, struct ur_completion *out, uint32_t max, uint8_t delay)
{
    uint32_t count = 0;
    uint32_t start = be->op_count ? draw(be, be->op_count) : 0;
    for (uint32_t n = be->op_count; n > 0 && count < max; n--) {
        /* Downwards, so that what finish() moves here was looked at before. */
        uint32_t i = (start + n) % be->op_count;
        if (chance(be, delay)) continue;
        if (!step(be, &be->op[i], &out[count])) continue;
        if (!(out[count].flags & UR_COMP_MORE)) finish(be, i);
        count++;
        if (!be->op_count) break;
    }
    return count;
}

static int fake_reap(struct ur_backend *be, int64_t timeout_ns, uint32_t wanted,
                     struct ur_completion *out, uint32_t max)
{
    (void)wanted; /* it never really waits */
    for (int round = 0; round <= DELAY_ROUNDS; round++) {
        be->now_ns += REAP_NS;
        uint32_t count = look(be, out, max, round < DELAY_ROUNDS ? be->faults.delay : 0);
        if (count || timeout_ns == 0 || !sem_trywait(&be->woken)) return (int)count;
    }
    if (timeout_ns > 0) {
        be->now_ns += (uint64_t)timeout_ns;
        return 0;
    }
    /* Only another thread can bring news. */
    while (sem_wait(&be->woken) && errno == EINTR) {
    }
    return 0;
}

static void fake_wake(struct ur_backend *be)
{
    sem_post(&be->woken);
}

static uint64_t fake_now_ns(struct ur_backend *be)
{
    return be->now_ns;
}

static void fake_group_give(struct ur_backend *be, struct ur_group *g, uint16_t bid)
{
    struct fake_bufs *b = g->priv;
    (void)be;
    UR_CHECK(b->count < g->count);
    /* Not the loop's any more: stale pointers shall be noticed. */
    memset(g->base + (size_t)bid * g->buf_len, 0xdb, g->buf_len);
    b->bid[b->count++] = bid;
}

static int fake_group_open(struct ur_backend *be, struct ur_group *g)
{
    struct fake_bufs *b = ur_alloc(sizeof *b + g->count * sizeof b->bid[0]);
    b->count = 0;
    g->priv = b;
    be->group[g->id] = g;
    for (uint32_t i = 0; i < g->count; i++) fake_group_give(be, g, (uint16_t)i);
    return 0;
}

static void fake_group_close(struct ur_backend *be, struct ur_group *g)
{
    struct fake_bufs *b = g->priv;
    UR_CHECK(b->count == g->count); /* all came back */
    be->group[g->id] = NULL;
    free(b);
}

static void fake_stats(const struct ur_backend *be, struct ur_stats *s)
{
    s->sqes += be->sqes;
}

const struct ur_backend_vtable ur_backend_fake = {
    .name = "fake",
    .caps = UR_CAP_FILES,
    .open = fake_open,
    .close = fake_close,
    .submit = fake_submit,
    .reap = fake_reap,
    .wake = fake_wake,
    .now_ns = fake_now_ns,
    .group_open = fake_group_open,
    .group_close = fake_group_close,
    .group_give = fake_group_give,
    .stats = fake_stats,
};

/* ---- controls ---- */

static struct ur_backend *fake_of(const struct ur_loop *l)
{
    UR_CHECK(l->vt == &ur_backend_fake);
    return l->be;
}

void ur_fake_set_faults(struct ur_loop *l, const struct ur_fake_faults *f)
{
    fake_of(l)->faults = *f;
}

void ur_fake_fail(struct ur_loop *l, enum ur_kind kind, int err, uint32_t count)
{
    fake_of(l)->rule[kind] = (struct fake_rule){ err, count };
}

void ur_fake_socketpair(struct ur_loop *l, int fds[2])
{
    struct fake_world *w = &fake_of(l)->world;
    struct fake_obj *a = ur_fake_stream_new(), *b = ur_fake_stream_new();
    ur_fake_join(a, b);
    fds[0] = ur_fake_install(w, a);
    fds[1] = ur_fake_install(w, b);
}

void ur_fake_pipe(struct ur_loop *l, int fds[2])
{
    struct fake_world *w = &fake_of(l)->world;
    ur_fake_socketpair(l, fds);
    ur_fake_find(w, fds[0])->can_write = false;
    ur_fake_find(w, fds[1])->can_read = false;
}

void ur_fake_dgram_pair(struct ur_loop *l, int fds[2])
{
    struct fake_world *w = &fake_of(l)->world;
    struct fake_obj *a = ur_fake_dgram_new(1), *b = ur_fake_dgram_new(2);
    ur_fake_join(a, b);
    fds[0] = ur_fake_install(w, a);
    fds[1] = ur_fake_install(w, b);
}

int ur_fake_listener(struct ur_loop *l, uint16_t port)
{
    return ur_fake_install(&fake_of(l)->world, ur_fake_listener_new(port));
}

int ur_fake_socket(struct ur_loop *l)
{
    return ur_fake_install(&fake_of(l)->world, ur_fake_stream_new());
}

uint32_t ur_fake_fd_count(const struct ur_loop *l)
{
    return fake_of(l)->world.count;
}
