/* core/bind/blob_priv.h: the bytes of Blobs: immutable, shared between Blobs, slices and threads.
 */
#ifndef RT_BLOB_PRIV_H
#define RT_BLOB_PRIV_H

#include <stdatomic.h>
#include <sys/stat.h>

#include "core/env.h"

/* Where bytes come from. Shared by the parts that use it. */
struct rt_blob_source {
    atomic_uint owners;
    struct vs_pin *memory; /* owned; NULL: a file */
    char *path;            /* owned */
    struct stat stat;      /* of the file when the Blob was made */
};

/* A run of a source's bytes. */
struct rt_blob_part {
    struct rt_blob_source *source; /* a share */
    uint64_t off, len;
};

struct rt_blob {
    atomic_uint owners;
    uint64_t len;
    size_t count;
    struct rt_blob_part parts[];
};

/* ANY THREAD. Pair: new, of_file or hold / drop. */
struct rt_blob *rt_blob_hold(struct rt_blob *b);
void rt_blob_drop(struct rt_blob *b);
/* One part, all of the memory. Takes over the pin. */
struct rt_blob *rt_blob_of_pin_take(struct vs_pin *memory);
/* NULL: there is no such readable file. */
struct rt_blob *rt_blob_of_file(const char *path);
/* The blobs one after the other. */
struct rt_blob *rt_blob_join(struct rt_blob *const *blobs, size_t count);
/* Bytes [start, end), which lie within. */
struct rt_blob *rt_blob_slice(const struct rt_blob *b, uint64_t start, uint64_t end);

/* blob.getReader(): an object with pull(callback) and setWakeup(fn). NULL: exception pending. */
vs_val rt_blob_reader_new(struct rt_env *env, struct vs_class *class, struct rt_blob *b);
struct vs_class *rt_blob_reader_class_new(struct rt_env *env);

#endif
