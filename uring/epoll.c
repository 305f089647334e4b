/* uring/epoll.c: the back end for where io_uring may not be used, and the one it is compared with.
 *
 * An operation is tried at once and waits only when that did not work. A descriptor is registered
 * when something has to wait for it, edge-triggered, and stays so; READY_* remembers what is known
 * in between, so that a request costs a receive, a send and its share of one wait. Interest in
 * writing is added by the first write that has to wait: most never do, and Unix sockets would tell
 * of every byte their peer takes. What epoll cannot wait for goes back as UR_COMP_BLOCKS. */
#include "uring/epoll_priv.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "uring/base_priv.h"
#include "uring/list_priv.h"

#define NS_PER_S 1000000000ull
#define NS_PER_MS 1000000
#define EVENTS_MAX 256 /* taken by one wait */
#define TRIES_MAX 8u   /* calls for one direction of one descriptor before it is the others' turn */
#define UNASKED_MAX 4u /* reaps in a row that only give results known already */
#define FDS_MAX (1u << 24)
#define WAKE_DATA UINT64_MAX

#define EVENTS_IN (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)
#define EVENTS_OUT (EPOLLOUT | EPOLLHUP | EPOLLERR)
#define EVENTS_TAIL (EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI)

/* ---- open ---- */

static int add_wake(struct ur_backend *be)
{
    /* Edge by edge: the counter is never read, each write is one event. */
    struct epoll_event ev = { .events = EPOLLIN | EPOLLET, .data.u64 = WAKE_DATA };
    return epoll_ctl(be->epoll_fd, EPOLL_CTL_ADD, be->wake_fd, &ev) ? -errno : 0;
}

