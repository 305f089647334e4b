/* core/bind/icu.c: internalBinding('icu'): TextDecoder's legacy encodings, buffer.transcode() and
 * the width of text in a terminal, all by ICU. */
#include <simdutf_c.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/utf16.h>

#include "core/buffer.h"
#include "core/encoding.h"
#include "core/env.h"
#include "core/error.h"
#include "core/native.h"
#include "core/snapshot.h"

/* What the library passes to getConverter() and decode(). */
enum { FLAG_FLUSH = 1, FLAG_FATAL = 2, FLAG_IGNORE_MARK = 4 };

/* Room for what a converter still holds from earlier calls, in UTF-16 units. */
#define HELD_UNITS 32

#define BYTE_ORDER_MARK 0xfeff
#define ZERO_WIDTH_JOINER 0x200d
#define SOFT_HYPHEN 0xad

/* A TextDecoder's state. */
struct converter {
    struct rt_native native;
    UConverter *icu; /* owned */
    bool drops_mark; /* a byte order mark at the start is not part of the text */
    bool started;    /* text has come out since the last flush */
};

static void converter_drop(struct rt_native *native)
{
    struct converter *c = (struct converter *)native;
    ucnv_close(c->icu);
    free(c);
}

static UConverter *converter_open(struct vs_cx *cx, vs_val name)
{
    struct vs_text text;
    UErrorCode err = U_ZERO_ERROR;
    if (!vs_text_read(cx, name, &text)) return NULL;
    UConverter *icu = ucnv_open(text.ptr, &err);
    vs_text_reset(&text);
    return U_FAILURE(err) ? NULL : icu;
}

static bool is_unicode(const UConverter *icu)
{
    UConverterType type = ucnv_getType(icu);
    return type == UCNV_UTF8 || type == UCNV_UTF16_BigEndian || type == UCNV_UTF16_LittleEndian;
}

/* Bad input becomes U+FFFD; ICU's own callback prefers U+001A in the old encodings. */
static void U_CALLCONV substitute(const void *data, UConverterToUnicodeArgs *args,
                                  const char *bytes, int32_t len, UConverterCallbackReason reason,
                                  UErrorCode *err)
{
    static const UChar replacement = 0xfffd;
    if (reason > UCNV_IRREGULAR) return;
    *err = U_ZERO_ERROR;
    ucnv_cbToUWriteUChars(args, &replacement, 1, 0, err);
}

/* (name, flags): a Converter, or undefined when there is none of that name. */
static void get_converter(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    CHECK(vs_is_str(vs_arg(a, 0)));
    uint32_t flags = vs_uint(vs_arg(a, 1));
    vs_val object = vs_class_make(env->binding_state[RT_STATE_icu]);
    UConverter *icu = object ? converter_open(env->cx, vs_arg(a, 0)) : NULL;
    if (!icu) return;
    UErrorCode err = U_ZERO_ERROR;
    UConverterToUCallback on_bad = flags & FLAG_FATAL ? UCNV_TO_U_CALLBACK_STOP : substitute;
    ucnv_setToUCallBack(icu, on_bad, NULL, NULL, NULL, &err);
    CHECK(U_SUCCESS(err));
    struct converter *c = calloc(1, sizeof *c);
    CHECK(c);
    c->icu = icu;
    c->drops_mark = is_unicode(icu) && !(flags & FLAG_IGNORE_MARK);
    rt_native_init(&c->native, env, object, converter_drop);
    vs_ret(a, object);
}

static void has_converter(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    UConverter *icu = converter_open(cx, vs_arg(a, 0));
    vs_ret_bool(a, icu != NULL);
    if (icu) ucnv_close(icu);
}

/* A growing run of UTF-16 units. */
struct units {
    UChar *ptr; /* owned */
    size_t len, cap;
};

static bool units_grow(struct units *u, size_t cap)
{
    UChar *ptr = realloc(u->ptr, cap * sizeof *ptr);
    if (!ptr) return false;
    u->ptr = ptr;
    u->cap = cap;
    return true;
}

/* Converts all of the input. The converter keeps what it can't decide on yet, unless flush. */
static UErrorCode convert(UConverter *icu, struct vs_bytes in, bool flush, struct units *out)
{
    const char *from = (const char *)in.ptr, *from_end = from + in.len;
    UErrorCode err = U_BUFFER_OVERFLOW_ERROR;
    size_t cap = in.len + HELD_UNITS;
    while (err == U_BUFFER_OVERFLOW_ERROR) {
        if (!units_grow(out, cap)) return U_MEMORY_ALLOCATION_ERROR;
        UChar *to = out->ptr + out->len;
        err = U_ZERO_ERROR;
        ucnv_toUnicode(icu, &to, out->ptr + out->cap, &from, from_end, NULL, flush, &err);
        out->len = (size_t)(to - out->ptr);
        cap = 2 * out->cap;
    }
    return err;
}

