/* core/bind/heap_utils.c: internalBinding('heap_utils'): heap snapshots. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/bind/heap_stream.h"
#include "core/env.h"
#include "core/error.h"

#define FILE_NAME_MAX 96

struct out_file {
    int fd;
    int err; /* -errno of the first write that failed */
};

static bool write_chunk(void *user, const char *text, size_t len)
{
    struct out_file *out = user;
    while (len > 0) {
        ssize_t n = write(out->fd, text, len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            out->err = -errno;
            return false;
        }
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* Heap.20261231.235959.PID.0.SEQUENCE.heapsnapshot */
static void default_name(char name[FILE_NAME_MAX])
{
    static _Atomic unsigned sequence;
    struct tm tm;
    time_t now = time(NULL);
    localtime_r(&now, &tm);
    snprintf(name, FILE_NAME_MAX, "Heap.%04d%02d%02d.%02d%02d%02d.%d.0.%03u.heapsnapshot",
             tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
             (int)getpid(), ++sequence);
}

/* (path or undefined, [expose internals, expose numbers]): the path of the file. */
static void trigger_heap_snapshot(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    char name[FILE_NAME_MAX];
    struct vs_text path;
    struct vs_bytes options = vs_bytes(vs_arg(a, 1));
    CHECK(options.len == 2);
    bool internals = options.ptr[0], numbers = options.ptr[1];
    vs_val file = vs_arg(a, 0);
    if (vs_is_undefined(env->cx, file)) {
        default_name(name);
        file = vs_str_latin1(env->cx, name, -1);
    }
    if (!vs_text_read_path(env->cx, file, &path)) return;
    struct out_file out = { .fd = open(path.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) };
    if (out.fd < 0) {
        rt_throw_uv(env, -errno, "open", path.ptr, NULL);
        goto reset;
    }
    bool ok = vs_heap_snapshot(env->cx, internals, numbers, write_chunk, &out);
    close(out.fd);
    if (ok) {
        vs_ret(a, file);
    } else {
        rt_throw_uv(env, out.err, "write", path.ptr, NULL);
    }
reset:
    vs_text_reset(&path);
}

/* ([expose internals, expose numbers]): a handle to read it from. */
static void create_stream(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct heap_text text = { 0 };
    struct vs_bytes options = vs_bytes(vs_arg(a, 0));
    CHECK(options.len == 2);
    vs_heap_snapshot(env->cx, options.ptr[0], options.ptr[1], rt_heap_text_write, &text);
    vs_ret_maybe(a, rt_heap_stream_new_take(env, &text));
}

void rt_bind_heap_utils(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "triggerHeapSnapshot", trigger_heap_snapshot);
    vs_put_fn(env->cx, target, "createHeapSnapshotStream", create_stream);
    rt_put_missing(env, target, "heap_utils", "buildEmbedderGraph");
}
