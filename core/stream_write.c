/* core/stream_write.c: the write methods of streams. They differ in where the bytes come from; all
 * build one rt_write and hand it to the transport. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/container.h"
#include "core/encoding.h"
#include "core/env.h"
#include "core/error.h"
#include "core/req.h"
#include "core/stream_priv.h"

struct rt_write *rt_write_new(struct rt_stream *s, uint32_t iov_count, size_t cap)
{
    size_t head = sizeof(struct rt_write) + iov_count * sizeof(struct iovec);
    struct rt_write *w = malloc(head + cap);
    if (!w) return NULL;
    w->async.object = NULL;
    w->async.env = s->async->env;
    w->stream = s;
    w->pins = NULL;
    w->pin_count = 0;
    w->iov = (struct iovec *)(w + 1);
    w->iov_count = 0;
    w->len = 0;
    w->send_fd = -1;
    w->done = NULL;
    w->owner = NULL;
    w->next = NULL;
    return w;
}

uint8_t *rt_write_bytes(struct rt_write *w, uint32_t iov_count)
{
    return (uint8_t *)(w->iov + iov_count);
}

void rt_write_add(struct rt_write *w, const void *ptr, size_t len)
{
    w->iov[w->iov_count++] = (struct iovec){ (void *)(uintptr_t)ptr, len };
    w->len += len;
}

struct rt_write *rt_write_trim(struct rt_write *w, uint32_t iov_count)
{
    uintptr_t before = (uintptr_t)rt_write_bytes(w, iov_count);
    struct rt_write *t =
        realloc(w, sizeof(struct rt_write) + iov_count * sizeof(struct iovec) + w->len);
    CHECK(t); /* it shrinks */
    t->iov = (struct iovec *)(t + 1);
    uint8_t *after = rt_write_bytes(t, iov_count);
    for (uint32_t i = 0; i < t->iov_count; i++)
        t->iov[i].iov_base = after + ((uintptr_t)t->iov[i].iov_base - before);
    return t;
}

void rt_write_drop(struct rt_write *w)
{
    rt_async_reset(&w->async);
    for (uint32_t i = 0; i < w->pin_count; i++) vs_pin_drop(w->pins[i]);
    free(w->pins);
    free(w);
}

bool rt_write_skip(struct rt_write *w, size_t n)
{
    while (w->iov_count > 0 && n >= w->iov->iov_len) {
        n -= w->iov->iov_len;
        w->iov++;
        w->iov_count--;
    }
    if (w->iov_count == 0) return false;
    w->iov->iov_base = (char *)w->iov->iov_base + n;
    w->iov->iov_len -= n;
    return true;
}

void rt_write_tell(struct rt_write *w, int status)
{
    struct rt_env *env = w->async.env;
    struct vs_scope scope;
    if (!w->async.object) return;
    vs_scope_open(env->cx, &scope);
    vs_val argv[] = { vs_i32(env->cx, status), rt_async_object(w->stream->async),
                      vs_undefined(env->cx) };
    rt_req_finish(&w->async, 3, argv);
    vs_scope_close(&scope);
}

void rt_write_done(struct rt_write *w, int status)
{
    if (w->done)
        w->done(w, status);
    else
        rt_write_tell(w, status);
    rt_write_drop(w);
}

/* ---- bytes of one chunk ---- */

/* Most bytes that str can need. */
static size_t encoded_max(vs_val str, enum rt_encoding enc)
{
    size_t len = vs_str_len(str);
    if (enc == RT_UTF16LE) return len * 2;
    if (enc == RT_UTF8) return len * (vs_str_is_one_byte(str) ? 2 : 3);
    return len; /* hex and base64 need less */
}

/* The bytes to set aside for str: the bound when that wastes little, else the exact number. */
static size_t encoded_cap(struct vs_cx *cx, vs_val str, enum rt_encoding enc)
{
    size_t cap = encoded_max(str, enc);
    return enc == RT_UTF8 && cap > RT_WRITE_COPY_MAX ? vs_str_utf8_len(cx, str) : cap;
}

