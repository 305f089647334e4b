/* core/bind/modules.c: internalBinding('modules'): package.json files for the module loaders, each
 * read once. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/bind/modules_priv.h"
#include "core/env.h"
#include "core/error.h"
#include "core/file_url.h"
#include "core/package_json.h"
#include "core/snapshot.h"

#define PACKAGE_BUCKETS 256 /* a power of two */
/* No package.json comes near it. */
#define PACKAGE_MAX (64u << 20)
#define PACKAGE_FILE "/package.json"

struct package {
    struct package *next; /* in its bucket */
    uint64_t hash;
    struct rt_package json;
    char path[];
};

/* Per-env state, in RT_STATE_modules. Files that are not there are not remembered: they may come.
 */
struct modules {
    struct package *buckets[PACKAGE_BUCKETS];
};

/* Whom to blame in the error for a broken file; fields may be NULL. */
struct importer {
    const char *base, *specifier;
};

static uint64_t hash_text(const char *s)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *s; s++) h = (h ^ (unsigned char)*s) * 0x100000001b3u;
    return h;
}

/* The whole file; the caller frees it. NULL: *why tells the reason, -ENOENT when there is no such
 * file. */
static char *read_file(const char *path, size_t *len, int *why)
{
    *len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        *why = errno == ENOTDIR ? -ENOENT : -errno;
        return NULL;
    }
    struct stat st;
    char *text = NULL;
    int err = fstat(fd, &st) < 0 ? -errno : 0;
    if (!err && !S_ISREG(st.st_mode)) err = -ENOENT;
    if (!err && st.st_size > PACKAGE_MAX) err = -EFBIG;
    if (!err && !(text = malloc((size_t)st.st_size + 1))) err = -ENOMEM;
    while (!err && *len < (size_t)st.st_size) {
        ssize_t n = read(fd, text + *len, (size_t)st.st_size - *len);
        if (n == 0) break;
        if (n > 0) *len += (size_t)n;
        if (n < 0 && errno != EINTR) err = -errno;
    }
    close(fd);
    *why = err;
    if (!err) return text;
    free(text);
    return NULL;
}

static void throw_invalid(struct rt_env *env, const char *path, const struct importer *by)
{
    if (by->base && by->specifier) {
        static const char scheme[] = "file://";
        bool is_url = strncmp(by->base, scheme, strlen(scheme)) == 0;
        rt_throw_code(env, VS_ERROR, "ERR_INVALID_PACKAGE_CONFIG",
                      "Invalid package config %s while importing \"%s\" from %s.", path,
                      by->specifier, by->base + (is_url ? strlen(scheme) : 0));
    } else {
        rt_throw_code(env, VS_ERROR, "ERR_INVALID_PACKAGE_CONFIG", "Invalid package config %s.",
                      path);
    }
}

/* *out: the package, NULL when there is no such file. false: it is broken, an exception is pending.
 */
static bool package_get(struct rt_env *env, const char *path, const struct importer *by,
                        struct package **out)
{
    struct modules *m = env->binding_state[RT_STATE_modules];
    uint64_t hash = hash_text(path);
    struct package **bucket = &m->buckets[hash & (PACKAGE_BUCKETS - 1)];
    for (struct package *p = *bucket; p; p = p->next) {
        if (p->hash == hash && strcmp(p->path, path) == 0) {
            *out = p;
            return true;
        }
    }
    size_t len;
    int err;
    char *text = read_file(path, &len, &err);
    *out = NULL;
    if (!text && err == -ENOENT) return true;
    if (!text) {
        rt_throw_code(env, VS_ERROR, "ERR_INVALID_PACKAGE_CONFIG",
                      "Cannot read package config %s: %s.", path, rt_err_text(err));
        return false;
    }
    struct package *p = malloc(sizeof(*p) + strlen(path) + 1);
    CHECK(p);
    err = rt_package_parse(&p->json, text, len);
    free(text);
    if (err) {
        free(p);
        throw_invalid(env, path, by);
        return false;
    }
    strcpy(p->path, path);
    p->hash = hash;
    p->next = *bucket;
    *bucket = p;
    *out = p;
    return true;
}

static bool ends_with(const char *s, size_t len, const char *suffix)
{
    size_t n = strlen(suffix);
    return len >= n && memcmp(s + len - n, suffix, n) == 0;
}

