/* core/bind/fs_event_wrap.c: internalBinding('fs_event_wrap'): FSEvent, behind fs.watch().
 *
 * One inotify descriptor serves all watchers of an env, because the kernel allows few per user. It
 * is open while there are watchers. Watchers of the same file share its watch descriptor. Events
 * are read into one buffer and delivered from there; a callback may close any watcher, so after
 * each one the list is looked at afresh. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core/container.h"
#include "core/encoding.h"
#include "core/env.h"
#include "core/error.h"
#include "core/handle.h"
#include "uring/poll.h"

#define WATCH_MASK                                                                   \
    (IN_ATTRIB | IN_CREATE | IN_MODIFY | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | \
     IN_MOVED_FROM | IN_MOVED_TO)
#define CHANGE_MASK (IN_ATTRIB | IN_MODIFY)
#define EVENT_BUFFER 8192

struct notify;

struct fs_watcher {
    struct rt_handle handle;        /* first */
    struct notify *notify;          /* NULL: not started */
    struct fs_watcher *prev, *next; /* notify->watchers */
    char *name;                     /* owned: last component of the path */
    uint64_t seen;                  /* number of the last event delivered */
    int wd;
    enum rt_encoding encoding;
};

/* RT_STATE_fs_event_wrap while a watcher is started. Freed when its poll is closed. */
struct notify {
    struct ur_poll poll;
    struct rt_env *env;
    struct fs_watcher *watchers;
    uint64_t events; /* delivered */
    int fd;
    bool reading; /* events are being delivered: closing waits */
};

static void notify_closed(struct ur_poll *p)
{
    struct notify *n = container_of(p, struct notify, poll);
    close(n->fd);
    free(n);
}

/* Without watchers the descriptor goes; a new watcher opens another one. */
static void notify_maybe_close(struct notify *n)
{
    if (n->watchers || n->reading) return;
    if (n->env->binding_state[RT_STATE_fs_event_wrap] == n)
        n->env->binding_state[RT_STATE_fs_event_wrap] = NULL;
    ur_poll_close(&n->poll, notify_closed);
}

static vs_val event_name(const struct fs_watcher *w, const char *name)
{
    return rt_encode(w->handle.async.env, name, strlen(name), w->encoding);
}

/* onchange(status, eventType, filename) */
static void report(struct fs_watcher *w, const struct inotify_event *e)
{
    struct rt_env *env = w->handle.async.env;
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    const char *type = e->mask & ~(uint32_t)CHANGE_MASK ? "rename" : "change";
    vs_val name = event_name(w, e->len ? e->name : w->name);
    if (name) {
        vs_val argv[] = { vs_i32(env->cx, 0), vs_str_intern(env->cx, type), name };
        rt_call_name(&w->handle.async, rt_str(env, onchange), 3, argv);
    }
    vs_scope_close(&scope);
}

static struct fs_watcher *next_for(struct notify *n, int wd)
{
    for (struct fs_watcher *w = n->watchers; w; w = w->next) {
        if (w->wd == wd && w->seen != n->events) return w;
    }
    return NULL;
}

static void deliver(struct notify *n, const struct inotify_event *e)
{
    struct fs_watcher *w;
    n->events++;
    while (n->env->can_call_js && (w = next_for(n, e->wd))) {
        w->seen = n->events;
        report(w, e);
    }
}

static void readable(struct ur_poll *p, int32_t res)
{
    struct notify *n = container_of(p, struct notify, poll);
    char buf[EVENT_BUFFER] __attribute__((aligned(8)));
    ssize_t len;
    CHECK(res >= 0);
    n->reading = true;
    while (n->watchers && (len = read(n->fd, buf, sizeof buf)) > 0) {
        for (char *at = buf; at < buf + len;) {
            const struct inotify_event *e = (const struct inotify_event *)(void *)at;
            deliver(n, e);
            at += sizeof *e + e->len;
        }
    }
    n->reading = false;
    notify_maybe_close(n);
}

static int notify_open(struct rt_env *env, struct notify **out)
{
    *out = env->binding_state[RT_STATE_fs_event_wrap];
    if (*out) return 0;
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) return -errno;
    struct notify *n = calloc(1, sizeof *n);
    CHECK(n);
    n->env = env;
    n->fd = fd;
    ur_poll_init(env->loop, &n->poll, fd);
    /* Which watchers keep the loop alive is counted by each of them. */
    ur_poll_unref(&n->poll);
    ur_poll_start(&n->poll, POLLIN, UR_POLL_LEVEL, readable);
    env->binding_state[RT_STATE_fs_event_wrap] = n;
    *out = n;
    return 0;
}

