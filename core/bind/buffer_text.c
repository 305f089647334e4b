/* core/bind/buffer_text.c: Buffer's slices (bytes to string) and writes (string to bytes), base64
 * as browsers have it (atob, btoa), and what text the bytes are. */
#include <simdutf_c.h>
#include <stdlib.h>

#include "core/bind/buffer_priv.h"
#include "core/encoding.h"
#include "core/error.h"

/* (buffer, start = 0, end = length) */
static void slice(const struct vs_args *a, enum rt_encoding encoding)
{
    struct rt_env *env = rt_env_of(a);
    size_t start, end;
    if (!rt_buffer_is_view(a, 0)) return;
    size_t len = vs_view_len(vs_arg(a, 0));
    if (len == 0) {
        vs_ret(a, vs_empty_str(env->cx));
        return;
    }
    if (!rt_buffer_index(a, 1, 0, &start) || !rt_buffer_index(a, 2, len, &end)) return;
    if (end < start) end = start;
    struct vs_bytes b = vs_bytes(vs_arg(a, 0)); /* reading the indices may have run JS */
    if (end > b.len) {
        rt_throw_code(env, VS_RANGE_ERROR, "ERR_OUT_OF_RANGE", "Index out of range");
        return;
    }
    vs_ret_maybe(a, rt_encode(env, b.ptr + start, end - start, encoding));
}

static void ascii_slice(const struct vs_args *a)
{
    slice(a, RT_ASCII);
}

static void base64_slice(const struct vs_args *a)
{
    slice(a, RT_BASE64);
}

static void base64url_slice(const struct vs_args *a)
{
    slice(a, RT_BASE64URL);
}

static void hex_slice(const struct vs_args *a)
{
    slice(a, RT_HEX);
}

static void latin1_slice(const struct vs_args *a)
{
    slice(a, RT_LATIN1);
}

static void ucs2_slice(const struct vs_args *a)
{
    slice(a, RT_UTF16LE);
}

static void utf8_slice(const struct vs_args *a)
{
    slice(a, RT_UTF8);
}

/* (buffer, string, offset = 0, length = rest): the number of bytes written. */
static void write(const struct vs_args *a, enum rt_encoding encoding)
{
    struct rt_env *env = rt_env_of(a);
    size_t off, max;
    if (!rt_buffer_is_view(a, 0) || !rt_buffer_is_str(a, 1)) return;
    if (!rt_buffer_index(a, 2, 0, &off)) return;
    if (!rt_buffer_index(a, 3, SIZE_MAX, &max)) return;
    struct vs_bytes b = vs_bytes(vs_arg(a, 0));
    if (off > b.len) {
        rt_throw_code(env, VS_RANGE_ERROR, "ERR_BUFFER_OUT_OF_BOUNDS",
                      "\"offset\" is outside of buffer bounds");
        return;
    }
    if (max > b.len - off) max = b.len - off;
    if (max == 0) {
        vs_ret_i32(a, 0);
        return;
    }
    vs_ret_f64(a, (double)rt_decode_into(env, vs_arg(a, 1), encoding, b.ptr + off, max));
}

static void base64_write(const struct vs_args *a)
{
    write(a, RT_BASE64);
}

static void base64url_write(const struct vs_args *a)
{
    write(a, RT_BASE64URL);
}

static void hex_write(const struct vs_args *a)
{
    write(a, RT_HEX);
}

static void ucs2_write(const struct vs_args *a)
{
    write(a, RT_UTF16LE);
}

static void latin1_write(const struct vs_args *a)
{
    write(a, RT_LATIN1);
}

static void utf8_write(const struct vs_args *a)
{
    write(a, RT_UTF8);
}

static void byte_length_utf8(const struct vs_args *a)
{
    CHECK(vs_is_str(vs_arg(a, 0)));
    vs_ret_f64(a, (double)rt_utf8_len(vs_args_cx(a), vs_arg(a, 0)));
}

static void is_utf8(const struct vs_args *a)
{
    struct vs_bytes b = vs_bytes(vs_arg(a, 0));
    vs_ret_bool(a, b.len == 0 || simdutf_validate_utf8((const char *)b.ptr, b.len));
}