static void throw_bad_data(struct rt_env *env, vs_val encoding)
{
    struct vs_text name;
    if (!vs_text_read(env->cx, encoding, &name)) return;
    rt_throw_code(env, VS_TYPE_ERROR, "ERR_ENCODING_INVALID_ENCODED_DATA",
                  "The encoded data was not valid for encoding %s", name.ptr);
    vs_text_reset(&name);
}

/* (converter, bytes, flags, name of the encoding) */
static void decode(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_class *class = env->binding_state[RT_STATE_icu];
    CHECK(vs_class_is(class, vs_arg(a, 0)));
    if (!vs_is_view(vs_arg(a, 1)) && !vs_is_ab(vs_arg(a, 1)) && !vs_is_sab(vs_arg(a, 1))) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                      "The \"input\" argument must be an instance of SharedArrayBuffer, "
                      "ArrayBuffer or ArrayBufferView.");
        return;
    }
    struct converter *c = vs_native_get(vs_arg(a, 0), 0);
    bool flush = vs_uint(vs_arg(a, 2)) & FLAG_FLUSH;
    struct units out = { 0 };
    UErrorCode err = convert(c->icu, vs_bytes(vs_arg(a, 1)), flush, &out);
    if (U_FAILURE(err)) {
        throw_bad_data(env, vs_arg(a, 3));
    } else {
        size_t skip = 0;
        if (c->drops_mark && !c->started && out.len > 0) {
            skip = out.ptr[0] == BYTE_ORDER_MARK;
            c->started = true;
        }
        vs_ret_maybe(a, vs_str_utf16(env->cx, out.ptr + skip, out.len - skip));
    }
    if (flush) {
        c->started = false;
        ucnv_reset(c->icu);
    }
    free(out.ptr);
}

/* Names of errors: buffer.transcode() gives them as codes. */
static void icu_err_name(const struct vs_args *a)
{
    vs_ret_maybe(a,
                 vs_str_latin1(vs_args_cx(a), u_errorName((UErrorCode)vs_int(vs_arg(a, 0))), -1));
}

/* What ICU calls an encoding that transcode() takes; NULL: it does not. */
static const char *icu_name(enum rt_encoding encoding)
{
    switch (encoding) {
    case RT_ASCII: return "us-ascii";
    case RT_LATIN1: return "iso8859-1";
    case RT_UTF16LE: return "utf16le";
    case RT_UTF8: return "utf-8";
    default: return NULL;
    }
}

/* By ICU's converters: what the target lacks becomes "?". Returns a Buffer; NULL with *err set, or
 * with an exception pending. */
static vs_val transcode_lax(struct rt_env *env, struct vs_bytes in, enum rt_encoding from,
                            enum rt_encoding to, UErrorCode *err)
{
    static const UChar question_mark = '?';
    vs_val result = NULL;
    UConverter *in_icu = ucnv_open(icu_name(from), err), *out_icu = ucnv_open(icu_name(to), err);
    char *out = NULL;
    if (U_FAILURE(*err)) goto close;
    if (to == RT_ASCII || to == RT_LATIN1) ucnv_setSubstString(out_icu, &question_mark, 1, err);
    size_t cap = (in.len + 1) * (size_t)ucnv_getMaxCharSize(out_icu);
    out = malloc(cap);
    if (!out) *err = U_MEMORY_ALLOCATION_ERROR;
    if (U_FAILURE(*err)) goto close;
    char *end = out;
    const char *start = (const char *)in.ptr;
    ucnv_convertEx(out_icu, in_icu, &end, out + cap, &start, start + in.len, NULL, NULL, NULL, NULL,
                   true, true, err);
    if (U_SUCCESS(*err)) result = rt_buffer_new(env, out, (size_t)(end - out));
close:
    free(out);
    ucnv_close(in_icu);
    ucnv_close(out_icu);
    return result;
}

/* Between UTF-8 and UTF-16: bad input is an error. */
static vs_val transcode_strict(struct rt_env *env, struct vs_bytes in, enum rt_encoding from,
                               UErrorCode *err)
{
    size_t units = in.len / sizeof(char16_t);
    /* At most one unit for a byte, and three bytes for a unit. */
    size_t cap = from == RT_UTF8 ? in.len * sizeof(char16_t) : units * 3;
    char *out = malloc(cap + 1);
    char16_t *aligned = from == RT_UTF8 ? NULL : malloc(in.len + 1);
    vs_val result = NULL;
    size_t n = 0;
    if (!out || (from != RT_UTF8 && !aligned)) {
        *err = U_MEMORY_ALLOCATION_ERROR;
        goto out;
    }
    if (from == RT_UTF8) {
        n = simdutf_convert_utf8_to_utf16le((const char *)in.ptr, in.len, (char16_t *)(void *)out);
        n *= sizeof(char16_t);
    } else {
        memcpy(aligned, in.ptr, units * sizeof(char16_t));
        n = simdutf_convert_utf16le_to_utf8(aligned, units, out);
    }
    if (n == 0) *err = U_INVALID_CHAR_FOUND;
    if (U_SUCCESS(*err)) result = rt_buffer_new(env, out, n);
out:
    free(aligned);
    free(out);
    return result;
}

