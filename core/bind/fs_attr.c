/* core/bind/fs_attr.c: modes, owners, times, lengths and syncing, of paths and of descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/bind/fs_priv.h"

#define NS_PER_S 1000000000L

static int64_t result_of(int r)
{
    return r < 0 ? -errno : r;
}

static void chmod_work(struct fs_call *c)
{
    c->res = result_of(chmod(c->path, c->mode));
}

static void fchmod_work(struct fs_call *c)
{
    c->res = result_of(fchmod(c->fd, c->mode));
}

static void chown_work(struct fs_call *c)
{
    c->res = result_of(chown(c->path, c->uid, c->gid));
}

static void lchown_work(struct fs_call *c)
{
    c->res = result_of(lchown(c->path, c->uid, c->gid));
}

static void fchown_work(struct fs_call *c)
{
    c->res = result_of(fchown(c->fd, c->uid, c->gid));
}

/* Seconds with a fraction; a whole number of nanoseconds, rounded towards the past. */
static struct timespec to_timespec(double seconds)
{
    double whole = floor(seconds);
    struct timespec ts = { .tv_sec = (time_t)whole, .tv_nsec = (long)((seconds - whole) * 1e9) };
    if (ts.tv_nsec >= NS_PER_S) ts.tv_nsec = NS_PER_S - 1;
    return ts;
}

static void set_times(struct fs_call *c, int fd, const char *path, int flags)
{
    const struct timespec times[2] = { to_timespec(c->atime), to_timespec(c->mtime) };
    c->res = result_of(path ? utimensat(fd, path, times, flags) : futimens(fd, times));
}

static void utimes_work(struct fs_call *c)
{
    set_times(c, AT_FDCWD, c->path, 0);
}

static void lutimes_work(struct fs_call *c)
{
    set_times(c, AT_FDCWD, c->path, AT_SYMLINK_NOFOLLOW);
}

static void futimes_work(struct fs_call *c)
{
    set_times(c, c->fd, NULL, 0);
}

static void ftruncate_work(struct fs_call *c)
{
    do {
        c->res = result_of(ftruncate(c->fd, c->off));
    } while (c->res == -EINTR);
}

static void ftruncate_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_ftruncate(l, f, c->fd, (uint64_t)c->off);
}

static void fsync_work(struct fs_call *c)
{
    c->res = result_of(fsync(c->fd));
}

static void fsync_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_fsync(l, f, c->fd);
}

static void fdatasync_work(struct fs_call *c)
{
    c->res = result_of(fdatasync(c->fd));
}

static void fdatasync_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_fdatasync(l, f, c->fd);
}

static const struct fs_op op_chmod = { .syscall = "chmod", .work = chmod_work };
static const struct fs_op op_fchmod = { .syscall = "fchmod", .work = fchmod_work };
static const struct fs_op op_chown = { .syscall = "chown", .work = chown_work };
static const struct fs_op op_lchown = { .syscall = "lchown", .work = lchown_work };
static const struct fs_op op_fchown = { .syscall = "fchown", .work = fchown_work };
static const struct fs_op op_utimes = { .syscall = "utime", .work = utimes_work };
static const struct fs_op op_lutimes = { .syscall = "lutime", .work = lutimes_work };
static const struct fs_op op_futimes = { .syscall = "futime", .work = futimes_work };
static const struct fs_op op_ftruncate = { .syscall = "ftruncate",
                                           .work = ftruncate_work,
                                           .start = ftruncate_start };
static const struct fs_op op_fsync = { .syscall = "fsync",
                                       .work = fsync_work,
                                       .start = fsync_start };
static const struct fs_op op_fdatasync = { .syscall = "fdatasync",
                                           .work = fdatasync_work,
                                           .start = fdatasync_start };

/* Argument 0: a path where the operation is on one, else a descriptor. */
static bool read_subject(struct fs_in *in, const struct vs_args *a, const struct fs_op *op,
                         bool path)
{
    fs_in_init(in, a, op);
    if (path) return fs_in_path(in, 0);
    return fs_in_fd(in, 0);
}

/* name(subject, mode, req) */
static void set_mode(const struct vs_args *a, const struct fs_op *op, bool path)
{
    struct fs_in in;
    if (!read_subject(&in, a, op, path)) return;
    in.call.mode = vs_uint(vs_arg(a, 1));
    fs_run(&in, 2);
}

/* An id of -1 stays as it is; it arrives as such or as 2^32 - 1. */
static uint32_t owner_id(vs_val v)
{
    return (uint32_t)vs_int64(v);
}

/* name(subject, uid, gid, req) */
static void set_owner(const struct vs_args *a, const struct fs_op *op, bool path)
{
    struct fs_in in;
    if (!read_subject(&in, a, op, path)) return;
    in.call.uid = owner_id(vs_arg(a, 1));
    in.call.gid = owner_id(vs_arg(a, 2));
    fs_run(&in, 3);
}

/* name(subject, atime, mtime, req) */
static void set_both_times(const struct vs_args *a, const struct fs_op *op, bool path)
{
    struct fs_in in;
    if (!read_subject(&in, a, op, path)) return;
    in.call.atime = vs_f64(vs_arg(a, 1));
    in.call.mtime = vs_f64(vs_arg(a, 2));
    fs_run(&in, 3);
}

static void fs_chmod(const struct vs_args *a)
{
    set_mode(a, &op_chmod, true);
}

static void fs_fchmod(const struct vs_args *a)
{
    set_mode(a, &op_fchmod, false);
}

static void fs_chown(const struct vs_args *a)
{
    set_owner(a, &op_chown, true);
}

static void fs_lchown(const struct vs_args *a)
{
    set_owner(a, &op_lchown, true);
}

static void fs_fchown(const struct vs_args *a)
{
    set_owner(a, &op_fchown, false);
}

static void fs_utimes(const struct vs_args *a)
{
    set_both_times(a, &op_utimes, true);
}

static void fs_lutimes(const struct vs_args *a)
{
    set_both_times(a, &op_lutimes, true);
}

static void fs_futimes(const struct vs_args *a)
{
    set_both_times(a, &op_futimes, false);
}

/* ftruncate(fd, len, req) */
static void fs_ftruncate(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_ftruncate);
    if (!fs_in_fd(&in, 0)) return;
    in.call.off = vs_int64(vs_arg(a, 1));
    fs_run(&in, 2);
}

/* name(fd, req) */
static void sync_fd(const struct vs_args *a, const struct fs_op *op)
{
    struct fs_in in;
    fs_in_init(&in, a, op);
    if (fs_in_fd(&in, 0)) fs_run(&in, 1);
}

static void fs_fsync(const struct vs_args *a)
{
    sync_fd(a, &op_fsync);
}

static void fs_fdatasync(const struct vs_args *a)
{
    sync_fd(a, &op_fdatasync);
}

void fs_bind_attr(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "chmod", fs_chmod);
    vs_put_fn(cx, target, "fchmod", fs_fchmod);
    vs_put_fn(cx, target, "chown", fs_chown);
    vs_put_fn(cx, target, "lchown", fs_lchown);
    vs_put_fn(cx, target, "fchown", fs_fchown);
    vs_put_fn(cx, target, "utimes", fs_utimes);
    vs_put_fn(cx, target, "lutimes", fs_lutimes);
    vs_put_fn(cx, target, "futimes", fs_futimes);
    vs_put_fn(cx, target, "ftruncate", fs_ftruncate);
    vs_put_fn(cx, target, "fsync", fs_fsync);
    vs_put_fn(cx, target, "fdatasync", fs_fdatasync);
}
