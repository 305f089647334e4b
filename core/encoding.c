/* core/encoding.c: encodings by name, bytes to strings, strings to bytes. */
#include "core/encoding.h"

#include <simdutf_c.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/buffer.h"
#include "core/env.h"
#include "core/error.h"

/* The longest name is "base64url". */
#define NAME_MAX_LEN 9
/* Bytes from which on looking for pure ASCII first is worth the pass. */
#define ASCII_CHECK_MIN 32
/* Encoded text up to this length is put together on the stack. */
#define TEXT_SMALL 1024

static const struct {
    const char *name;
    enum rt_encoding encoding;
} names[] = {
    { "utf8", RT_UTF8 },           { "utf-8", RT_UTF8 },      { "ucs2", RT_UTF16LE },
    { "ucs-2", RT_UTF16LE },       { "utf16le", RT_UTF16LE }, { "utf-16le", RT_UTF16LE },
    { "latin1", RT_LATIN1 },       { "binary", RT_LATIN1 },   { "base64", RT_BASE64 },
    { "base64url", RT_BASE64URL }, { "hex", RT_HEX },         { "ascii", RT_ASCII },
    { "buffer", RT_BUFFER },
};

enum rt_encoding rt_encoding_of(struct rt_env *env, vs_val v, enum rt_encoding otherwise)
{
    char name[NAME_MAX_LEN + 1];
    if (vs_is_smi(v) && vs_smi(v) >= 0 && vs_smi(v) < RT_ENCODING_COUNT)
        return (enum rt_encoding)vs_smi(v);
    if (!vs_is_str(v)) return otherwise;
    uint32_t len = vs_str_len(v);
    if (len > NAME_MAX_LEN) return otherwise;
    vs_str_write_latin1(env->cx, v, 0, len, (uint8_t *)name);
    name[len] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(name, names[i].name) == 0) return names[i].encoding;
    }
    return otherwise;
}

/* Bytes to strings. */

