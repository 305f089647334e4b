/* core/bind/zlib.c: internalBinding('zlib'): what all streams that compress have in common. The
 * library gives each write an output buffer and comes back while that gets full. */
#include <stdlib.h>
#include <zlib.h>

#include "core/bind/zlib_priv.h"
#include "core/container.h"
#include "core/encoding.h"
#include "core/env.h"
#include "core/error.h"

/* The library's state array: what a write left over. */
enum state_index { STATE_AVAIL_OUT, STATE_AVAIL_IN, STATE_COUNT };

const struct rt_codec_error rt_codec_truncated = {
    "unexpected end of file",
    Z_BUF_ERROR,
    "Z_BUF_ERROR",
};

static void close_codec(struct rt_codec *c)
{
    if (c->busy) {
        c->close_pending = true;
        return;
    }
    if (c->closed) return;
    c->closed = true;
    c->ops->end(c);
    vs_external_memory(c->async.env->cx, -c->memory);
    c->memory = 0;
}

static void codec_drop(struct rt_native *n)
{
    struct rt_codec *c = container_of(n, struct rt_codec, native);
    rt_native_end_async(&c->async);
    close_codec(c);
    vs_pin_drop(c->state_pin);
    vs_ref_drop(c->callback);
    free(c);
}

void rt_codec_init(struct rt_codec *c, const struct vs_args *a, enum rt_codec_mode mode,
                   const struct rt_codec_ops *ops)
{
    c->ops = ops;
    c->mode = mode;
    rt_native_init_async(&c->native, &c->async, rt_env_of(a), vs_this(a), RT_PROVIDER_ZLIB,
                         codec_drop);
}

void rt_codec_start(struct rt_codec *c, vs_val state, vs_val callback, int64_t memory)
{
    CHECK(vs_view_len(state) == STATE_COUNT * sizeof(uint32_t));
    vs_view_buffer(state);
    c->state_pin = vs_pin_new(state);
    c->callback = vs_ref_new(c->async.env->cx, callback);
    c->memory = memory;
    vs_external_memory(c->async.env->cx, memory);
}

struct rt_codec *rt_codec_of(const struct vs_args *a)
{
    return vs_native_get(vs_this(a), 0);
}

void rt_codec_report(struct rt_codec *c, struct rt_codec_error error, bool from_loop)
{
    struct rt_env *env = c->async.env;
    struct vs_cx *cx = env->cx;
    vs_val argv[] = {
        vs_str_utf8(cx, error.message, -1),
        vs_i32(cx, error.number),
        vs_str_latin1(cx, error.code, -1),
    };
    int argc = sizeof argv / sizeof argv[0];
    if (from_loop) {
        rt_call_name(&c->async, rt_str(env, onerror), argc, argv);
        return;
    }
    vs_val object = rt_async_object(&c->async), onerror = vs_get(cx, object, rt_str(env, onerror));
    if (onerror && vs_is_fn(onerror)) vs_call(cx, onerror, object, argc, argv);
}

/* True when the write went well; else the stream has been told. */
static bool finish_write(struct rt_codec *c, bool from_loop)
{
    struct rt_codec_error error = c->ops->check(c);
    if (error.message) {
        rt_codec_report(c, error, from_loop);
        return false;
    }
    uint32_t *state = (uint32_t *)vs_pin_bytes(c->state_pin).ptr;
    state[STATE_AVAIL_OUT] = (uint32_t)c->io.avail_out;
    state[STATE_AVAIL_IN] = (uint32_t)c->io.avail_in;
    return true;
}

/* Whether [off, off + len) lies in the view: JS may have changed what the library computes them
 * from. False: an exception is pending. */
static bool in_bounds(struct rt_env *env, const char *name, vs_val view, size_t off, size_t len)
{
    struct vs_bytes bytes = vs_bytes(view);
    if (off <= bytes.len && len <= bytes.len - off) return true;
    rt_throw_code(env, VS_RANGE_ERROR, "ERR_OUT_OF_RANGE", "%s buffer is out of bounds", name);
    return false;
}

