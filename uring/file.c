/* uring/file.c: file operations: one description each, and reads and writes in pieces.
 *
 * A piece copies at most UR_FILE_CHUNK, because the kernel copies cached data inside the submitting
 * system call, on this thread. The next piece is queued by the completion of the one before, so
 * other work comes in between. */
#include "uring/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "uring/loop_priv.h"

static struct ur_file_op *file_of(struct ur_op *op)
{
    return UR_CONTAINER(op, struct ur_file_op, op);
}

void ur_file_op_init(struct ur_file_op *f, ur_file_fn *done)
{
    *f = (struct ur_file_op){ .done = done };
    ur_op_init(&f->op, NULL);
    f->op.flags = UR_OP_FILE;
}

static void simple_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_file_op *f = file_of(op);
    (void)flags;
    f->done(f, res);
}

static struct ur_desc *prepare(struct ur_loop *l, struct ur_file_op *f, enum ur_kind kind, int fd)
{
    f->loop = l;
    f->op.done = simple_done;
    return ur_op_prepare(&f->op, kind, fd);
}

/* ---- reads and writes ---- */

static void start_piece(struct ur_file_op *f)
{
    struct ur_loop *l = f->loop;
    struct ur_gather *g = ur_gather_take(l);
    f->piece_len = (uint32_t)ur_gather_add(g, f->iov, f->count, f->done_len, UR_FILE_CHUNK);
    enum ur_kind kind = f->is_write ? UR_KIND_WRITE : UR_KIND_READ;
    if (g->count > 1) kind = f->is_write ? UR_KIND_WRITEV : UR_KIND_READV;
    struct ur_desc *d = ur_op_prepare(&f->op, kind, f->op.desc.fd);
    d->off = f->start_off == UR_OFF_CURRENT ? UR_OFF_CURRENT : f->start_off + f->done_len;
    if (g->count > 1) {
        d->buf = g->iov;
        d->len = g->count;
        f->gather = g;
    } else {
        d->buf = g->count ? g->iov[0].iov_base : NULL;
        d->len = f->piece_len;
        ur_gather_drop(l, g);
    }
    ur_op_start(l, &f->op);
}

static void piece_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_file_op *f = file_of(op);
    (void)flags;
    if (f->gather) {
        ur_gather_drop(f->loop, f->gather);
        f->gather = NULL;
    }
    if (res > 0) f->done_len += (uint32_t)res;
    bool full = res > 0 && (uint32_t)res == f->piece_len;
    bool short_write = res > 0 && f->is_write;
    if (res == -EINTR || ((full || short_write) && f->done_len < f->total_len)) {
        start_piece(f);
        return;
    }
    /* What was done before an error counts; the error will meet the next call. */
    f->done(f, f->done_len ? (int64_t)f->done_len : res);
}

static void start_rw(struct ur_loop *l, struct ur_file_op *f, int fd, int64_t off)
{
    UR_CHECK(f->op.state == UR_IDLE);
    f->loop = l;
    f->op.done = piece_done;
    f->op.desc.fd = fd;
    f->done_len = 0;
    f->total_len = 0;
    f->start_off = off < 0 ? UR_OFF_CURRENT : (uint64_t)off;
    for (uint32_t i = 0; i < f->count; i++) f->total_len += f->iov[i].iov_len;
    if (!f->is_write && !l->closing) {
        int64_t res = ur_fast_read(l, fd, f->iov, f->count, f->start_off);
        if (res > 0) f->done_len = (uint64_t)res;
        /* Short can mean that the rest is not cached; only the back end knows the end of a file for
         * sure. */
        if (res == 0 || (res > 0 && f->done_len == f->total_len)) {
            ur_op_prepare(&f->op, UR_KIND_NOP, fd);
            f->piece_len = 0;
            l->stats.inline_done++;
            ur_op_settle(l, &f->op, 0);
            return;
        }
    }
    start_piece(f);
}

void ur_readv(struct ur_loop *l, struct ur_file_op *f, int fd, const struct iovec *iov,
              uint32_t count, int64_t off)
{
    f->iov = iov;
    f->count = count;
    f->is_write = 0;
    start_rw(l, f, fd, off);
}

void ur_writev(struct ur_loop *l, struct ur_file_op *f, int fd, const struct iovec *iov,
               uint32_t count, int64_t off)
{
    f->iov = iov;
    f->count = count;
    f->is_write = 1;
    start_rw(l, f, fd, off);
}

void ur_read(struct ur_loop *l, struct ur_file_op *f, int fd, void *buf, size_t len, int64_t off)
{
    f->one = (struct iovec){ buf, len };
    ur_readv(l, f, fd, &f->one, 1, off);
}

void ur_write(struct ur_loop *l, struct ur_file_op *f, int fd, const void *buf, size_t len,
              int64_t off)
{
    f->one = (struct iovec){ (void *)(uintptr_t)buf, len };
    ur_writev(l, f, fd, &f->one, 1, off);
}