static int epoll_open(struct ur_backend **out, const struct ur_loop_options *o, char *reason,
                      size_t reason_len)
{
    (void)o;
    /* A forked child shares the epoll descriptor, and could take its parent's events. */
    struct ur_backend *be =
        mmap(NULL, sizeof *be, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    UR_CHECK(be != MAP_FAILED);
    (void)madvise(be, sizeof *be, MADV_DONTFORK);
    *be = (struct ur_backend){ .wake_fd = -1 };
    list_init(&be->look);
    int err = 0;
    be->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (be->epoll_fd >= 0) be->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (be->wake_fd < 0) err = -errno;
    if (!err) err = add_wake(be);
    if (!err) {
        *out = be;
        return 0;
    }
    snprintf(reason, reason_len, "epoll is not available: %s", strerror(-err));
    if (be->wake_fd >= 0) close(be->wake_fd);
    if (be->epoll_fd >= 0) close(be->epoll_fd);
    munmap(be, sizeof *be);
    return err;
}

static void epoll_close(struct ur_backend *be, bool abandon)
{
    if (abandon) return;
    close(be->wake_fd);
    close(be->epoll_fd);
    for (uint32_t i = 0; i < be->block_cap; i++) free(be->block[i]);
    free(be->block);
    free(be->desc);
    ur_stash_reset(&be->stash);
    munmap(be, sizeof *be);
}

/* ---- descriptors ---- */

/* NULL: never seen. */
static struct epoll_fd *find(const struct ur_backend *be, int fd)
{
    uint32_t i = (uint32_t)fd / EPOLL_BLOCK;
    if (fd < 0 || i >= be->block_cap || !be->block[i]) return NULL;
    return &be->block[i][(uint32_t)fd % EPOLL_BLOCK];
}

static uint32_t room_for(uint32_t cap, uint32_t index)
{
    uint32_t first = 64;
    if (!cap) cap = first;
    while (cap <= index) cap *= 2;
    return cap;
}

static void add_block(struct ur_backend *be, uint32_t i)
{
    if (i >= be->block_cap) {
        uint32_t cap = room_for(be->block_cap, i);
        be->block = ur_grow(be->block, cap, sizeof(struct epoll_fd *));
        memset(be->block + be->block_cap, 0, (cap - be->block_cap) * sizeof(struct epoll_fd *));
        be->block_cap = cap;
    }
    be->block[i] = ur_alloc(EPOLL_BLOCK * sizeof(struct epoll_fd));
    for (uint32_t k = 0; k < EPOLL_BLOCK; k++)
        be->block[i][k] = (struct epoll_fd){ .fd = (int32_t)(i * EPOLL_BLOCK + k),
                                             .ready = READY_IN | READY_OUT };
}

/* NULL: fd is no descriptor's number. */
static struct epoll_fd *find_or_add(struct ur_backend *be, int fd)
{
    if (fd < 0 || (uint32_t)fd >= FDS_MAX) return NULL;
    if (!find(be, fd)) add_block(be, (uint32_t)fd / EPOLL_BLOCK);
    return find(be, fd);
}

static bool is_idle(const struct epoll_fd *e)
{
    return !e->in && !e->out && !e->polls;
}

static void look_later(struct ur_backend *be, struct epoll_fd *e)
{
    if (e->bits & E_LISTED) return;
    e->bits |= E_LISTED;
    list_append(&be->look, &e->link);
    be->look_count++;
}

static void unlist(struct ur_backend *be, struct epoll_fd *e)
{
    if (!(e->bits & E_LISTED)) return;
    e->bits &= (uint8_t)~E_LISTED;
    list_unlink(&e->link);
    be->look_count--;
}

/* Nothing is known of the number any more. */
static void unregister(struct ur_backend *be, struct epoll_fd *e)
{
    if (e->interest) {
        /* Fails when it was closed behind our back; then it is not registered either. */
        (void)epoll_ctl(be->epoll_fd, EPOLL_CTL_DEL, e->fd, NULL);
        be->calls++;
    }
    unlist(be, e);
    *e = (struct epoll_fd){ .fd = e->fd, .ready = READY_IN | READY_OUT };
}

/* Have the kernel tell of events on e's descriptor; of those true already, too, unless it is known
 * to do so. 0; -EPERM when it is nothing one can wait for; -errno. */
static int listen_to(struct ur_backend *be, struct epoll_fd *e, uint32_t events, bool again)
{
    uint32_t all = e->interest | events | EPOLLET;
    if (all == e->interest && (e->bits & E_SURE) && !again) return 0;
    struct epoll_event ev = { .events = all, .data.u64 = (uint64_t)e->fd };
    be->calls++;
    int err = e->interest && !epoll_ctl(be->epoll_fd, EPOLL_CTL_MOD, e->fd, &ev) ? 0 : -ENOENT;
    if (err) {
        be->calls += e->interest != 0;
        err = epoll_ctl(be->epoll_fd, EPOLL_CTL_ADD, e->fd, &ev) ? -errno : 0;
    }
    if (err) {
        e->interest = 0;
        return err;
    }
    e->interest = all;
    if (e->bits & E_KEPT) e->bits |= E_SURE;
    return 0;
}

/* ---- operations in flight ---- */

static void enlist(struct ur_backend *be, struct ur_desc *d, struct ur_desc **queue)
{
    uint32_t slot = (uint32_t)(d->token >> 32);
    if (slot >= be->desc_cap) {
        uint32_t cap = room_for(be->desc_cap, slot);
        be->desc = ur_grow(be->desc, cap, sizeof(struct ur_desc *));
        memset(be->desc + be->desc_cap, 0, (cap - be->desc_cap) * sizeof(struct ur_desc *));
        be->desc_cap = cap;
    }
    be->desc[slot] = d;
    while (*queue) queue = &(*queue)->next;
    *queue = d;
}

static void complete(struct ur_backend *be, const struct ur_desc *d, int32_t res)
{
    ur_stash_put(&be->stash, &(struct ur_completion){ .token = d->token, .res = res });
}

/* Take d off its queue. */
static void delist(struct ur_backend *be, struct epoll_fd *e, struct ur_desc **queue,
                   struct ur_desc *d)
{
    while (*queue != d) queue = &(*queue)->next;
    *queue = d->next;
    be->desc[d->token >> 32] = NULL;
    if (d->kind == UR_KIND_CONNECT) e->bits &= (uint8_t)~E_CONNECTING;
    /* Nobody promised to say when the number changes its meaning. Its owner may go on with it in
     * the callback, so this is not decided now. */
    if (is_idle(e) && !(e->bits & E_KEPT)) look_later(be, e);
}

static struct ur_desc **queue_of(struct epoll_fd *e, const struct ur_desc *d)
{
    switch ((enum ur_kind)d->kind) {
    case UR_KIND_ACCEPT:
    case UR_KIND_RECV:
    case UR_KIND_RECVMSG:
    case UR_KIND_READ:
    case UR_KIND_READV: return &e->in;
    case UR_KIND_POLL: return &e->polls;
    default: return &e->out;
    }
}

static bool is_send(const struct ur_desc *d)
{
    return d->kind == UR_KIND_SEND || d->kind == UR_KIND_SENDMSG;
}

static bool is_transfer(const struct ur_desc *d)
{
    return d->kind == UR_KIND_READ || d->kind == UR_KIND_WRITE || d->kind == UR_KIND_READV ||
           d->kind == UR_KIND_WRITEV;
}

/* The first of the queue can neither be done now nor be waited for. */
static void cannot_wait(struct ur_backend *be, struct epoll_fd *e, struct ur_desc **queue, int err)
{
    struct ur_desc *d = *queue;
    struct ur_completion c = { .token = d->token, .res = err };
    if (err == -EPERM && is_transfer(d)) {
        bool pool = d->flags & UR_DESC_POOL;
        if (d->flags & UR_DESC_MULTI) {
            c.res = -EBADFD; /* it is for what can be waited for, here as with io_uring */
        } else if (pool && !ur_epoll_has_buffer(be, d)) {
            c.res = -ENOBUFS;
        } else {
            c.flags = UR_COMP_BLOCKS;
            if (pool) ur_epoll_use_buffer(be, d, &c);
        }
    }
    delist(be, e, queue, d);
    ur_stash_put(&be->stash, &c);
}

/* Try the first of a queue. False: nothing more is possible now. */
static bool try_first(struct ur_backend *be, struct epoll_fd *e, struct ur_desc **queue,
                      uint8_t bit)
{
    struct ur_desc *d = *queue;
    struct ur_completion c = { .token = d->token };
    if ((d->flags & UR_DESC_POOL) && !ur_epoll_has_buffer(be, d)) return false;
    c.res = ur_epoll_try(be, e, d, &c);
    if (c.res == EPOLL_TRY_BLOCKS) {
        cannot_wait(be, e, queue, -EPERM);
        return true;
    }
    if (c.res == EPOLL_TRY_WAIT) {
        e->ready &= (uint8_t)~bit;
        if (d->kind != UR_KIND_RECV || !(d->arg & MSG_DONTWAIT)) return false;
        c.res = -EAGAIN;
    }
    bool at_end = c.res < 0 || (c.res == 0 && d->kind != UR_KIND_ACCEPT);
    if ((d->flags & UR_DESC_MULTI) && !at_end)
        c.flags |= UR_COMP_MORE;
    else
        delist(be, e, queue, d);
    ur_stash_put(&be->stash, &c);
    return true;
}

/* Try what waits in a queue while something is possible, then have the rest waited for. */
static void serve(struct ur_backend *be, struct epoll_fd *e, struct ur_desc **queue, uint8_t bit,
                  uint32_t events)
{
    uint32_t n = 0;
    while (*queue && (e->ready & bit) && n++ < TRIES_MAX && try_first(be, e, queue, bit)) {
    }
    while (*queue && !(e->ready & bit)) {
        int err = listen_to(be, e, events, false);
        if (!err) return;
        cannot_wait(be, e, queue, err);
    }
}

static void serve_in(struct ur_backend *be, struct epoll_fd *e)
{
    serve(be, e, &e->in, READY_IN, EPOLLIN | EPOLLRDHUP | EPOLLPRI);
}

static void serve_out(struct ur_backend *be, struct epoll_fd *e)
{
    serve(be, e, &e->out, READY_OUT, EPOLLOUT);
}

static void tell_polls(struct ur_backend *be, struct epoll_fd *e)
{
    uint32_t events = e->events;
    e->events = 0;
    for (struct ur_desc *d = e->polls, *next; d; d = next) {
        next = d->next;
        uint32_t hit = events & (d->arg | EPOLLERR | EPOLLHUP);
        if (!hit) continue;
        struct ur_completion c = { .token = d->token, .res = (int32_t)hit };
        if (d->flags & UR_DESC_MULTI)
            c.flags = UR_COMP_MORE;
        else
            delist(be, e, &e->polls, d);
        ur_stash_put(&be->stash, &c);
    }
}

/* ---- submit ---- */

static void start_poll(struct ur_backend *be, struct epoll_fd *e, struct ur_desc *d)
{
    enlist(be, d, &e->polls);
    int err = listen_to(be, e, d->arg, true);
    if (err == -EPERM) {
        /* No events will come: it always is what it is now, as poll(2) says, too. */
        e->events = EPOLLIN | EPOLLOUT;
        look_later(be, e);
    } else if (err) {
        cannot_wait(be, e, &e->polls, err);
    }
}

/* Reads and writes: is it something one can wait for? Kept descriptors are asked once. */
static int check_can_wait(struct ur_backend *be, struct epoll_fd *e, const struct ur_desc *d)
{
    if (d->off != UR_OFF_CURRENT) return -EPERM;
    return listen_to(be, e, queue_of(e, d) == &e->in ? EPOLLIN : 0, false);
}

static void start_waiting(struct ur_backend *be, struct ur_desc *d)
{
    struct epoll_fd *e = find_or_add(be, d->fd);
    if (!e) {
        complete(be, d, -EBADF);
        return;
    }
    if (is_idle(e) && !(e->bits & E_KEPT)) {
        /* The number may mean something else by now; listen_to() will find out. */
        e->ready = READY_IN | READY_OUT;
        e->bits &= E_LISTED;
        e->events = 0;
    }
    if (d->flags & UR_DESC_KEEP) e->bits |= E_KEPT;
    if (d->kind == UR_KIND_POLL) {
        start_poll(be, e, d);
        return;
    }
    struct ur_desc **queue = queue_of(e, d);
    bool first = !*queue;
    enlist(be, d, queue);
    if (!first) return;
    int err = is_transfer(d) ? check_can_wait(be, e, d) : 0;
    if (err)
        cannot_wait(be, e, queue, err);
    else if (queue == &e->out)
        serve_out(be, e); /* before anything is received, in the order of starting */
    else if (e->ready & READY_IN)
        look_later(be, e);
}

static bool may_block_closing(struct ur_backend *be, int fd)
{
    struct stat st;
    be->calls++;
    return !fstat(fd, &st) && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode));
}

