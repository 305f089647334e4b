/* core/bind/modules_cache.c: internalBinding('modules'): the compile cache. */
#include <stdio.h>
#include <string.h>

#include "core/bind/modules_priv.h"
#include "core/compile_cache.h"
#include "core/env.h"
#include "core/error.h"

/* enableCompileCache(directory, portable) -> [status, message, directory] */
static void enable_compile_cache(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    struct vs_text dir;
    if (!vs_is_str(vs_arg(a, 0))) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE", "cacheDir should be a string");
        return;
    }
    if (!vs_text_read(cx, vs_arg(a, 0), &dir)) return;
    const char *why;
    bool portable = vs_is_true(cx, vs_arg(a, 1));
    enum rt_compile_cache_status status = rt_compile_cache_enable(env, dir.ptr, portable, &why);
    vs_text_reset(&dir);
    vs_val message = vs_str_latin1(cx, why, -1);
    if (status == RT_COMPILE_CACHE_FAILED)
        message =
            vs_str_concat(cx, vs_str_latin1(cx, "Cannot create cache directory: ", -1), message);
    /* When it is on already, the program sees where the files are. */
    const char *used =
        status == RT_COMPILE_CACHE_ENABLED ? rt_compile_cache_base(env) : rt_compile_cache_dir(env);
    vs_val items[] = { vs_i32(cx, (int)status), message,
                       used ? vs_str_utf8(cx, used, -1) : vs_undefined(cx) };
    vs_ret(a, vs_arr_new(cx, items, sizeof(items) / sizeof(items[0])));
}

static void get_compile_cache_dir(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    const char *dir = rt_compile_cache_dir(env);
    vs_ret_maybe(a, dir ? vs_str_utf8(env->cx, dir, -1) : vs_empty_str(env->cx));
}

static void flush_compile_cache(const struct vs_args *a)
{
    rt_compile_cache_flush(rt_env_of(a), "module.flushCompileCache()");
}

/* getCompileCacheEntry(source, filename, type) -> { external, transpiled }; undefined while no
 * cache is enabled. The entry that external points to lives as long as the env. */
static void get_compile_cache_entry(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    CHECK(vs_is_str(vs_arg(a, 0)) && vs_is_str(vs_arg(a, 1)));
    int type = vs_int(vs_arg(a, 2));
    CHECK(type >= RT_CACHED_STRIPPED && type < RT_CACHED_COUNT);
    struct rt_cached *c =
        rt_cached_find(env, vs_arg(a, 0), vs_arg(a, 1), (enum rt_cached_type)type);
    if (!c) return;
    vs_val text = rt_cached_text(env, c);
    vs_val entry = vs_obj_new_null(cx);
    vs_put(cx, entry, "external", vs_external_new(cx, c));
    vs_put(cx, entry, "transpiled", text ? text : vs_undefined(cx));
    vs_ret(a, entry);
}

/* saveCompileCacheEntry(external, transpiled) */
static void save_compile_cache_entry(const struct vs_args *a)
{
    CHECK(vs_is_external(vs_arg(a, 0)) && vs_is_str(vs_arg(a, 1)));
    if (!rt_cached_keep_text(rt_env_of(a), vs_external_ptr(vs_arg(a, 0)), vs_arg(a, 1))) return;
}

static void put_enum(struct vs_cx *cx, vs_val target, const char *name, const char *const *keys)
{
    vs_val object = vs_obj_new_null(cx);
    for (int i = 0; keys[i]; i++) vs_put_int(cx, object, keys[i], i);
    vs_put(cx, target, name, object);
}

static void put_constants(struct vs_cx *cx, vs_val target)
{
    static const char *const types[RT_CACHED_COUNT + 1] = {
        [RT_CACHED_COMMONJS] = "kCommonJS",
        [RT_CACHED_ESM] = "kESM",
        [RT_CACHED_STRIPPED] = "kStrippedTypeScript",
        [RT_CACHED_TRANSFORMED] = "kTransformedTypeScript",
        [RT_CACHED_TRANSFORMED_MAPPED] = "kTransformedTypeScriptWithSourceMaps",
    };
    static const char *const formats[] = { "kCommonJS", "kModule", NULL };
    put_enum(cx, target, "cachedCodeTypes", types);
    put_enum(cx, target, "moduleFormats", formats);
    vs_val status[RT_COMPILE_CACHE_STATUSES] = {
        [RT_COMPILE_CACHE_FAILED] = vs_str_intern(cx, "FAILED"),
        [RT_COMPILE_CACHE_ENABLED] = vs_str_intern(cx, "ENABLED"),
        [RT_COMPILE_CACHE_ALREADY_ENABLED] = vs_str_intern(cx, "ALREADY_ENABLED"),
        [RT_COMPILE_CACHE_DISABLED] = vs_str_intern(cx, "DISABLED"),
    };
    vs_put(cx, target, "compileCacheStatus", vs_arr_new(cx, status, RT_COMPILE_CACHE_STATUSES));
}

void modules_put_cache(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "enableCompileCache", enable_compile_cache);
    vs_put_fn(cx, target, "getCompileCacheDir", get_compile_cache_dir);
    vs_put_fn(cx, target, "flushCompileCache", flush_compile_cache);
    vs_put_fn(cx, target, "getCompileCacheEntry", get_compile_cache_entry);
    vs_put_fn(cx, target, "saveCompileCacheEntry", save_compile_cache_entry);
    put_constants(cx, target);
}
