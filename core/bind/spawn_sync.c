/* core/bind/spawn_sync.c: internalBinding('spawn_sync'): run a program to its end while nothing
 * else happens. It has a small poll(2) loop of its own: the env's loop must not run callbacks now.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/buffer.h"
#include "core/env.h"
#include "core/error.h"
#include "core/spawn.h"

#define READ_CHUNK 65536u
#define NS_PER_MS 1000000
#define NS_PER_S 1000000000
#define MS_PER_S 1000

/* One pipe of the child, seen from here. */
struct side {
    int fd; /* -1: none, or done */
    bool is_output;
    const uint8_t *input; /* owned by pin */
    size_t input_len;
    struct vs_pin *pin;
    uint8_t *out; /* owned */
    size_t out_len, out_cap;
};

struct run {
    struct rt_spawn sp;
    struct side *sides; /* sp.fd_count of them */
    struct pollfd *polls;
    pid_t pid;
    int pidfd;
    int status; /* of waitpid() */
    int err;    /* -errno: what went wrong, also after the start */
    int kill_signal;
    bool killed;
    double max_buffer;   /* bytes per pipe; 0: no limit */
    int64_t deadline_ns; /* 0: none */
};

static int64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static void side_close(struct side *s)
{
    if (s->fd >= 0) close(s->fd);
    s->fd = -1;
}

/* The program has to go: too much output, or too late. Its pipes may be held open by others. */
static void kill_child(struct run *r, int err)
{
    if (!r->err) r->err = err;
    if (r->killed) return;
    r->killed = true;
    if (r->pidfd >= 0 && kill(r->pid, r->kill_signal) < 0) kill(r->pid, SIGKILL);
    for (uint32_t i = 0; i < r->sp.fd_count; i++) side_close(&r->sides[i]);
}

static void read_side(struct run *r, struct side *s)
{
    if (s->out_cap - s->out_len < READ_CHUNK) {
        size_t cap = s->out_cap ? 2 * s->out_cap : READ_CHUNK;
        s->out = realloc(s->out, cap);
        CHECK(s->out);
        s->out_cap = cap;
    }
    ssize_t n = read(s->fd, s->out + s->out_len, s->out_cap - s->out_len);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
        if (n < 0 && errno != ECONNRESET && !r->err) r->err = -errno;
        side_close(s);
        return;
    }
    s->out_len += (size_t)n;
    if (r->max_buffer > 0 && (double)s->out_len > r->max_buffer) kill_child(r, -ENOBUFS);
}

static void write_side(struct side *s)
{
    ssize_t n = send(s->fd, s->input, s->input_len, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n >= 0) {
        s->input += n;
        s->input_len -= (size_t)n;
    }
    /* All given, or the program no longer reads: both end its input. */
    if (n < 0 || s->input_len == 0) {
        s->input_len = 0;
        if (s->is_output)
            shutdown(s->fd, SHUT_WR);
        else
            side_close(s);
    }
}

static int timeout_ms(const struct run *r)
{
    if (!r->deadline_ns || r->killed) return -1;
    int64_t left = r->deadline_ns - now_ns();
    return left <= 0 ? 0 : (int)((left + NS_PER_MS - 1) / NS_PER_MS);
}

static void reap(struct run *r)
{
    while (waitpid(r->pid, &r->status, 0) < 0 && errno == EINTR) continue;
    close(r->pidfd);
    r->pidfd = -1;
}

