/* core/bind/heap_stream.c: see the header. All comes with the first readStart(): it is in memory
 * anyway, and programs read a snapshot in one go. */
#include "core/bind/heap_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/stream.h"

/* The library hears of lengths as int32_t. */
#define CHUNK_MAX ((size_t)64 << 20)

struct heap_stream {
    struct rt_async async; /* first; its reference is the weak one of native */
    struct rt_native native;
    struct rt_stream stream;
    struct heap_text text; /* owned */
};

bool rt_heap_text_write(void *user, const char *text, size_t len)
{
    struct heap_text *t = user;
    if (t->cap - t->len < len) {
        t->cap = 2 * t->cap + len;
        t->ptr = realloc(t->ptr, t->cap);
        CHECK(t->ptr);
    }
    memcpy(t->ptr + t->len, text, len);
    t->len += len;
    return true;
}

static int read_start(struct rt_stream *s)
{
    struct heap_stream *h = container_of(s, struct heap_stream, stream);
    struct heap_text text = h->text;
    h->text = (struct heap_text){ 0 };
    if (!text.ptr) return 0;
    /* The collector may not take h while JS runs: the caller's handle is on its stack. */
    for (size_t off = 0, n; off < text.len; off += n) {
        n = text.len - off < CHUNK_MAX ? text.len - off : CHUNK_MAX;
        rt_stream_deliver(s, (int64_t)n, (const uint8_t *)text.ptr + off);
    }
    free(text.ptr);
    rt_stream_deliver(s, RT_EOF, NULL);
    return 0;
}

static int read_stop(struct rt_stream *s)
{
    (void)s;
    return 0;
}

static int no_write(struct rt_stream *s, struct rt_write *w)
{
    (void)s;
    (void)w;
    return -ENOTSUP;
}

static int no_shutdown(struct rt_stream *s, struct rt_shutdown *req)
{
    (void)s;
    (void)req;
    return -ENOTSUP;
}

static int no_fd(const struct rt_stream *s)
{
    (void)s;
    return -1;
}

static uint64_t nothing_pending(const struct rt_stream *s)
{
    (void)s;
    return 0;
}

static const struct rt_stream_ops stream_ops = {
    .read_start = read_start,
    .read_stop = read_stop,
    .write = no_write,
    .shutdown = no_shutdown,
    .fd = no_fd,
    .pending = nothing_pending,
};

static void stream_drop(struct rt_native *n)
{
    struct heap_stream *h = container_of(n, struct heap_stream, native);
    rt_native_end_async(&h->async);
    rt_stream_reset(&h->stream);
    free(h->text.ptr);
    free(h);
}

/* The state is the class itself, which goes with the isolate. */
static struct vs_class *class_of(struct rt_env *env)
{
    struct vs_class *c = env->binding_state[RT_STATE_heap_stream];
    if (c) return c;
    c = vs_class_new(env->cx, "HeapSnapshotStream", NULL, rt_async_class(env), RT_STREAM_FIELDS);
    rt_stream_class_extend(env, c);
    env->binding_state[RT_STATE_heap_stream] = c;
    return c;
}

vs_val rt_heap_stream_new_take(struct rt_env *env, struct heap_text *text)
{
    struct heap_text owned = *text;
    *text = (struct heap_text){ 0 };
    vs_val object = vs_class_make(class_of(env));
    if (!object) {
        free(owned.ptr);
        return NULL;
    }
    struct heap_stream *h = calloc(1, sizeof *h);
    CHECK(h);
    h->text = owned;
    rt_native_init_async(&h->native, &h->async, env, object, RT_PROVIDER_HEAPSNAPSHOT, stream_drop);
    rt_stream_init(&h->stream, &h->async, &stream_ops);
    return object;
}
