/* core/bind/fs_cp.c: the native half of fs.cpSync(). What it checks, in which order, and what its
 * errors say are Node's, where they come from the C++ library. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"

static bool status(const char *path, bool follow, struct stat *st)
{
    return (follow ? stat(path, st) : lstat(path, st)) == 0;
}

static bool is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool same_file(const char *a, const char *b)
{
    struct stat sa, sb;
    return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
           sa.st_ino == sb.st_ino;
}

/* Strictly: a path is not inside itself. */
static bool is_inside(const char *dir, const char *path)
{
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/') len--;
    return strncmp(path, dir, len) == 0 && path[len] == '/';
}

/* Cuts the last component off. false: there is no parent to go to. */
static bool to_parent(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || !slash[1]) return false;
    if (slash == path) slash++;
    *slash = '\0';
    return true;
}

/* A directory above dest, but not next to src, is src under another name. */
static bool is_above(const char *src, const char *dest)
{
    char src_dir[PATH_MAX], dir[PATH_MAX];
    if (snprintf(src_dir, sizeof src_dir, "%s", src) >= PATH_MAX) return false;
    if (snprintf(dir, sizeof dir, "%s", dest) >= PATH_MAX) return false;
    if (!to_parent(src_dir)) src_dir[0] = '\0';
    while (to_parent(dir) && strcmp(dir, src_dir) != 0 && strchr(dir, '/') &&
           strcmp(dir, "/") != 0) {
        if (same_file(src, dir)) return true;
    }
    return false;
}

/* ---- cpSyncCheckPaths ---- */

struct check {
    struct rt_env *env;
    const char *src, *dest;
    struct stat src_st, dest_st;
    bool dest_exists;
};

static bool check_kinds(const struct check *k, bool src_is_dir)
{
    if (!k->dest_exists) return true;
    if (same_file(k->src, k->dest)) {
        rt_throw_code(k->env, VS_ERROR, "ERR_FS_CP_EINVAL", "src and dest cannot be the same %s",
                      k->dest);
        return false;
    }
    bool dest_is_dir = S_ISDIR(k->dest_st.st_mode);
    if (src_is_dir && !dest_is_dir) {
        rt_throw_code(k->env, VS_ERROR, "ERR_FS_CP_DIR_TO_NON_DIR",
                      "Cannot overwrite non-directory %s with directory %s", k->dest, k->src);
        return false;
    }
    if (S_ISREG(k->src_st.st_mode) && dest_is_dir) {
        rt_throw_code(k->env, VS_ERROR, "ERR_FS_CP_NON_DIR_TO_DIR",
                      "Cannot overwrite directory %s with non-directory %s", k->dest, k->src);
        return false;
    }
    return true;
}

static bool check_place(const struct check *k, bool src_is_dir)
{
    if (!(src_is_dir && is_inside(k->src, k->dest)) && !is_above(k->src, k->dest)) return true;
    rt_throw_code(k->env, VS_ERROR, "ERR_FS_CP_EINVAL",
                  "Cannot copy %s/ to a subdirectory of self %s", k->src, k->dest);
    return false;
}

static bool check_source(const struct check *k, bool src_is_dir, bool recursive)
{
    const char *code = NULL;
    const char *what = NULL;
    if (src_is_dir && !recursive) {
        rt_throw_code(k->env, VS_ERROR, "ERR_FS_EISDIR",
                      "Recursive option not enabled, cannot copy a directory: %s/", k->src);
        return false;
    }
    if (S_ISSOCK(k->src_st.st_mode)) {
        code = "ERR_FS_CP_SOCKET";
        what = "a socket file";
    } else if (S_ISFIFO(k->src_st.st_mode)) {
        code = "ERR_FS_CP_FIFO_PIPE";
        what = "a FIFO pipe";
    }
    if (!code) return true;
    rt_throw_code(k->env, VS_ERROR, code, "Cannot copy %s: %s", what, k->dest);
    return false;
}

static void make_parent(const char *path)
{
    char *first = NULL;
    char dir[PATH_MAX];
    if (snprintf(dir, sizeof dir, "%s", path) >= PATH_MAX || !to_parent(dir)) return;
    /* A failure shows in the copy that follows. */
    if (fs_mkdir_all(dir, 0777, &first) == 0) free(first);
}

/* In Node 24 "dereference" works the other way round here, for the source; programs see that. */
static void check_paths(struct check *k, bool dereference, bool recursive)
{
    if (!status(k->src, !dereference, &k->src_st)) {
        rt_throw_uv(k->env, -errno, dereference ? "stat" : "lstat", k->src, NULL);
        return;
    }
    k->dest_exists = status(k->dest, dereference, &k->dest_st);
    bool src_is_dir = is_dir(k->src);
    if (check_kinds(k, src_is_dir) && check_place(k, src_is_dir) &&
        check_source(k, src_is_dir, recursive) && !k->dest_exists)
        make_parent(k->dest);
}

