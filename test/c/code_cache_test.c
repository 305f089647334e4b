/* The code cache file: what was written is read back; a stale, cut or damaged file is not used. */
#include "core/code_cache.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_TEMPLATE "/tmp/torc-code-cache-XXXXXX"

static const struct rt_code_cache_key key = { .v8_tag = 7, .count = 3, .sources = 99 };
static const struct rt_code_cache_item items[3] = {
    { (const uint8_t *)"first", 5 },
    { NULL, 0 },
    { (const uint8_t *)"a third, longer than sixteen bytes", 34 },
};

static bool opens(const char *path, struct rt_code_cache_key k)
{
    struct rt_code_cache cache;
    rt_code_cache_open(&cache, path, &k);
    bool usable = cache.map != NULL;
    rt_code_cache_close(&cache);
    return usable;
}

static void flip(const char *path, long off)
{
    FILE *f = fopen(path, "r+b");
    assert(f);
    fseek(f, off, SEEK_SET);
    int c = fgetc(f);
    fseek(f, off, SEEK_SET);
    fputc(c ^ 0x10, f);
    fclose(f);
}

static void reads_back(const char *path)
{
    struct rt_code_cache cache;
    rt_code_cache_open(&cache, path, &key);
    assert(cache.map);
    size_t len;
    const uint8_t *data = rt_code_cache_get(&cache, 0, &len);
    assert(data && len == 5 && !memcmp(data, "first", 5));
    assert(!rt_code_cache_get(&cache, 1, &len));
    data = rt_code_cache_get(&cache, 2, &len);
    assert(data && len == 34 && !memcmp(data, items[2].data, 34));
    assert((uintptr_t)data % 8 == 0);
    assert(!rt_code_cache_get(&cache, 3, &len));
    rt_code_cache_close(&cache);
}

static void refuses_others(const char *path)
{
    struct rt_code_cache_key other = key;
    other.v8_tag++;
    assert(!opens(path, other));
    other = key;
    other.sources++;
    assert(!opens(path, other));
    other = key;
    other.count++;
    assert(!opens(path, other));
    assert(!opens("/nonexistent", key));
}

/* No flipped byte may crash it or come out as data. */
static void refuses_damage(const char *path)
{
    FILE *f = fopen(path, "rb");
    assert(f);
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    fclose(f);
    for (long off = 0; off < size; off++) {
        flip(path, off);
        struct rt_code_cache cache;
        rt_code_cache_open(&cache, path, &key);
        for (uint32_t i = 0; i < key.count; i++) {
            size_t len;
            const uint8_t *data = rt_code_cache_get(&cache, i, &len);
            assert(!data || (len == items[i].len && !memcmp(data, items[i].data, len)));
        }
        rt_code_cache_close(&cache);
        flip(path, off);
    }
    for (long cut = size - 1; cut >= 0; cut--) {
        assert(truncate(path, cut) == 0);
        struct rt_code_cache cache;
        rt_code_cache_open(&cache, path, &key);
        size_t len;
        assert(!rt_code_cache_get(&cache, 2, &len));
        rt_code_cache_close(&cache);
    }
}

/* What cannot be written is an error, and leaves nothing behind. */
static void says_why_not(void)
{
    char dir[] = PATH_TEMPLATE, path[sizeof(dir) + 8];
    struct stat st;
    assert(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/none/x", dir);
    assert(rt_code_cache_write(path, &key, items) == -ENOENT);
    snprintf(path, sizeof(path), "%s/dir", dir);
    assert(mkdir(path, 0700) == 0);
    assert(rt_code_cache_write(path, &key, items) == -EISDIR);
    assert(rmdir(path) == 0);
    /* Anybody may read it, whoever built it. */
    assert(rt_code_cache_write(path, &key, items) == 0);
    assert(stat(path, &st) == 0 && (st.st_mode & 0777) == 0644);
    assert(unlink(path) == 0);
    assert(rmdir(dir) == 0);
}

int main(void)
{
    char path[] = PATH_TEMPLATE;
    int fd = mkstemp(path);
    assert(fd >= 0);
    close(fd);
    assert(rt_code_cache_write(path, &key, items) == 0);
    reads_back(path);
    refuses_others(path);
    refuses_damage(path);
    unlink(path);
    says_why_not();
    return 0;
}
