/* core/bind/fs_path.c: operations on names: rename, link, symlink, unlink, readlink, realpath,
 * copyFile, mkdtemp, access. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"

static int64_t result_of(int r)
{
    return r < 0 ? -errno : r;
}

static void rename_work(struct fs_call *c)
{
    c->res = result_of(rename(c->path, c->dest));
}

static void rename_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_rename(l, f, c->path, c->dest);
}

static void link_work(struct fs_call *c)
{
    c->res = result_of(link(c->path, c->dest));
}

static void link_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_link(l, f, c->path, c->dest);
}

static void symlink_work(struct fs_call *c)
{
    c->res = result_of(symlink(c->path, c->dest));
}

static void symlink_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_symlink(l, f, c->path, c->dest);
}

static void unlink_work(struct fs_call *c)
{
    c->res = result_of(unlink(c->path));
}

static void unlink_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_unlink(l, f, c->path);
}

static const struct fs_op op_rename = { .syscall = "rename",
                                        .work = rename_work,
                                        .start = rename_start };
static const struct fs_op op_link = { .syscall = "link", .work = link_work, .start = link_start };
static const struct fs_op op_symlink = { .syscall = "symlink",
                                         .work = symlink_work,
                                         .start = symlink_start };
static const struct fs_op op_unlink = { .syscall = "unlink",
                                        .work = unlink_work,
                                        .start = unlink_start };

/* name(from, to, ..., req) */
static void two_paths(const struct vs_args *a, const struct fs_op *op, int req_at)
{
    struct fs_in in;
    fs_in_init(&in, a, op);
    if (!fs_in_path(&in, 0) || !fs_in_dest(&in, 1)) return;
    fs_run(&in, req_at);
}

static void fs_rename(const struct vs_args *a)
{
    two_paths(a, &op_rename, 2);
}

static void fs_link(const struct vs_args *a)
{
    two_paths(a, &op_link, 2);
}

/* symlink(target, path, flags, req): the flags are Windows'. */
static void fs_symlink(const struct vs_args *a)
{
    two_paths(a, &op_symlink, 3);
}

/* unlink(path, req) */
static void fs_unlink(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_unlink);
    if (fs_in_path(&in, 0)) fs_run(&in, 1);
}

/* ---- results that are paths ---- */

static vs_val text_result(struct fs_call *c)
{
    return rt_encode(c->env, c->out.text, strlen(c->out.text), c->encoding);
}

static void text_reset(struct fs_call *c, bool unused)
{
    free(c->out.text);
}

static void readlink_work(struct fs_call *c)
{
    char target[PATH_MAX];
    ssize_t n = readlink(c->path, target, sizeof target);
    c->res = n < 0 ? -errno : 0;
    if (n < 0) return;
    c->out.text = strndup(target, (size_t)n);
    CHECK(c->out.text);
}

static void realpath_work(struct fs_call *c)
{
    c->out.text = realpath(c->path, NULL);
    c->res = c->out.text ? 0 : -errno;
}

static const struct fs_op op_readlink = {
    .syscall = "readlink", .work = readlink_work, .result = text_result, .reset = text_reset
};
static const struct fs_op op_realpath = {
    .syscall = "realpath", .work = realpath_work, .result = text_result, .reset = text_reset
};

/* name(path, encoding, req) */
static void path_to_text(const struct vs_args *a, const struct fs_op *op)
{
    struct fs_in in;
    fs_in_init(&in, a, op);
    if (!fs_in_path(&in, 0)) return;
    in.call.encoding = rt_encoding_of(in.call.env, vs_arg(a, 1), RT_UTF8);
    fs_run(&in, 2);
}

static void fs_readlink(const struct vs_args *a)
{
    path_to_text(a, &op_readlink);
}

static void fs_realpath(const struct vs_args *a)
{
    path_to_text(a, &op_realpath);
}

/* The path is a template; an error shows it as it was given. */
static void mkdtemp_work(struct fs_call *c)
{
    c->out.text = strdup(c->path);
    CHECK(c->out.text);
    c->res = mkdtemp(c->out.text) ? 0 : -errno;
}

static const struct fs_op op_mkdtemp = {
    .syscall = "mkdtemp", .work = mkdtemp_work, .result = text_result, .reset = text_reset
};

/* mkdtemp(prefix, encoding, req) */
static void fs_mkdtemp(const struct vs_args *a)
{
    static const char suffix[] = "XXXXXX";
    struct fs_in in;
    fs_in_init(&in, a, &op_mkdtemp);
    if (!fs_in_path(&in, 0)) return;
    size_t len = strlen(in.call.path);
    char *template = malloc(len + sizeof suffix);
    CHECK(template);
    memcpy(template, in.call.path, len);
    memcpy(template + len, suffix, sizeof suffix);
    vs_text_reset(&in.path);
    in.call.path = in.call.bytes = template;
    in.call.encoding = rt_encoding_of(in.call.env, vs_arg(a, 1), RT_UTF8);
    fs_run(&in, 2);
}

/* ---- the rest ---- */

static void access_work(struct fs_call *c)
{
    c->res = result_of(access(c->path, c->flags));
}

static void copy_work(struct fs_call *c)
{
    c->res = fs_copy_file(c->path, c->dest, c->flags);
}

static const struct fs_op op_access = { .syscall = "access", .work = access_work };
static const struct fs_op op_copy_file = { .syscall = "copyfile", .work = copy_work };

/* access(path, mode, req) */
static void fs_access(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_access);
    if (fs_in_mode_bits(&in, 1) && fs_in_path(&in, 0)) fs_run(&in, 2);
}

/* existsSync(path) */
static void fs_exists(const struct vs_args *a)
{
    struct vs_text path;
    if (!vs_text_read_path(vs_args_cx(a), vs_arg(a, 0), &path)) return;
    vs_ret_bool(a, access(path.ptr, F_OK) == 0);
    vs_text_reset(&path);
}

/* copyFile(src, dest, mode, req) */
static void fs_copy(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_copy_file);
    if (fs_in_mode_bits(&in, 2) && fs_in_path(&in, 0) && fs_in_dest(&in, 1)) fs_run(&in, 3);
}

void fs_bind_path(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "rename", fs_rename);
    vs_put_fn(cx, target, "link", fs_link);
    vs_put_fn(cx, target, "symlink", fs_symlink);
    vs_put_fn(cx, target, "unlink", fs_unlink);
    vs_put_fn(cx, target, "readlink", fs_readlink);
    vs_put_fn(cx, target, "realpath", fs_realpath);
    vs_put_fn(cx, target, "mkdtemp", fs_mkdtemp);
    vs_put_fn(cx, target, "access", fs_access);
    vs_put_fn(cx, target, "existsSync", fs_exists);
    vs_put_fn(cx, target, "copyFile", fs_copy);
}