static bool read_two(const struct vs_args *a, struct vs_text *src, struct vs_text *dest)
{
    struct vs_cx *cx = vs_args_cx(a);
    if (!vs_text_read_path(cx, vs_arg(a, 0), src)) return false;
    if (vs_text_read_path(cx, vs_arg(a, 1), dest)) return true;
    vs_text_reset(src);
    return false;
}

/* cpSyncCheckPaths(src, dest, dereference, recursive) */
static void cp_check_paths(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text src, dest;
    if (!read_two(a, &src, &dest)) return;
    struct check k = { .env = env, .src = src.ptr, .dest = dest.ptr };
    check_paths(&k, vs_is_true(env->cx, vs_arg(a, 2)), vs_is_true(env->cx, vs_arg(a, 3)));
    vs_text_reset(&src);
    vs_text_reset(&dest);
}

/* ---- cpSyncOverrideFile ---- */

static int copy_times(const char *src, const char *dest)
{
    struct stat st;
    if (stat(src, &st) < 0) return -errno;
    const struct timespec times[2] = { st.st_atim, st.st_mtim };
    return utimensat(AT_FDCWD, dest, times, 0) < 0 ? -errno : 0;
}

/* cpSyncOverrideFile(src, dest, mode, preserveTimestamps) */
static void cp_override_file(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text src, dest;
    if (!read_two(a, &src, &dest)) return;
    if (remove(dest.ptr) < 0) {
        fs_throw_errno(env, errno, "unlink", dest.ptr, false);
    } else {
        int err = fs_copy_file(src.ptr, dest.ptr, vs_int(vs_arg(a, 2)));
        if (!err && vs_is_true(env->cx, vs_arg(a, 3))) err = copy_times(src.ptr, dest.ptr);
        if (err) fs_throw_errno(env, -err, "cp", dest.ptr, false);
    }
    vs_text_reset(&src);
    vs_text_reset(&dest);
}

/* ---- cpSyncCopyDir ---- */

struct copy {
    struct rt_env *env;
    const char *dest; /* as it was given: errors name it */
    bool force;
    bool error_on_exist;
    bool verbatim;
    bool times;
};

static bool copy_failed(const struct copy *c, int err, const char *path)
{
    fs_throw_errno(c->env, -err, "cp", path, false);
    return false;
}

