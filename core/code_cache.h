/* core/code_cache.h: a file with V8's compiled form of the embedded library, mapped at start.
 *
 * It lies next to the executable and only saves time: a file that is absent, stale, truncated or
 * damaged is not used. Layout, host byte order: struct header, one struct entry per library module
 * in table order, then the data of each entry at an 8-byte boundary. Header and entries have a
 * checksum of their own, checked when the file is mapped; that of an entry's data is checked when
 * the entry is used, so that unused pages are never read.
 */
#ifndef RT_CODE_CACHE_H
#define RT_CODE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rt_code_cache {
    const uint8_t *map; /* private: NULL when there is no usable file */
    size_t len;         /* private */
};

/* Says which library and which V8 a cache file belongs to. */
struct rt_code_cache_key {
    uint32_t v8_tag;
    uint32_t count; /* modules */
    uint64_t sources;
};

/* Maps the file. -ESTALE: it is of other sources; -EBADMSG: of another V8, or damaged; with these
 * and other -errno cache->map is NULL. Pair: rt_code_cache_close. */
int rt_code_cache_open(struct rt_code_cache *cache, const char *path,
                       const struct rt_code_cache_key *key);
void rt_code_cache_close(struct rt_code_cache *cache);
/* The data of module index, borrowed until close. NULL: none, or damaged. */
const uint8_t *rt_code_cache_get(const struct rt_code_cache *cache, uint32_t index, size_t *len);

struct rt_code_cache_item {
    const uint8_t *data; /* NULL: no entry */
    size_t len;
};
/* Writes a file with key->count items; readers see the old file or the new one. Returns 0 or
 * -errno. */
int rt_code_cache_write(const char *path, const struct rt_code_cache_key *key,
                        const struct rt_code_cache_item *items);

/* A fast 64-bit hash against damage and change, not against attack. */
uint64_t rt_code_cache_hash(uint64_t seed, const void *data, size_t len);

#endif