static void start_close(struct ur_backend *be, const struct ur_desc *d)
{
    struct epoll_fd *e = find(be, d->fd);
    if (e) {
        /* Operations the owner left behind would never end. */
        while (e->in) cannot_wait(be, e, &e->in, -EBADF);
        while (e->out) cannot_wait(be, e, &e->out, -EBADF);
        while (e->polls) cannot_wait(be, e, &e->polls, -EBADF);
    }
    if (!(e && (e->bits & E_KEPT)) && may_block_closing(be, d->fd)) {
        ur_stash_put(&be->stash,
                     &(struct ur_completion){ .token = d->token, .flags = UR_COMP_BLOCKS });
        return;
    }
    /* Closing alone would not unregister a socket that a child shares. */
    if (e) unregister(be, e);
    be->closed = true;
    be->calls++;
    complete(be, d, close(d->fd) ? -errno : 0);
}

static void start(struct ur_backend *be, struct ur_desc *d)
{
    be->sqes++;
    if (!is_send(d)) be->others = true;
    switch ((enum ur_kind)d->kind) {
    case UR_KIND_NOP: complete(be, d, 0); break;
    case UR_KIND_CLOSE: start_close(be, d); break;
    case UR_KIND_SHUTDOWN:
        be->calls++;
        complete(be, d, shutdown(d->fd, (int)d->arg) ? -errno : 0);
        break;
    case UR_KIND_ACCEPT:
    case UR_KIND_CONNECT:
    case UR_KIND_RECV:
    case UR_KIND_SEND:
    case UR_KIND_SENDMSG:
    case UR_KIND_RECVMSG:
    case UR_KIND_READ:
    case UR_KIND_WRITE:
    case UR_KIND_READV:
    case UR_KIND_WRITEV:
    case UR_KIND_POLL: start_waiting(be, d); break;
    default:
        ur_stash_put(&be->stash,
                     &(struct ur_completion){ .token = d->token, .flags = UR_COMP_BLOCKS });
    }
}

