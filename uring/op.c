/* uring/op.c: the life of one operation: queue, submit, complete, cancel. */
#include "uring/op.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "uring/file.h"
#include "uring/loop_priv.h"
#include "uring/trace_priv.h"
#include "uring/work_priv.h"

static const uint8_t next_states[] = {
    [UR_IDLE] = 1u << UR_QUEUED | 1u << UR_PENDING,
    [UR_QUEUED] = 1u << UR_INFLIGHT | 1u << UR_PENDING,
    [UR_INFLIGHT] = 1u << UR_CANCELLING | 1u << UR_IDLE,
    [UR_CANCELLING] = 1u << UR_IDLE,
    [UR_PENDING] = 1u << UR_IDLE,
};

static struct ur_op *op_of_link(struct ur_link *link)
{
    return UR_CONTAINER(link, struct ur_op, link);
}

void ur_op_set_state(struct ur_op *op, enum ur_state to)
{
    UR_CHECK(next_states[op->state] & 1u << to);
    op->state = (uint8_t)to;
}

void ur_op_init(struct ur_op *op, ur_done_fn *done)
{
    *op = (struct ur_op){ .done = done, .state = UR_IDLE };
}

struct ur_desc *ur_op_prepare(struct ur_op *op, enum ur_kind kind, int fd)
{
    UR_CHECK(op->state == UR_IDLE);
    op->desc = (struct ur_desc){ .kind = (uint8_t)kind, .fd = fd };
    if (op->flags & UR_OP_KEEP) op->desc.flags = UR_DESC_KEEP;
    return &op->desc;
}

static void count_in(struct ur_loop *l, const struct ur_op *op)
{
    l->ops++;
    if (!(op->flags & UR_OP_UNREF)) l->refs++;
}

/* Back to idle: from here on the op is the caller's. */
static void count_out(struct ur_loop *l, struct ur_op *op)
{
    ur_op_set_state(op, UR_IDLE);
    l->ops--;
    if (!(op->flags & UR_OP_UNREF)) l->refs--;
}

static void make_pending(struct ur_loop *l, struct ur_op *op, int32_t res)
{
    ur_op_set_state(op, UR_PENDING);
    op->res = res;
    list_append(&l->pending, &op->link);
    l->pending_count++;
}

void ur_op_settle(struct ur_loop *l, struct ur_op *op, int32_t res)
{
    count_in(l, op);
    make_pending(l, op, res);
}

void ur_op_start(struct ur_loop *l, struct ur_op *op)
{
    /* A closing loop still closes descriptors: nobody else would. */
    if (l->closing && op->desc.kind != UR_KIND_CLOSE && op->desc.kind != UR_KIND_NOP) {
        ur_op_settle(l, op, -ECANCELED);
        return;
    }
    count_in(l, op);
    ur_op_set_state(op, UR_QUEUED);
    list_append(&l->queue, &op->link);
}

static uint32_t tag_of(const struct ur_desc *d)
{
    uint32_t tag = UR_TAG_OP;
    if (d->kind == UR_KIND_ACCEPT || d->kind == UR_KIND_OPEN) tag |= UR_TAG_FD;
    if (d->kind == UR_KIND_CLOSE) tag |= UR_TAG_CLOSE;
    if (d->flags & UR_DESC_POOL) tag |= (uint32_t)d->group << UR_TAG_GROUP_SHIFT;
    return tag;
}

static void add_cancel(struct ur_loop *l, uint64_t token)
{
    if (l->cancel_count == l->cancel_cap) {
        l->cancel_cap = l->cancel_cap ? l->cancel_cap * 2 : 16;
        l->cancels = ur_grow(l->cancels, l->cancel_cap, sizeof *l->cancels);
    }
    l->cancels[l->cancel_count++] = token;
}

/* Bytes that a back end may copy on this thread when it is given the op: a cached read. */
static uint64_t copied_by(const struct ur_desc *d)
{
    if (d->kind == UR_KIND_READ) return d->len;
    return d->kind == UR_KIND_READV ? UR_FILE_CHUNK : 0;
}

/* Whether a file operation may go to the back end now. They go in order: who has to wait makes all
 * after it wait. Above UR_FILES_MAX they wait for one that comes back, else for the next poll only.
 */
static bool file_may_go(struct ur_loop *l, const struct ur_op *op)
{
    if (l->files == UR_FILES_MAX || l->held_back) return false;
    uint64_t len = copied_by(&op->desc);
    if (len && l->copied + len > UR_COPY_MAX) {
        l->held_back = true;
        return false;
    }
    l->copied += len;
    l->files++;
    return true;
}