static size_t encode(struct rt_env *env, vs_val str, enum rt_encoding enc, uint8_t *to, size_t cap)
{
    struct vs_cx *cx = env->cx;
    uint32_t len = vs_str_len(str);
    switch (enc) {
    case RT_LATIN1: vs_str_write_latin1(cx, str, 0, len, to); return len;
    case RT_UTF16LE: vs_str_write_utf16(cx, str, 0, len, (uint16_t *)(void *)to); return len * 2u;
    case RT_UTF8: return vs_str_write_utf8(cx, str, (char *)to, cap, NULL);
    default: return rt_decode_into(env, str, enc, to, cap);
    }
}

/* ---- handing over ---- */

/* Gives w (NULL: no memory) to the transport and tells JS how it went. The number returned to JS.
 */
static int dispatch(struct rt_stream *s, struct rt_write *w, vs_val req)
{
    struct rt_env *env = s->async->env;
    int32_t *base = rt_stream_state(env)->base;
    base[RT_BYTES_WRITTEN] = w ? (int32_t)w->len : 0;
    base[RT_LAST_WRITE_WAS_ASYNC] = 0;
    if (!w) return -ENOMEM;
    int res = s->write_err;
    size_t len = w->len;
    bool usable = rt_req_usable(req);
    if (s->ops->needs_request && usable)
        rt_async_init_under(&w->async, s->async, req, RT_PROVIDER_WRITEWRAP, w);
    if (!res) res = s->ops->write(s, w);
    if (res < 0) {
        rt_write_drop(w);
        return res;
    }
    s->bytes_written += len;
    if (res == RT_WRITE_ASYNC) {
        base[RT_LAST_WRITE_WAS_ASYNC] = 1;
        if (!s->ops->needs_request && usable)
            rt_async_init_under(&w->async, s->async, req, RT_PROVIDER_WRITEWRAP, w);
    }
    return 0;
}

struct vs_class *rt_stream_write_class(struct rt_env *env)
{
    struct rt_stream_state *state = rt_stream_state(env);
    if (!state->write_class) state->write_class = rt_req_class_new(env, "WriteWrap");
    return state->write_class;
}

/* A transport in JS is given a request, which is where it finds w again. 0 or -errno. */
static int add_request(struct rt_write *w)
{
    struct rt_env *env = w->async.env;
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    vs_val req = vs_class_make(rt_stream_write_class(env));
    if (req) rt_async_init_under(&w->async, w->stream->async, req, RT_PROVIDER_WRITEWRAP, w);
    vs_scope_close(&scope);
    return req ? 0 : -ENOMEM;
}

int rt_stream_write_take(struct rt_write *w)
{
    struct rt_stream *s = w->stream;
    size_t len = w->len;
    int res = s->write_err;
    if (!res && s->ops->needs_request) res = add_request(w);
    if (!res) res = s->ops->write(s, w);
    if (res < 0) {
        rt_write_drop(w);
    } else {
        s->bytes_written += len;
    }
    return res;
}

/* The third argument, if any: a handle to send along. -errno. */
static int add_handle(const struct vs_args *a, struct rt_stream *s, struct rt_write *w)
{
    vs_val handle = vs_arg(a, 2);
    if (!w || !vs_is_obj(handle)) return 0;
    struct rt_stream *sent = rt_stream_of(handle);
    vs_val fd = vs_get(vs_args_cx(a), handle, rt_str(s->async->env, fd));
    w->send_fd = fd && vs_is_num(fd) ? vs_int(fd) : -1;
    if (!s->ops->takes_handles || w->send_fd < 0) return -EINVAL;
    if (sent) sent->shared = true;
    return 0;
}

static int dispatch_with_handle(const struct vs_args *a, struct rt_stream *s, struct rt_write *w)
{
    int err = add_handle(a, s, w);
    if (!err) return dispatch(s, w, vs_arg(a, 0));
    rt_write_drop(w);
    return err;
}

