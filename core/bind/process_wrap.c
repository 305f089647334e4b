/* core/bind/process_wrap.c: internalBinding('process_wrap'): child processes. A pidfd tells the
 * loop when one has ended; no SIGCHLD is involved. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/conn.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/handle.h"
#include "core/spawn.h"
#include "uring/poll.h"

/* The numbers are the library's. */
enum process_flag { PROCESS_DETACHED = 1, PROCESS_HIDE = 2, PROCESS_VERBATIM_ARGUMENTS = 4 };

struct process {
    struct rt_handle handle; /* first */
    struct ur_poll poll;     /* on pidfd */
    int pidfd;               /* -1: not running */
    struct ur_op exit_op;
    pid_t pid; /* 0: not running, or reaped */
    bool polling;
};

static struct process *process_of(const struct vs_args *a)
{
    return vs_native_get(vs_this(a), 0);
}

/* ---- the end of a child ---- */

static void poll_closed(struct ur_poll *p)
{
    struct process *c = container_of(p, struct process, poll);
    close(c->pidfd);
    c->pidfd = -1;
    c->polling = false;
    if (c->handle.state == RT_HANDLE_CLOSING) rt_handle_closed(&c->handle);
}

/* libuv looks at signals after all descriptors, so what the child wrote last, and the end of its
 * channel, come before its exit. Hence the detour over the next poll. */
static void exited(struct ur_poll *p, int32_t res)
{
    struct process *c = container_of(p, struct process, poll);
    (void)res;
    ur_nop(c->handle.async.env->loop, &c->exit_op);
}

static void exit_now(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct process *c = container_of(op, struct process, exit_op);
    struct rt_env *env = c->handle.async.env;
    struct vs_cx *cx = env->cx;
    int status = 0;
    (void)res;
    (void)flags;
    pid_t pid;
    do pid = waitpid(c->pid, &status, 0);
    while (pid < 0 && errno == EINTR);
    c->pid = 0;
    ur_poll_close(&c->poll, poll_closed);
    if (!env->can_call_js || c->handle.state != RT_HANDLE_OPEN) return;
    const char *name = WIFSIGNALED(status) ? rt_signal_name(WTERMSIG(status)) : NULL;
    struct vs_scope scope;
    vs_scope_open(cx, &scope);
    vs_val argv[] = { vs_i32(cx, WIFEXITED(status) ? WEXITSTATUS(status) : 0),
                      name ? vs_str_intern(cx, name) : vs_empty_str(cx) };
    rt_call_name(&c->handle.async, rt_str(env, onexit), 2, argv);
    vs_scope_close(&scope);
}

/* ---- stdio ---- */

/* Text of a property, compared with name. */
static bool is_text(struct vs_cx *cx, vs_val v, const char *name)
{
    char text[16] = "";
    if (!vs_is_str(v) || vs_str_len(v) >= sizeof text) return false;
    vs_str_write_latin1(cx, v, 0, vs_str_len(v), (uint8_t *)text);
    return !strcmp(text, name);
}

/* The parent's ends of the pipes made for a child. */
struct ends {
    struct rt_conn **conns; /* NULL where there is none */
    int *fds;               /* parent's ends */
};

static int add_pipe(struct rt_spawn *sp, struct ends *e, uint32_t i, vs_val handle)
{
    int pair[2];
    struct rt_conn *conn = rt_conn_of(handle);
    if (!conn) return -EINVAL;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) return -errno;
    if (fcntl(pair[0], F_SETFL, O_RDWR | O_NONBLOCK) < 0) {
        int err = -errno;
        close(pair[0]);
        close(pair[1]);
        return err;
    }
    e->conns[i] = conn;
    e->fds[i] = pair[0];
    sp->fds[i] = pair[1];
    return 0;
}

/* One entry of options.stdio. -errno; false in *ok: exception pending. */
static int read_stdio(struct rt_env *env, struct rt_spawn *sp, struct ends *e, uint32_t i,
                      vs_val entry, bool *ok)
{
    struct vs_cx *cx = env->cx;
    vs_val type = vs_get_name(cx, entry, "type");
    vs_val handle = type ? vs_get_name(cx, entry, "handle") : NULL;
    vs_val fd = handle ? vs_get(cx, entry, rt_str(env, fd)) : NULL;
    *ok = fd != NULL;
    if (!fd || is_text(cx, type, "ignore")) return 0;
    if (is_text(cx, type, "pipe") || is_text(cx, type, "overlapped"))
        return add_pipe(sp, e, i, handle);
    if (is_text(cx, type, "wrap")) {
        struct rt_stream *s = rt_stream_of(handle);
        sp->fds[i] = s ? s->ops->fd(s) : -1;
        if (s && s->ops->is_conn) rt_conn_share(rt_conn_of(handle));
        return sp->fds[i] < 0 ? -EBADF : 0;
    }
    sp->fds[i] = vs_int(fd); /* 'inherit' or 'fd' */
    return 0;
}