/* ---- watchers ---- */

static struct fs_watcher *watcher_of(struct rt_handle *h)
{
    return container_of(h, struct fs_watcher, handle);
}

static bool wd_in_use(const struct notify *n, int wd)
{
    for (const struct fs_watcher *w = n->watchers; w; w = w->next) {
        if (w->wd == wd) return true;
    }
    return false;
}

static void stop(struct fs_watcher *w)
{
    struct notify *n = w->notify;
    if (!n) return;
    if (w->handle.ref) ur_loop_unref(n->env->loop);
    if (w->prev) {
        w->prev->next = w->next;
    } else {
        n->watchers = w->next;
    }
    if (w->next) w->next->prev = w->prev;
    w->notify = NULL;
    /* Fails when the file is gone, and its watch with it. */
    if (!wd_in_use(n, w->wd)) inotify_rm_watch(n->fd, w->wd);
    notify_maybe_close(n);
}

static bool watcher_close(struct rt_handle *h)
{
    stop(watcher_of(h));
    rt_handle_closed(h);
    return true;
}

static void watcher_drop(struct rt_handle *h)
{
    struct fs_watcher *w = watcher_of(h);
    free(w->name);
    free(w);
}

static void watcher_ref_changed(struct rt_handle *h)
{
    struct fs_watcher *w = watcher_of(h);
    if (!w->notify) return;
    if (h->ref) {
        ur_loop_ref(h->async.env->loop);
    } else {
        ur_loop_unref(h->async.env->loop);
    }
}

static const struct rt_handle_ops watcher_ops = { .close = watcher_close,
                                                  .drop = watcher_drop,
                                                  .ref_changed = watcher_ref_changed };

static void new_watcher(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    if (!vs_is_construct_call(a)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "Cannot call constructor without `new`");
        return;
    }
    struct fs_watcher *w = calloc(1, sizeof *w);
    CHECK(w);
    rt_handle_init(&w->handle, env, vs_this(a), RT_PROVIDER_FSEVENTWRAP, &watcher_ops, w);
}

static char *last_component(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = strdup(slash ? slash + 1 : path);
    CHECK(name);
    return name;
}

static int start(struct fs_watcher *w, const char *path)
{
    struct notify *n;
    int err = notify_open(w->handle.async.env, &n);
    if (err) return err;
    int wd = inotify_add_watch(n->fd, path, WATCH_MASK);
    if (wd < 0) {
        err = -errno;
        notify_maybe_close(n);
        return err;
    }
    w->wd = wd;
    w->name = last_component(path);
    w->notify = n;
    w->seen = n->events; /* an event being delivered now is older than this watcher */
    w->next = n->watchers;
    if (w->next) w->next->prev = w;
    n->watchers = w;
    if (w->handle.ref) ur_loop_ref(n->env->loop);
    return 0;
}

/* start(path, persistent, recursive, encoding): 0 or an error number. Recursion is the library's
 * work on Linux. */
static void watcher_start(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct fs_watcher *w = vs_native_get(vs_this(a), 0);
    struct vs_text path;
    if (!w || w->notify || w->handle.state != RT_HANDLE_OPEN) return;
    if (!vs_text_read_path(cx, vs_arg(a, 0), &path)) return;
    w->encoding = rt_encoding_of(w->handle.async.env, vs_arg(a, 3), RT_UTF8);
    if (!vs_to_bool(cx, vs_arg(a, 1))) w->handle.ref = false;
    vs_ret_i32(a, start(w, path.ptr));
    vs_text_reset(&path);
}

static void get_initialized(const struct vs_args *a)
{
    struct fs_watcher *w = vs_native_get(vs_this(a), 0);
    vs_ret_bool(a, w && w->notify);
}

void rt_bind_fs_event_wrap(struct rt_env *env, vs_val target)
{
    struct vs_class *c = vs_class_new(env->cx, "FSEvent", new_watcher, rt_handle_class(env), 1);
    vs_class_method(c, "start", watcher_start);
    vs_class_accessor(c, "initialized", get_initialized, NULL);
    vs_put(env->cx, target, "FSEvent", vs_class_fn(c));
}