/* The package.json in dir or the nearest folder above, not beyond a node_modules. path: dir, with
 * room for PACKAGE_FILE; it ends as the last file looked for. */
static bool package_find(struct rt_env *env, char *path, struct package **out)
{
    static const struct importer nobody = { 0 };
    size_t len = strlen(path);
    while (len && path[len - 1] == '/') len--;
    *out = NULL;
    for (;;) {
        bool stop = len == 0 || ends_with(path, len, "/node_modules");
        bool skip = len && stop;
        strcpy(path + len, PACKAGE_FILE);
        if (!skip && !package_get(env, path, &nobody, out)) return false;
        if (*out || stop) return true;
        while (len && path[len - 1] != '/') len--;
        while (len && path[len - 1] == '/') len--;
    }
}

static vs_val text_or_undefined(struct vs_cx *cx, const char *text)
{
    return text ? vs_str_utf8(cx, text, -1) : vs_undefined(cx);
}

static vs_val type_text(struct vs_cx *cx, enum rt_package_type type)
{
    static const char *const names[] = { [RT_PACKAGE_NONE] = "none",
                                         [RT_PACKAGE_COMMONJS] = "commonjs",
                                         [RT_PACKAGE_MODULE] = "module" };
    return vs_str_intern(cx, names[type]);
}

/* [name, main, type, imports, exports, path] */
static vs_val package_array(struct vs_cx *cx, const struct package *p)
{
    vs_val items[] = {
        text_or_undefined(cx, p->json.name),
        text_or_undefined(cx, p->json.main),
        type_text(cx, p->json.type),
        text_or_undefined(cx, p->json.imports),
        text_or_undefined(cx, p->json.exports),
        vs_str_utf8(cx, p->path, -1),
    };
    return vs_arr_new(cx, items, sizeof(items) / sizeof(items[0]));
}

static bool optional_text(const struct vs_args *a, int i, struct vs_text *t, const char **ptr)
{
    *ptr = NULL;
    t->ptr = NULL;
    if (!vs_is_str(vs_arg(a, i))) return true;
    if (!vs_text_read(vs_args_cx(a), vs_arg(a, i), t)) return false;
    *ptr = t->ptr;
    return true;
}

static void optional_reset(struct vs_text *t)
{
    if (t->ptr) vs_text_reset(t);
}

/* readPackageJSON(path, isESM, base, specifier) */
static void read_package_json(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text path, base, specifier;
    struct importer by;
    if (!vs_text_read(env->cx, vs_arg(a, 0), &path)) return;
    bool ok = optional_text(a, 2, &base, &by.base);
    if (ok && !optional_text(a, 3, &specifier, &by.specifier)) {
        optional_reset(&base);
        ok = false;
    }
    if (ok) {
        if (!vs_is_true(env->cx, vs_arg(a, 1))) by.base = NULL;
        struct package *p;
        if (package_get(env, path.ptr, &by, &p) && p) vs_ret(a, package_array(env->cx, p));
        optional_reset(&base);
        optional_reset(&specifier);
    }
    vs_text_reset(&path);
}

/* Finds from the folder of the file that argument 0 names. false: an exception is pending. */
static bool find_for_path(const struct vs_args *a, struct package **out)
{
    struct rt_env *env = rt_env_of(a);
    char path[PATH_MAX + sizeof(PACKAGE_FILE)];
    struct vs_text t;
    *out = NULL;
    if (!vs_text_read(env->cx, vs_arg(a, 0), &t)) return false;
    bool ok = true;
    const char *slash = strrchr(t.ptr, '/');
    size_t len = slash ? (size_t)(slash - t.ptr) : 0;
    /* A relative path has no parent to start from; too long a one can't exist. */
    if (t.ptr[0] == '/' && len < PATH_MAX) {
        memcpy(path, t.ptr, len);
        path[len] = 0;
        ok = package_find(env, path, out);
    }
    vs_text_reset(&t);
    return ok;
}

static void get_nearest_parent(const struct vs_args *a)
{
    struct package *p;
    if (find_for_path(a, &p) && p) vs_ret(a, package_array(vs_args_cx(a), p));
}

static void get_nearest_parent_type(const struct vs_args *a)
{
    struct package *p;
    if (find_for_path(a, &p) && p) vs_ret(a, type_text(vs_args_cx(a), p->json.type));
}