static void cancel(struct ur_backend *be, uint64_t token)
{
    uint32_t slot = (uint32_t)(token >> 32);
    struct ur_desc *d = slot < be->desc_cap ? be->desc[slot] : NULL;
    /* It may have completed meanwhile, and its slot may be another's. */
    if (!d || d->token != token) return;
    struct epoll_fd *e = find(be, d->fd);
    delist(be, e, queue_of(e, d), d);
    complete(be, d, -ECANCELED);
}

static void epoll_cancel_now(struct ur_backend *be, uint64_t token)
{
    be->sqes++;
    cancel(be, token);
}

/* A send behind which nothing waits: it is over when this returns. False: not all is sent. */
static bool send_linked(struct ur_backend *be, const struct ur_desc *d)
{
    struct epoll_fd *e = find_or_add(be, d->fd);
    struct ur_completion c = { .token = d->token, .res = -EBADF };
    be->sqes++;
    if (e) c.res = ur_epoll_try(be, e, d, &c);
    if (c.res == EPOLL_TRY_WAIT) c.res = -EAGAIN;
    ur_stash_put(&be->stash, &c);
    return c.res >= 0 && (size_t)c.res == ur_desc_send_len(d);
}

static void epoll_submit(struct ur_backend *be, const struct ur_batch *batch)
{
    struct ur_desc *closes = NULL, **closes_end = &closes;
    for (struct ur_desc *d = batch->head, *next; d; d = next) {
        next = d->next; /* from here on the link is ours */
        d->next = NULL;
        if ((d->flags & UR_DESC_LINK) && !send_linked(be, d)) {
            complete(be, next, -ECANCELED);
            next = next->next;
        } else if (d->flags & UR_DESC_LINK) {
            continue; /* with the close */
        } else if (d->kind == UR_KIND_CLOSE) {
            *closes_end = d;
            closes_end = &d->next;
        } else {
            start(be, d);
        }
    }
    /* Last, because with io_uring nothing else of the batch sees what they lead to, either. */
    for (struct ur_desc *d = closes; d; d = d->next) start(be, d);
    for (uint32_t i = 0; i < batch->cancel_count; i++) {
        be->sqes++;
        be->others = true;
        cancel(be, batch->cancels[i]);
    }
}