static vs_val widen_latin1(struct rt_env *env, struct vs_bytes in)
{
    vs_val ab = vs_ab_new(env->cx, in.len * sizeof(char16_t));
    if (!ab) return NULL;
    uint8_t *out = vs_bytes(ab).ptr;
    for (size_t i = 0; i < in.len; i++) out[i * sizeof(char16_t)] = in.ptr[i];
    return rt_buffer_view(env, ab, 0, in.len * sizeof(char16_t));
}

/* (bytes, from, to): a Buffer, or the number of ICU's error. */
static void transcode(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    CHECK(vs_is_u8(vs_arg(a, 0)));
    struct vs_bytes in = vs_bytes(vs_arg(a, 0));
    enum rt_encoding from = rt_encoding_of(env, vs_arg(a, 1), RT_BUFFER);
    enum rt_encoding to = rt_encoding_of(env, vs_arg(a, 2), RT_BUFFER);
    UErrorCode err = U_ZERO_ERROR;
    vs_val result = NULL;
    if (!icu_name(from) || !icu_name(to)) {
        err = U_ILLEGAL_ARGUMENT_ERROR;
    } else if ((from == RT_ASCII || from == RT_LATIN1) && to == RT_UTF16LE) {
        result = widen_latin1(env, in);
    } else if ((from == RT_UTF8 && to == RT_UTF16LE) || (from == RT_UTF16LE && to == RT_UTF8)) {
        result = transcode_strict(env, in, from, &err);
    } else {
        if (from == RT_UTF16LE && to != RT_UTF16LE) in.len -= in.len % sizeof(char16_t);
        result = transcode_lax(env, in, from, to, &err);
    }
    if (U_FAILURE(err)) {
        vs_ret_i32(a, (int32_t)err);
    } else {
        vs_ret_maybe(a, result);
    }
}

/* Terminal columns of a character. */
static int column_width(UChar32 c, bool wide_ambiguous)
{
    const uint32_t invisible = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_ME_MASK | U_GC_MN_MASK;
    int kind = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
    if (kind == U_EA_FULLWIDTH || kind == U_EA_WIDE) return 2;
    if (kind == U_EA_AMBIGUOUS && wide_ambiguous) return 2;
    if ((kind == U_EA_AMBIGUOUS || kind == U_EA_NEUTRAL) &&
        u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION))
        return 2;
    if (c == SOFT_HYPHEN) return 1;
    if (U_GET_GC_MASK(c) & invisible || u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER)) return 0;
    return 1;
}

/* Whether c continues the emoji that a joiner before it left open. */
static bool continues_emoji(UChar32 before, UChar32 c)
{
    return before == ZERO_WIDTH_JOINER && (u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION) ||
                                           u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER));
}

/* (string, ambiguous characters are wide = false, count each part of a joined emoji = true) */
static void get_string_width(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    CHECK(vs_is_str(vs_arg(a, 0)));
    bool wide_ambiguous = vs_to_bool(cx, vs_arg(a, 1)), parts = !vs_is_false(cx, vs_arg(a, 2));
    struct vs_strview s;
    vs_strview_open(cx, vs_arg(a, 0), &s);
    uint32_t width = 0, i = 0;
    UChar32 c = 0;
    while (i < s.len) {
        UChar32 before = c;
        if (s.one_byte) {
            c = ((const uint8_t *)s.data)[i++];
        } else {
            U16_NEXT((const uint16_t *)s.data, i, s.len, c);
        }
        if (!parts && continues_emoji(before, c)) continue;
        width += (uint32_t)column_width(c, wide_ambiguous);
    }
    vs_strview_close(&s);
    vs_ret_f64(a, width);
}

void rt_snap_icu(struct rt_env *env, struct rt_snap *snap)
{
    struct vs_class *converter = env->binding_state[RT_STATE_icu];
    rt_snap_class(snap, &converter);
    env->binding_state[RT_STATE_icu] = converter;
}

void rt_bind_icu(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    env->binding_state[RT_STATE_icu] = vs_class_new(cx, "Converter", NULL, NULL, 1);
    vs_put_fn(cx, target, "getStringWidth", get_string_width);
    vs_put_fn(cx, target, "icuErrName", icu_err_name);
    vs_put_fn(cx, target, "transcode", transcode);
    vs_put_fn(cx, target, "getConverter", get_converter);
    vs_put_fn(cx, target, "decode", decode);
    vs_put_fn(cx, target, "hasConverter", has_converter);
}
