/* core/code_cache.c: reading and writing the code cache file; its layout is in the header. */
#include "core/code_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE_MAGIC 0x0145444f43435254ull /* "TRCCODE" and the layout's number */
#define CACHE_ALIGN 8u
/* More than any library of ours can need: a larger file is not one of ours. */
#define CACHE_MAX (256u << 20)

struct header {
    uint64_t magic;
    uint32_t v8_tag;
    uint32_t count;
    uint64_t sources;
    uint64_t checksum; /* of the header with this field 0, then of the entries */
};

struct entry {
    uint32_t off; /* from the start of the file */
    uint32_t len; /* 0: none */
    uint64_t checksum;
};

static uint64_t mix(uint64_t h, uint64_t word)
{
    unsigned __int128 product = (unsigned __int128)(h ^ word) * 0x9e3779b97f4a7c15ull;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t rt_code_cache_hash(uint64_t seed, const void *data, size_t len)
{
    /* Two lanes, because one multiplication waits for the one before it. */
    uint64_t a = seed ^ 0x2545f4914f6cdd1dull, b = seed + len;
    const uint8_t *p = data;
    for (; len >= 16; len -= 16, p += 16) {
        uint64_t words[2];
        memcpy(words, p, sizeof(words));
        a = mix(a, words[0]);
        b = mix(b, words[1]);
    }
    uint64_t tail[2] = { 0, 0 };
    if (len) memcpy(tail, p, len);
    return mix(mix(a, tail[0]), mix(b, tail[1]));
}

static uint64_t head_checksum(const struct header *h, const struct entry *entries)
{
    struct header bare = *h;
    bare.checksum = 0;
    uint64_t sum = rt_code_cache_hash(0, &bare, sizeof(bare));
    return rt_code_cache_hash(sum, entries, (size_t)h->count * sizeof(*entries));
}

static int check_head(const uint8_t *map, size_t len, const struct rt_code_cache_key *key)
{
    const struct header *h = (const void *)map;
    if (len < sizeof(*h) || h->magic != CACHE_MAGIC || h->v8_tag != key->v8_tag) return -EBADMSG;
    if ((len - sizeof(*h)) / sizeof(struct entry) < h->count) return -EBADMSG;
    if (head_checksum(h, (const void *)(map + sizeof(*h))) != h->checksum) return -EBADMSG;
    return h->count == key->count && h->sources == key->sources ? 0 : -ESTALE;
}

static int map_file(struct rt_code_cache *cache, int fd, const struct rt_code_cache_key *key)
{
    struct stat st;
    if (fstat(fd, &st) < 0) return -errno;
    if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > CACHE_MAX) return -EBADMSG;
    size_t len = (size_t)st.st_size;
    void *map = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED) return -errno;
    int err = check_head(map, len, key);
    if (err) {
        munmap(map, len);
    } else {
        *cache = (struct rt_code_cache){ .map = map, .len = len };
    }
    return err;
}

int rt_code_cache_open(struct rt_code_cache *cache, const char *path,
                       const struct rt_code_cache_key *key)
{
    *cache = (struct rt_code_cache){ 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    int err = map_file(cache, fd, key);
    close(fd);
    return err;
}

void rt_code_cache_close(struct rt_code_cache *cache)
{
    if (cache->map) munmap((void *)cache->map, cache->len);
    *cache = (struct rt_code_cache){ 0 };
}

const uint8_t *rt_code_cache_get(const struct rt_code_cache *cache, uint32_t index, size_t *len)
{
    if (!cache->map) return NULL;
    const struct header *h = (const void *)cache->map;
    if (index >= h->count) return NULL;
    const struct entry *e = (const struct entry *)(cache->map + sizeof(*h)) + index;
    if (!e->len || e->off % CACHE_ALIGN || e->off > cache->len || e->len > cache->len - e->off)
        return NULL;
    const uint8_t *data = cache->map + e->off;
    if (rt_code_cache_hash(index, data, e->len) != e->checksum) return NULL;
    *len = e->len;
    return data;
}

static int write_all(int fd, const void *data, size_t len)
{
    const uint8_t *p = data;
    while (len) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -errno;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

static int write_file(int fd, const struct rt_code_cache_key *key,
                      const struct rt_code_cache_item *items)
{
    static const uint8_t zeros[CACHE_ALIGN];
    size_t table = (size_t)key->count * sizeof(struct entry);
    struct entry *entries = calloc(key->count ? key->count : 1, sizeof(*entries));
    if (!entries) return -ENOMEM;
    size_t off = sizeof(struct header) + table;
    int err = 0;
    for (uint32_t i = 0; i < key->count; i++) {
        if (!items[i].data) continue;
        off = (off + CACHE_ALIGN - 1) & ~(size_t)(CACHE_ALIGN - 1);
        entries[i] = (struct entry){ .off = (uint32_t)off, .len = (uint32_t)items[i].len };
        entries[i].checksum = rt_code_cache_hash(i, items[i].data, items[i].len);
        off += items[i].len;
    }
    if (off > CACHE_MAX) {
        err = -EFBIG;
        goto free_entries;
    }
    struct header h = {
        .magic = CACHE_MAGIC, .v8_tag = key->v8_tag, .count = key->count, .sources = key->sources
    };
    h.checksum = head_checksum(&h, entries);
    err = write_all(fd, &h, sizeof(h));
    if (!err) err = write_all(fd, entries, table);
    off = sizeof(h) + table;
    for (uint32_t i = 0; i < key->count && !err; i++) {
        if (!items[i].data) continue;
        err = write_all(fd, zeros, entries[i].off - off);
        if (!err) err = write_all(fd, items[i].data, items[i].len);
        off = entries[i].off + items[i].len;
    }
free_entries:
    free(entries);
    return err;
}

int rt_code_cache_write(const char *path, const struct rt_code_cache_key *key,
                        const struct rt_code_cache_item *items)
{
    char *temp;
    if (asprintf(&temp, "%s.XXXXXX", path) < 0) return -ENOMEM;
    int fd = mkostemp(temp, O_CLOEXEC);
    int err = fd < 0 ? -errno : 0;
    if (err) goto free_temp;
    err = write_file(fd, key, items);
    if (!err && fchmod(fd, 0644) < 0) err = -errno;
    if (close(fd) < 0 && !err) err = -errno;
    if (!err && rename(temp, path) < 0) err = -errno;
    if (err) unlink(temp);
free_temp:
    free(temp);
    return err;
}
