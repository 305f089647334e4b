/* core/builtins.c: finding and compiling the library's modules, with the code cache beside the
 * executable. */
#include "core/builtins.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/code_cache.h"
#include "core/env.h"
#include "core/error.h"

#define CACHE_SUFFIX ".codecache"
#define MAX_PARAMS 6

/* Per-env state, in RT_STATE_builtins. */
struct builtins {
    uint8_t *usage;       /* enum rt_builtin_usage by index */
    struct vs_ref **kept; /* functions by index; NULL unless rt_builtins_keep() */
};

/* All threads' and mapped as long as the process lives; V8 looks at each entry itself. */
static struct rt_code_cache the_cache;

static struct rt_code_cache_key cache_key(void)
{
    return (struct rt_code_cache_key){
        .v8_tag = vs_cache_tag(),
        .count = rt_builtins_count,
        .sources = rt_builtins_hash,
    };
}

static void kept_drop(struct builtins *b)
{
    if (!b->kept) return;
    for (uint32_t i = 0; i < rt_builtins_count; i++) vs_ref_drop(b->kept[i]);
    free(b->kept);
    b->kept = NULL;
}

static void builtins_drop(struct rt_env *env)
{
    struct builtins *b = env->binding_state[RT_STATE_builtins];
    kept_drop(b);
    free(b->usage);
    free(b);
}

bool rt_beside_executable(char path[PATH_MAX], const char *suffix)
{
    size_t size = strlen(suffix) + 1;
    ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - size);
    if (len <= 0) return false;
    memcpy(path + len, suffix, size);
    return true;
}

static void cache_open(void)
{
    char path[PATH_MAX];
    if (!rt_beside_executable(path, CACHE_SUFFIX)) return;
    struct rt_code_cache_key key = cache_key();
    rt_code_cache_open(&the_cache, path, &key);
}

static struct builtins *builtins_of(struct rt_env *env)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct builtins *b = env->binding_state[RT_STATE_builtins];
    if (b) return b;
    pthread_once(&once, cache_open);
    b = calloc(1, sizeof(*b));
    CHECK(b);
    b->usage = calloc(rt_builtins_count, 1);
    CHECK(b->usage);
    env->binding_state[RT_STATE_builtins] = b;
    env->binding_drop[RT_STATE_builtins] = builtins_drop;
    return b;
}

int rt_builtin_find(const char *id)
{
    uint32_t low = 0, high = rt_builtins_count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int order = strcmp(id, rt_builtins[mid].id);
        if (order == 0) return (int)mid;
        if (order < 0) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return -1;
}

vs_val rt_builtin_source(struct rt_env *env, int index)
{
    const struct rt_builtin *b = &rt_builtins[index];
    if (b->two_byte) return vs_str_static_utf16(env->cx, b->data, b->len);
    return vs_str_static_latin1(env->cx, b->data, b->len);
}

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* The names that a module's text may use, NULL-terminated: fixed by how the library is written. */
static const char *const *params_of(const char *id)
{
    static const char *const realm[] = { "process", "getLinkedBinding", "getInternalBinding",
                                         "primordials", NULL };
    static const char *const per_context[] = { "exports", "primordials", "privateSymbols",
                                               "perIsolateSymbols", NULL };
    static const char *const entry[] = { "process", "require", "internalBinding", "primordials",
                                         NULL };
    static const char *const module[] = { "exports",         "require",     "module", "process",
                                          "internalBinding", "primordials", NULL };
    if (strcmp(id, "internal/bootstrap/realm") == 0) return realm;
    if (starts_with(id, "internal/per_context/")) return per_context;
    if (starts_with(id, "internal/main/") || starts_with(id, "internal/bootstrap/")) return entry;
    return module;
}

static vs_val resource_name(struct vs_cx *cx, const char *id)
{
    char name[PATH_MAX] = "node:";
    size_t len = strlen(id);
    CHECK(len < sizeof(name) - sizeof("node:"));
    memcpy(name + strlen("node:"), id, len + 1);
    return vs_str_latin1(cx, name, -1);
}

static vs_val compile_index(struct rt_env *env, struct builtins *b, int index)
{
    struct vs_cx *cx = env->cx;
    const char *id = rt_builtins[index].id;
    struct vs_source src = { .code = rt_builtin_source(env, index), .name = resource_name(cx, id) };
    if (!src.code || !src.name) return NULL;
    src.cache = rt_code_cache_get(&the_cache, (uint32_t)index, &src.cache_len);
    vs_val params[MAX_PARAMS];
    int count = 0;
    for (const char *const *name = params_of(id); *name; name++)
        params[count++] = vs_str_intern(cx, *name);
    vs_val fn = vs_compile_function(cx, &src, params, count, NULL, 0);
    if (!fn) return NULL;
    b->usage[index] =
        src.cache && !src.cache_rejected ? RT_BUILTIN_FROM_CACHE : RT_BUILTIN_FROM_SOURCE;
    return fn;
}

vs_val rt_builtin_compile(struct rt_env *env, const char *id)
{
    int index = rt_builtin_find(id);
    if (index < 0) {
        rt_throw_code(env, VS_ERROR, "ERR_UNKNOWN_BUILTIN_MODULE", "No such built-in module: %s",
                      id);
        return NULL;
    }
    struct builtins *b = builtins_of(env);
    vs_val fn = compile_index(env, b, index);
    if (fn && b->kept && !b->kept[index]) b->kept[index] = vs_ref_new(env->cx, fn);
    return fn;
}

enum rt_builtin_usage rt_builtin_usage(struct rt_env *env, int index)
{
    return (enum rt_builtin_usage)builtins_of(env)->usage[index];
}

bool rt_builtins_cached(struct rt_env *env)
{
    builtins_of(env); /* opens it */
    return the_cache.map;
}

void rt_builtins_keep(struct rt_env *env)
{
    struct builtins *b = builtins_of(env);
    if (b->kept) return;
    b->kept = calloc(rt_builtins_count, sizeof(struct vs_ref *));
    CHECK(b->kept);
}

/* Fills item with the cache of one module; its memory is the caller's to free(). */
static int cache_item(struct rt_env *env, struct builtins *b, int index,
                      struct rt_code_cache_item *item)
{
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    int err = 0;
    vs_val fn = b->kept && b->kept[index] ? vs_ref_get(b->kept[index]) : NULL;
    if (!fn) {
        struct vs_try t;
        vs_try_open(env->cx, &t);
        fn = compile_index(env, b, index);
        vs_try_close(&t);
    }
    if (fn) {
        item->data = vs_fn_cache_new(fn, &item->len);
    } else {
        err = -EINVAL;
    }
    vs_scope_close(&scope);
    return err;
}

/* A few library modules are ES modules or need a syntax extension; they have no cache entry. */
static bool is_cacheable(const char *id)
{
    return !starts_with(id, "internal/deps/v8/tools/");
}

int rt_builtins_cache_write(struct rt_env *env, const char *path)
{
    struct builtins *b = builtins_of(env);
    struct rt_code_cache_item *items = calloc(rt_builtins_count, sizeof(*items));
    if (!items) return -ENOMEM;
    int err = 0;
    for (uint32_t i = 0; i < rt_builtins_count && !err; i++) {
        if (is_cacheable(rt_builtins[i].id)) err = cache_item(env, b, (int)i, &items[i]);
    }
    struct rt_code_cache_key key = cache_key();
    if (!err) err = rt_code_cache_write(path, &key, items);
    for (uint32_t i = 0; i < rt_builtins_count; i++) free((void *)items[i].data);
    free(items);
    return err;
}