static void is_ascii(const struct vs_args *a)
{
    struct vs_bytes b = vs_bytes(vs_arg(a, 0));
    vs_ret_bool(a, b.len == 0 || simdutf_validate_ascii((const char *)b.ptr, b.len));
}

/* -1 in place of a string: a character above U+00FF. */
enum { BTOA_BAD_CHARACTER = -1 };

static void btoa(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    if (!rt_buffer_is_str(a, 0)) return;
    size_t len;
    vs_val str = vs_arg(a, 0);
    if (!vs_str_is_one_byte(str)) {
        struct vs_strview s;
        vs_strview_open(env->cx, str, &s);
        bool wide = false;
        for (uint32_t i = 0; !s.one_byte && !wide && i < s.len; i++) {
            wide = ((const uint16_t *)s.data)[i] > UINT8_MAX;
        }
        vs_strview_close(&s);
        if (wide) {
            vs_ret_i32(a, BTOA_BAD_CHARACTER);
            return;
        }
    }
    char *bytes = rt_decode(env, str, RT_LATIN1, &len);
    if (!bytes) return;
    vs_ret_maybe(a, rt_encode(env, bytes, len, RT_BASE64));
    free(bytes);
}

/* Returned by atob() in place of a string. */
enum { ATOB_LEFT_OVER = -1, ATOB_BAD_CHARACTER = -2, ATOB_OTHER = -3 };

/* Decodes into text, which has room. Returns the length, or one of the errors above. */
static ptrdiff_t atob_into(const struct vs_strview *s, char *text)
{
    simdutf_result r =
        s->one_byte ? simdutf_base64_to_binary(s->data, s->len, text, SIMDUTF_BASE64_DEFAULT,
                                               SIMDUTF_LAST_CHUNK_LOOSE)
                    : simdutf_base64_to_binary_utf16(s->data, s->len, text, SIMDUTF_BASE64_DEFAULT,
                                                     SIMDUTF_LAST_CHUNK_LOOSE);
    switch (r.error) {
    case SIMDUTF_ERROR_SUCCESS: return (ptrdiff_t)r.count;
    case SIMDUTF_ERROR_INVALID_BASE64_CHARACTER: return ATOB_BAD_CHARACTER;
    case SIMDUTF_ERROR_BASE64_INPUT_REMAINDER: return ATOB_LEFT_OVER;
    default: return ATOB_OTHER;
    }
}

static void atob(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    if (!rt_buffer_is_str(a, 0)) return;
    struct vs_strview s;
    /* Three bytes at most of four characters. */
    char *text = malloc((size_t)vs_str_len(vs_arg(a, 0)) + 1);
    if (!text) {
        rt_throw_code(env, VS_RANGE_ERROR, "ERR_MEMORY_ALLOCATION_FAILED",
                      "Failed to allocate memory");
        return;
    }
    vs_strview_open(env->cx, vs_arg(a, 0), &s);
    ptrdiff_t n = atob_into(&s, text);
    vs_strview_close(&s);
    if (n < 0) {
        vs_ret_i32(a, (int32_t)n);
    } else {
        vs_ret_maybe(a, vs_str_latin1(env->cx, text, n));
    }
    free(text);
}

void rt_put_buffer_text(struct rt_env *env, vs_val target)
{
    static const struct {
        const char *name;
        vs_fn *fn;
    } functions[] = {
        { "atob", atob },
        { "btoa", btoa },
        { "byteLengthUtf8", byte_length_utf8 },
        { "isUtf8", is_utf8 },
        { "isAscii", is_ascii },
        { "asciiSlice", ascii_slice },
        { "base64Slice", base64_slice },
        { "base64urlSlice", base64url_slice },
        { "latin1Slice", latin1_slice },
        { "hexSlice", hex_slice },
        { "ucs2Slice", ucs2_slice },
        { "utf8Slice", utf8_slice },
        { "base64Write", base64_write },
        { "base64urlWrite", base64url_write },
        { "hexWrite", hex_write },
        { "ucs2Write", ucs2_write },
        { "asciiWriteStatic", latin1_write }, /* writing ASCII drops nothing that latin1 keeps */
        { "latin1WriteStatic", latin1_write },
        { "utf8WriteStatic", utf8_write },
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        vs_put_fn(env->cx, target, functions[i].name, functions[i].fn);
    }
}