/* Until the child has ended and all its pipes are closed. */
static void run_to_end(struct run *r)
{
    uint32_t count = r->sp.fd_count;
    for (;;) {
        uint32_t open = 0;
        for (uint32_t i = 0; i < count; i++) {
            struct side *s = &r->sides[i];
            short events = s->is_output ? POLLIN : 0;
            if (s->input_len > 0) events |= POLLOUT;
            r->polls[i] = (struct pollfd){ .fd = s->fd, .events = events };
            open += s->fd >= 0;
        }
        r->polls[count] = (struct pollfd){ .fd = r->pidfd, .events = POLLIN };
        if (open == 0 && r->pidfd < 0) return;
        int n = poll(r->polls, count + 1, timeout_ms(r));
        if (n < 0 && errno == EINTR) continue;
        CHECK(n >= 0);
        if (n == 0) kill_child(r, -ETIMEDOUT);
        for (uint32_t i = 0; i < count; i++) {
            struct side *s = &r->sides[i];
            if (s->fd >= 0 && (r->polls[i].revents & POLLOUT)) write_side(s);
            if (s->fd >= 0 && (r->polls[i].revents & (POLLIN | POLLHUP | POLLERR))) read_side(r, s);
        }
        if (r->pidfd >= 0 && r->polls[count].revents) reap(r);
    }
}

/* ---- options ---- */

static bool flag_of(struct vs_cx *cx, vs_val entry, const char *name, bool *out)
{
    vs_val v = vs_get_name(cx, entry, name);
    if (v) *out = vs_to_bool(cx, v);
    return v != NULL;
}

static int open_pipe(struct run *r, uint32_t i)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) return -errno;
    if (fcntl(pair[0], F_SETFL, O_RDWR | O_NONBLOCK) < 0) CHECK(!"a fresh socket takes O_NONBLOCK");
    r->sides[i].fd = pair[0];
    r->sp.fds[i] = pair[1];
    return 0;
}

/* 'ignore', 'inherit' and 'fd' (a number in .fd), 'pipe' (.readable, .writable, .input). */
static bool read_stdio(struct rt_env *env, struct run *r, uint32_t i, vs_val entry)
{
    struct vs_cx *cx = env->cx;
    struct vs_text text;
    bool readable = false;
    vs_val type = vs_get_name(cx, entry, "type");
    vs_val fd = type ? vs_get(cx, entry, rt_str(env, fd)) : NULL;
    vs_val input = fd ? vs_get_name(cx, entry, "input") : NULL;
    if (!input || !vs_text_read(cx, type, &text)) return false;
    bool is_pipe = !strcmp(text.ptr, "pipe");
    bool is_ignore = !strcmp(text.ptr, "ignore");
    vs_text_reset(&text);
    if (is_ignore) return true;
    if (!is_pipe) {
        r->sp.fds[i] = vs_int(fd);
        return true;
    }
    struct side *s = &r->sides[i];
    if (!flag_of(cx, entry, "readable", &readable)) return false;
    if (!flag_of(cx, entry, "writable", &s->is_output)) return false;
    if (readable && vs_is_view(input)) {
        s->pin = vs_pin_new(input);
        struct vs_bytes bytes = s->pin ? vs_pin_bytes(s->pin) : (struct vs_bytes){ 0 };
        s->input = bytes.ptr;
        s->input_len = bytes.len;
    }
    if (!r->err) r->err = open_pipe(r, i);
    return true;
}

static bool read_all_stdio(struct rt_env *env, struct run *r, vs_val stdio)
{
    uint32_t count = vs_is_arr(stdio) ? vs_arr_len(stdio) : 0;
    rt_spawn_set_count(&r->sp, count);
    r->sides = calloc(count + 1, sizeof *r->sides);
    r->polls = calloc(count + 1, sizeof *r->polls);
    CHECK(r->sides && r->polls);
    for (uint32_t i = 0; i < count; i++) r->sides[i].fd = -1;
    for (uint32_t i = 0; i < count; i++) {
        vs_val entry = vs_get_index(env->cx, stdio, i);
        if (!entry || !read_stdio(env, r, i, entry)) return false;
    }
    return true;
}

