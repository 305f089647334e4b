/* core/compile_cache_priv.h: shared by compile_cache*.c. */
#ifndef RT_COMPILE_CACHE_PRIV_H
#define RT_COMPILE_CACHE_PRIV_H

#include <stdbool.h>

#include "core/compile_cache.h"

#define COMPILE_CACHE_BUCKETS 256 /* a power of two */

struct rt_compile_cache {
    char *base; /* as the program named it, absolute */
    char *dir;  /* below base, where the files are */
    bool portable;
    bool debug; /* tell what is done */
    struct rt_cached *buckets[COMPILE_CACHE_BUCKETS];
};

/* What tells a module from others: its name, or its path from base. The caller frees it. */
char *compile_cache_place(const struct rt_compile_cache *cache, const char *name);

void compile_cache_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