/* Resolves what exists of an absolute path, and takes "." and ".." out of the rest. */
static void weakly_canonical(const char *path, char *out)
{
    char rest[PATH_MAX];
    size_t len = strlen(path);
    snprintf(rest, sizeof rest, "%s", path);
    while (!realpath(rest, out)) {
        while (len > 0 && rest[len - 1] != '/') len--;
        while (len > 0 && rest[len - 1] == '/') len--;
        rest[len] = '\0';
        if (len == 0) {
            strcpy(out, "/");
            break;
        }
    }
    snprintf(rest, sizeof rest, "%s", path + len);
    for (char *save, *part = strtok_r(rest, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
        if (strcmp(part, ".") == 0) continue;
        if (strcmp(part, "..") == 0) {
            to_parent(out);
            continue;
        }
        size_t at = strlen(out);
        const char *slash = at > 0 && out[at - 1] == '/' ? "" : "/";
        snprintf(out + at, PATH_MAX - at, "%s%s", slash, part);
    }
}

static int read_link(const char *path, char target[PATH_MAX])
{
    ssize_t n = readlink(path, target, PATH_MAX - 1);
    if (n < 0) return -errno;
    target[n] = '\0';
    return 0;
}

/* The target of a link in dir, absolute. */
static int absolute_target(const char *dir, const char *target, char out[PATH_MAX])
{
    char full[PATH_MAX], base[PATH_MAX];
    if (target[0] == '/') {
        strcpy(out, target);
        return 0;
    }
    if (!realpath(dir, base)) return -errno;
    if (snprintf(full, sizeof full, "%s/%s", base, target) >= PATH_MAX) return -ENAMETOOLONG;
    weakly_canonical(full, out);
    return 0;
}

static bool is_inside_or_same(const char *dir, const char *path)
{
    return strcmp(dir, path) == 0 || is_inside(dir, path);
}

/* A link in place of another one must not lead into, or out of, a tree that is being copied. As in
 * Node, targets are compared as the links have them: relative ones are seldom found out. */
static bool replace_link(const struct copy *c, const char *dest, const char *target)
{
    char current[PATH_MAX];
    int err = read_link(dest, current);
    if (err) return copy_failed(c, err, dest);
    if (is_dir(target) && is_inside_or_same(target, current)) {
        rt_throw_code(c->env, VS_ERROR, "ERR_FS_CP_EINVAL",
                      "Cannot copy %s to a subdirectory of self %s", target, current);
        return false;
    }
    if (is_dir(dest) && is_inside_or_same(current, target)) {
        rt_throw_code(c->env, VS_ERROR, "ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY",
                      "cannot overwrite %s with %s", current, target);
        return false;
    }
    return unlink(dest) == 0 || copy_failed(c, -errno, dest);
}

static bool copy_link(const struct copy *c, const char *src_dir, const char *src, const char *dest)
{
    char target[PATH_MAX], absolute[PATH_MAX];
    struct stat st;
    int err = read_link(src, target);
    if (err) return copy_failed(c, err, c->dest);
    if (c->verbatim) return symlink(target, dest) == 0 || copy_failed(c, -errno, c->dest);
    if (lstat(dest, &st) == 0 && S_ISLNK(st.st_mode) && !replace_link(c, dest, target))
        return false;
    err = absolute_target(src_dir, target, absolute);
    if (!err && symlink(absolute, dest) < 0) err = -errno;
    return !err || copy_failed(c, err, dest);
}

static bool copy_regular(const struct copy *c, const char *src, const char *dest)
{
    int err = fs_copy_file(src, dest, c->force ? 0 : FS_COPY_EXCL);
    if (err == -EEXIST && !c->force) {
        if (!c->error_on_exist) return true;
        rt_throw_code(
            c->env, VS_ERROR, "ERR_FS_CP_EEXIST",
            "[ERR_FS_CP_EEXIST]: Target already exists: cp returned EEXIST (%s already exists)",
            dest);
        return false;
    }
    if (!err && c->times) err = copy_times(src, dest);
    return !err || copy_failed(c, err, c->dest);
}

static bool copy_dir(const struct copy *c, const char *src, const char *dest);

static bool copy_entry(const struct copy *c, const char *src_dir, const char *dest_dir,
                       const char *name)
{
    char *src = NULL, *dest = NULL;
    struct stat st;
    bool ok = true;
    CHECK(asprintf(&src, "%s/%s", src_dir, name) >= 0);
    CHECK(asprintf(&dest, "%s/%s", dest_dir, name) >= 0);
    if (lstat(src, &st) < 0) {
        ok = copy_failed(c, -errno, c->dest);
    } else if (S_ISLNK(st.st_mode)) {
        ok = copy_link(c, src_dir, src, dest);
    } else if (S_ISDIR(st.st_mode)) {
        ok = copy_dir(c, src, dest);
    } else if (S_ISREG(st.st_mode)) {
        ok = copy_regular(c, src, dest);
    } /* pipes, sockets and devices are left out */
    free(src);
    free(dest);
    return ok;
}

/* false: an exception is pending. */
static bool copy_dir(const struct copy *c, const char *src, const char *dest)
{
    char *first = NULL;
    struct fs_names names = { 0 };
    int err = fs_mkdir_all(dest, 0777, &first);
    free(first);
    if (!err) err = fs_names_read(src, &names);
    bool ok = !err || copy_failed(c, err == -EEXIST ? -ENOTDIR : err, c->dest);
    for (size_t i = 0; ok && i < names.count; i++)
        ok = copy_entry(c, src, dest, fs_names_get(&names, i));
    fs_names_reset(&names);
    return ok;
}

/* cpSyncCopyDir(src, dest, force, dereference, errorOnExist, verbatimSymlinks,
 * preserveTimestamps). Links are copied as links whatever dereference says, as Node does. */
static void cp_copy_dir(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text src, dest;
    if (!read_two(a, &src, &dest)) return;
    const struct copy c = {
        .env = rt_env_of(a),
        .dest = dest.ptr,
        .force = vs_is_true(cx, vs_arg(a, 2)),
        .error_on_exist = vs_is_true(cx, vs_arg(a, 4)),
        .verbatim = vs_is_true(cx, vs_arg(a, 5)),
        .times = vs_is_true(cx, vs_arg(a, 6)),
    };
    if (copy_dir(&c, src.ptr, dest.ptr)) vs_ret(a, vs_undefined(cx));
    vs_text_reset(&src);
    vs_text_reset(&dest);
}

void fs_bind_cp(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "cpSyncCheckPaths", cp_check_paths);
    vs_put_fn(env->cx, target, "cpSyncOverrideFile", cp_override_file);
    vs_put_fn(env->cx, target, "cpSyncCopyDir", cp_copy_dir);
}