static bool read_options(struct rt_env *env, struct run *r, vs_val options)
{
    static const char *const names[] = { "file",      "args",       "cwd",     "envPairs",
                                         "stdio",     "uid",        "gid",     "timeout",
                                         "maxBuffer", "killSignal", "detached" };
    enum { FILE_, ARGS, CWD, ENV, STDIO, UID, GID, TIMEOUT, MAX_BUFFER, KILL_SIGNAL, DETACHED, N };
    struct vs_cx *cx = env->cx;
    vs_val v[N];
    for (int i = 0; i < N; i++)
        if (!(v[i] = vs_get_name(cx, options, names[i]))) return false;
    if (!rt_spawn_read(env, &r->sp, v[FILE_], v[ARGS], v[CWD], v[ENV])) return false;
    if (!rt_spawn_read_ids(env, &r->sp, v[UID], v[GID])) return false;
    r->sp.detached = vs_to_bool(cx, v[DETACHED]);
    int64_t timeout = vs_is_num(v[TIMEOUT]) ? vs_int64(v[TIMEOUT]) : 0;
    if (timeout > 0) r->deadline_ns = now_ns() + timeout * NS_PER_MS;
    double max = vs_is_num(v[MAX_BUFFER]) ? vs_f64(v[MAX_BUFFER]) : 0;
    r->max_buffer = isfinite(max) ? max : 0;
    r->kill_signal = vs_is_num(v[KILL_SIGNAL]) ? vs_int(v[KILL_SIGNAL]) : 0;
    if (r->kill_signal == 0) r->kill_signal = SIGTERM;
    return read_all_stdio(env, r, v[STDIO]);
}

/* ---- result ---- */

static vs_val output_of(struct rt_env *env, struct run *r)
{
    struct vs_cx *cx = env->cx;
    vs_val out = vs_arr_new(cx, NULL, 0);
    for (uint32_t i = 0; i < r->sp.fd_count; i++) {
        struct side *s = &r->sides[i];
        vs_val item = vs_null(cx);
        if (s->is_output) {
            item = rt_buffer_new_take(env, s->out, s->out_len);
            s->out = NULL;
        }
        if (!item || !vs_set_index(cx, out, i, item)) return NULL;
    }
    return out;
}

static vs_val result_of(struct rt_env *env, struct run *r, bool started)
{
    struct vs_cx *cx = env->cx;
    vs_val result = vs_obj_new(cx);
    const char *signal =
        started && WIFSIGNALED(r->status) ? rt_signal_name(WTERMSIG(r->status)) : NULL;
    vs_val output = started ? output_of(env, r) : vs_null(cx);
    if (!output) return NULL;
    if (r->err) vs_put_int(cx, result, "error", r->err);
    vs_put(cx, result, "status",
           started && WIFEXITED(r->status) ? vs_i32(cx, WEXITSTATUS(r->status)) : vs_null(cx));
    vs_put(cx, result, "signal", signal ? vs_str_intern(cx, signal) : vs_null(cx));
    vs_put(cx, result, "output", output);
    vs_put_int(cx, result, "pid", started ? r->pid : 0);
    return result;
}

static void run_reset(struct run *r)
{
    for (uint32_t i = 0; r->sides && i < r->sp.fd_count; i++) {
        side_close(&r->sides[i]);
        vs_pin_drop(r->sides[i].pin);
        free(r->sides[i].out);
    }
    free(r->sides);
    free(r->polls);
    rt_spawn_reset(&r->sp);
}

static bool start(struct rt_env *env, struct run *r)
{
    if (!r->err) r->err = rt_spawn_run(env->loop, &r->sp, &r->pid);
    for (uint32_t i = 0; i < r->sp.fd_count; i++) {
        struct side *s = &r->sides[i];
        if (s->fd < 0) continue;
        close(r->sp.fds[i]);
        /* Nothing to say to the program: its input ends at once. */
        if (s->input_len == 0) shutdown(s->fd, SHUT_WR);
        if (s->input_len == 0 && !s->is_output) side_close(s);
    }
    if (r->err) return false;
    r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);
    CHECK(r->pidfd >= 0);
    return true;
}

static void spawn_sync(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct run r = { .pidfd = -1 };
    if (read_options(env, &r, vs_arg(a, 0))) {
        bool started = start(env, &r);
        if (started) run_to_end(&r);
        vs_ret_maybe(a, result_of(env, &r, started));
    }
    run_reset(&r);
}

void rt_bind_spawn_sync(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "spawn", spawn_sync);
}
