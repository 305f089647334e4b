/* core/bind/fs_text.c: whole files as UTF-8 text: readFileUtf8, writeFileUtf8. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"

/* Where the size is not known (/proc, pipes), memory grows from here. */
#define FIRST_READ 8192

struct text {
    char *data; /* owned */
    size_t len, cap;
};

static int64_t read_some(int fd, struct text *t)
{
    if (t->len == t->cap) {
        size_t cap = t->cap ? 2 * t->cap : FIRST_READ;
        char *data = realloc(t->data, cap);
        if (!data) return -ENOMEM;
        t->data = data;
        t->cap = cap;
    }
    struct iovec iov = { t->data + t->len, t->cap - t->len };
    int64_t n = fs_sys_readv(fd, &iov, 1, -1);
    if (n > 0) t->len += (size_t)n;
    return n;
}

/* One byte more than the size, so that the end of a regular file shows without growing. */
static int read_all(int fd, struct text *t)
{
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        t->cap = (size_t)st.st_size + 1;
        t->data = malloc(t->cap);
        if (!t->data) return -ENOMEM;
    }
    int64_t n;
    do {
        n = read_some(fd, t);
    } while (n > 0);
    return (int)n;
}

/* Opens argument 0 unless it is a descriptor already. < 0: an exception is pending. */
static int open_subject(const struct vs_args *a, int flags, mode_t mode)
{
    struct rt_env *env = rt_env_of(a);
    if (vs_is_num(vs_arg(a, 0))) return vs_int(vs_arg(a, 0));
    struct vs_text path;
    if (!vs_text_read_path(env->cx, vs_arg(a, 0), &path)) return -EINVAL;
    int fd = fs_sys_open(path.ptr, flags, mode);
    if (fd < 0) rt_throw_uv(env, fd, "open", path.ptr, NULL);
    vs_text_reset(&path);
    return fd;
}

static void close_subject(const struct vs_args *a, int fd)
{
    if (!vs_is_num(vs_arg(a, 0))) fs_sys_close(fd);
}

/* readFileUtf8(path | fd, flags) */
static void fs_read_file_utf8(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    bool given = vs_is_num(vs_arg(a, 0));
    int fd = open_subject(a, vs_int(vs_arg(a, 1)), 0666);
    if (fd < 0 && !given) return;
    struct text t = { 0 };
    int err = read_all(fd, &t);
    close_subject(a, fd);
    if (err) {
        rt_throw_uv(env, err, "read", NULL, NULL);
    } else {
        vs_ret_maybe(a, vs_str_utf8(env->cx, t.data ? t.data : "", (ptrdiff_t)t.len));
    }
    free(t.data);
}

static int64_t write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        struct iovec iov = { (void *)(uintptr_t)data, len };
        int64_t n = fs_sys_writev(fd, &iov, 1, -1);
        if (n < 0) return n;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* writeFileUtf8(path | fd, text, flags, mode) */
static void fs_write_file_utf8(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    bool given = vs_is_num(vs_arg(a, 0));
    struct vs_text text;
    if (!vs_text_read_path(env->cx, vs_arg(a, 1), &text)) return;
    int fd = open_subject(a, vs_int(vs_arg(a, 2)), vs_uint(vs_arg(a, 3)));
    if (fd >= 0 || given) {
        int64_t err = write_all(fd, text.ptr, text.len);
        close_subject(a, fd);
        if (err) rt_throw_uv(env, (int)err, "write", NULL, NULL);
    }
    vs_text_reset(&text);
}

void fs_bind_text(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "readFileUtf8", fs_read_file_utf8);
    vs_put_fn(env->cx, target, "writeFileUtf8", fs_write_file_utf8);
}
