/* core/heap_file.c: see the header. */
#include "core/heap_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "core/env.h"
#include "core/error.h"
#include "core/options.h"
#include "core/process.h"
#include "core/worker.h"

/* What the heap may grow by while a snapshot is taken: V8's largest young generation. */
#define LIMIT_RAISE (48u * 1024 * 1024)

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

void rt_heap_file_name(struct rt_env *env, char name[RT_HEAP_FILE_NAME])
{
    static _Atomic unsigned sequence;
    struct tm tm;
    time_t now = time(NULL);
    localtime_r(&now, &tm);
    snprintf(name, RT_HEAP_FILE_NAME, "Heap.%04d%02d%02d.%02d%02d%02d.%d.%d.%03u.heapsnapshot",
             tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
             (int)getpid(), env->worker ? (int)env->worker->id : 0, ++sequence);
}

const char *rt_heap_file_write(struct rt_env *env, const char *path, bool internals, bool numbers,
                               int *err)
{
    struct out_file out = { .fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) };
    if (out.fd < 0) {
        *err = -errno;
        return "open";
    }
    bool ok = vs_heap_snapshot(env->cx, internals, numbers, write_chunk, &out);
    close(out.fd);
    *err = out.err;
    return ok ? NULL : "write";
}

/* A snapshot is built beside the heap, and is about as large. */
static bool has_memory(struct rt_env *env)
{
    struct vs_heap heap;
    vs_heap_read(env->cx, &heap);
    return rt_memory_available() > heap.used;
}

static void write_one(struct rt_env *env)
{
    char name[RT_HEAP_FILE_NAME], path[PATH_MAX];
    rt_heap_file_name(env, name);
    const char *dir = rt_option_str(env->options, RT_OPT_diagnostic_dir);
    snprintf(path, sizeof path, "%s%s%s", dir, *dir ? "/" : "", name);
    int err;
    const char *failed = rt_heap_file_write(env, path, false, false, &err);
    if (failed) {
        fprintf(stderr, "torc: no heap snapshot: %s %s: %s\n", failed, path, rt_err_text(err));
    } else {
        fprintf(stderr, "Wrote snapshot to %s\n", path);
    }
}

static size_t near_limit(struct vs_cx *cx, size_t limit, size_t first_limit)
{
    struct rt_env *env = rt_env_from_cx(cx);
    struct rt_heap_watch *watch = &env->heap_watch;
    if (watch->writing) return limit + LIMIT_RAISE;
    bool can = has_memory(env);
    if (can) {
        watch->writing = true;
        write_one(env);
        watch->writing = false;
    } else {
        fputs("torc: no heap snapshot: there is not enough memory to take one\n", stderr);
    }
    if (!can || --watch->left == 0) vs_heap_limit_unwatch(cx, first_limit);
    return limit + LIMIT_RAISE;
}

void rt_heap_file_near_limit(struct rt_env *env, uint32_t count)
{
    if (count == 0) return;
    env->heap_watch.left = count;
    vs_heap_limit_watch(env->cx, near_limit);
}
