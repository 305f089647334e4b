/* core/compile_cache.c: the modules of a compile cache and their files. Where the files lie is
 * compile_cache_dir.c's business. */
#include "core/compile_cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/compile_cache_priv.h"
#include "core/env.h"
#include "core/error.h"

static const char *const type_names[RT_CACHED_COUNT] = {
    [RT_CACHED_COMMONJS] = "CommonJS",
    [RT_CACHED_ESM] = "ESM",
    [RT_CACHED_STRIPPED] = "StrippedTypeScript",
    [RT_CACHED_TRANSFORMED] = "TransformedTypeScript",
    [RT_CACHED_TRANSFORMED_MAPPED] = "TransformedTypeScriptWithSourceMaps",
};

/* What is known of a module, and what it becomes next:
 *   UNKNOWN  nothing good was read: NEW when it has been compiled
 *   SAME     the file is good: UNKNOWN when the module has another text
 *   NEW      compiled, not yet written: SAME when it is */
enum cached_state { UNKNOWN, SAME, NEW };

struct rt_cached {
    struct rt_cached *next; /* in its bucket */
    uint64_t key;           /* of type and name */
    uint64_t code_hash;
    enum rt_cached_type type;
    enum cached_state state;
    struct vs_ref *compiled; /* while NEW, except for TypeScript. Owned */
    char *text;              /* while NEW, for TypeScript. Owned */
    size_t text_len;
    char name[]; /* for people */
};

/* "[compile cache] ..." for those who ask by NODE_DEBUG_NATIVE=COMPILE_CACHE. */
#define LOG(cache, ...) ((cache)->debug ? compile_cache_log(__VA_ARGS__) : (void)0)

static bool is_typescript(const struct rt_cached *c)
{
    return c->type >= RT_CACHED_STRIPPED;
}

static char *file_path(const struct rt_compile_cache *cache, const struct rt_cached *c)
{
    char *path;
    CHECK(asprintf(&path, "%s/%016llx", cache->dir, (unsigned long long)c->key) >= 0);
    return path;
}

static struct rt_code_cache_key file_key(const struct rt_cached *c)
{
    return (
        struct rt_code_cache_key){ .v8_tag = vs_cache_tag(), .count = 1, .sources = c->code_hash };
}

/* Forgets what was compiled, keeping what was read of the file out of it. */
static void forget(struct rt_cached *c, enum cached_state state)
{
    vs_ref_drop(c->compiled);
    free(c->text);
    c->compiled = NULL;
    c->text = NULL;
    c->state = state;
}

static struct rt_cached *find(struct rt_compile_cache *cache, enum rt_cached_type type,
                              const char *name)
{
    char *place = compile_cache_place(cache, name);
    uint64_t key = rt_code_cache_hash(type, place, strlen(place));
    free(place);
    struct rt_cached **bucket = &cache->buckets[key & (COMPILE_CACHE_BUCKETS - 1)];
    for (struct rt_cached *c = *bucket; c; c = c->next) {
        if (c->key == key) return c;
    }
    struct rt_cached *c = calloc(1, sizeof(*c) + strlen(name) + 1);
    CHECK(c);
    strcpy(c->name, name);
    c->key = key;
    c->type = type;
    c->next = *bucket;
    *bucket = c;
    return c;
}

struct rt_cached *rt_cached_find(struct rt_env *env, vs_val code, vs_val name,
                                 enum rt_cached_type type)
{
    struct rt_compile_cache *cache = env->compile_cache;
    struct vs_text text;
    if (!cache) return NULL;
    /* Both are strings: reading them cannot fail but for memory. */
    CHECK(vs_text_read(env->cx, name, &text));
    struct rt_cached *c = find(cache, type, text.ptr);
    vs_text_reset(&text);
    CHECK(vs_text_read(env->cx, code, &text));
    uint64_t hash = rt_code_cache_hash(0, text.ptr, text.len);
    vs_text_reset(&text);
    if (hash != c->code_hash) forget(c, UNKNOWN);
    c->code_hash = hash;
    return c;
}

/* The good data of the file, borrowed until rt_code_cache_close(); NULL: none. */
static const uint8_t *read_file(struct rt_compile_cache *cache, const struct rt_cached *c,
                                struct rt_code_cache *file, size_t *len)
{
    char *path = file_path(cache, c);
    struct rt_code_cache_key key = file_key(c);
    int err = rt_code_cache_open(file, path, &key);
    const uint8_t *data = rt_code_cache_get(file, 0, len);
    LOG(cache, "reading cache from %s for %s %s... %s\n", path, type_names[c->type], c->name,
        data             ? "success"
        : err == -ESTALE ? "code hash mismatch: it is of another text"
        : !err           ? "damaged"
                         : rt_err_text(err));
    free(path);
    return data;
}

