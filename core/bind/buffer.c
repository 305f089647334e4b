/* core/bind/buffer.c: internalBinding('buffer'): filling, copying, comparing and swapping bytes.
 * Strings are in buffer_text.c, indexOf in buffer_search.c. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/buffer_priv.h"
#include "core/encoding.h"
#include "core/error.h"
#include "core/options.h"
#include "core/snapshot.h"

bool rt_buffer_index(const struct vs_args *a, int i, size_t otherwise, size_t *out)
{
    struct rt_env *env = rt_env_of(a);
    int64_t index;
    *out = otherwise;
    if (vs_is_undefined(env->cx, vs_arg(a, i))) return true;
    if (!vs_to_i64(env->cx, vs_arg(a, i), &index)) return false;
    *out = (size_t)index;
    if (index < 0) rt_throw_code(env, VS_RANGE_ERROR, "ERR_OUT_OF_RANGE", "Index out of range");
    return index >= 0;
}

bool rt_buffer_is_view(const struct vs_args *a, int i)
{
    if (vs_is_view(vs_arg(a, i))) return true;
    rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE", "argument must be a buffer");
    return false;
}

bool rt_buffer_is_str(const struct vs_args *a, int i)
{
    if (vs_is_str(vs_arg(a, i))) return true;
    rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE", "argument must be a string");
    return false;
}

static void set_buffer_prototype(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    CHECK(vs_is_obj(vs_arg(a, 0)) && !env->buffer_proto);
    env->buffer_proto = vs_ref_new(env->cx, vs_arg(a, 0));
}

/* (size): an ArrayBuffer with whatever its memory held. */
static void create_unsafe_array_buffer(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    size_t size = (size_t)vs_int64(vs_arg(a, 0));
    bool zero = rt_option_bool(env->options, RT_OPT_zero_fill_buffers);
    vs_ret_maybe(a, zero ? vs_ab_new(env->cx, size) : vs_ab_new_uninit(env->cx, size));
}

/* V8 leaves detach keys out of a snapshot: kept here while one is made, they are set again when an
 * env opens from it. */
struct buffer_state {
    struct vs_ref *keys; /* owned: an array of an ArrayBuffer and its key, and so on */
};

static void state_drop(struct rt_env *env)
{
    struct buffer_state *state = env->binding_state[RT_STATE_buffer];
    vs_ref_drop(state->keys);
    free(state);
}

static struct buffer_state *state_new(struct rt_env *env)
{
    struct buffer_state *state = calloc(1, sizeof *state);
    CHECK(state);
    env->binding_state[RT_STATE_buffer] = state;
    env->binding_drop[RT_STATE_buffer] = state_drop;
    return state;
}

void rt_snap_buffer(struct rt_env *env, struct rt_snap *snap)
{
    struct vs_cx *cx = env->cx;
    bool saving = rt_snap_saving(snap);
    struct buffer_state *state = saving ? env->binding_state[RT_STATE_buffer] : state_new(env);
    rt_snap_ref(snap, &state->keys);
    if (saving) return;
    vs_val keys = vs_ref_get(state->keys);
    for (uint32_t i = 0; i + 1 < vs_arr_len(keys); i += 2) {
        vs_val buffer = vs_get_index(cx, keys, i);
        if (!vs_is_undefined(cx, buffer))
            vs_ab_detach_key_set(buffer, vs_get_index(cx, keys, i + 1));
    }
    vs_ref_drop(state->keys);
    state->keys = NULL;
}

/* What is not to be in the snapshot must not be kept for its key. */
static void forget_key(struct vs_cx *cx, vs_val keys, vs_val buffer)
{
    for (uint32_t i = 0; i < vs_arr_len(keys); i += 2) {
        if (vs_strict_equals(vs_get_index(cx, keys, i), buffer))
            CHECK(vs_set_index(cx, keys, i, vs_undefined(cx)));
    }
}

/* (buffer, key): an undefined one takes the key away. */
static void set_detach_key(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct buffer_state *state = env->binding_state[RT_STATE_buffer];
    CHECK(vs_is_ab(vs_arg(a, 0)));
    vs_ab_detach_key_set(vs_arg(a, 0), vs_arg(a, 1));
    if (env->heap != VS_HEAP_SAVE) return;
    vs_val keys = vs_ref_get(state->keys);
    forget_key(env->cx, keys, vs_arg(a, 0));
    if (vs_is_undefined(env->cx, vs_arg(a, 1))) return;
    for (int i = 0; i < 2; i++) CHECK(vs_set_index(env->cx, keys, vs_arr_len(keys), vs_arg(a, i)));
}

