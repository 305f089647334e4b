/* core/compile_cache.h: V8's compiled form of a program's own modules, kept in files between runs.
 *
 * One per env, off until module.enableCompileCache() or NODE_COMPILE_CACHE says where. Below that
 * directory is one for each V8 and user, and in it a file for each module (core/code_cache.h): its
 * name is a hash of the module's name, and what it holds is for one text. A file that is absent,
 * stale or damaged is replaced. What is new is written when the process ends, when most functions
 * that the program needs have been compiled, or by module.flushCompileCache().
 */
#ifndef RT_COMPILE_CACHE_H
#define RT_COMPILE_CACHE_H

#include "core/code_cache.h"
#include "v8shim/vs.h"

struct rt_env;
struct rt_compile_cache;
struct rt_cached; /* one module; belongs to the cache */

/* In the order of internalBinding('modules').cachedCodeTypes. */
enum rt_cached_type {
    RT_CACHED_COMMONJS,
    RT_CACHED_ESM,
    RT_CACHED_STRIPPED,
    RT_CACHED_TRANSFORMED,
    RT_CACHED_TRANSFORMED_MAPPED,
    RT_CACHED_COUNT,
};

/* In the order of module.constants.compileCacheStatus. */
enum rt_compile_cache_status {
    RT_COMPILE_CACHE_FAILED,
    RT_COMPILE_CACHE_ENABLED,
    RT_COMPILE_CACHE_ALREADY_ENABLED,
    RT_COMPILE_CACHE_DISABLED,
    RT_COMPILE_CACHE_STATUSES,
};

/* portable: modules are told apart by where they lie from directory, so that both can be moved
 * together. *why: static, what failed; "" otherwise. */
enum rt_compile_cache_status rt_compile_cache_enable(struct rt_env *env, const char *directory,
                                                     bool portable, const char **why);
/* As the environment variables say; failures only cost the cache. */
void rt_compile_cache_start(struct rt_env *env);
/* The directory as it was named, absolute, and where the files are; NULL while it is off. */
const char *rt_compile_cache_base(const struct rt_env *env);
const char *rt_compile_cache_dir(const struct rt_env *env);
/* Writes what is new. Runs no JS. who: asks for it, for the log. */
void rt_compile_cache_flush(struct rt_env *env, const char *who);
/* Writes nothing. */
void rt_compile_cache_drop(struct rt_env *env);

/* The module of that text (code) and name: a path, or a URL. NULL while the cache is off; then the
 * next two do nothing. */
struct rt_cached *rt_cached_find(struct rt_env *env, vs_val code, vs_val name,
                                 enum rt_cached_type type);
/* Fills src->cache, which lasts until rt_cached_done(). */
void rt_cached_read(struct rt_env *env, struct rt_cached *c, struct rt_code_cache *file,
                    struct vs_source *src);
/* After compiling src to compiled, which is a function, what vs_module_unbound() gave, or NULL. */
void rt_cached_done(struct rt_env *env, struct rt_cached *c, struct rt_code_cache *file,
                    const struct vs_source *src, vs_val compiled);

/* For the types that are made of TypeScript: the JavaScript, NULL when there is none yet. */
vs_val rt_cached_text(struct rt_env *env, struct rt_cached *c);
/* Keeps it. false: an exception is pending. */
VS_MUST_CHECK bool rt_cached_keep_text(struct rt_env *env, struct rt_cached *c, vs_val text);

#endif