/* ---- everything else ---- */

void ur_open(struct ur_loop *l, struct ur_file_op *f, int dirfd, const char *path, int flags,
             uint32_t mode)
{
    struct ur_desc *d = prepare(l, f, UR_KIND_OPEN, dirfd);
    d->buf = path;
    d->arg = (uint32_t)(flags | O_CLOEXEC);
    d->len = mode;
    ur_op_start(l, &f->op);
}

void ur_close(struct ur_loop *l, struct ur_file_op *f, int fd)
{
    prepare(l, f, UR_KIND_CLOSE, fd);
    ur_op_start(l, &f->op);
}

static void start_stat(struct ur_loop *l, struct ur_file_op *f, int fd, const char *path,
                       int at_flags, struct statx *out)
{
    struct ur_desc *d = prepare(l, f, UR_KIND_STATX, fd);
    d->buf = path;
    d->buf2 = out;
    d->arg = (uint32_t)at_flags;
    d->len = STATX_BASIC_STATS | STATX_BTIME;
    int res = l->closing ? -EAGAIN : ur_fast_stat(l, fd, path, at_flags, out);
    if (res == -EAGAIN) {
        ur_op_start(l, &f->op);
        return;
    }
    l->stats.inline_done++;
    ur_op_settle(l, &f->op, res);
}

void ur_stat(struct ur_loop *l, struct ur_file_op *f, int dirfd, const char *path,
             struct statx *out)
{
    start_stat(l, f, dirfd, path, 0, out);
}

void ur_lstat(struct ur_loop *l, struct ur_file_op *f, int dirfd, const char *path,
              struct statx *out)
{
    start_stat(l, f, dirfd, path, AT_SYMLINK_NOFOLLOW, out);
}

void ur_fstat(struct ur_loop *l, struct ur_file_op *f, int fd, struct statx *out)
{
    start_stat(l, f, fd, "", AT_EMPTY_PATH, out);
}

static void start_fsync(struct ur_loop *l, struct ur_file_op *f, int fd, uint32_t data_only)
{
    prepare(l, f, UR_KIND_FSYNC, fd)->arg = data_only;
    ur_op_start(l, &f->op);
}

void ur_fsync(struct ur_loop *l, struct ur_file_op *f, int fd)
{
    start_fsync(l, f, fd, 0);
}

void ur_fdatasync(struct ur_loop *l, struct ur_file_op *f, int fd)
{
    start_fsync(l, f, fd, 1);
}

void ur_ftruncate(struct ur_loop *l, struct ur_file_op *f, int fd, uint64_t len)
{
    prepare(l, f, UR_KIND_FTRUNCATE, fd)->off = len;
    ur_op_start(l, &f->op);
}

void ur_fallocate(struct ur_loop *l, struct ur_file_op *f, int fd, int mode, uint64_t off,
                  uint64_t len)
{
    struct ur_desc *d = prepare(l, f, UR_KIND_FALLOCATE, fd);
    d->arg = (uint32_t)mode;
    d->off = off;
    d->buf2 = (const void *)(uintptr_t)len;
    ur_op_start(l, &f->op);
}

static struct ur_desc *prepare_path(struct ur_loop *l, struct ur_file_op *f, enum ur_kind kind,
                                    const char *path)
{
    struct ur_desc *d = prepare(l, f, kind, AT_FDCWD);
    d->buf = path;
    return d;
}

void ur_rename(struct ur_loop *l, struct ur_file_op *f, const char *from, const char *to)
{
    prepare_path(l, f, UR_KIND_RENAME, from)->buf2 = to;
    ur_op_start(l, &f->op);
}

void ur_link(struct ur_loop *l, struct ur_file_op *f, const char *existing, const char *path)
{
    prepare_path(l, f, UR_KIND_LINK, existing)->buf2 = path;
    ur_op_start(l, &f->op);
}

void ur_symlink(struct ur_loop *l, struct ur_file_op *f, const char *target, const char *path)
{
    prepare_path(l, f, UR_KIND_SYMLINK, target)->buf2 = path;
    ur_op_start(l, &f->op);
}

void ur_unlink(struct ur_loop *l, struct ur_file_op *f, const char *path)
{
    prepare_path(l, f, UR_KIND_UNLINK, path);
    ur_op_start(l, &f->op);
}

void ur_rmdir(struct ur_loop *l, struct ur_file_op *f, const char *path)
{
    prepare_path(l, f, UR_KIND_UNLINK, path)->arg = AT_REMOVEDIR;
    ur_op_start(l, &f->op);
}

void ur_mkdir(struct ur_loop *l, struct ur_file_op *f, const char *path, uint32_t mode)
{
    prepare_path(l, f, UR_KIND_MKDIR, path)->len = mode;
    ur_op_start(l, &f->op);
}
