/* core/bind/fs_dirs.c: mkdir, rmdir, readdir, rmSync. fs.opendir() is fs_dir.c's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"

/* ---- mkdir, rmdir ---- */

static void mkdir_work(struct fs_call *c)
{
    c->res = mkdir(c->path, c->mode) < 0 ? -errno : 0;
}

static void mkdir_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_mkdir(l, f, c->path, c->mode);
}

static void mkdir_all_work(struct fs_call *c)
{
    c->res = fs_mkdir_all(c->path, c->mode, &c->out.text);
}

static vs_val mkdir_all_result(struct fs_call *c)
{
    struct vs_cx *cx = c->env->cx;
    return c->out.text ? vs_str_utf8(cx, c->out.text, -1) : vs_undefined(cx);
}

static void mkdir_all_reset(struct fs_call *c, bool unused)
{
    free(c->out.text);
}

static void rmdir_work(struct fs_call *c)
{
    c->res = rmdir(c->path) < 0 ? -errno : 0;
}

static void rmdir_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_rmdir(l, f, c->path);
}

static const struct fs_op op_mkdir = { .syscall = "mkdir",
                                       .work = mkdir_work,
                                       .start = mkdir_start };
static const struct fs_op op_mkdir_all = {
    .syscall = "mkdir", .work = mkdir_all_work, .result = mkdir_all_result, .reset = mkdir_all_reset
};
static const struct fs_op op_rmdir = { .syscall = "rmdir",
                                       .work = rmdir_work,
                                       .start = rmdir_start };

/* mkdir(path, mode, recursive, req) */
static void fs_mkdir(const struct vs_args *a)
{
    struct fs_in in;
    bool all = vs_is_true(vs_args_cx(a), vs_arg(a, 2));
    fs_in_init(&in, a, all ? &op_mkdir_all : &op_mkdir);
    if (!fs_in_path(&in, 0)) return;
    in.call.mode = vs_uint(vs_arg(a, 1));
    fs_run(&in, 3);
}

/* rmdir(path, req) */
static void fs_rmdir(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_rmdir);
    if (fs_in_path(&in, 0)) fs_run(&in, 1);
}

/* ---- readdir ---- */

static void readdir_work(struct fs_call *c)
{
    c->res = fs_names_read(c->path, &c->out.names);
    if (c->res == 0) c->res = fs_names_sort(&c->out.names);
}

/* An array of n values made by item(c, i). */
static vs_val make_array(struct fs_call *c, vs_val (*item)(struct fs_call *c, size_t i))
{
    size_t count = c->out.names.count;
    vs_val *items = malloc((count ? count : 1) * sizeof *items);
    CHECK(items);
    vs_val array = NULL;
    size_t i = 0;
    for (; i < count; i++) {
        items[i] = item(c, i);
        if (!items[i]) break;
    }
    if (i == count) array = vs_arr_new(c->env->cx, items, count);
    free(items);
    return array;
}

static vs_val name_item(struct fs_call *c, size_t i)
{
    const char *name = fs_names_get(&c->out.names, i);
    return rt_encode(c->env, name, strlen(name), c->encoding);
}

static vs_val type_item(struct fs_call *c, size_t i)
{
    return vs_i32(c->env->cx, c->out.names.types[i]);
}

static vs_val readdir_result(struct fs_call *c)
{
    vs_val names = make_array(c, name_item);
    if (!c->option || !names) return names;
    vs_val types = make_array(c, type_item);
    vs_val both[] = { names, types };
    return types ? vs_arr_new(c->env->cx, both, 2) : NULL;
}

static void readdir_reset(struct fs_call *c, bool unused)
{
    fs_names_reset(&c->out.names);
}

static const struct fs_op op_readdir = {
    .syscall = "scandir", .work = readdir_work, .result = readdir_result, .reset = readdir_reset
};

/* readdir(path, encoding, withFileTypes, req) */
static void fs_readdir(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_readdir);
    if (!fs_in_path(&in, 0)) return;
    in.call.encoding = rt_encoding_of(in.call.env, vs_arg(a, 1), RT_UTF8);
    in.call.option = vs_is_true(in.call.env->cx, vs_arg(a, 2));
    fs_run(&in, 3);
}

/* ---- rmSync ---- */

static bool worth_retrying(int err)
{
    return err == -EBUSY || err == -EMFILE || err == -ENFILE || err == -ENOTEMPTY || err == -EPERM;
}

static void sleep_ms(uint64_t ms)
{
    struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };
    while (nanosleep(&t, &t) < 0 && errno == EINTR) {
    }
}

static int remove_with_retries(const char *path, bool recursive, uint32_t retries, uint32_t delay)
{
    for (uint32_t i = 1;; i++) {
        int err = recursive ? fs_remove_tree(path) : remove(path) < 0 ? -errno : 0;
        if (!err || err == -ENOENT) return 0;
        if (!worth_retrying(err) || i > retries) return err;
        sleep_ms((uint64_t)i * delay);
    }
}

/* rmSync(path, maxRetries, recursive, retryDelay): no error when there is nothing. */
static void fs_rm_sync(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text path;
    if (!vs_text_read_path(env->cx, vs_arg(a, 0), &path)) return;
    bool recursive = vs_is_true(env->cx, vs_arg(a, 2));
    struct stat st;
    if (lstat(path.ptr, &st) == 0 && S_ISDIR(st.st_mode) && !recursive) {
        rt_throw_code(env, VS_ERROR, "ERR_FS_EISDIR", "Path is a directory: %s", path.ptr);
    } else {
        int err =
            remove_with_retries(path.ptr, recursive, vs_uint(vs_arg(a, 1)), vs_uint(vs_arg(a, 3)));
        if (err) fs_throw_errno(env, -err, "rm", path.ptr, true);
    }
    vs_text_reset(&path);
}

void fs_bind_dirs(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "mkdir", fs_mkdir);
    vs_put_fn(env->cx, target, "rmdir", fs_rmdir);
    vs_put_fn(env->cx, target, "readdir", fs_readdir);
    vs_put_fn(env->cx, target, "rmSync", fs_rm_sync);
}
