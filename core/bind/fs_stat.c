/* core/bind/fs_stat.c: stat, lstat, fstat, statfs. Results are arrays of numbers or BigInts, which
 * the library turns into Stats objects: synchronous calls and callbacks share one array per kind,
 * promises get their own. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"

#define STAT_MASK (STATX_BASIC_STATS | STATX_BTIME)

static void array_drop(void *ptr, size_t len, void *data)
{
    free(ptr);
}

vs_val fs_stats_array(struct rt_env *env, bool bigint, size_t count, void **memory)
{
    _Static_assert(sizeof(double) == sizeof(int64_t), "both kinds of array have 8-byte elements");
    *memory = calloc(count, sizeof(double));
    CHECK(*memory);
    vs_val ab = vs_ab_new_external(env->cx, *memory, count * sizeof(double), array_drop, NULL);
    return ab ? vs_typed_new(env->cx, bigint ? VS_I64 : VS_F64, ab, 0, count) : NULL;
}

#define SLAB_FIELDS ((size_t)(64 * FS_STATS_FIELDS))

/* Like fs_stats_array(), for promises. These arrays are views of one buffer after another, because
 * V8 makes a view in a tenth of the time of a buffer, and collects it for nothing. */
static vs_val slab_array(struct rt_env *env, bool bigint, size_t count, void **memory)
{
    struct fs_state *s = fs_state_of(env);
    if (!s->slab || s->slab_used + count > SLAB_FIELDS) {
        vs_val ab = vs_ab_new_uninit(env->cx, SLAB_FIELDS * sizeof(double));
        if (!ab) return NULL;
        vs_ref_drop(s->slab);
        s->slab = vs_ref_new(env->cx, ab);
        s->slab_memory = (double *)(void *)vs_bytes(ab).ptr;
        s->slab_used = 0;
    }
    size_t at = s->slab_used;
    s->slab_used += count;
    *memory = s->slab_memory + at;
    return vs_typed_new(env->cx, bigint ? VS_I64 : VS_F64, vs_ref_get(s->slab), at * sizeof(double),
                        count);
}

/* The first of the times, which are pairs of seconds and nanoseconds and may be negative. */
#define FIRST_TIME 10

/* In the library's order. */
static void stats_fields(const struct statx *s, uint64_t out[FS_STATS_FIELDS])
{
    const uint64_t fields[FS_STATS_FIELDS] = {
        makedev(s->stx_dev_major, s->stx_dev_minor),
        s->stx_mode,
        s->stx_nlink,
        s->stx_uid,
        s->stx_gid,
        makedev(s->stx_rdev_major, s->stx_rdev_minor),
        s->stx_blksize,
        s->stx_ino,
        s->stx_size,
        s->stx_blocks,
        (uint64_t)s->stx_atime.tv_sec,
        s->stx_atime.tv_nsec,
        (uint64_t)s->stx_mtime.tv_sec,
        s->stx_mtime.tv_nsec,
        (uint64_t)s->stx_ctime.tv_sec,
        s->stx_ctime.tv_nsec,
        (uint64_t)s->stx_btime.tv_sec,
        s->stx_btime.tv_nsec,
    };
    memcpy(out, fields, sizeof fields);
}

void fs_stats_fill(const struct statx *stx, double *out)
{
    uint64_t fields[FS_STATS_FIELDS];
    stats_fields(stx, fields);
    for (int i = 0; i < FIRST_TIME; i++) out[i] = (double)fields[i];
    for (int i = FIRST_TIME; i < FS_STATS_FIELDS; i++) out[i] = (double)(int64_t)fields[i];
}

void fs_stats_fill_big(const struct statx *stx, int64_t *out)
{
    stats_fields(stx, (uint64_t *)out);
}

static vs_val stats_result(struct fs_call *c)
{
    struct fs_state *s = fs_state_of(c->env);
    void *memory = c->bigint ? (void *)s->big_stats : s->stats;
    vs_val array = vs_ref_get(c->bigint ? s->js_big_stats : s->js_stats);
    if (c->to_promise) array = slab_array(c->env, c->bigint, FS_STATS_FIELDS, &memory);
    if (!array) return NULL;
    if (c->bigint) {
        fs_stats_fill_big(&c->out.stx, memory);
    } else {
        fs_stats_fill(&c->out.stx, memory);
    }
    return array;
}

