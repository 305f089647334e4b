/* core/bind/blob_reader.c: reading a Blob part by part. Memory is handed out at once, as copies; a
 * file is read on the loop, in chunks.
 *
 * pull(callback) calls back with (status, ArrayBuffer or undefined): before it returns for memory,
 * later for a file. Asked again while a read is under way it answers BLOCKED, and calls the wake-up
 * function afterwards.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/bind/blob_priv.h"
#include "core/container.h"
#include "core/error.h"
#include "core/native.h"
#include "uring/file.h"

/* Bytes read from a file at a time. */
#define FILE_CHUNK (64u * 1024u)

/* status; below 0: -errno. */
enum { STATUS_END, STATUS_DATA, STATUS_BLOCKED };

struct reader {
    struct rt_native native;
    struct rt_blob *blob;  /* owned, a share */
    size_t part;           /* the one being read */
    uint64_t off;          /* bytes of it that have been delivered */
    struct vs_ref *wakeup; /* owned; NULL: none */
    int fd;                /* owned: of the part's file, -1 */
    struct ur_file_op read;
    uint8_t *buf;            /* owned while a read is under way */
    struct vs_ref *callback; /* owned, likewise: its pull's */
};

static void close_file(struct reader *r)
{
    if (r->fd >= 0) close(r->fd);
    r->fd = -1;
}

static void reader_drop(struct rt_native *native)
{
    struct reader *r = (struct reader *)native;
    close_file(r);
    rt_blob_drop(r->blob);
    vs_ref_drop(r->wakeup);
    free(r);
}

static void advance(struct reader *r, uint64_t len)
{
    r->off += len;
    if (r->off < r->blob->parts[r->part].len) return;
    close_file(r);
    r->part++;
    r->off = 0;
}

static void answer(struct vs_cx *cx, vs_val callback, int64_t status, vs_val data)
{
    vs_val argv[] = { vs_num(cx, (double)status), data ? data : vs_undefined(cx) };
    /* What the callback throws is pending then, as for any call. */
    (void)vs_call(cx, callback, vs_undefined(cx), 2, argv);
}

static void free_chunk(void *ptr, size_t len, void *data)
{
    free(ptr);
}

static void read_done(struct ur_file_op *f, int64_t res)
{
    struct reader *r = container_of(f, struct reader, read);
    struct rt_env *env = r->native.env;
    struct vs_ref *callback = r->callback;
    uint8_t *buf = r->buf;
    r->callback = NULL;
    r->buf = NULL;
    if (res == 0) res = -EINVAL; /* the file has become shorter */
    if (env->can_call_js) {
        struct rt_callback cb;
        rt_callback_open(&cb, env, NULL);
        vs_val data = NULL;
        if (res > 0) {
            advance(r, (uint64_t)res);
            data = vs_ab_new_external(env->cx, buf, (size_t)res, free_chunk, NULL);
            buf = NULL;
        }
        vs_val argv[] = { vs_num(env->cx, (double)(res > 0 ? STATUS_DATA : res)),
                          data ? data : vs_undefined(env->cx) };
        (void)rt_call_in(&cb, vs_ref_get(callback), vs_undefined(env->cx), 2, argv);
        if (r->wakeup) {
            vs_val more = vs_bool(env->cx, false);
            (void)rt_call_in(&cb, vs_ref_get(r->wakeup), vs_undefined(env->cx), 1, &more);
        }
        rt_callback_close(&cb);
    }
    free(buf);
    vs_ref_drop(callback);
    rt_native_release(&r->native);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* 0 or -errno; -EINVAL when the file is not what it was. */
static int open_file(struct reader *r, const struct rt_blob_source *source)
{
    struct stat st;
    r->fd = open(source->path, O_RDONLY | O_CLOEXEC);
    if (r->fd < 0) return -errno;
    if (fstat(r->fd, &st) == 0 && same_file(&st, &source->stat)) return 0;
    close_file(r);
    return -EINVAL;
}

static void pull_file(struct reader *r, const struct rt_blob_part *p, vs_val callback)
{
    struct rt_env *env = r->native.env;
    int err = r->fd >= 0 ? 0 : open_file(r, p->source);
    if (err < 0) {
        answer(env->cx, callback, err, NULL);
        return;
    }
    uint64_t left = p->len - r->off;
    size_t len = left < FILE_CHUNK ? (size_t)left : FILE_CHUNK;
    r->buf = malloc(len);
    CHECK(r->buf);
    r->callback = vs_ref_new(env->cx, callback);
    rt_native_hold(&r->native);
    ur_file_op_init(&r->read, read_done);
    ur_read(env->loop, &r->read, r->fd, r->buf, len, (int64_t)(p->off + r->off));
}

static void pull_memory(struct reader *r, const struct rt_blob_part *p, vs_val callback)
{
    struct vs_cx *cx = r->native.env->cx;
    vs_val data = vs_ab_new_uninit(cx, p->len);
    if (!data) return;
    memcpy(vs_bytes(data).ptr, vs_pin_bytes(p->source->memory).ptr + p->off, p->len);
    advance(r, p->len);
    answer(cx, callback, STATUS_DATA, data);
}

/* On to the next part with bytes. 0 or -errno: an empty file has to be the one it was, too. */
static int skip_empty(struct reader *r)
{
    while (r->part < r->blob->count && r->blob->parts[r->part].len == 0) {
        const struct rt_blob_source *source = r->blob->parts[r->part].source;
        int err = source->path ? open_file(r, source) : 0;
        if (err < 0) return err;
        close_file(r);
        r->part++;
    }
    return 0;
}

/* (callback) */
static void pull(const struct vs_args *a)
{
    struct reader *r = vs_native_get(vs_this(a), 0);
    struct vs_cx *cx = vs_args_cx(a);
    vs_val callback = vs_arg(a, 0);
    CHECK(vs_is_fn(callback));
    if (r->buf) {
        answer(cx, callback, STATUS_BLOCKED, NULL);
        return;
    }
    int err = skip_empty(r);
    if (err < 0) {
        answer(cx, callback, err, NULL);
    } else if (r->part == r->blob->count) {
        answer(cx, callback, STATUS_END, NULL);
    } else {
        const struct rt_blob_part *p = &r->blob->parts[r->part];
        (p->source->memory ? pull_memory : pull_file)(r, p, callback);
    }
}

/* (function, or undefined for none) */
static void set_wakeup(const struct vs_args *a)
{
    struct reader *r = vs_native_get(vs_this(a), 0);
    vs_ref_drop(r->wakeup);
    r->wakeup = vs_is_fn(vs_arg(a, 0)) ? vs_ref_new(vs_args_cx(a), vs_arg(a, 0)) : NULL;
}

vs_val rt_blob_reader_new(struct rt_env *env, struct vs_class *class, struct rt_blob *b)
{
    vs_val object = vs_class_make(class);
    if (!object) return NULL;
    struct reader *r = calloc(1, sizeof *r);
    CHECK(r);
    r->blob = rt_blob_hold(b);
    r->fd = -1;
    rt_native_init(&r->native, env, object, reader_drop);
    return object;
}

struct vs_class *rt_blob_reader_class_new(struct rt_env *env)
{
    struct vs_class *c = vs_class_new(env->cx, "BlobReader", NULL, NULL, 1);
    vs_class_method(c, "pull", pull);
    vs_class_method(c, "setWakeup", set_wakeup);
    return c;
}