/* Buffered writes to most file systems are made by one kernel thread for each file, which wakes the
 * loop after each. That is better than a job thread for a few, and worse for many. Those at the
 * file's position stay in order. */
static bool write_for_job(const struct ur_loop *l, const struct ur_op *op)
{
    const struct ur_desc *d = &op->desc;
    bool is_write = d->kind == UR_KIND_WRITE || d->kind == UR_KIND_WRITEV;
    if (!is_write || !(op->flags & UR_OP_FILE) || d->off == UR_OFF_CURRENT) return false;
    uint32_t both = UR_CAP_FILES | UR_CAP_REAL_FDS;
    return l->files > UR_RING_WRITES_MAX && (l->vt->caps & both) == both;
}

/* Move what may go now to the batch. */
static struct ur_desc **batch_queue(struct ur_loop *l, struct ur_link *queue, struct ur_desc **tail)
{
    struct ur_link all;
    list_take(&all, queue);
    while (!list_empty(&all)) {
        struct ur_op *op = op_of_link(list_pop(&all));
        if ((op->flags & UR_OP_FILE) && !file_may_go(l, op)) {
            list_append(&l->deferred, &op->link);
            continue;
        }
        if (op->desc.flags & UR_DESC_POOL) op->desc.group = (uint16_t)ur_bufs_arm(l, op->desc.kind);
        ur_op_set_state(op, UR_INFLIGHT);
        op->desc.token = ur_slot_take(&l->slots, op, tag_of(&op->desc));
        op->desc.next = NULL;
        if (l->trace) ur_trace_submitted(l, &op->desc);
        if ((l->no_opcode & 1u << op->desc.kind) || write_for_job(l, op)) {
            ur_work_start(
                l, op, &(struct ur_completion){ .token = op->desc.token, .flags = UR_COMP_BLOCKS });
            continue;
        }
        *tail = &op->desc;
        tail = &op->desc.next;
    }
    return tail;
}

void ur_ops_submit(struct ur_loop *l)
{
    struct ur_batch batch = { .cancels = l->cancels, .cancel_count = l->cancel_count };
    struct ur_desc **tail = &batch.head;
    l->held_back = false;
    if (l->files < UR_FILES_MAX) tail = batch_queue(l, &l->deferred, tail);
    batch_queue(l, &l->queue, tail);
    if (batch.head || batch.cancel_count) l->vt->submit(l->be, &batch);
    l->cancel_count = 0;
}

int ur_ops_deliver(struct ur_loop *l)
{
    uint64_t count = l->pending_count < UR_REAP_MAX ? l->pending_count : UR_REAP_MAX;
    for (uint64_t i = 0; i < count; i++) {
        struct ur_op *op = op_of_link(list_pop(&l->pending));
        l->pending_count--;
        count_out(l, op);
        op->done(op, op->res, 0);
    }
    return (int)count;
}

/* An old generation: nobody waits for it. Its resources must not leak. */
static void drop_late(struct ur_loop *l, const struct ur_completion *c)
{
    l->stats.late++;
    if ((c->token & UR_TAG_FD) && c->res >= 0 && (l->vt->caps & UR_CAP_REAL_FDS)) close(c->res);
}

/* True: it is no completion, a job thread does it. */
static bool hand_over(struct ur_loop *l, struct ur_op *op, const struct ur_completion *c)
{
    bool cancelled = op->state == UR_CANCELLING && op->desc.kind != UR_KIND_CLOSE;
    if (!(c->flags & UR_COMP_BLOCKS) &&
        (cancelled || !(l->vt->caps & UR_CAP_REAL_FDS) || !ur_work_unsupported(op, c)))
        return false;
    ur_work_start(l, op, c);
    if (cancelled) ur_work_cancel(l, op);
    return true;
}

bool ur_op_complete(struct ur_loop *l, const struct ur_completion *c)
{
    uint32_t group = ur_token_group(c->token);
    struct ur_op *op = ur_slot_find(&l->slots, c->token);
    bool has_buf = c->flags & UR_COMP_BUF;
    bool more = c->flags & UR_COMP_MORE;
    if (has_buf) {
        struct ur_group *g = &l->bufs.group[group];
        l->bufs.lent++;
        l->cur_buf = g->base + (size_t)c->bid * g->buf_len;
    }
    if (op) {
        if (l->trace) ur_trace_completed(l, &op->desc, c);
        if (!more) {
            ur_slot_free(&l->slots, c->token);
            if (op->desc.flags & UR_DESC_POOL) l->bufs.armed[group]--;
            if (op->flags & UR_OP_FILE) l->files--;
            count_out(l, op);
        }
        op->done(op, c->res, c->flags & (UR_MORE | UR_UNREAD));
    } else {
        drop_late(l, c);
    }
    if (has_buf) ur_bufs_give(l, group, c->bid);
    l->cur_buf = NULL;
    return op != NULL;
}

