/* core/bind/fs.c: internalBinding('fs'): the state its parts share, and the list of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"
#include "core/snapshot.h"

static struct vs_ref *array_ref(struct rt_env *env, bool bigint, size_t count, void **memory)
{
    vs_val array = fs_stats_array(env, bigint, count, memory);
    CHECK(array);
    return vs_ref_new(env->cx, array);
}

static void state_drop(struct rt_env *env)
{
    struct fs_state *s = fs_state_of(env);
    fs_owned_drop_all(env);
    fs_fds_drop(env);
    vs_ref_drop(s->js_stats);
    vs_ref_drop(s->js_big_stats);
    vs_ref_drop(s->js_statfs);
    vs_ref_drop(s->js_big_statfs);
    vs_ref_drop(s->slab);
    free(s);
    env->binding_state[RT_STATE_fs] = NULL;
}

static struct fs_state *state_new(struct rt_env *env)
{
    struct fs_state *s = calloc(1, sizeof *s);
    CHECK(s);
    env->binding_state[RT_STATE_fs] = s;
    env->binding_drop[RT_STATE_fs] = state_drop;
    return s;
}

void rt_snap_fs(struct rt_env *env, struct rt_snap *snap)
{
    struct fs_state *s = rt_snap_saving(snap) ? fs_state_of(env) : state_new(env);
    rt_snap_ref(snap, &s->js_stats);
    rt_snap_ref(snap, &s->js_big_stats);
    rt_snap_ref(snap, &s->js_statfs);
    rt_snap_ref(snap, &s->js_big_statfs);
    s->stats = rt_snap_bytes(snap, s->js_stats);
    s->big_stats = rt_snap_bytes(snap, s->js_big_stats);
    s->statfs = rt_snap_bytes(snap, s->js_statfs);
    s->big_statfs = rt_snap_bytes(snap, s->js_big_statfs);
    rt_snap_class(snap, &s->promise_class);
    rt_snap_class(snap, &s->handle_class);
    if (!rt_snap_saving(snap)) fs_handle_register(env, s->handle_class);
    rt_snap_class(snap, &s->dir_class);
}

struct fs_state *fs_state_open(struct rt_env *env)
{
    if (fs_state_of(env)) return fs_state_of(env);
    struct fs_state *s = state_new(env);
    void *memory;
    s->js_stats = array_ref(env, false, 2 * FS_STATS_FIELDS, &memory);
    s->stats = memory;
    s->js_big_stats = array_ref(env, true, 2 * FS_STATS_FIELDS, &memory);
    s->big_stats = memory;
    s->js_statfs = array_ref(env, false, FS_STATFS_FIELDS, &memory);
    s->statfs = memory;
    s->js_big_statfs = array_ref(env, true, FS_STATFS_FIELDS, &memory);
    s->big_statfs = memory;
    return s;
}

int fs_sys_open(const char *path, int flags, mode_t mode)
{
    int fd;
    do {
        fd = open(path, flags | O_CLOEXEC, mode);
    } while (fd < 0 && errno == EINTR);
    return fd < 0 ? -errno : fd;
}

int fs_sys_close(int fd)
{
    /* The descriptor is gone even after EINTR. */
    return close(fd) < 0 && errno != EINTR ? -errno : 0;
}

int64_t fs_sys_readv(int fd, const struct iovec *iov, uint32_t count, int64_t off)
{
    ssize_t n;
    do {
        n = off < 0 ? readv(fd, iov, (int)count) : preadv(fd, iov, (int)count, off);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

int64_t fs_sys_writev(int fd, const struct iovec *iov, uint32_t count, int64_t off)
{
    ssize_t n;
    do {
        n = off < 0 ? writev(fd, iov, (int)count) : pwritev(fd, iov, (int)count, off);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

void rt_bind_fs(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct fs_state *s = fs_state_open(env);
    fs_bind_open(env, target);
    fs_bind_rw(env, target);
    fs_bind_stat(env, target);
    fs_bind_path(env, target);
    fs_bind_attr(env, target);
    fs_bind_dirs(env, target);
    fs_bind_text(env, target);
    fs_bind_module(env, target);
    fs_bind_cp(env, target);
    fs_bind_task(env, target);
    fs_bind_handle(env, target);
    fs_bind_watch(env, target);
    vs_put_int(cx, target, "kFsStatsFieldsNumber", FS_STATS_FIELDS);
    vs_put(cx, target, "kUsePromises", rt_symbol(env, fs_use_promises_symbol));
    vs_put(cx, target, "statValues", vs_ref_get(s->js_stats));
    vs_put(cx, target, "bigintStatValues", vs_ref_get(s->js_big_stats));
    vs_put(cx, target, "statFsValues", vs_ref_get(s->js_statfs));
    vs_put(cx, target, "bigintStatFsValues", vs_ref_get(s->js_big_statfs));
}