static void write_string(const struct vs_args *a, enum rt_encoding enc)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct rt_stream *s = rt_stream_of(vs_this(a));
    vs_val str = vs_arg(a, 1);
    if (!s || !vs_is_str(str)) {
        vs_ret_i32(a, s ? -EINVAL : -EBADF);
        return;
    }
    size_t cap = encoded_cap(cx, str, enc);
    struct rt_write *w = rt_write_new(s, 1, cap);
    if (w) {
        uint8_t *bytes = rt_write_bytes(w, 1);
        rt_write_add(w, bytes, encode(s->async->env, str, enc, bytes, cap));
    }
    vs_ret_i32(a, dispatch_with_handle(a, s, w));
}

static void write_utf8(const struct vs_args *a)
{
    write_string(a, RT_UTF8);
}

/* Node writes 'ascii' as it does 'latin1': the low byte of each unit. */
static void write_latin1(const struct vs_args *a)
{
    write_string(a, RT_LATIN1);
}

static void write_ucs2(const struct vs_args *a)
{
    write_string(a, RT_UTF16LE);
}

static struct rt_write *write_of_view(struct rt_stream *s, vs_val view)
{
    struct vs_bytes from = vs_bytes(view);
    bool copy = from.len <= RT_WRITE_COPY_MAX;
    struct rt_write *w = rt_write_new(s, 1, copy ? from.len : sizeof(struct vs_pin *));
    if (!w) return NULL;
    if (copy) {
        if (from.len) memcpy(rt_write_bytes(w, 1), from.ptr, from.len);
        rt_write_add(w, rt_write_bytes(w, 1), from.len);
        return w;
    }
    w->pins = malloc(sizeof(struct vs_pin *));
    CHECK(w->pins);
    w->pins[w->pin_count++] = vs_pin_new(view);
    struct vs_bytes held = vs_pin_bytes(w->pins[0]);
    rt_write_add(w, held.ptr, held.len);
    return w;
}

static void write_buffer(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    vs_val view = vs_arg(a, 1);
    if (!s || !vs_is_view(view)) {
        vs_ret_i32(a, s ? -EINVAL : -EBADF);
        return;
    }
    vs_ret_i32(a, dispatch_with_handle(a, s, write_of_view(s, view)));
}

/* ---- writev: chunks are views, or [chunk, encoding, ...] ---- */

struct chunks {
    struct rt_env *env;
    vs_val array;
    uint32_t count;
    bool all_buffers;
};

/* Chunk i and how it is encoded. NULL: exception pending. */
static vs_val chunk_at(const struct chunks *c, uint32_t i, enum rt_encoding *enc)
{
    struct vs_cx *cx = c->env->cx;
    if (c->all_buffers) return vs_get_index(cx, c->array, i);
    vs_val chunk = vs_get_index(cx, c->array, 2 * i);
    if (chunk && vs_is_str(chunk)) {
        vs_val name = vs_get_index(cx, c->array, 2 * i + 1);
        if (!name) return NULL;
        *enc = rt_encoding_of(c->env, name, RT_UTF8);
        if (*enc == RT_BUFFER) *enc = RT_UTF8;
    }
    return chunk;
}

static bool is_small(vs_val view)
{
    return vs_bytes(view).len <= RT_WRITE_COPY_MAX;
}

/* Bytes w must own, and how many views it must pin. */
static bool measure(const struct chunks *c, size_t *own, uint32_t *pins)
{
    *own = 0;
    *pins = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        struct vs_scope scope;
        enum rt_encoding enc = RT_UTF8;
        vs_scope_open(c->env->cx, &scope);
        vs_val chunk = chunk_at(c, i, &enc);
        bool ok = chunk != NULL;
        if (ok && vs_is_str(chunk))
            *own += encoded_cap(c->env->cx, chunk, enc);
        else if (ok && is_small(chunk))
            *own += vs_bytes(chunk).len;
        else if (ok)
            ++*pins;
        vs_scope_close(&scope);
        if (!ok) return false;
    }
    return true;
}

static size_t copy_chunk(const struct chunks *c, vs_val chunk, enum rt_encoding enc, uint8_t *to,
                         size_t cap)
{
    if (vs_is_str(chunk)) return encode(c->env, chunk, enc, to, cap);
    struct vs_bytes from = vs_bytes(chunk);
    if (from.len) memcpy(to, from.ptr, from.len);
    return from.len;
}

