/* core/bind/signal_wrap.c: internalBinding('signal_wrap'): process.on('SIGINT').
 *
 * A signal belongs to the process, and its handler may run on any thread at any moment. It writes
 * the number into a pipe; the loop of the env that watches signals (the main thread's: the library
 * installs handlers nowhere else) reads it and calls the handles that wait for it. The pipe's
 * writing end is therefore the one thing here that is not in an env. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/handle.h"
#include "uring/poll.h"

static atomic_int signal_pipe = -1;

struct signal_state {
    struct ur_poll poll;
    int fd; /* the reading end; -1: no signal was watched yet */
    struct watcher *watchers;
};

/* A Signal object. */
struct watcher {
    struct rt_handle handle; /* first */
    struct watcher *next;    /* signal_state.watchers, while started */
    int signum;              /* 0: stopped */
    bool counted;            /* keeps the loop alive */
};

static struct signal_state *state_of(struct rt_env *env)
{
    return env->binding_state[RT_STATE_signal_wrap];
}

static void on_signal(int signum)
{
    int saved = errno;
    unsigned char byte = (unsigned char)signum;
    /* A full pipe means that many signals wait to be read: one more tells nothing new. */
    ssize_t n = write(atomic_load(&signal_pipe), &byte, 1);
    (void)n;
    errno = saved;
}

static void deliver(struct rt_env *env, int signum)
{
    struct vs_cx *cx = env->cx;
    /* A listener may stop watchers: look for the next from the start, past those already called. */
    for (struct watcher *w = state_of(env)->watchers, *next; w; w = next) {
        next = w->next;
        if (w->signum != signum) continue;
        struct vs_scope scope;
        vs_scope_open(cx, &scope);
        vs_val argv[] = { vs_i32(cx, signum) };
        rt_call_name(&w->handle.async, rt_str(env, onsignal), 1, argv);
        vs_scope_close(&scope);
    }
}

static void readable(struct ur_poll *p, int32_t res)
{
    struct signal_state *state = container_of(p, struct signal_state, poll);
    struct rt_env *env = ur_loop_owner(p->loop);
    unsigned char signums[64];
    ssize_t n;
    if (res < 0 || !env->can_call_js) return;
    /* Those that come while handlers run are for the next turn. */
    do {
        n = read(state->fd, signums, sizeof signums);
        for (ssize_t i = 0; i < n; i++) deliver(env, signums[i]);
    } while (n == sizeof signums);
}

static int open_pipe(struct rt_env *env)
{
    struct signal_state *state = state_of(env);
    int fds[2];
    if (state->fd >= 0) return 0;
    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0) return -errno;
    state->fd = fds[0];
    atomic_store(&signal_pipe, fds[1]);
    ur_poll_init(env->loop, &state->poll, state->fd);
    ur_poll_unref(&state->poll);
    ur_poll_start(&state->poll, POLLIN, UR_POLL_LEVEL, readable);
    return 0;
}

static bool is_watched(const struct signal_state *state, int signum)
{
    for (const struct watcher *w = state->watchers; w; w = w->next)
        if (w->signum == signum) return true;
    return false;
}

static int set_handler(int signum, void (*handler)(int signum))
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
    sigfillset(&action.sa_mask);
    return sigaction(signum, &action, NULL) < 0 ? -errno : 0;
}

static void sync_ref(struct watcher *w)
{
    ur_loop_hold(w->handle.async.env->loop, &w->counted, w->signum && w->handle.ref);
}

static void stop(struct watcher *w)
{
    struct signal_state *state = state_of(w->handle.async.env);
    int signum = w->signum;
    if (!signum) return;
    struct watcher **p = &state->watchers;
    while (*p != w) p = &(*p)->next;
    *p = w->next;
    w->signum = 0;
    sync_ref(w);
    if (!is_watched(state, signum)) set_handler(signum, SIG_DFL);
}

static int start(struct watcher *w, int signum)
{
    struct signal_state *state = state_of(w->handle.async.env);
    if (w->signum == signum) return 0;
    int err = open_pipe(w->handle.async.env);
    if (!err && !is_watched(state, signum)) err = set_handler(signum, on_signal);
    if (err) return err;
    stop(w);
    w->signum = signum;
    w->next = state->watchers;
    state->watchers = w;
    sync_ref(w);
    return 0;
}

static bool signal_close(struct rt_handle *h)
{
    stop(container_of(h, struct watcher, handle));
    rt_handle_closed(h);
    return true;
}

static void signal_drop(struct rt_handle *h)
{
    free(container_of(h, struct watcher, handle));
}

static void signal_ref_changed(struct rt_handle *h)
{
    sync_ref(container_of(h, struct watcher, handle));
}

static const struct rt_handle_ops handle_ops = { .close = signal_close,
                                                 .drop = signal_drop,
                                                 .ref_changed = signal_ref_changed };

static void signal_new(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
    struct watcher *w = calloc(1, sizeof *w);
    CHECK(w);
    rt_handle_init(&w->handle, rt_env_of(a), vs_this(a), RT_PROVIDER_SIGNALWRAP, &handle_ops, w);
}

static void signal_start(const struct vs_args *a)
{
    struct watcher *w = vs_native_get(vs_this(a), 0);
    int32_t signum;
    if (!vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &signum)) return;
    bool open = w && w->handle.state == RT_HANDLE_OPEN;
    vs_ret_i32(a, !open ? -EBADF : signum <= 0 ? -EINVAL : start(w, signum));
}

static void signal_stop(const struct vs_args *a)
{
    struct watcher *w = vs_native_get(vs_this(a), 0);
    if (w) stop(w);
    vs_ret_i32(a, w ? 0 : -EBADF);
}

/* The loop is closed by now, so the poll is over. */
static void state_drop(struct rt_env *env)
{
    struct signal_state *state = state_of(env);
    if (state->fd >= 0) {
        close(atomic_exchange(&signal_pipe, -1));
        close(state->fd);
    }
    free(state);
}

void rt_bind_signal_wrap(struct rt_env *env, vs_val target)
{
    struct signal_state *state = calloc(1, sizeof *state);
    CHECK(state);
    state->fd = -1;
    env->binding_state[RT_STATE_signal_wrap] = state;
    env->binding_drop[RT_STATE_signal_wrap] = state_drop;
    struct vs_class *c = vs_class_new(env->cx, "Signal", signal_new, rt_handle_class(env), 1);
    vs_class_method(c, "start", signal_start);
    vs_class_method(c, "stop", signal_stop);
    vs_put(env->cx, target, "Signal", vs_class_fn(c));
}
