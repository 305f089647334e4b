/* core/builtins.h: the JavaScript library embedded in the binary, compiled on demand.
 *
 * The sources are in core/builtins_table.h. Each becomes a function whose parameters depend on
 * where the module sits (see builtins.c); core/code_cache.h saves most of the work of compiling it.
 */
#ifndef RT_BUILTINS_H
#define RT_BUILTINS_H

#include <limits.h>

#include "core/builtins_table.h"
#include "v8shim/vs.h"

struct rt_env;

/* The name of the executable's file with suffix. ANY THREAD. */
bool rt_beside_executable(char path[PATH_MAX], const char *suffix);

/* Index into rt_builtins[], -1 when there is no such module. ANY THREAD. */
int rt_builtin_find(const char *id);
/* The source text, a string over the constant memory. */
vs_val rt_builtin_source(struct rt_env *env, int index);

/* The wrapper function of a library module, not run. NULL: an exception is pending (no such module,
 * SyntaxError). */
vs_val rt_builtin_compile(struct rt_env *env, const char *id);

/* How a module came to be compiled in this env. */
enum rt_builtin_usage { RT_BUILTIN_UNUSED, RT_BUILTIN_FROM_SOURCE, RT_BUILTIN_FROM_CACHE };
enum rt_builtin_usage rt_builtin_usage(struct rt_env *env, int index);
/* A code cache of this very library and V8 was found. */
bool rt_builtins_cached(struct rt_env *env);

/* Keeps the functions compiled from now on, so that rt_builtins_cache_write() finds them after they
 * ran. */
void rt_builtins_keep(struct rt_env *env);
/* Writes the code cache of the whole library to path, by a rename: functions that were kept with
 * what they compiled lazily, the others as they compile now. Returns 0 or -errno; -EINVAL: a module
 * does not compile. */
int rt_builtins_cache_write(struct rt_env *env, const char *path);

#endif
