/* core/bind/serdes.c: internalBinding('serdes'): the classes behind v8.Serializer and
 * v8.Deserializer, whose JS subclasses say what becomes of host objects. */
#include "v8shim/vs.h"

#include <stdlib.h>

#include "core/buffer.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/native.h"

struct serializer {
    struct rt_native native;  /* first */
    struct vs_writer *writer; /* owned */
};

struct deserializer {
    struct rt_native native;  /* first */
    struct vs_reader *reader; /* owned */
    struct vs_pin *pin;       /* owned: the memory it reads */
};

/* The method of that name of the JS object; undefined: it has none. NULL: an exception is pending.
 */
static vs_val method_of(struct vs_cx *cx, vs_val object, const char *name)
{
    vs_val fn = vs_get(cx, object, vs_str_intern(cx, name));
    return fn && !vs_is_fn(fn) ? vs_undefined(cx) : fn;
}

static void on_clone_error(struct vs_cx *cx, void *user, vs_val message)
{
    struct serializer *s = user;
    vs_val class =
        vs_get(cx, vs_ref_get(s->native.object), vs_str_intern(cx, "_getDataCloneError"));
    if (!class) return;
    CHECK(vs_is_fn(class));
    vs_val error = vs_call(cx, class, vs_ref_get(s->native.object), 1, &message);
    if (error) vs_throw(cx, error);
}

static enum vs_write_result on_write_host(struct vs_cx *cx, void *user, vs_val host)
{
    struct serializer *s = user;
    vs_val object = vs_ref_get(s->native.object);
    vs_val fn = method_of(cx, object, "_writeHostObject");
    if (!fn) return VS_WRITE_THREW;
    if (vs_is_undefined(cx, fn)) return VS_WRITE_REFUSED;
    return vs_call(cx, fn, object, 1, &host) ? VS_WRITE_DONE : VS_WRITE_THREW;
}

static enum vs_write_result on_shared_id(struct vs_cx *cx, void *user, vs_val sab, uint32_t *id)
{
    struct serializer *s = user;
    vs_val object = vs_ref_get(s->native.object);
    vs_val fn = method_of(cx, object, "_getSharedArrayBufferId");
    if (!fn) return VS_WRITE_THREW;
    if (vs_is_undefined(cx, fn)) return VS_WRITE_REFUSED;
    vs_val v = vs_call(cx, fn, object, 1, &sab);
    return v && vs_to_u32(cx, v, id) ? VS_WRITE_DONE : VS_WRITE_THREW;
}

static const struct vs_writer_host writer_host = {
    .clone_error = on_clone_error,
    .write_host = on_write_host,
    .shared_id = on_shared_id,
};

static void serializer_drop(struct rt_native *n)
{
    struct serializer *s = container_of(n, struct serializer, native);
    vs_writer_drop(s->writer);
    free(s);
}

static bool check_construct(const struct vs_args *a, const char *class)
{
    if (vs_is_construct_call(a)) return true;
    rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_CONSTRUCT_CALL_REQUIRED",
                  "Class constructor %s cannot be invoked without 'new'", class);
    return false;
}

static void new_serializer(const struct vs_args *a)
{
    if (!check_construct(a, "Serializer")) return;
    struct serializer *s = malloc(sizeof(*s));
    CHECK(s);
    s->writer = vs_writer_new(vs_args_cx(a), &writer_host, s);
    rt_native_init(&s->native, rt_env_of(a), vs_this(a), serializer_drop);
}

static struct vs_writer *this_writer(const struct vs_args *a)
{
    struct serializer *s = vs_native_get(vs_this(a), 0);
    CHECK(s);
    return s->writer;
}

static void write_header(const struct vs_args *a)
{
    vs_writer_header(this_writer(a));
}

static void write_value(const struct vs_args *a)
{
    if (vs_writer_value(this_writer(a), vs_arg(a, 0))) vs_ret_bool(a, true);
}

