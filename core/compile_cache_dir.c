/* core/compile_cache_dir.c: switching a compile cache on: its directory, and the places of modules
 * seen from there. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/compile_cache_priv.h"
#include "core/debug.h"
#include "core/env.h"
#include "core/error.h"
#include "core/file_url.h"
#include "core/version.h"

void compile_cache_log(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("[compile cache] ", stderr);
    vfprintf(stderr, format, args);
    va_end(args);
}

/* The path from directory `from` to `to`, both absolute and without "." or "..". */
static char *relative(const char *from, const char *to)
{
    size_t same = 0; /* past the last slash of the common part */
    size_t i = 0;
    while (from[i] && from[i] == to[i]) {
        i++;
        if (from[i - 1] == '/') same = i;
    }
    if (!from[i] && to[i] == '/') same = i + 1;
    size_t ups = same <= strlen(from);
    for (const char *p = from + (ups ? same : 0); ups && *p; p++) ups += *p == '/';
    char *path = malloc(ups * strlen("../") + strlen(to) + 1), *end = path;
    CHECK(path);
    for (; ups; ups--) end = stpcpy(end, "../");
    strcpy(end, to + same);
    return path;
}

char *compile_cache_place(const struct rt_compile_cache *cache, const char *name)
{
    char path[PATH_MAX];
    if (cache->portable && rt_file_url_path(name, path)) return relative(cache->base, path);
    if (cache->portable && *name == '/') return relative(cache->base, name);
    char *place = strdup(name);
    CHECK(place);
    return place;
}

/* Makes the directory and those above it that are missing. path is as it was afterwards. */
static int make_dirs(char *path)
{
    for (char *p = path + 1; *p; p++) {
        if (*p != '/') continue;
        *p = 0;
        int err = mkdir(path, 0777) < 0 ? -errno : 0;
        *p = '/';
        if (err && err != -EEXIST) return err;
    }
    return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

/* Code that somebody else could have put there is not run. */
static int check_dir(const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0) return -errno;
    if (!S_ISDIR(st.st_mode)) return -ENOTDIR;
    return st.st_uid == geteuid() ? 0 : -EPERM;
}

/* Without ".", ".." and doubled slashes, in place; path is absolute. */
static void normalize(char *path)
{
    char *out = path;
    for (const char *p = path; *p;) {
        size_t len = strcspn(p + 1, "/");
        if (len == 2 && p[1] == '.' && p[2] == '.') {
            while (out > path && *--out != '/') continue;
        } else if (len && !(len == 1 && p[1] == '.')) {
            memmove(out, p, len + 1);
            out += len + 1;
        }
        p += len + 1;
    }
    if (out == path) *out++ = '/';
    *out = 0;
}

static char *absolute(const char *path)
{
    char cwd[PATH_MAX];
    char *full;
    if (*path == '/') {
        full = strdup(path);
        CHECK(full);
    } else {
        if (!getcwd(cwd, sizeof cwd)) return NULL;
        CHECK(asprintf(&full, "%s/%s", cwd, path) >= 0);
    }
    normalize(full);
    return full;
}

/* base: taken. */
static int open_dir(struct rt_compile_cache *cache, char *base)
{
    char *dir;
    CHECK(asprintf(&dir, "%s/torc-v%s-x64-%08x-%u", strcmp(base, "/") ? base : "", RT_NODE_VERSION,
                   vs_cache_tag(), (unsigned)geteuid()) >= 0);
    cache->base = base;
    cache->dir = dir;
    int err = make_dirs(dir);
    if (!err) err = check_dir(dir);
    if (cache->debug)
        compile_cache_log("creating cache directory %s...%s\n", dir,
                          err ? rt_err_text(err) : "success");
    return err;
}

enum rt_compile_cache_status rt_compile_cache_enable(struct rt_env *env, const char *directory,
                                                     bool portable, const char **why)
{
    static const char disabled[] = "Disabled by NODE_DISABLE_COMPILE_CACHE";
    const char *off = getenv("NODE_DISABLE_COMPILE_CACHE");
    bool debug = rt_debug_asked("NODE_DEBUG_NATIVE", "COMPILE_CACHE");
    *why = "";
    if (off && *off) {
        if (debug) compile_cache_log("%s.\n", disabled);
        *why = disabled;
        return RT_COMPILE_CACHE_DISABLED;
    }
    if (env->compile_cache) return RT_COMPILE_CACHE_ALREADY_ENABLED;
    char *base = absolute(directory);
    if (!base) {
        *why = "Cannot get current working directory";
        return RT_COMPILE_CACHE_FAILED;
    }
    struct rt_compile_cache *cache = calloc(1, sizeof(*cache));
    CHECK(cache);
    cache->portable = portable;
    cache->debug = debug;
    env->compile_cache = cache;
    int err = open_dir(cache, base);
    if (!err) return RT_COMPILE_CACHE_ENABLED;
    rt_compile_cache_drop(env);
    *why = rt_err_text(err);
    return RT_COMPILE_CACHE_FAILED;
}

void rt_compile_cache_start(struct rt_env *env)
{
    const char *directory = getenv("NODE_COMPILE_CACHE");
    const char *portable = getenv("NODE_COMPILE_CACHE_PORTABLE"), *why;
    if (!directory || !*directory) return;
    rt_compile_cache_enable(env, directory, portable && strcmp(portable, "1") == 0, &why);
}

const char *rt_compile_cache_base(const struct rt_env *env)
{
    return env->compile_cache ? env->compile_cache->base : NULL;
}

const char *rt_compile_cache_dir(const struct rt_env *env)
{
    return env->compile_cache ? env->compile_cache->dir : NULL;
}