int ur_ops_complete(struct ur_loop *l, const struct ur_completion *c, uint32_t count)
{
    int run = 0;
    l->stats.cqes += count;
    for (uint32_t i = 0; i < count; i++) {
        struct ur_op *op = ur_slot_find(&l->slots, c[i].token);
        if (!op || !hand_over(l, op, &c[i])) run += ur_op_complete(l, &c[i]);
    }
    return run;
}

void ur_ops_cancel_all(struct ur_loop *l)
{
    struct ur_link *queues[] = { &l->queue, &l->deferred };
    for (int i = 0; i < 2; i++) {
        struct ur_link all;
        list_take(&all, queues[i]);
        while (!list_empty(&all)) {
            struct ur_op *op = op_of_link(list_pop(&all));
            if (op->desc.kind == UR_KIND_CLOSE)
                list_append(&l->queue, &op->link);
            else
                make_pending(l, op, -ECANCELED);
        }
    }
    for (uint32_t i = 0; i < l->slots.cap; i++) {
        struct ur_op *op = l->slots.slot[i].op;
        if (op && op->state == UR_INFLIGHT && op->desc.kind != UR_KIND_CLOSE) ur_cancel(l, op);
    }
}

void ur_op_ref(struct ur_loop *l, struct ur_op *op)
{
    if ((op->flags & UR_OP_UNREF) && ur_op_active(op)) l->refs++;
    op->flags &= (uint8_t)~UR_OP_UNREF;
}

void ur_op_unref(struct ur_loop *l, struct ur_op *op)
{
    if (!(op->flags & UR_OP_UNREF) && ur_op_active(op)) l->refs--;
    op->flags |= UR_OP_UNREF;
}

void ur_cancel(struct ur_loop *l, struct ur_op *op)
{
    switch ((enum ur_state)op->state) {
    case UR_QUEUED:
        list_unlink(&op->link);
        make_pending(l, op, -ECANCELED);
        l->stats.cancels++;
        break;
    case UR_INFLIGHT:
        ur_op_set_state(op, UR_CANCELLING);
        if (op->flags & UR_OP_WORK)
            ur_work_cancel(l, op);
        else
            add_cancel(l, op->desc.token);
        l->stats.cancels++;
        break;
    case UR_IDLE:
    case UR_CANCELLING:
    case UR_PENDING: break;
    }
}

bool ur_cancel_now(struct ur_loop *l, struct ur_op *op)
{
    bool with_backend = op->state == UR_INFLIGHT || op->state == UR_CANCELLING;
    if (!l->vt->cancel_now || (op->flags & UR_OP_WORK)) {
        ur_cancel(l, op);
        return false;
    }
    if (!with_backend) {
        ur_cancel(l, op);
        return true;
    }
    if (op->state == UR_INFLIGHT) {
        ur_op_set_state(op, UR_CANCELLING);
        l->stats.cancels++;
    }
    l->vt->cancel_now(l->be, op->desc.token);
    return true;
}

void ur_nop(struct ur_loop *l, struct ur_op *op)
{
    ur_op_prepare(op, UR_KIND_NOP, -1);
    ur_op_settle(l, op, 0);
}

void ur_connect(struct ur_loop *l, struct ur_op *op, int fd, const struct sockaddr *addr,
                socklen_t addrlen)
{
    struct ur_desc *d = ur_op_prepare(op, UR_KIND_CONNECT, fd);
    d->buf = addr;
    d->len = addrlen;
    ur_op_start(l, op);
}

void ur_recvmsg(struct ur_loop *l, struct ur_op *op, int fd, struct msghdr *msg, int flags)
{
    struct ur_desc *d = ur_op_prepare(op, UR_KIND_RECVMSG, fd);
    d->buf = msg;
    d->arg = (uint32_t)flags;
    ur_op_start(l, op);
}

void ur_sendmsg(struct ur_loop *l, struct ur_op *op, int fd, const struct msghdr *msg, int flags)
{
    struct ur_desc *d = ur_op_prepare(op, UR_KIND_SENDMSG, fd);
    d->buf = msg;
    d->arg = (uint32_t)flags;
    ur_op_start(l, op);
}

void ur_close_fd(struct ur_loop *l, struct ur_op *op, int fd)
{
    ur_op_prepare(op, UR_KIND_CLOSE, fd);
    ur_op_start(l, op);
}

int ur_close_now(struct ur_loop *l, int fd)
{
    if (l->vt->forget) l->vt->forget(l->be, fd);
    l->stats.calls++;
    return close(fd) ? -errno : 0;
}
