/* core/bind/fs_module.c: what the module loaders ask of the file system. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"

/* internalModuleStat(path): 0 = file, 1 = directory, negative = neither. */
static void fs_module_stat(const struct vs_args *a)
{
    struct vs_text path;
    if (!vs_text_read_path(vs_args_cx(a), vs_arg(a, 0), &path)) return;
    struct stat st;
    int r = stat(path.ptr, &st) < 0 ? -errno : S_ISDIR(st.st_mode) ? 1 : 0;
    vs_text_reset(&path);
    vs_ret_i32(a, r);
}

/* getFormatOfExtensionlessFile(path): 1 = WebAssembly, 0 = anything else. */
static void fs_format_of_file(const struct vs_args *a)
{
    static const char magic[] = { '\0', 'a', 's', 'm' };
    struct vs_text path;
    if (!vs_text_read_path(vs_args_cx(a), vs_arg(a, 0), &path)) return;
    char head[sizeof magic];
    bool wasm = false;
    int fd = fs_sys_open(path.ptr, O_RDONLY, 0);
    if (fd >= 0) {
        struct iovec iov = { head, sizeof head };
        wasm = fs_sys_readv(fd, &iov, 1, 0) == sizeof head && !memcmp(head, magic, sizeof magic);
        fs_sys_close(fd);
    }
    vs_text_reset(&path);
    vs_ret_i32(a, wasm ? 1 : 0);
}

/* The order is the library's: tried with "main", then without. */
static const char *const main_suffixes[] = { "",          ".js",         ".json",      ".node",
                                             "/index.js", "/index.json", "/index.node" };
static const char *const index_names[] = { "index.js", "index.json", "index.node" };
#define MAIN_COUNT (int)(sizeof main_suffixes / sizeof main_suffixes[0])
#define INDEX_COUNT (int)(sizeof index_names / sizeof index_names[0])

static bool is_file(const char *dir, const char *name, const char *suffix)
{
    char *path = NULL;
    if (name[0] == '/') dir = ""; /* the library resolves the two as paths */
    size_t dir_len = strlen(dir);
    const char *slash = name[0] == '/' || (dir_len && dir[dir_len - 1] == '/') ? "" : "/";
    CHECK(asprintf(&path, "%s%s%s%s", dir, slash, name, suffix) >= 0);
    struct stat st;
    bool yes = stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
    free(path);
    return yes;
}

static int find_main(const char *dir, const char *name)
{
    for (int i = 0; name && i < MAIN_COUNT; i++) {
        if (is_file(dir, name, main_suffixes[i])) return i;
    }
    for (int i = 0; i < INDEX_COUNT; i++) {
        if (is_file(dir, index_names[i], "")) return MAIN_COUNT + i;
    }
    return -1;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The path of a file: URL, in place; NULL when it is no such URL. */
static char *path_of_url(char *url)
{
    static const char scheme[] = "file://";
    if (strncmp(url, scheme, sizeof scheme - 1) != 0) return NULL;
    char *path = strchr(url + sizeof scheme - 1, '/');
    if (!path) return NULL;
    path[strcspn(path, "?#")] = '\0';
    char *out = path;
    for (char *p = path; *p; p++) {
        int hi = *p == '%' ? hex_value(p[1]) : -1;
        int lo = hi >= 0 ? hex_value(p[2]) : -1;
        if (lo >= 0) p += 2;
        *out++ = lo >= 0 ? (char)(hi << 4 | lo) : *p;
    }
    *out = '\0';
    return path;
}

/* Says that nothing was found, as seen from base (a file: URL). */
static void throw_not_found(struct rt_env *env, const char *dir, const char *name, vs_val base)
{
    if (!vs_is_str(base)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                      "The \"base\" argument must be of type string or an instance of URL.");
        return;
    }
    struct vs_text url;
    if (!vs_text_read(env->cx, base, &url)) return;
    const char *from = path_of_url(url.ptr);
    if (from) {
        const char *slash = dir[0] && dir[strlen(dir) - 1] == '/' ? "" : "/";
        rt_throw_code(env, VS_ERROR, "ERR_MODULE_NOT_FOUND",
                      "Cannot find package '%s%s%s' imported from %s", dir, slash, name, from);
    } else {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_URL", "Invalid URL");
    }
    vs_text_reset(&url);
}

/* legacyMainResolve(packageDirectory, main | undefined, base): which of the names exists. */
static void fs_legacy_main_resolve(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text dir, name;
    bool has_main = vs_is_str(vs_arg(a, 1));
    if (!vs_text_read_path(env->cx, vs_arg(a, 0), &dir)) return;
    if (has_main && !vs_text_read(env->cx, vs_arg(a, 1), &name)) {
        vs_text_reset(&dir);
        return;
    }
    int found = find_main(dir.ptr, has_main ? name.ptr : NULL);
    if (found >= 0) {
        vs_ret_i32(a, found);
    } else {
        throw_not_found(env, dir.ptr, has_main ? name.ptr : index_names[0], vs_arg(a, 2));
    }
    if (has_main) vs_text_reset(&name);
    vs_text_reset(&dir);
}

void fs_bind_module(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "internalModuleStat", fs_module_stat);
    vs_put_fn(cx, target, "getFormatOfExtensionlessFile", fs_format_of_file);
    vs_put_fn(cx, target, "legacyMainResolve", fs_legacy_main_resolve);
}
