/* core/bind/fs_dir.c: internalBinding('fs_dir'): opendir, and DirHandle, which reads a directory a
 * few entries at a time. The library lets one operation run at a time; reading is a job. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"

struct dir_handle {
    struct fs_owned owned; /* first */
    DIR *dir;              /* NULL: closed */
};

static int dir_drop(struct fs_owned *o)
{
    struct dir_handle *h = (struct dir_handle *)o;
    int fd = h->dir ? dirfd(h->dir) : -1;
    if (h->dir) closedir(h->dir);
    free(h);
    return fd;
}

/* ---- opendir ---- */

static void opendir_work(struct fs_call *c)
{
    c->data = opendir(c->path);
    c->res = c->data ? 0 : -errno;
}

static vs_val opendir_result(struct fs_call *c)
{
    struct rt_env *env = c->env;
    vs_val object = vs_class_make(fs_state_of(env)->dir_class);
    if (!object) return NULL;
    struct dir_handle *h = calloc(1, sizeof *h);
    CHECK(h);
    h->dir = c->data;
    fs_owned_init(&h->owned, env, object, RT_PROVIDER_DIRHANDLE, dir_drop);
    return object;
}

static void opendir_reset(struct fs_call *c, bool unused)
{
    if (unused && c->data) closedir(c->data);
}

static const struct fs_op op_opendir = {
    .syscall = "opendir", .work = opendir_work, .result = opendir_result, .reset = opendir_reset
};

/* opendir(path, encoding, req) */
static void dir_opendir(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_opendir);
    if (fs_in_path(&in, 0)) fs_run(&in, 2);
}

/* opendirSync(path): its errors don't name the path. */
static void dir_opendir_sync(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_opendir);
    if (!fs_in_path(&in, 0)) return;
    in.call.hide_path = true;
    vs_ret_maybe(a, fs_run_sync(&in));
}

/* ---- read ---- */

/* Up to off entries. */
static void read_work(struct fs_call *c)
{
    struct dir_handle *h = c->data;
    struct fs_names *names = &c->out.names;
    int r;
    do {
        r = fs_names_next(names, h->dir);
    } while (r > 0 && names->count < (size_t)c->off);
    c->res = r < 0 ? r : 0;
}

/* [name, type, name, type, ...]; null at the end. */
static vs_val read_result(struct fs_call *c)
{
    struct vs_cx *cx = c->env->cx;
    const struct fs_names *names = &c->out.names;
    if (names->count == 0) return vs_null(cx);
    vs_val *items = malloc(2 * names->count * sizeof *items);
    CHECK(items);
    vs_val array = NULL;
    size_t i = 0;
    for (; i < names->count; i++) {
        const char *name = fs_names_get(names, i);
        items[2 * i] = rt_encode(c->env, name, strlen(name), c->encoding);
        if (!items[2 * i]) break;
        items[2 * i + 1] = vs_i32(cx, names->types[i]);
    }
    if (i == names->count) array = vs_arr_new(cx, items, 2 * names->count);
    free(items);
    return array;
}

static void read_reset(struct fs_call *c, bool unused)
{
    fs_names_reset(&c->out.names);
    fs_owned_release(&((struct dir_handle *)c->data)->owned);
}

static const struct fs_op op_read = {
    .syscall = "scandir", .work = read_work, .result = read_result, .reset = read_reset
};

static struct dir_handle *open_dir_of(const struct vs_args *a)
{
    struct dir_handle *h = vs_native_get(vs_this(a), 0);
    if (h && h->dir) return h;
    rt_throw_uv(rt_env_of(a), -EBADF, "scandir", NULL, NULL);
    return NULL;
}

/* read(encoding, bufferSize, req) */
static void dir_read(const struct vs_args *a)
{
    struct dir_handle *h = open_dir_of(a);
    struct fs_in in;
    if (!h) return;
    fs_in_init(&in, a, &op_read);
    fs_owned_hold(&h->owned);
    in.call.data = h;
    in.call.encoding = rt_encoding_of(in.call.env, vs_arg(a, 0), RT_UTF8);
    in.call.off = vs_int64(vs_arg(a, 1));
    fs_run(&in, 2);
}

/* ---- close ---- */

static void close_work(struct fs_call *c)
{
    c->res = closedir(c->data) < 0 ? -errno : 0;
}

static const struct fs_op op_close = { .syscall = "closedir", .work = close_work };

/* close(req) */
static void dir_close(const struct vs_args *a)
{
    struct dir_handle *h = open_dir_of(a);
    struct fs_in in;
    if (!h) return;
    fs_in_init(&in, a, &op_close);
    in.call.data = h->dir;
    h->dir = NULL;
    fs_run(&in, 0);
}

/* new DirHandle(): makes a closed one, as in Node; useful ones come from opendir(). */
static void new_dir(const struct vs_args *a)
{
}

void rt_bind_fs_dir(struct rt_env *env, vs_val target)
{
    struct vs_class *c = vs_class_new(env->cx, "DirHandle", new_dir, rt_async_class(env), 1);
    vs_class_method(c, "read", dir_read);
    vs_class_method(c, "close", dir_close);
    fs_state_open(env)->dir_class = c;
    vs_put(env->cx, target, "DirHandle", vs_class_fn(c));
    vs_put_fn(env->cx, target, "opendir", dir_opendir);
    vs_put_fn(env->cx, target, "opendirSync", dir_opendir_sync);
}
