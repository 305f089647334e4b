/* uring/work.c: operations on job threads. */
#include "uring/work_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "uring/job.h"
#include "uring/loop_priv.h"

/* Freed in work_done() and nowhere else. */
struct ur_work {
    struct ur_job job;
    struct ur_work *next; /* all of the loop */
    struct ur_op *op;
    void *buf;              /* where a read goes */
    struct ur_completion c; /* res: the back end's answer, then the system call's */
    int64_t res;
};

static int64_t result_of(int64_t res)
{
    return res < 0 ? -errno : res;
}

static int64_t transfer(const struct ur_desc *d, void *buf)
{
    bool at_position = d->off == UR_OFF_CURRENT;
    off_t off = (off_t)d->off;
    int count = (int)d->len;
    switch ((enum ur_kind)d->kind) {
    case UR_KIND_READ:
        return at_position ? read(d->fd, buf, d->len) : pread(d->fd, buf, d->len, off);
    case UR_KIND_WRITE:
        return at_position ? write(d->fd, d->buf, d->len) : pwrite(d->fd, d->buf, d->len, off);
    case UR_KIND_READV:
        return at_position ? readv(d->fd, d->buf, count) : preadv(d->fd, d->buf, count, off);
    default: return at_position ? writev(d->fd, d->buf, count) : pwritev(d->fd, d->buf, count, off);
    }
}

static int64_t call(const struct ur_desc *d, void *buf)
{
    const char *path = d->buf, *path2 = d->buf2;
    switch ((enum ur_kind)d->kind) {
    case UR_KIND_READ:
    case UR_KIND_WRITE:
    case UR_KIND_READV:
    case UR_KIND_WRITEV: return transfer(d, buf);
    case UR_KIND_OPEN: return openat(d->fd, path, (int)d->arg, d->len);
    case UR_KIND_CLOSE: return close(d->fd);
    case UR_KIND_STATX:
        return statx(d->fd, path, (int)d->arg, d->len, (struct statx *)(uintptr_t)d->buf2);
    case UR_KIND_FSYNC: return d->arg ? fdatasync(d->fd) : fsync(d->fd);
    case UR_KIND_FTRUNCATE: return ftruncate(d->fd, (off_t)d->off);
    case UR_KIND_FALLOCATE:
        return fallocate(d->fd, (int)d->arg, (off_t)d->off, (off_t)(uintptr_t)d->buf2);
    case UR_KIND_RENAME: return renameat2(d->fd, path, AT_FDCWD, path2, d->arg);
    case UR_KIND_UNLINK: return unlinkat(d->fd, path, (int)d->arg);
    case UR_KIND_MKDIR: return mkdirat(d->fd, path, d->len);
    case UR_KIND_SYMLINK: return symlinkat(path, AT_FDCWD, path2);
    case UR_KIND_LINK: return linkat(d->fd, path, AT_FDCWD, path2, (int)d->arg);
    default: UR_CHECK(!"a kind without a blocking system call");
    }
}

static void work(struct ur_job *j) /* POOL THREAD */
{
    struct ur_work *w = UR_CONTAINER(j, struct ur_work, job);
    w->res = result_of(call(&w->op->desc, w->buf));
}

static void work_done(struct ur_job *j, int32_t res)
{
    struct ur_work *w = UR_CONTAINER(j, struct ur_work, job);
    struct ur_loop *l = j->loop;
    struct ur_op *op = w->op;
    struct ur_work **at = &l->works;
    while (*at != w) at = &(*at)->next;
    *at = w->next;
    /* A descriptor is closed in any case, or it would leak. */
    if (res && op->desc.kind == UR_KIND_CLOSE)
        w->res = result_of(close(op->desc.fd));
    else if (res)
        w->res = res;
    bool blocks = w->c.flags & UR_COMP_BLOCKS;
    if (!blocks && w->res != w->c.res) l->no_opcode |= 1u << op->desc.kind;
    struct ur_completion c = w->c;
    c.flags &= (uint16_t)~UR_COMP_BLOCKS;
    c.res = (int32_t)w->res;
    op->flags &= (uint8_t)~UR_OP_WORK;
    free(w);
    ur_op_complete(l, &c);
}

bool ur_work_unsupported(const struct ur_op *op, const struct ur_completion *c)
{
    if (!(op->flags & UR_OP_FILE)) return false;
    switch (-c->res) {
    case EINVAL:
    case EOPNOTSUPP:
    case ENOSYS:
    case EPERM: /* rules for the ring, where the system call would not be forbidden */
    case ENOMEM: return true;
    default: return false;
    }
}

void ur_work_start(struct ur_loop *l, struct ur_op *op, const struct ur_completion *c)
{
    struct ur_work *w = ur_alloc(sizeof *w);
    *w = (struct ur_work){ .op = op, .c = *c, .next = l->works };
    w->job =
        (struct ur_job){ .work = work, .done = work_done, .priority = UR_JOB_SOON, .unref = true };
    w->buf = (void *)(uintptr_t)op->desc.buf;
    if (c->flags & UR_COMP_BUF) {
        const struct ur_group *g = &l->bufs.group[op->desc.group];
        w->buf = g->base + (size_t)c->bid * g->buf_len;
    }
    l->works = w;
    op->flags |= UR_OP_WORK;
    ur_job_start(l, &w->job);
}

void ur_work_cancel(struct ur_loop *l, const struct ur_op *op)
{
    struct ur_work *w = l->works;
    while (w->op != op) w = w->next;
    (void)ur_job_cancel(&w->job);
}