/* (flush, in or null, in off, in len, out, out off, out len). False: an exception is pending. */
static bool read_io(const struct vs_args *a, struct rt_codec *c)
{
    struct rt_env *env = rt_env_of(a);
    if (c->closed || c->close_pending || c->busy || !c->state_pin) {
        rt_throw_code(env, VS_ERROR, "ERR_INVALID_STATE", "zlib binding closed");
        return false;
    }
    vs_val in = vs_arg(a, 1), out = vs_arg(a, 4);
    struct rt_codec_io io = { .flush = vs_int(vs_arg(a, 0)) };
    if (!vs_is_nullish(env->cx, in)) {
        io.avail_in = vs_uint(vs_arg(a, 3));
        size_t off = vs_uint(vs_arg(a, 2));
        if (!in_bounds(env, "input", in, off, io.avail_in)) return false;
        io.next_in = vs_bytes(in).ptr + off;
    }
    io.avail_out = vs_uint(vs_arg(a, 6));
    size_t out_off = vs_uint(vs_arg(a, 5));
    if (!in_bounds(env, "output", out, out_off, io.avail_out)) return false;
    io.next_out = vs_bytes(out).ptr + out_off;
    c->io = io;
    return true;
}

static void write_sync(const struct vs_args *a)
{
    struct rt_codec *c = rt_codec_of(a);
    if (!read_io(a, c)) return;
    c->ops->work(c);
    finish_write(c, false);
}

static void work(struct ur_job *job)
{
    struct rt_codec *c = container_of(job, struct rt_codec, job);
    c->ops->work(c);
}

static void work_done(struct ur_job *job, int32_t res)
{
    struct rt_codec *c = container_of(job, struct rt_codec, job);
    struct rt_env *env = c->async.env;
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    vs_pin_drop(c->in);
    vs_pin_drop(c->out);
    c->in = c->out = NULL;
    c->busy = false;
    /* The callback may start the next write. */
    if (res == 0 && env->can_call_js && finish_write(c, true)) {
        rt_call(&c->async, vs_ref_get(c->callback), 0, NULL);
    }
    if (!c->busy) {
        if (c->close_pending) close_codec(c);
        rt_native_release(&c->native);
    }
    vs_scope_close(&scope);
}

static void write_async(const struct vs_args *a)
{
    struct rt_codec *c = rt_codec_of(a);
    /* A small view may be on the moving heap: pinning moves it off. */
    struct vs_pin *in = vs_is_view(vs_arg(a, 1)) ? vs_pin_new(vs_arg(a, 1)) : NULL;
    struct vs_pin *out = vs_pin_new(vs_arg(a, 4));
    if (!read_io(a, c)) {
        vs_pin_drop(in);
        vs_pin_drop(out);
        return;
    }
    c->in = in;
    c->out = out;
    c->busy = true;
    rt_native_hold(&c->native);
    c->job.work = work;
    c->job.done = work_done;
    ur_job_start(rt_env_of(a)->loop, &c->job);
}

static void close_method(const struct vs_args *a)
{
    close_codec(rt_codec_of(a));
}

static void reset(const struct vs_args *a)
{
    struct rt_codec *c = rt_codec_of(a);
    if (c->busy) { /* another thread has the stream */
        rt_throw_code(rt_env_of(a), VS_ERROR, NULL,
                      "Cannot reset zlib stream while a write is in progress");
        return;
    }
    struct rt_codec_error error = c->ops->reset(c);
    if (error.message) rt_codec_report(c, error, false);
}

struct vs_class *rt_codec_class(struct rt_env *env, const char *name, vs_fn *construct)
{
    struct vs_class *class = vs_class_new(env->cx, name, construct, rt_async_class(env), 1);
    vs_class_method(class, "write", write_async);
    vs_class_method(class, "writeSync", write_sync);
    vs_class_method(class, "close", close_method);
    vs_class_method(class, "reset", reset);
    return class;
}

/* crc32(string or bytes, start value) */
static void crc32_method(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    uint32_t crc = vs_uint(vs_arg(a, 1));
    if (vs_is_str(vs_arg(a, 0))) {
        size_t len;
        char *text = rt_decode(env, vs_arg(a, 0), RT_UTF8, &len);
        if (!text) return;
        crc = (uint32_t)crc32_z(crc, (const uint8_t *)text, len);
        free(text);
    } else {
        struct vs_bytes bytes = vs_bytes(vs_arg(a, 0));
        if (bytes.len) crc = (uint32_t)crc32_z(crc, bytes.ptr, bytes.len);
    }
    vs_ret_f64(a, crc);
}

void rt_bind_zlib(struct rt_env *env, vs_val target)
{
    rt_zlib_put_deflate(env, target);
    rt_zlib_put_brotli(env, target);
    rt_zlib_put_zstd(env, target);
    vs_put_fn(env->cx, target, "crc32", crc32_method);
    vs_put_str(env->cx, target, "ZLIB_VERSION", zlibVersion());
}