/* ---- reap ---- */

static void look_at(struct ur_backend *be, struct epoll_fd *e)
{
    unlist(be, e);
    if (is_idle(e)) {
        if (!(e->bits & E_KEPT)) unregister(be, e);
        return;
    }
    if (e->events) tell_polls(be, e);
    serve_out(be, e);
    serve_in(be, e);
    if ((e->out && (e->ready & READY_OUT)) || (e->in && (e->ready & READY_IN))) look_later(be, e);
}

/* There may be something to receive, but there is no buffer for it. */
static bool lacks_buffer(const struct ur_backend *be, const struct epoll_fd *e)
{
    return e->in && (e->ready & READY_IN) && (e->in->flags & UR_DESC_POOL) &&
           !ur_epoll_has_buffer(be, e->in);
}

/* Each descriptor of which something is known gets one turn, unless there is enough for now. */
static void look_around(struct ur_backend *be, uint32_t max)
{
    struct ur_link waiting;
    list_init(&waiting);
    for (uint32_t n = be->look_count; n && ur_stash_len(&be->stash) < max; n--) {
        struct epoll_fd *e = UR_CONTAINER(be->look.next, struct epoll_fd, link);
        bool lacked = lacks_buffer(be, e);
        look_at(be, e);
        if (!lacked || !(e->bits & E_LISTED)) continue;
        list_unlink(&e->link);
        list_append(&waiting, &e->link);
    }
    /* They keep their places, or the greedy would always be first when there are buffers again. */
    while (!list_empty(&waiting)) {
        struct ur_link *last = waiting.prev;
        list_unlink(last);
        list_prepend(&be->look, last);
    }
}

static int wait_ns(struct ur_backend *be, struct epoll_event *ev, int64_t timeout_ns)
{
    struct timespec ts = { .tv_sec = timeout_ns / (int64_t)NS_PER_S,
                           .tv_nsec = timeout_ns % (int64_t)NS_PER_S };
    be->waits++;
    if (!be->no_pwait2) {
        int n = epoll_pwait2(be->epoll_fd, ev, EVENTS_MAX, timeout_ns < 0 ? NULL : &ts, NULL);
        /* KERNEL(5, 11), and filters that do not know it. */
        if (n >= 0 || (errno != ENOSYS && errno != EPERM)) return n;
        be->no_pwait2 = true;
    }
    int64_t ms = timeout_ns < 0 ? -1 : (timeout_ns + NS_PER_MS - 1) / NS_PER_MS;
    return epoll_wait(be->epoll_fd, ev, EVENTS_MAX, ms > INT_MAX ? INT_MAX : (int)ms);
}

