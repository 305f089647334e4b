/* core/bind/fs_open.c: descriptors: open, close, openFileHandle. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"

#define WORD_BITS 64

/* A worker's descriptors are known to nobody but it; the main thread may close what others opened.
 */
static void warn(struct rt_env *env, const char *format, int fd)
{
    if (!env->worker) return;
    char text[80];
    snprintf(text, sizeof text, format, fd);
    rt_emit_warning(env, text, NULL, NULL);
}

/* Plain descriptors belong to JS, but a worker's do not outlive it, unless it asked for that. Where
 * one is closed by other means than fs.close(), or by another thread, the worker hears of it. */
static void note_open(struct rt_env *env, int fd)
{
    if (!env->tracks_fds) return;
    struct fs_state *s = fs_state_of(env);
    size_t word = (size_t)fd / WORD_BITS;
    if (word >= s->fd_words) {
        size_t words = word + 1;
        s->fds = realloc(s->fds, words * sizeof *s->fds);
        CHECK(s->fds);
        memset(s->fds + s->fd_words, 0, (words - s->fd_words) * sizeof *s->fds);
        s->fd_words = words;
    }
    uint64_t bit = UINT64_C(1) << fd % WORD_BITS;
    if (s->fds[word] & bit) warn(env, "File descriptor %d opened in unmanaged mode twice", fd);
    s->fds[word] |= bit;
}

static void note_closed(struct rt_env *env, int fd)
{
    if (!env->tracks_fds) return;
    struct fs_state *s = fs_state_of(env);
    size_t word = (size_t)fd / WORD_BITS;
    uint64_t bit = UINT64_C(1) << fd % WORD_BITS;
    if (word < s->fd_words && s->fds[word] & bit) {
        s->fds[word] &= ~bit;
    } else {
        warn(env, "File descriptor %d closed but not opened in unmanaged mode", fd);
    }
}

void fs_fds_drop(struct rt_env *env)
{
    struct fs_state *s = fs_state_of(env);
    for (size_t word = 0; word < s->fd_words; word++) {
        for (int bit = 0; bit < WORD_BITS; bit++) {
            if (s->fds[word] & UINT64_C(1) << bit) fs_sys_close((int)word * WORD_BITS + bit);
        }
    }
    free(s->fds);
}

static void open_work(struct fs_call *c)
{
    c->res = fs_sys_open(c->path, c->flags, c->mode);
}

static void open_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_open(l, f, AT_FDCWD, c->path, c->flags, c->mode);
}

static vs_val open_result(struct fs_call *c)
{
    note_open(c->env, (int)c->res);
    return vs_i32(c->env->cx, (int32_t)c->res);
}

static void open_reset(struct fs_call *c, bool unused)
{
    if (unused && c->res >= 0) fs_sys_close((int)c->res);
}

/* The handle owns the descriptor, also when it can't be made. */
static vs_val open_handle_result(struct fs_call *c)
{
    int fd = (int)c->res;
    c->res = -ECANCELED;
    return fs_handle_new_take(c->env, fd);
}

static const struct fs_op op_open = { .syscall = "open",
                                      .work = open_work,
                                      .start = open_start,
                                      .result = open_result,
                                      .reset = open_reset };
static const struct fs_op op_open_handle = { .syscall = "open",
                                             .work = open_work,
                                             .start = open_start,
                                             .result = open_handle_result,
                                             .reset = open_reset };

/* open(path, flags, mode, req) */
static void open_path(const struct vs_args *a, const struct fs_op *op)
{
    struct fs_in in;
    fs_in_init(&in, a, op);
    if (!fs_in_path(&in, 0)) return;
    in.call.flags = vs_int(vs_arg(a, 1));
    in.call.mode = vs_uint(vs_arg(a, 2));
    fs_run(&in, 3);
}

static void fs_open(const struct vs_args *a)
{
    open_path(a, &op_open);
}

static void fs_open_file_handle(const struct vs_args *a)
{
    open_path(a, &op_open_handle);
}

static void close_work(struct fs_call *c)
{
    c->res = fs_sys_close(c->fd);
}

static void close_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_close(l, f, c->fd);
}

static const struct fs_op op_close = { .syscall = "close",
                                       .work = close_work,
                                       .start = close_start };

/* close(fd, req) */
static void fs_close(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_close);
    if (!fs_in_fd(&in, 0)) return;
    note_closed(in.call.env, in.call.fd);
    fs_run(&in, 1);
}

void fs_bind_open(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "open", fs_open);
    vs_put_fn(env->cx, target, "openFileHandle", fs_open_file_handle);
    vs_put_fn(env->cx, target, "close", fs_close);
}