static void release_buffer(const struct vs_args *a)
{
    size_t len;
    uint8_t *data = vs_writer_release(this_writer(a), &len);
    vs_ret_maybe(a, rt_buffer_new_take(rt_env_of(a), data, len));
}

static void write_transfer(const struct vs_args *a)
{
    uint32_t id;
    if (!vs_to_u32(vs_args_cx(a), vs_arg(a, 0), &id)) return;
    if (!vs_is_ab(vs_arg(a, 1))) {
        rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                      "arrayBuffer must be an ArrayBuffer");
        return;
    }
    vs_writer_transfer(this_writer(a), id, vs_arg(a, 1));
}

static void write_u32(const struct vs_args *a)
{
    uint32_t n;
    if (vs_to_u32(vs_args_cx(a), vs_arg(a, 0), &n)) vs_writer_u32(this_writer(a), n);
}

/* writeUint64(high, low) */
static void write_u64(const struct vs_args *a)
{
    uint32_t high, low;
    if (!vs_to_u32(vs_args_cx(a), vs_arg(a, 0), &high)) return;
    if (!vs_to_u32(vs_args_cx(a), vs_arg(a, 1), &low)) return;
    vs_writer_u64(this_writer(a), (uint64_t)high << 32 | low);
}

static void write_f64(const struct vs_args *a)
{
    double n;
    if (vs_to_f64(vs_args_cx(a), vs_arg(a, 0), &n)) vs_writer_f64(this_writer(a), n);
}

static bool check_view(const struct vs_args *a, const char *name)
{
    if (vs_is_view(vs_arg(a, 0))) return true;
    rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                  "%s must be a TypedArray or a DataView", name);
    return false;
}

static void write_bytes(const struct vs_args *a)
{
    if (!check_view(a, "source")) return;
    struct vs_bytes bytes = vs_bytes(vs_arg(a, 0));
    vs_writer_bytes(this_writer(a), bytes.ptr, bytes.len);
}

static void set_views_are_host(const struct vs_args *a)
{
    vs_writer_views_are_host(this_writer(a), vs_to_bool(vs_args_cx(a), vs_arg(a, 0)));
}

static vs_val on_read_host(struct vs_cx *cx, void *user)
{
    struct deserializer *d = user;
    vs_val object = vs_ref_get(d->native.object);
    vs_val fn = method_of(cx, object, "_readHostObject");
    if (!fn || vs_is_undefined(cx, fn)) return NULL;
    vs_val v = vs_call(cx, fn, object, 0, NULL);
    if (!v || vs_is_obj(v)) return v;
    vs_throw(cx, vs_error_new(cx, VS_TYPE_ERROR, "readHostObject must return an object"));
    return NULL;
}

static const struct vs_reader_host reader_host = { .read_host = on_read_host };

static void deserializer_drop(struct rt_native *n)
{
    struct deserializer *d = container_of(n, struct deserializer, native);
    vs_reader_drop(d->reader);
    vs_pin_drop(d->pin);
    free(d);
}

/* new Deserializer(view) */
static void new_deserializer(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    if (!check_construct(a, "Deserializer") || !check_view(a, "buffer")) return;
    vs_val self = vs_this(a);
    if (!vs_set(cx, self, vs_str_intern(cx, "buffer"), vs_arg(a, 0))) return;
    struct deserializer *d = calloc(1, sizeof(*d));
    CHECK(d);
    d->pin = vs_pin_new(vs_arg(a, 0));
    struct vs_bytes bytes = d->pin ? vs_pin_bytes(d->pin) : (struct vs_bytes){ 0 };
    const uint8_t *data = bytes.ptr ? bytes.ptr : (const uint8_t *)"";
    d->reader = vs_reader_new(cx, data, bytes.len, &reader_host, d);
    rt_native_init(&d->native, rt_env_of(a), self, deserializer_drop);
}

static struct deserializer *this_deserializer(const struct vs_args *a)
{
    struct deserializer *d = vs_native_get(vs_this(a), 0);
    CHECK(d);
    return d;
}

static struct vs_reader *this_reader(const struct vs_args *a)
{
    return this_deserializer(a)->reader;
}