/* What fill() returns when it did not fill. */
enum { FILL_EMPTY = -1, FILL_OUT_OF_BOUNDS = -2 };

/* Repeats the first `have` bytes of buf until it is full. */
static void repeat(uint8_t *buf, size_t have, size_t len)
{
    while (have < len) {
        size_t n = have < len - have ? have : len - have;
        memcpy(buf + have, buf, n);
        have += n;
    }
}

/* Puts as much of the string's bytes at the start of buf as fits. false: exception pending. */
static bool fill_str(const struct vs_args *a, size_t start, size_t len, size_t *have)
{
    struct rt_env *env = rt_env_of(a);
    size_t n;
    enum rt_encoding encoding = rt_encoding_of(env, vs_arg(a, 4), RT_UTF8);
    char *bytes = rt_decode(env, vs_arg(a, 1), encoding, &n);
    if (!bytes) return false;
    *have = n < len ? n : len;
    memcpy(vs_bytes(vs_arg(a, 0)).ptr + start, bytes, *have);
    free(bytes);
    return true;
}

/* (buffer, value, start, end, encoding): value is a string, a view or a number. */
static void fill(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    size_t start, end, have;
    uint32_t byte;
    if (!rt_buffer_is_view(a, 0)) return;
    size_t size = vs_view_len(vs_arg(a, 0));
    if (!rt_buffer_index(a, 2, 0, &start) || !rt_buffer_index(a, 3, size, &end)) return;
    if (start > end || end > vs_view_len(vs_arg(a, 0))) {
        vs_ret_i32(a, FILL_OUT_OF_BOUNDS);
        return;
    }
    if (start == end) return;
    size_t len = end - start;
    if (vs_is_view(vs_arg(a, 1))) {
        struct vs_bytes from = vs_bytes(vs_arg(a, 1));
        have = from.len < len ? from.len : len;
        if (have) memmove(vs_bytes(vs_arg(a, 0)).ptr + start, from.ptr, have);
    } else if (vs_is_str(vs_arg(a, 1))) {
        if (!fill_str(a, start, len, &have)) return;
    } else {
        if (!vs_to_u32(cx, vs_arg(a, 1), &byte)) return;
        struct vs_bytes to = vs_bytes(vs_arg(a, 0)); /* valueOf() may have changed it */
        if (end <= to.len) memset(to.ptr + start, (int)(byte & UINT8_MAX), len);
        return;
    }
    if (have == 0) {
        vs_ret_i32(a, FILL_EMPTY);
        return;
    }
    repeat(vs_bytes(vs_arg(a, 0)).ptr + start, have, len);
}

/* (source, target, target start, source start, count): within bounds, the library has seen to it;
 * returns count. */
static void copy(const struct vs_args *a)
{
    struct vs_bytes from = vs_bytes(vs_arg(a, 0)), to = vs_bytes(vs_arg(a, 1));
    size_t to_off = (size_t)vs_int64(vs_arg(a, 2)), from_off = (size_t)vs_int64(vs_arg(a, 3));
    size_t n = (size_t)vs_int64(vs_arg(a, 4));
    CHECK(to_off <= to.len && n <= to.len - to_off);
    CHECK(from_off <= from.len && n <= from.len - from_off);
    memmove(to.ptr + to_off, from.ptr + from_off, n);
    vs_ret_f64(a, (double)n);
}

/* (target, target offset, source, source offset, count): both ArrayBuffers, shared or not. */
static void copy_array_buffer(const struct vs_args *a)
{
    struct vs_bytes to = vs_bytes(vs_arg(a, 0)), from = vs_bytes(vs_arg(a, 2));
    size_t to_off = vs_uint(vs_arg(a, 1)), from_off = vs_uint(vs_arg(a, 3));
    size_t n = vs_uint(vs_arg(a, 4));
    CHECK(to_off <= to.len && n <= to.len - to_off);
    CHECK(from_off <= from.len && n <= from.len - from_off);
    if (n > 0) memmove(to.ptr + to_off, from.ptr + from_off, n);
}

