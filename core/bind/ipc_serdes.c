/* core/bind/ipc_serdes.c: internalBinding('ipc_serdes'): messages between processes in V8's format,
 * with the layout of v8.serialize() for views of memory. */
#include <stdlib.h>
#include <string.h>

#include "core/buffer.h"
#include "core/env.h"
#include "core/error.h"
#include "v8shim/vs.h"

/* The kind of a view, as v8.serialize() numbers them. */
static const char *const view_names[] = {
    "Int8Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "Int16Array",
    "Uint16Array",
    "Int32Array",
    "Uint32Array",
    "Float32Array",
    "Float64Array",
    "DataView",
    NULL, /* Buffer */
    "BigInt64Array",
    "BigUint64Array",
    "Float16Array",
};
#define VIEW_COUNT (sizeof(view_names) / sizeof(view_names[0]))
#define VIEW_BUFFER 10

/* What a host object begins with. */
enum { TAG_VIEW, TAG_PLAIN };

struct ipc_writing {
    struct vs_writer *writer;
    vs_val buffer_class; /* the constructor that Buffers have, or undefined */
};

static void on_clone_error(struct vs_cx *cx, void *user, vs_val message)
{
    vs_throw(cx, vs_error_from_str(cx, VS_ERROR, message));
}

/* VIEW_COUNT: none of them. */
static uint32_t view_kind(vs_val view)
{
    static const struct {
        enum vs_kind kind;
        uint32_t index;
    } kinds[] = {
        { VS_KIND_INT8_ARRAY, 0 },       { VS_KIND_UINT8_CLAMPED_ARRAY, 2 },
        { VS_KIND_INT16_ARRAY, 3 },      { VS_KIND_UINT16_ARRAY, 4 },
        { VS_KIND_INT32_ARRAY, 5 },      { VS_KIND_UINT32_ARRAY, 6 },
        { VS_KIND_FLOAT32_ARRAY, 7 },    { VS_KIND_FLOAT64_ARRAY, 8 },
        { VS_KIND_DATA_VIEW, 9 },        { VS_KIND_BIGINT64_ARRAY, 11 },
        { VS_KIND_BIGUINT64_ARRAY, 12 }, { VS_KIND_FLOAT16_ARRAY, 13 },
    };
    if (vs_is_u8(view)) return 1;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (vs_is_kind(view, kinds[i].kind)) return kinds[i].index;
    }
    return VIEW_COUNT;
}

/* A native object travels as a plain one with its own properties. */
static enum vs_write_result write_plain(struct vs_cx *cx, struct ipc_writing *w, vs_val object)
{
    vs_val copy = vs_obj_new(cx);
    vs_val keys = vs_own_keys(cx, object, VS_KEYS_ENUMERABLE | VS_KEYS_NO_SYMBOLS, true);
    if (!keys) return VS_WRITE_THREW;
    for (uint32_t i = 0; i < vs_arr_len(keys); i++) {
        vs_val key = vs_get_index(cx, keys, i);
        vs_val v = key ? vs_get(cx, object, key) : NULL;
        if (!v || !vs_define(cx, copy, key, v, VS_ATTR_NONE)) return VS_WRITE_THREW;
    }
    vs_writer_u32(w->writer, TAG_PLAIN);
    return vs_writer_value(w->writer, copy) ? VS_WRITE_DONE : VS_WRITE_THREW;
}

static enum vs_write_result on_write_host(struct vs_cx *cx, void *user, vs_val object)
{
    struct ipc_writing *w = user;
    if (!vs_is_view(object)) return write_plain(cx, w, object);
    uint32_t kind = view_kind(object);
    if (kind == VIEW_COUNT) return VS_WRITE_REFUSED;
    vs_val constructor = vs_get_name(cx, object, "constructor");
    if (!constructor) return VS_WRITE_THREW;
    if (vs_is_fn(w->buffer_class) && vs_strict_equals(constructor, w->buffer_class))
        kind = VIEW_BUFFER;
    struct vs_bytes bytes = vs_bytes(object);
    vs_writer_u32(w->writer, TAG_VIEW);
    vs_writer_u32(w->writer, kind);
    vs_writer_u32(w->writer, (uint32_t)bytes.len);
    vs_writer_bytes(w->writer, bytes.ptr, bytes.len);
    return VS_WRITE_DONE;
}