static void read_header(const struct vs_args *a)
{
    if (vs_reader_header(this_reader(a))) vs_ret_bool(a, true);
}

static void read_value(const struct vs_args *a)
{
    vs_ret_maybe(a, vs_reader_value(this_reader(a)));
}

static void get_version(const struct vs_args *a)
{
    vs_ret_f64(a, vs_reader_version(this_reader(a)));
}

static void read_transfer(const struct vs_args *a)
{
    uint32_t id;
    if (!vs_to_u32(vs_args_cx(a), vs_arg(a, 0), &id)) return;
    if (!vs_is_ab(vs_arg(a, 1)) && !vs_is_sab(vs_arg(a, 1))) {
        rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                      "arrayBuffer must be an ArrayBuffer or SharedArrayBuffer");
        return;
    }
    vs_reader_transfer(this_reader(a), id, vs_arg(a, 1));
}

static void throw_short(const struct vs_args *a, const char *what)
{
    vs_throw(vs_args_cx(a), vs_error_new(vs_args_cx(a), VS_ERROR, what));
}

static void read_u32(const struct vs_args *a)
{
    uint32_t n;
    if (vs_reader_u32(this_reader(a), &n)) {
        vs_ret_f64(a, n);
    } else {
        throw_short(a, "ReadUint32() failed");
    }
}

/* readUint64() -> [high, low] */
static void read_u64(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    uint64_t n;
    if (!vs_reader_u64(this_reader(a), &n)) {
        throw_short(a, "ReadUint64() failed");
        return;
    }
    vs_val parts[] = { vs_num(cx, (double)(n >> 32)), vs_num(cx, (double)(uint32_t)n) };
    vs_ret(a, vs_arr_new(cx, parts, 2));
}

static void read_f64(const struct vs_args *a)
{
    double n;
    if (vs_reader_f64(this_reader(a), &n)) {
        vs_ret_f64(a, n);
    } else {
        throw_short(a, "ReadDouble() failed");
    }
}

/* _readRawBytes(length) -> their offset in the buffer */
static void read_bytes(const struct vs_args *a)
{
    struct deserializer *d = this_deserializer(a);
    const uint8_t *at;
    int64_t len;
    if (!vs_to_i64(vs_args_cx(a), vs_arg(a, 0), &len)) return;
    if (len < 0 || !vs_reader_bytes(d->reader, (size_t)len, &at)) {
        throw_short(a, "ReadRawBytes() failed");
        return;
    }
    vs_ret_f64(a, d->pin ? (double)(at - vs_pin_bytes(d->pin).ptr) : 0);
}

void rt_bind_serdes(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct vs_class *s = vs_class_new(cx, "Serializer", new_serializer, NULL, 1);
    vs_class_method(s, "writeHeader", write_header);
    vs_class_method(s, "writeValue", write_value);
    vs_class_method(s, "releaseBuffer", release_buffer);
    vs_class_method(s, "transferArrayBuffer", write_transfer);
    vs_class_method(s, "writeUint32", write_u32);
    vs_class_method(s, "writeUint64", write_u64);
    vs_class_method(s, "writeDouble", write_f64);
    vs_class_method(s, "writeRawBytes", write_bytes);
    vs_class_method(s, "_setTreatArrayBufferViewsAsHostObjects", set_views_are_host);
    vs_put(cx, target, "Serializer", vs_class_fn(s));

    struct vs_class *d = vs_class_new(cx, "Deserializer", new_deserializer, NULL, 1);
    vs_class_method(d, "readHeader", read_header);
    vs_class_method(d, "readValue", read_value);
    vs_class_method(d, "getWireFormatVersion", get_version);
    vs_class_method(d, "transferArrayBuffer", read_transfer);
    vs_class_method(d, "readUint32", read_u32);
    vs_class_method(d, "readUint64", read_u64);
    vs_class_method(d, "readDouble", read_f64);
    vs_class_method(d, "_readRawBytes", read_bytes);
    vs_put(cx, target, "Deserializer", vs_class_fn(d));
}
