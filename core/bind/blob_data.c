/* core/bind/blob_data.c: the bytes of Blobs; nothing here copies any. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/bind/blob_priv.h"
#include "core/error.h"

static struct rt_blob_source *source_new(void)
{
    struct rt_blob_source *s = calloc(1, sizeof *s);
    CHECK(s);
    atomic_init(&s->owners, 1);
    return s;
}

static struct rt_blob_source *source_hold(struct rt_blob_source *s)
{
    atomic_fetch_add_explicit(&s->owners, 1, memory_order_relaxed);
    return s;
}

static void source_drop(struct rt_blob_source *s)
{
    if (atomic_fetch_sub_explicit(&s->owners, 1, memory_order_acq_rel) != 1) return;
    vs_pin_drop(s->memory);
    free(s->path);
    free(s);
}

/* With room for count parts and none in it. */
static struct rt_blob *blob_new(size_t count)
{
    struct rt_blob *b = calloc(1, sizeof *b + count * sizeof b->parts[0]);
    CHECK(b);
    atomic_init(&b->owners, 1);
    return b;
}

static void append_take(struct rt_blob *b, struct rt_blob_source *source, uint64_t off,
                        uint64_t len)
{
    b->parts[b->count++] = (struct rt_blob_part){ source, off, len };
    b->len += len;
}

struct rt_blob *rt_blob_hold(struct rt_blob *b)
{
    atomic_fetch_add_explicit(&b->owners, 1, memory_order_relaxed);
    return b;
}

void rt_blob_drop(struct rt_blob *b)
{
    if (atomic_fetch_sub_explicit(&b->owners, 1, memory_order_acq_rel) != 1) return;
    for (size_t i = 0; i < b->count; i++) source_drop(b->parts[i].source);
    free(b);
}

struct rt_blob *rt_blob_of_pin_take(struct vs_pin *memory)
{
    struct rt_blob *b = blob_new(1);
    struct rt_blob_source *s = source_new();
    s->memory = memory;
    append_take(b, s, 0, vs_pin_bytes(memory).len);
    return b;
}

struct rt_blob *rt_blob_of_file(const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || access(path, R_OK) < 0) return NULL;
    struct rt_blob *b = blob_new(1);
    struct rt_blob_source *s = source_new();
    s->path = strdup(path);
    CHECK(s->path);
    s->stat = st;
    append_take(b, s, 0, (uint64_t)st.st_size);
    return b;
}

struct rt_blob *rt_blob_join(struct rt_blob *const *blobs, size_t count)
{
    size_t parts = 0;
    for (size_t i = 0; i < count; i++) parts += blobs[i]->count;
    struct rt_blob *b = blob_new(parts);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < blobs[i]->count; j++) {
            const struct rt_blob_part *p = &blobs[i]->parts[j];
            append_take(b, source_hold(p->source), p->off, p->len);
        }
    }
    return b;
}

struct rt_blob *rt_blob_slice(const struct rt_blob *b, uint64_t start, uint64_t end)
{
    struct rt_blob *slice = blob_new(b->count);
    uint64_t part_start = 0;
    for (size_t i = 0; i < b->count; i++) {
        const struct rt_blob_part *p = &b->parts[i];
        uint64_t part_end = part_start + p->len;
        uint64_t from = start > part_start ? start : part_start;
        uint64_t to = end < part_end ? end : part_end;
        if (from < to)
            append_take(slice, source_hold(p->source), p->off + (from - part_start), to - from);
        part_start = part_end;
    }
    return slice;
}