static void throw_no_memory(struct rt_env *env)
{
    rt_throw_code(env, VS_RANGE_ERROR, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
}

static vs_val encode_utf8(struct vs_cx *cx, const char *data, size_t len)
{
    if (len >= ASCII_CHECK_MIN && simdutf_validate_ascii(data, len))
        return vs_str_latin1(cx, data, (ptrdiff_t)len);
    return vs_str_utf8(cx, data, (ptrdiff_t)len);
}

static vs_val encode_utf16(struct rt_env *env, const void *data, size_t len)
{
    size_t units = len / sizeof(uint16_t);
    if ((uintptr_t)data % sizeof(uint16_t) == 0) return vs_str_utf16(env->cx, data, units);
    uint16_t *aligned = malloc(units * sizeof(uint16_t) + 1);
    if (!aligned) {
        throw_no_memory(env);
        return NULL;
    }
    memcpy(aligned, data, units * sizeof(uint16_t));
    vs_val s = vs_str_utf16(env->cx, aligned, units);
    free(aligned);
    return s;
}

static size_t text_len(size_t len, enum rt_encoding encoding)
{
    switch (encoding) {
    case RT_HEX: return 2 * len;
    case RT_BASE64: return simdutf_base64_length_from_binary(len, SIMDUTF_BASE64_DEFAULT);
    case RT_BASE64URL: return simdutf_base64_length_from_binary(len, SIMDUTF_BASE64_URL);
    default: return len;
    }
}

static void write_text(const uint8_t *data, size_t len, enum rt_encoding encoding, char *text)
{
    static const char digits[] = "0123456789abcdef";
    switch (encoding) {
    case RT_HEX:
        for (size_t i = 0; i < len; i++) {
            text[2 * i] = digits[data[i] >> 4];
            text[2 * i + 1] = digits[data[i] & 15];
        }
        break;
    case RT_BASE64:
        simdutf_binary_to_base64((const char *)data, len, text, SIMDUTF_BASE64_DEFAULT);
        break;
    case RT_BASE64URL:
        simdutf_binary_to_base64((const char *)data, len, text, SIMDUTF_BASE64_URL);
        break;
    default: /* RT_ASCII: the top bit is dropped */
        for (size_t i = 0; i < len; i++) text[i] = (char)(data[i] & 0x7f);
    }
}

static vs_val encode_text(struct rt_env *env, const uint8_t *data, size_t len,
                          enum rt_encoding encoding)
{
    char small[TEXT_SMALL];
    if (len == 0) return vs_empty_str(env->cx);
    size_t n = text_len(len, encoding);
    /* V8 refuses longer ones, without a look at the text that is not there yet. */
    if (n > VS_STR_MAX_LEN) return vs_str_latin1(env->cx, data, (ptrdiff_t)n);
    char *text = n <= sizeof small ? small : malloc(n);
    if (!text) {
        throw_no_memory(env);
        return NULL;
    }
    write_text(data, len, encoding, text);
    vs_val s = vs_str_latin1(env->cx, text, (ptrdiff_t)n);
    if (text != small) free(text);
    return s;
}

vs_val rt_encode(struct rt_env *env, const void *data, size_t len, enum rt_encoding encoding)
{
    switch (encoding) {
    case RT_BUFFER: return rt_buffer_new(env, data, len);
    case RT_UTF8: return encode_utf8(env->cx, data, len);
    case RT_LATIN1: return vs_str_latin1(env->cx, data, (ptrdiff_t)len);
    case RT_UTF16LE: return encode_utf16(env, data, len);
    case RT_ASCII:
        if (simdutf_validate_ascii(data, len)) return vs_str_latin1(env->cx, data, (ptrdiff_t)len);
        break;
    default: break;
    }
    return encode_text(env, data, len, encoding);
}

/* Strings to bytes. */

static uint32_t unit_at(const struct vs_strview *s, uint32_t i)
{
    return s->one_byte ? ((const uint8_t *)s->data)[i] : ((const uint16_t *)s->data)[i];
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Stops at the first pair that is not hex. Of a wide unit only the low byte counts, here and in
 * base64: Node's behaviour, odd as it is. */
static size_t decode_hex(const struct vs_strview *s, uint8_t *out, size_t cap)
{
    size_t n = 0;
    for (uint32_t i = 0; i + 1 < s->len && n < cap; i += 2) {
        int hi = hex_digit((uint8_t)unit_at(s, i));
        int lo = hex_digit((uint8_t)unit_at(s, i + 1));
        if (hi < 0 || lo < 0) break;
        out[n++] = (uint8_t)(hi << 4 | lo);
    }
    return n;
}

static int base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* Takes both alphabets, skips what belongs to neither and stops at '='. */
static size_t decode_base64_lax(const struct vs_strview *s, uint8_t *out, size_t cap)
{
    size_t n = 0;
    uint32_t bits = 0;
    int have = 0;
    for (uint32_t i = 0; i < s->len && n < cap; i++) {
        uint8_t c = (uint8_t)unit_at(s, i);
        if (c == '=') break;
        int d = base64_digit(c);
        if (d < 0) continue;
        bits = bits << 6 | (uint32_t)d;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (uint8_t)(bits >> have);
        }
    }
    return n;
}

static simdutf_result decode_base64_strict(const struct vs_strview *s, char *out)
{
    const simdutf_base64_options mode = SIMDUTF_BASE64_DEFAULT_OR_URL;
    const simdutf_last_chunk_handling_options last = SIMDUTF_LAST_CHUNK_LOOSE;
    return s->one_byte ? simdutf_base64_to_binary(s->data, s->len, out, mode, last)
                       : simdutf_base64_to_binary_utf16(s->data, s->len, out, mode, last);
}

static size_t decode_base64(const struct vs_strview *s, uint8_t *out, size_t cap)
{
    size_t max = s->one_byte ? simdutf_maximal_binary_length_from_base64(s->data, s->len)
                             : simdutf_maximal_binary_length_from_base64_utf16(s->data, s->len);
    if (max <= cap) {
        simdutf_result r = decode_base64_strict(s, (char *)out);
        if (r.error == SIMDUTF_ERROR_SUCCESS) return r.count;
    }
    return decode_base64_lax(s, out, cap);
}

static size_t decode_utf16(const struct vs_strview *s, uint8_t *out, size_t cap)
{
    size_t units = cap / sizeof(uint16_t);
    if (units > s->len) units = s->len;
    if (!s->one_byte) {
        memcpy(out, s->data, units * sizeof(uint16_t));
        return units * sizeof(uint16_t);
    }
    for (size_t i = 0; i < units; i++) {
        out[2 * i] = ((const uint8_t *)s->data)[i];
        out[2 * i + 1] = 0;
    }
    return units * sizeof(uint16_t);
}

static size_t decode_latin1(const struct vs_strview *s, uint8_t *out, size_t cap)
{
    size_t n = cap < s->len ? cap : s->len;
    if (s->one_byte) {
        memcpy(out, s->data, n);
        return n;
    }
    for (size_t i = 0; i < n; i++) out[i] = (uint8_t)((const uint16_t *)s->data)[i];
    return n;
}

size_t rt_decode_into(struct rt_env *env, vs_val str, enum rt_encoding encoding, void *buf,
                      size_t cap)
{
    struct vs_strview s;
    size_t n = 0;
    if (cap == 0) return 0;
    if (encoding == RT_UTF8 || encoding == RT_BUFFER)
        return vs_str_write_utf8(env->cx, str, buf, cap, NULL);
    vs_strview_open(env->cx, str, &s);
    switch (encoding) {
    case RT_HEX: n = decode_hex(&s, buf, cap); break;
    case RT_BASE64:
    case RT_BASE64URL: n = decode_base64(&s, buf, cap); break;
    case RT_UTF16LE: n = decode_utf16(&s, buf, cap); break;
    default: n = decode_latin1(&s, buf, cap); break;
    }
    vs_strview_close(&s);
    return n;
}

size_t rt_utf8_len(struct vs_cx *cx, vs_val str)
{
    struct vs_strview s;
    vs_strview_open(cx, str, &s);
    size_t n = s.one_byte ? simdutf_utf8_length_from_latin1(s.data, s.len)
                          : simdutf_utf8_length_from_utf16_with_replacement(s.data, s.len).count;
    vs_strview_close(&s);
    return n;
}

static size_t decoded_max(struct vs_cx *cx, vs_val str, enum rt_encoding encoding)
{
    switch (encoding) {
    case RT_UTF8:
    case RT_BUFFER: return rt_utf8_len(cx, str);
    case RT_UTF16LE: return sizeof(uint16_t) * (size_t)vs_str_len(str);
    default: return vs_str_len(str);
    }
}

char *rt_decode(struct rt_env *env, vs_val str, enum rt_encoding encoding, size_t *len)
{
    size_t cap = decoded_max(env->cx, str, encoding);
    char *bytes = malloc(cap ? cap : 1);
    if (!bytes) {
        throw_no_memory(env);
        return NULL;
    }
    *len = rt_decode_into(env, str, encoding, bytes, cap);
    return bytes;
}