static void do_statx(struct fs_call *c, int fd, const char *path, int at_flags)
{
    c->res = statx(fd, path, at_flags, STAT_MASK, &c->out.stx) < 0 ? -errno : 0;
}

static void stat_work(struct fs_call *c)
{
    do_statx(c, AT_FDCWD, c->path, 0);
}

static void lstat_work(struct fs_call *c)
{
    do_statx(c, AT_FDCWD, c->path, AT_SYMLINK_NOFOLLOW);
}

static void fstat_work(struct fs_call *c)
{
    do_statx(c, c->fd, "", AT_EMPTY_PATH);
}

static void stat_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_stat(l, f, AT_FDCWD, c->path, &c->out.stx);
}

static void lstat_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_lstat(l, f, AT_FDCWD, c->path, &c->out.stx);
}

static void fstat_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_fstat(l, f, c->fd, &c->out.stx);
}

static const struct fs_op op_stat = {
    .syscall = "stat", .work = stat_work, .start = stat_start, .result = stats_result
};
static const struct fs_op op_lstat = {
    .syscall = "lstat", .work = lstat_work, .start = lstat_start, .result = stats_result
};
static const struct fs_op op_fstat = {
    .syscall = "fstat", .work = fstat_work, .start = fstat_start, .result = stats_result
};

/* stat(path, bigint, req, throwIfNoEntry). Node 24 takes ENOTDIR for a missing entry in stat() and
 * not in lstat(). */
static void stat_path(const struct vs_args *a, const struct fs_op *op)
{
    struct fs_in in;
    fs_in_init(&in, a, op);
    if (!fs_in_path(&in, 0)) return;
    in.call.bigint = vs_is_true(in.call.env->cx, vs_arg(a, 1));
    in.call.no_entry_ok = vs_is_false(in.call.env->cx, vs_arg(a, 3));
    in.call.no_dir_ok = in.call.no_entry_ok && op == &op_stat;
    fs_run(&in, 2);
}

static void fs_stat(const struct vs_args *a)
{
    stat_path(a, &op_stat);
}

static void fs_lstat(const struct vs_args *a)
{
    stat_path(a, &op_lstat);
}

/* fstat(fd, bigint, req) */
static void fs_fstat(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_fstat);
    if (!fs_in_fd(&in, 0)) return;
    in.call.bigint = vs_is_true(in.call.env->cx, vs_arg(a, 1));
    fs_run(&in, 2);
}

static void statfs_work(struct fs_call *c)
{
    int r;
    do {
        r = statfs(c->path, &c->out.sfs);
    } while (r < 0 && errno == EINTR);
    c->res = r < 0 ? -errno : 0;
}

static vs_val statfs_result(struct fs_call *c)
{
    struct fs_state *s = fs_state_of(c->env);
    const struct statfs *f = &c->out.sfs;
    void *memory = c->bigint ? (void *)s->big_statfs : s->statfs;
    vs_val array = vs_ref_get(c->bigint ? s->js_big_statfs : s->js_statfs);
    if (c->to_promise) array = slab_array(c->env, c->bigint, FS_STATFS_FIELDS, &memory);
    if (!array) return NULL;
    const uint64_t fields[FS_STATFS_FIELDS] = {
        (uint64_t)f->f_type, (uint64_t)f->f_bsize, (uint64_t)f->f_frsize,
        f->f_blocks,         f->f_bfree,           f->f_bavail,
        f->f_files,          f->f_ffree,
    };
    for (int i = 0; i < FS_STATFS_FIELDS; i++) {
        if (c->bigint) {
            ((int64_t *)memory)[i] = (int64_t)fields[i];
        } else {
            ((double *)memory)[i] = (double)fields[i];
        }
    }
    return array;
}

static const struct fs_op op_statfs = { .syscall = "statfs",
                                        .work = statfs_work,
                                        .result = statfs_result };

/* statfs(path, bigint, req) */
static void fs_statfs(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_statfs);
    if (!fs_in_path(&in, 0)) return;
    in.call.bigint = vs_is_true(in.call.env->cx, vs_arg(a, 1));
    fs_run(&in, 2);
}

void fs_bind_stat(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "stat", fs_stat);
    vs_put_fn(env->cx, target, "lstat", fs_lstat);
    vs_put_fn(env->cx, target, "fstat", fs_fstat);
    vs_put_fn(env->cx, target, "statfs", fs_statfs);
}