static const struct vs_writer_host writer_host = {
    .clone_error = on_clone_error,
    .write_host = on_write_host,
};

/* serialize(value, Buffer) -> Buffer: length of the rest as 32 bits, big endian, then the value */
static void serialize(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct ipc_writing w = { .buffer_class = vs_arg(a, 1) };
    w.writer = vs_writer_new(env->cx, &writer_host, &w);
    vs_writer_views_are_host(w.writer, true);
    static const uint8_t no_length[4];
    vs_writer_bytes(w.writer, no_length, sizeof(no_length));
    vs_writer_header(w.writer);
    bool ok = vs_writer_value(w.writer, vs_arg(a, 0));
    size_t len;
    uint8_t *data = vs_writer_release(w.writer, &len);
    vs_writer_drop(w.writer);
    if (!ok) {
        free(data);
        return;
    }
    uint32_t rest = (uint32_t)(len - sizeof(no_length));
    for (int i = 0; i < 4; i++) data[i] = (uint8_t)(rest >> (24 - 8 * i));
    vs_ret_maybe(a, rt_buffer_new_take(env, data, len));
}

struct ipc_reading {
    struct vs_reader *reader;
    const uint8_t *data; /* the message */
    vs_val ab;           /* the memory it lies in, */
    size_t off;          /* from here */
};

/* Views share the memory of the message where their alignment allows it. */
static vs_val read_view(struct rt_env *env, struct ipc_reading *r, uint32_t kind,
                        const uint8_t *data, uint32_t len)
{
    static const uint8_t elem_size[VIEW_COUNT] = { 1, 1, 1, 2, 2, 4, 4, 4, 8, 1, 1, 8, 8, 2 };
    struct vs_cx *cx = env->cx;
    size_t off = r->off + (size_t)(data - r->data);
    vs_val ab = r->ab;
    if (kind == VIEW_BUFFER) return rt_buffer_view(env, ab, off, len);
    vs_val class = vs_get_name(cx, vs_ref_get(env->primordials), view_names[kind]);
    if (!class || !vs_is_fn(class) || len % elem_size[kind]) return NULL;
    if (off % elem_size[kind]) {
        off = 0;
        ab = vs_ab_new_uninit(cx, len);
        if (!ab) return NULL;
        memcpy(vs_bytes(ab).ptr, data, len);
    }
    vs_val argv[] = { ab, vs_num(cx, (double)off), vs_num(cx, len / elem_size[kind]) };
    return vs_construct(cx, class, 3, argv);
}

static vs_val on_read_host(struct vs_cx *cx, void *user)
{
    struct ipc_reading *r = user;
    uint32_t tag, kind, len;
    const uint8_t *data;
    if (!vs_reader_u32(r->reader, &tag) || tag > TAG_PLAIN) return NULL;
    if (tag == TAG_PLAIN) return vs_reader_value(r->reader);
    if (!vs_reader_u32(r->reader, &kind) || kind >= VIEW_COUNT) return NULL;
    if (!vs_reader_u32(r->reader, &len) || !vs_reader_bytes(r->reader, len, &data)) return NULL;
    return read_view(rt_env_from_cx(cx), r, kind, data, len);
}

static const struct vs_reader_host reader_host = { .read_host = on_read_host };

/* deserialize(view without the length) -> value */
static void deserialize(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_pin *pin = vs_pin_new(vs_arg(a, 0));
    CHECK(pin);
    struct vs_bytes bytes = vs_pin_bytes(pin);
    struct ipc_reading r = { .data = bytes.ptr };
    r.ab = vs_view_buffer(vs_arg(a, 0));
    r.off = vs_view_off(vs_arg(a, 0));
    r.reader = vs_reader_new(cx, bytes.ptr, bytes.len, &reader_host, &r);
    if (vs_reader_header(r.reader)) vs_ret_maybe(a, vs_reader_value(r.reader));
    vs_reader_drop(r.reader);
    vs_pin_drop(pin);
}

void rt_bind_ipc_serdes(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "serialize", serialize);
    vs_put_fn(env->cx, target, "deserialize", deserialize);
}
