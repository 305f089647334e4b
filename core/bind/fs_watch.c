/* core/bind/fs_watch.c: StatWatcher, behind fs.watchFile(): a stat every so often, and a callback
 * when it differs from the one before. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/fs_priv.h"
#include "core/container.h"
#include "core/error.h"
#include "core/handle.h"

#define NS_PER_MS 1000000u

struct stat_watcher {
    struct rt_handle handle; /* first */
    struct ur_timer timer;
    struct ur_file_op stat_op;
    char *path; /* owned; NULL: not started */
    uint64_t interval_ms;
    uint64_t started_ns;
    struct statx now;
    struct statx before;
    int state; /* 0: nothing known yet; 1: `before` is valid; < 0: -errno of the last stat */
    bool bigint;
};

static struct stat_watcher *watcher_of(struct rt_handle *h)
{
    return container_of(h, struct stat_watcher, handle);
}

static bool same_time(const struct statx_timestamp *a, const struct statx_timestamp *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same_file(const struct statx *a, const struct statx *b)
{
    return same_time(&a->stx_ctime, &b->stx_ctime) && same_time(&a->stx_mtime, &b->stx_mtime) &&
           same_time(&a->stx_btime, &b->stx_btime) && a->stx_size == b->stx_size &&
           a->stx_mode == b->stx_mode && a->stx_uid == b->stx_uid && a->stx_gid == b->stx_gid &&
           a->stx_ino == b->stx_ino && a->stx_dev_major == b->stx_dev_major &&
           a->stx_dev_minor == b->stx_dev_minor;
}

/* onchange(status, stats): the new ones, then the old ones. */
static void report(struct stat_watcher *w, int status, const struct statx *now)
{
    struct rt_env *env = w->handle.async.env;
    struct fs_state *s = fs_state_of(env);
    if (!env->can_call_js) return;
    if (w->bigint) {
        fs_stats_fill_big(now, s->big_stats);
        fs_stats_fill_big(&w->before, s->big_stats + FS_STATS_FIELDS);
    } else {
        fs_stats_fill(now, s->stats);
        fs_stats_fill(&w->before, s->stats + FS_STATS_FIELDS);
    }
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    vs_val argv[] = { vs_i32(env->cx, status),
                      vs_ref_get(w->bigint ? s->js_big_stats : s->js_stats) };
    rt_call_name(&w->handle.async, rt_str(env, onchange), 2, argv);
    vs_scope_close(&scope);
}

static void compare(struct stat_watcher *w, int res)
{
    static const struct statx none;
    if (res < 0) {
        bool news = w->state != res;
        w->state = res;
        if (news) report(w, res, &none);
        return;
    }
    struct statx now = w->now;
    bool news = w->state < 0 || (w->state > 0 && !same_file(&w->before, &now));
    w->state = 1;
    if (news) report(w, 0, &now);
    w->before = now;
}

static void schedule(struct stat_watcher *w)
{
    uint64_t spent = (ur_loop_now_ns(w->handle.async.env->loop) - w->started_ns) / NS_PER_MS;
    ur_timer_start_ms(&w->timer, w->interval_ms - spent % w->interval_ms, 0);
}

static void stat_done(struct ur_file_op *f, int64_t res)
{
    struct stat_watcher *w = container_of(f, struct stat_watcher, stat_op);
    if (w->handle.state == RT_HANDLE_OPEN) compare(w, (int)res);
    if (w->handle.state == RT_HANDLE_OPEN) {
        schedule(w);
    } else if (w->handle.state == RT_HANDLE_CLOSING) {
        rt_handle_closed(&w->handle);
    }
}

static void look(struct stat_watcher *w)
{
    struct ur_loop *l = w->handle.async.env->loop;
    w->started_ns = ur_loop_now_ns(l);
    ur_stat(l, &w->stat_op, AT_FDCWD, w->path, &w->now);
}

static void timer_fired(struct ur_timer *t)
{
    look(container_of(t, struct stat_watcher, timer));
}

static bool watcher_close(struct rt_handle *h)
{
    struct stat_watcher *w = watcher_of(h);
    ur_timer_stop(&w->timer);
    if (ur_op_active(&w->stat_op.op)) {
        ur_cancel(h->async.env->loop, &w->stat_op.op);
    } else {
        rt_handle_closed(h);
    }
    return true;
}

static void watcher_drop(struct rt_handle *h)
{
    struct stat_watcher *w = watcher_of(h);
    free(w->path);
    free(w);
}

static void watcher_ref_changed(struct rt_handle *h)
{
    struct stat_watcher *w = watcher_of(h);
    if (h->ref) {
        ur_timer_ref(&w->timer);
        ur_op_ref(h->async.env->loop, &w->stat_op.op);
    } else {
        ur_timer_unref(&w->timer);
        ur_op_unref(h->async.env->loop, &w->stat_op.op);
    }
}

static const struct rt_handle_ops watcher_ops = { .close = watcher_close,
                                                  .drop = watcher_drop,
                                                  .ref_changed = watcher_ref_changed };

/* new StatWatcher(bigint) */
static void new_watcher(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    if (!vs_is_construct_call(a)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "Cannot call constructor without `new`");
        return;
    }
    struct stat_watcher *w = calloc(1, sizeof *w);
    CHECK(w);
    w->bigint = vs_is_true(env->cx, vs_arg(a, 0));
    ur_timer_init(env->loop, &w->timer, timer_fired);
    ur_file_op_init(&w->stat_op, stat_done);
    rt_handle_init(&w->handle, env, vs_this(a), RT_PROVIDER_STATWATCHER, &watcher_ops, w);
}

/* start(path, interval): 0 or an error number */
static void watcher_start(const struct vs_args *a)
{
    struct stat_watcher *w = vs_native_get(vs_this(a), 0);
    struct vs_text path;
    if (!w || w->path || w->handle.state != RT_HANDLE_OPEN) return;
    if (!vs_text_read_path(vs_args_cx(a), vs_arg(a, 0), &path)) return;
    w->path = strdup(path.ptr);
    CHECK(w->path);
    vs_text_reset(&path);
    w->interval_ms = vs_uint(vs_arg(a, 1));
    if (w->interval_ms == 0) w->interval_ms = 1;
    look(w);
}

void fs_bind_watch(struct rt_env *env, vs_val target)
{
    struct vs_class *c = vs_class_new(env->cx, "StatWatcher", new_watcher, rt_handle_class(env), 1);
    vs_class_method(c, "start", watcher_start);
    vs_put(env->cx, target, "StatWatcher", vs_class_fn(c));
}