static int take_events(struct ur_backend *be, int64_t timeout_ns)
{
    struct epoll_event ev[EVENTS_MAX];
    int n = wait_ns(be, ev, timeout_ns);
    if (n < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < n; i++) {
        if (ev[i].data.u64 == WAKE_DATA) continue;
        struct epoll_fd *e = find(be, (int)ev[i].data.u64);
        if (ev[i].events & EVENTS_IN) e->ready |= READY_IN;
        if (ev[i].events & EVENTS_OUT) e->ready |= READY_OUT;
        if (ev[i].events & EVENTS_TAIL) e->bits |= E_TAIL;
        if (is_idle(e)) continue; /* remembered for its next operation */
        e->events |= ev[i].events;
        look_later(be, e);
    }
    return 0;
}

static int epoll_reap(struct ur_backend *be, int64_t timeout_ns, uint32_t wanted,
                      struct ur_completion *out, uint32_t max)
{
    (void)wanted;       /* epoll_wait() can only wait for one */
    if (!max) return 0; /* submitting did all there is to do */
    look_around(be, max);
    bool known = ur_stash_len(&be->stash) > 0;
    /* After sends their results come first: asking now would be a second call for each request. A
     * close is told before what it leads to at the other end, as with io_uring. Anything else may
     * have made something happen that comes before what its owner does next. */
    bool later = be->closed ? be->unasked < UNASKED_MAX : !be->unasked && !be->others;
    if (known && later) {
        be->unasked++;
    } else {
        int err = take_events(be, known || be->look_count ? 0 : timeout_ns);
        if (err) return err;
        look_around(be, max);
        be->unasked = 0;
    }
    be->closed = be->others = false;
    return (int)ur_stash_take(&be->stash, out, max);
}

/* ---- wake, time, buffers ---- */

static void epoll_wake(struct ur_backend *be)
{
    int saved = errno; /* may be called in a signal handler */
    uint64_t one = 1;
    ssize_t n = write(be->wake_fd, &one, sizeof one);
    (void)n; /* full means 2^64 wakes were written: one more does not matter */
    errno = saved;
}

static uint64_t epoll_now_ns(struct ur_backend *be)
{
    struct timespec ts;
    (void)be;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static void epoll_forget(struct ur_backend *be, int fd)
{
    struct epoll_fd *e = find(be, fd);
    if (!e) return;
    e->bits &= (uint8_t) ~(E_KEPT | E_SURE);
    if (is_idle(e)) unregister(be, e);
}

static void epoll_group_give(struct ur_backend *be, struct ur_group *g, uint16_t bid)
{
    struct epoll_bufs *b = g->priv;
    (void)be;
    UR_CHECK(b->count < g->count);
    b->bid[b->count++] = bid;
}

static int epoll_group_open(struct ur_backend *be, struct ur_group *g)
{
    struct epoll_bufs *b = ur_alloc(sizeof *b + g->count * sizeof b->bid[0]);
    b->count = 0;
    g->priv = b;
    be->group[g->id] = g;
    for (uint32_t i = g->count; i-- > 0;) epoll_group_give(be, g, (uint16_t)i);
    return 0;
}

static void epoll_group_close(struct ur_backend *be, struct ur_group *g)
{
    be->group[g->id] = NULL;
    free(g->priv);
}

static void epoll_stats(const struct ur_backend *be, struct ur_stats *s)
{
    s->enters += be->waits;
    s->calls += be->waits + be->calls;
    s->sqes += be->sqes;
}

const struct ur_backend_vtable ur_backend_epoll = {
    .name = "epoll",
    .caps = UR_CAP_REAL_FDS | UR_CAP_LINKS,
    .open = epoll_open,
    .close = epoll_close,
    .submit = epoll_submit,
    .cancel_now = epoll_cancel_now,
    .reap = epoll_reap,
    .wake = epoll_wake,
    .now_ns = epoll_now_ns,
    .forget = epoll_forget,
    .group_open = epoll_group_open,
    .group_close = epoll_group_close,
    .group_give = epoll_group_give,
    .stats = epoll_stats,
};