void rt_cached_read(struct rt_env *env, struct rt_cached *c, struct rt_code_cache *file,
                    struct vs_source *src)
{
    *file = (struct rt_code_cache){ 0 };
    if (c) src->cache = read_file(env->compile_cache, c, file, &src->cache_len);
}

void rt_cached_done(struct rt_env *env, struct rt_cached *c, struct rt_code_cache *file,
                    const struct vs_source *src, vs_val compiled)
{
    if (c && compiled && src->cache && !src->cache_rejected) {
        LOG(env->compile_cache,
            "V8 code cache for %s %s was accepted, keeping the in-memory entry\n",
            type_names[c->type], c->name);
        forget(c, SAME);
    } else if (c && compiled) {
        LOG(env->compile_cache,
            "V8 code cache for %s %s was %s, initializing the in-memory entry\n",
            type_names[c->type], c->name, src->cache ? "rejected" : "not initialized");
        forget(c, NEW);
        c->compiled = vs_ref_new(env->cx, compiled);
    }
    rt_code_cache_close(file);
}

vs_val rt_cached_text(struct rt_env *env, struct rt_cached *c)
{
    struct rt_code_cache file;
    size_t len = c->text_len;
    vs_val text = NULL;
    if (c->state == NEW) {
        text = vs_str_utf8(env->cx, c->text, (ptrdiff_t)len);
    } else {
        const uint8_t *data = read_file(env->compile_cache, c, &file, &len);
        if (data) text = vs_str_utf8(env->cx, (const char *)data, (ptrdiff_t)len);
        if (text) c->state = SAME;
        rt_code_cache_close(&file);
    }
    LOG(env->compile_cache, "%s transpile cache for %s %s%s\n", text ? "retrieving" : "no",
        type_names[c->type], c->name, text ? "...success" : "");
    return text;
}

bool rt_cached_keep_text(struct rt_env *env, struct rt_cached *c, vs_val text)
{
    struct vs_text t;
    if (!vs_text_read(env->cx, text, &t)) return false;
    LOG(env->compile_cache, "saving transpilation cache for %s %s\n", type_names[c->type], c->name);
    forget(c, NEW);
    c->text = strndup(t.ptr, t.len);
    CHECK(c->text);
    c->text_len = t.len;
    vs_text_reset(&t);
    return true;
}

static uint8_t *serialize(const struct rt_cached *c, size_t *len)
{
    vs_val compiled = vs_ref_get(c->compiled);
    return c->type == RT_CACHED_ESM ? vs_unbound_module_cache_new(compiled, len)
                                    : vs_fn_cache_new(compiled, len);
}

/* Writes what is NEW. */
static int write_file(const struct rt_cached *c, const char *path)
{
    struct rt_code_cache_item item = { .data = (const uint8_t *)c->text, .len = c->text_len };
    uint8_t *made = NULL;
    if (!is_typescript(c)) item.data = made = serialize(c, &item.len);
    struct rt_code_cache_key key = file_key(c);
    int err = item.data ? rt_code_cache_write(path, &key, &item) : -ENOMEM;
    free(made);
    return err;
}

static void flush(struct rt_compile_cache *cache, struct rt_cached *c)
{
    if (c->state != NEW) {
        LOG(cache, "skip persisting %s %s because %s\n", type_names[c->type], c->name,
            c->state == SAME ? "cache was the same" : "the cache was not initialized");
        return;
    }
    char *path = file_path(cache, c);
    int err = write_file(c, path);
    LOG(cache, "writing cache for %s %s to %s...%s\n", type_names[c->type], c->name, path,
        err ? rt_err_text(err) : "success");
    free(path);
    /* One try is enough: a full disk is not for us to wait for. */
    forget(c, err ? UNKNOWN : SAME);
}

void rt_compile_cache_flush(struct rt_env *env, const char *who)
{
    struct rt_compile_cache *cache = env->compile_cache;
    if (!cache) return;
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    for (int i = 0; i < COMPILE_CACHE_BUCKETS; i++) {
        for (struct rt_cached *c = cache->buckets[i]; c; c = c->next) flush(cache, c);
    }
    vs_scope_close(&scope);
    LOG(cache, "%s finished\n", who);
}

void rt_compile_cache_drop(struct rt_env *env)
{
    struct rt_compile_cache *cache = env->compile_cache;
    if (!cache) return;
    for (int i = 0; i < COMPILE_CACHE_BUCKETS; i++) {
        while (cache->buckets[i]) {
            struct rt_cached *c = cache->buckets[i];
            cache->buckets[i] = c->next;
            forget(c, UNKNOWN);
            free(c);
        }
    }
    free(cache->base);
    free(cache->dir);
    free(cache);
    env->compile_cache = NULL;
}