/* Neighbouring copies become one piece. */
static bool fill(const struct chunks *c, struct rt_write *w, uint8_t *to, size_t cap)
{
    uint8_t *start = to;
    uint8_t *end = to + cap;
    for (uint32_t i = 0; i < c->count; i++) {
        struct vs_scope scope;
        enum rt_encoding enc = RT_UTF8;
        vs_scope_open(c->env->cx, &scope);
        vs_val chunk = chunk_at(c, i, &enc);
        if (chunk && (vs_is_str(chunk) || is_small(chunk))) {
            to += copy_chunk(c, chunk, enc, to, (size_t)(end - to));
        } else if (chunk) {
            if (to > start) rt_write_add(w, start, (size_t)(to - start));
            start = to;
            struct vs_pin *pin = vs_pin_new(chunk);
            struct vs_bytes held = vs_pin_bytes(pin);
            w->pins[w->pin_count++] = pin;
            rt_write_add(w, held.ptr, held.len);
        }
        vs_scope_close(&scope);
        if (!chunk) return false;
    }
    if (to > start || w->iov_count == 0) rt_write_add(w, start, (size_t)(to - start));
    return true;
}

static void write_chunks(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    struct chunks c = { rt_env_of(a), vs_arg(a, 1), 0, vs_is_true(vs_args_cx(a), vs_arg(a, 2)) };
    size_t own;
    uint32_t pins;
    if (!s || !vs_is_arr(c.array)) {
        vs_ret_i32(a, s ? -EINVAL : -EBADF);
        return;
    }
    c.count = vs_arr_len(c.array) / (c.all_buffers ? 1 : 2);
    if (!measure(&c, &own, &pins)) return;
    uint32_t iov_count = 2 * pins + 1;
    struct rt_write *w = rt_write_new(s, iov_count, own);
    if (w && pins) {
        w->pins = malloc(pins * sizeof(struct vs_pin *));
        CHECK(w->pins);
    }
    if (w && !fill(&c, w, rt_write_bytes(w, iov_count), own)) {
        rt_write_drop(w);
        return;
    }
    vs_ret_i32(a, dispatch(s, w, vs_arg(a, 0)));
}

/* ---- shutdown ---- */

void rt_shutdown_done(struct rt_shutdown *req, int status)
{
    struct rt_env *env = req->async.env;
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    vs_val argv[] = { vs_i32(env->cx, status), rt_async_object(req->stream->async),
                      vs_undefined(env->cx) };
    if (req->async.object) rt_req_finish(&req->async, 3, argv);
    vs_scope_close(&scope);
    free(req);
}

void rt_stream_shutdown(struct rt_stream *s)
{
    struct rt_shutdown *req = calloc(1, sizeof *req);
    CHECK(req);
    req->stream = s;
    req->async.env = s->async->env;
    if (s->ops->shutdown(s, req)) free(req); /* nothing to end, or ended at once */
}

static void shut_down(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    vs_val object = vs_arg(a, 0);
    if (!s || !rt_req_usable(object)) {
        vs_ret_i32(a, s ? -EINVAL : -EBADF);
        return;
    }
    struct rt_shutdown *req = calloc(1, sizeof *req);
    CHECK(req);
    req->stream = s;
    rt_async_init_under(&req->async, s->async, object, RT_PROVIDER_SHUTDOWNWRAP, req);
    int err = s->ops->shutdown(s, req);
    if (err) {
        rt_async_reset(&req->async);
        free(req);
    }
    vs_ret_i32(a, err);
}

void rt_stream_class_extend_writes(struct vs_class *c)
{
    vs_class_method(c, "shutdown", shut_down);
    vs_class_method(c, "writev", write_chunks);
    vs_class_method(c, "writeBuffer", write_buffer);
    vs_class_method(c, "writeAsciiString", write_latin1);
    vs_class_method(c, "writeUtf8String", write_utf8);
    vs_class_method(c, "writeUcs2String", write_ucs2);
    vs_class_method(c, "writeLatin1String", write_latin1);
}