/* After the start, whether it worked or not: the child's ends go, ours become streams. */
static void finish_stdio(struct rt_spawn *sp, struct ends *e, bool open)
{
    for (uint32_t i = 0; i < sp->fd_count; i++) {
        if (!e->conns[i]) continue;
        close(sp->fds[i]);
        if (open)
            rt_conn_open_take(e->conns[i], e->fds[i], UR_STREAM_SOCKET, O_RDWR);
        else
            close(e->fds[i]);
    }
    free(e->conns);
    free(e->fds);
}

/* ---- methods ---- */

static void watch(struct process *c)
{
    struct rt_env *env = c->handle.async.env;
    c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
    CHECK(c->pidfd >= 0); /* the child is ours and not reaped: only a lack of descriptors is left */
    c->polling = true;
    ur_poll_init(env->loop, &c->poll, c->pidfd);
    if (!c->handle.ref) ur_poll_unref(&c->poll);
    ur_poll_start(&c->poll, POLLIN, UR_POLL_ONCE, exited);
}

static int start(struct rt_env *env, struct process *c, struct rt_spawn *sp, vs_val stdio, bool *ok)
{
    uint32_t count = vs_is_arr(stdio) ? vs_arr_len(stdio) : 0;
    struct ends e = { calloc(count + 1, sizeof *e.conns), calloc(count + 1, sizeof *e.fds) };
    CHECK(e.conns && e.fds);
    rt_spawn_set_count(sp, count);
    int err = 0;
    for (uint32_t i = 0; i < count && *ok && !err; i++) {
        vs_val entry = vs_get_index(env->cx, stdio, i);
        *ok = entry != NULL;
        if (entry) err = read_stdio(env, sp, &e, i, entry, ok);
    }
    bool setup = *ok && !err;
    if (setup) err = rt_spawn_run(env->loop, sp, &c->pid);
    /* Even without a child the library makes sockets of the handles and waits for their end. */
    finish_stdio(sp, &e, setup);
    if (setup && !err) watch(c);
    return err;
}

/* spawn(file, args, cwd, envPairs, stdio, flags, uid, gid) */
static void process_spawn(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct process *c = process_of(a);
    struct rt_spawn sp = { 0 };
    if (!c || c->polling || c->handle.state != RT_HANDLE_OPEN) {
        vs_ret_i32(a, -EINVAL);
        return;
    }
    uint32_t flags = vs_is_num(vs_arg(a, 5)) ? vs_uint(vs_arg(a, 5)) : 0;
    sp.detached = flags & PROCESS_DETACHED;
    bool ok = rt_spawn_read(env, &sp, vs_arg(a, 0), vs_arg(a, 1), vs_arg(a, 2), vs_arg(a, 3)) &&
              rt_spawn_read_ids(env, &sp, vs_arg(a, 6), vs_arg(a, 7));
    int err = ok ? start(env, c, &sp, vs_arg(a, 4), &ok) : 0;
    rt_spawn_reset(&sp);
    if (!ok) return;
    if (!err) vs_put_int(env->cx, vs_this(a), "pid", c->pid);
    vs_ret_i32(a, err);
}

static void process_kill(const struct vs_args *a)
{
    struct process *c = process_of(a);
    int32_t signum;
    if (!vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &signum)) return;
    int err = -ESRCH;
    if (c && c->pid > 0) err = kill(c->pid, signum) < 0 ? -errno : 0;
    vs_ret_i32(a, err);
}

static bool process_close(struct rt_handle *h)
{
    struct process *c = container_of(h, struct process, handle);
    if (!c->polling)
        rt_handle_closed(h);
    else if (c->pid > 0 && !ur_op_active(&c->exit_op))
        ur_poll_close(&c->poll, poll_closed); /* else the child's end is on its way to that */
    return true;
}

static void process_drop(struct rt_handle *h)
{
    free(container_of(h, struct process, handle));
}

static void process_ref_changed(struct rt_handle *h)
{
    struct process *c = container_of(h, struct process, handle);
    if (!c->polling || c->pid <= 0) return;
    (h->ref ? ur_poll_ref : ur_poll_unref)(&c->poll);
}

static const struct rt_handle_ops handle_ops = { .close = process_close,
                                                 .drop = process_drop,
                                                 .ref_changed = process_ref_changed };

static void process_new(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
    struct process *c = calloc(1, sizeof *c);
    CHECK(c);
    c->pidfd = -1;
    ur_op_init(&c->exit_op, exit_now);
    rt_handle_init(&c->handle, rt_env_of(a), vs_this(a), RT_PROVIDER_PROCESSWRAP, &handle_ops, c);
}

void rt_bind_process_wrap(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct vs_class *c = vs_class_new(cx, "Process", process_new, rt_handle_class(env), 1);
    vs_class_method(c, "spawn", process_spawn);
    vs_class_method(c, "kill", process_kill);
    vs_put(cx, target, "Process", vs_class_fn(c));
    vs_val constants = vs_obj_new(cx);
    vs_put_int(cx, constants, "kProcessFlagDetached", PROCESS_DETACHED);
    vs_put_int(cx, constants, "kProcessFlagWindowsHide", PROCESS_HIDE);
    vs_put_int(cx, constants, "kProcessFlagWindowsVerbatimArguments", PROCESS_VERBATIM_ARGUMENTS);
    vs_put(cx, target, "constants", constants);
}