static int32_t compare_bytes(const uint8_t *x, size_t x_len, const uint8_t *y, size_t y_len)
{
    size_t n = x_len < y_len ? x_len : y_len;
    int order = n > 0 ? memcmp(x, y, n) : 0;
    if (order == 0) order = (x_len > y_len) - (x_len < y_len);
    return (order > 0) - (order < 0);
}

static void compare(const struct vs_args *a)
{
    if (!rt_buffer_is_view(a, 0) || !rt_buffer_is_view(a, 1)) return;
    struct vs_bytes x = vs_bytes(vs_arg(a, 0)), y = vs_bytes(vs_arg(a, 1));
    vs_ret_i32(a, compare_bytes(x.ptr, x.len, y.ptr, y.len));
}

/* (source, target, target start, source start, target end, source end) */
static void compare_offset(const struct vs_args *a)
{
    size_t to_start, from_start, to_end, from_end;
    if (!rt_buffer_is_view(a, 0) || !rt_buffer_is_view(a, 1)) return;
    if (!rt_buffer_index(a, 2, 0, &to_start) || !rt_buffer_index(a, 3, 0, &from_start) ||
        !rt_buffer_index(a, 4, 0, &to_end) || !rt_buffer_index(a, 5, 0, &from_end))
        return;
    struct vs_bytes from = vs_bytes(vs_arg(a, 0)), to = vs_bytes(vs_arg(a, 1));
    if (from_start > from.len || to_start > to.len) {
        rt_throw_code(rt_env_of(a), VS_RANGE_ERROR, "ERR_OUT_OF_RANGE",
                      "The value of \"%s\" is out of range.",
                      from_start > from.len ? "sourceStart" : "targetStart");
        return;
    }
    if (from_end > from.len) from_end = from.len;
    if (to_end > to.len) to_end = to.len;
    size_t from_len = from_end > from_start ? from_end - from_start : 0;
    size_t to_len = to_end > to_start ? to_end - to_start : 0;
    vs_ret_i32(a, compare_bytes(from.ptr + from_start, from_len, to.ptr + to_start, to_len));
}

/* Reverses each run of `width` bytes; memory need not be aligned. */
static void swap(const struct vs_args *a, size_t width)
{
    if (!rt_buffer_is_view(a, 0)) return;
    struct vs_bytes b = vs_bytes(vs_arg(a, 0));
    for (size_t i = 0; i + width <= b.len; i += width) {
        uint64_t w = 0;
        memcpy(&w, b.ptr + i, width);
        w = __builtin_bswap64(w) >> (8 * (sizeof w - width));
        memcpy(b.ptr + i, &w, width);
    }
}

static void swap16(const struct vs_args *a)
{
    swap(a, sizeof(uint16_t));
}

static void swap32(const struct vs_args *a)
{
    swap(a, sizeof(uint32_t));
}

static void swap64(const struct vs_args *a)
{
    swap(a, sizeof(uint64_t));
}

void rt_bind_buffer(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct buffer_state *state = state_new(env);
    if (env->heap == VS_HEAP_SAVE) state->keys = vs_ref_new(cx, vs_arr_new(cx, NULL, 0));
    vs_put_fn(cx, target, "setBufferPrototype", set_buffer_prototype);
    vs_put_fn(cx, target, "createUnsafeArrayBuffer", create_unsafe_array_buffer);
    vs_put_fn(cx, target, "setDetachKey", set_detach_key);
    vs_put_fn(cx, target, "fill", fill);
    vs_put_fn(cx, target, "copy", copy);
    vs_put_fn(cx, target, "copyArrayBuffer", copy_array_buffer);
    vs_put_fn(cx, target, "compare", compare);
    vs_put_fn(cx, target, "compareOffset", compare_offset);
    vs_put_fn(cx, target, "swap16", swap16);
    vs_put_fn(cx, target, "swap32", swap32);
    vs_put_fn(cx, target, "swap64", swap64);
    vs_put_int(cx, target, "kMaxLength", VS_TYPED_MAX_LEN);
    vs_put_int(cx, target, "kStringMaxLength", VS_STR_MAX_LEN);
    rt_put_buffer_text(env, target);
    rt_put_buffer_search(env, target);
}