static void throw_invalid_url(struct rt_env *env, vs_val input)
{
    vs_val error = rt_error_code(env, VS_TYPE_ERROR, "ERR_INVALID_URL", "Invalid URL");
    if (!error || !vs_set(env->cx, error, vs_str_intern(env->cx, "input"), input)) return;
    vs_throw(env->cx, error);
}

/* *path: the package.json found, or the last one looked for. false: an exception is pending. */
static bool find_for_url(const struct vs_args *a, char path[PATH_MAX + sizeof(PACKAGE_FILE)],
                         struct package **out)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text url;
    if (!vs_text_read(env->cx, vs_arg(a, 0), &url)) return false;
    bool ok = rt_file_url_folder(url.ptr, path);
    vs_text_reset(&url);
    if (ok) return package_find(env, path, out);
    throw_invalid_url(env, vs_arg(a, 0));
    return false;
}

/* getPackageScopeConfig(url) -> array, or the path of the last file looked for */
static void get_package_scope_config(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    char path[PATH_MAX + sizeof(PACKAGE_FILE)];
    struct package *p;
    if (!find_for_url(a, path, &p)) return;
    vs_ret_maybe(a, p ? package_array(cx, p) : vs_str_utf8(cx, path, -1));
}

static void get_package_type(const struct vs_args *a)
{
    char path[PATH_MAX + sizeof(PACKAGE_FILE)];
    struct package *p;
    if (find_for_url(a, path, &p) && p) vs_ret(a, type_text(vs_args_cx(a), p->json.type));
}

static vs_val load_path(struct vs_cx *cx, vs_val url, bool folder)
{
    char path[PATH_MAX];
    struct vs_text t;
    if (!vs_text_read(cx, url, &t)) return NULL;
    bool ok = folder ? rt_file_url_folder(t.ptr, path) : rt_file_url_path(t.ptr, path);
    vs_text_reset(&t);
    if (ok) return vs_str_utf8(cx, *path ? path : "/", -1);
    throw_invalid_url(rt_env_from_cx(cx), url);
    return NULL;
}

static vs_val load_dirname(struct vs_cx *cx, vs_val key, vs_val url)
{
    return load_path(cx, url, true);
}

static vs_val load_filename(struct vs_cx *cx, vs_val key, vs_val url)
{
    return load_path(cx, url, false);
}

/* setLazyPathHelpers(meta, url): import.meta.dirname and .filename */
static void set_lazy_path_helpers(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val meta = vs_arg(a, 0), url = vs_arg(a, 1);
    vs_val dirname = vs_str_intern(cx, "dirname"), filename = vs_str_intern(cx, "filename");
    if (!vs_define_lazy(cx, meta, dirname, load_dirname, url, VS_ATTR_NONE)) return;
    if (!vs_define_lazy(cx, meta, filename, load_filename, url, VS_ATTR_NONE)) return;
}

static void state_drop(struct rt_env *env)
{
    struct modules *m = env->binding_state[RT_STATE_modules];
    for (int i = 0; i < PACKAGE_BUCKETS; i++) {
        while (m->buckets[i]) {
            struct package *p = m->buckets[i];
            m->buckets[i] = p->next;
            rt_package_reset(&p->json);
            free(p);
        }
    }
    free(m);
}

static void state_new(struct rt_env *env)
{
    struct modules *m = calloc(1, sizeof(*m));
    CHECK(m);
    env->binding_state[RT_STATE_modules] = m;
    env->binding_drop[RT_STATE_modules] = state_drop;
}

/* What has been read of package.json files is not part of it. */
void rt_snap_modules(struct rt_env *env, struct rt_snap *snap)
{
    if (!rt_snap_saving(snap)) state_new(env);
}

void rt_bind_modules(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    state_new(env);
    vs_put_fn(cx, target, "readPackageJSON", read_package_json);
    vs_put_fn(cx, target, "getNearestParentPackageJSONType", get_nearest_parent_type);
    vs_put_fn(cx, target, "getNearestParentPackageJSON", get_nearest_parent);
    vs_put_fn(cx, target, "getPackageScopeConfig", get_package_scope_config);
    vs_put_fn(cx, target, "getPackageType", get_package_type);
    vs_put_fn(cx, target, "setLazyPathHelpers", set_lazy_path_helpers);
    modules_put_cache(env, target);
}
