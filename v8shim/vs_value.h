/* v8shim/vs_value.h: what a value is, numbers, strings, errors. */
#ifndef VS_VALUE_H
#define VS_VALUE_H

#include "v8shim/vs_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Kinds, as V8's Value::IsX(). Never throw. */
bool vs_is_str(vs_val v);
bool vs_is_symbol(vs_val v);
bool vs_is_num(vs_val v);
bool vs_is_i32(vs_val v);
bool vs_is_u32(vs_val v);
bool vs_is_boolean(vs_val v);
bool vs_is_bigint(vs_val v);
bool vs_is_fn(vs_val v);
bool vs_is_obj(vs_val v); /* functions and arrays too */
bool vs_is_arr(vs_val v);
bool vs_is_promise(vs_val v);
bool vs_is_native_error(vs_val v);
bool vs_is_external(vs_val v);
bool vs_is_view(vs_val v); /* ArrayBufferView */
bool vs_is_u8(vs_val v);   /* Uint8Array: Buffer too */
bool vs_is_ab(vs_val v);   /* ArrayBuffer */
bool vs_is_sab(vs_val v);  /* SharedArrayBuffer */
/* The remaining kinds that only util.types asks for. */
enum vs_kind {
    VS_KIND_DATE,
    VS_KIND_REGEXP,
    VS_KIND_MAP,
    VS_KIND_SET,
    VS_KIND_MAP_ITERATOR,
    VS_KIND_SET_ITERATOR,
    VS_KIND_WEAK_MAP,
    VS_KIND_WEAK_SET,
    VS_KIND_WEAK_REF,
    VS_KIND_PROXY,
    VS_KIND_GENERATOR_FUNCTION,
    VS_KIND_GENERATOR_OBJECT,
    VS_KIND_ASYNC_FUNCTION,
    VS_KIND_ARGUMENTS,
    VS_KIND_BOOLEAN_OBJECT,
    VS_KIND_NUMBER_OBJECT,
    VS_KIND_STRING_OBJECT,
    VS_KIND_SYMBOL_OBJECT,
    VS_KIND_BIGINT_OBJECT,
    VS_KIND_DATA_VIEW,
    VS_KIND_TYPED_ARRAY,
    VS_KIND_INT8_ARRAY,
    VS_KIND_UINT8_CLAMPED_ARRAY,
    VS_KIND_INT16_ARRAY,
    VS_KIND_UINT16_ARRAY,
    VS_KIND_INT32_ARRAY,
    VS_KIND_UINT32_ARRAY,
    VS_KIND_FLOAT32_ARRAY,
    VS_KIND_FLOAT64_ARRAY,
    VS_KIND_BIGINT64_ARRAY,
    VS_KIND_BIGUINT64_ARRAY,
    VS_KIND_MODULE_NAMESPACE,
    VS_KIND_WASM_MODULE,
    VS_KIND_WASM_MEMORY,
    VS_KIND_FLOAT16_ARRAY,
};
bool vs_is_kind(vs_val v, enum vs_kind kind);

bool vs_strict_equals(vs_val a, vs_val b);
bool vs_same_value(vs_val a, vs_val b);
/* typeof v, a static string handle. */
vs_val vs_typeof(struct vs_cx *cx, vs_val v);

/* Numbers. vs_num() makes a Smi where it can. */
vs_val vs_i32(struct vs_cx *cx, int32_t n);
vs_val vs_num(struct vs_cx *cx, double d);
vs_val vs_bigint_i64(struct vs_cx *cx, int64_t n);
vs_val vs_bigint_u64(struct vs_cx *cx, uint64_t n);
/* JS conversions: may run valueOf() and throw. */
VS_MUST_CHECK bool vs_to_f64(struct vs_cx *cx, vs_val v, double *out);
VS_MUST_CHECK bool vs_to_i32(struct vs_cx *cx, vs_val v, int32_t *out);
VS_MUST_CHECK bool vs_to_u32(struct vs_cx *cx, vs_val v, uint32_t *out);
VS_MUST_CHECK bool vs_to_i64(struct vs_cx *cx, vs_val v, int64_t *out);
bool vs_to_bool(struct vs_cx *cx, vs_val v);
/* Values known to be numbers or BigInts (checked by the JS side): no conversion runs, others give
 * 0. */
double vs_f64(vs_val v);
int32_t vs_int(vs_val v);
uint32_t vs_uint(vs_val v);
int64_t vs_int64(vs_val v);
int64_t vs_bigint_to_i64(vs_val v, bool *lossless);
uint64_t vs_bigint_to_u64(vs_val v, bool *lossless);

/* Longest string, in UTF-16 units; V8's String::kMaxLength, asserted in layout.cc. */
#define VS_STR_MAX_LEN 536870888
/* Longest typed array, in bytes. */
#define VS_TYPED_MAX_LEN 9007199254740991.0

/* New strings. NULL = too long, exception pending. len in units; < 0 = strlen (vs_str_utf8,
 * vs_str_latin1). */
vs_val vs_str_utf8(struct vs_cx *cx, const char *s, ptrdiff_t len);
vs_val vs_str_latin1(struct vs_cx *cx, const void *s, ptrdiff_t len);
vs_val vs_str_utf16(struct vs_cx *cx, const uint16_t *s, size_t len);
/* Internalised ASCII: property names and other recurring constants. */
vs_val vs_str_intern(struct vs_cx *cx, const char *s);
/* No copy: the memory is constant and lives as long as the process. */
vs_val vs_str_static_latin1(struct vs_cx *cx, const char *s, size_t len);
vs_val vs_str_static_utf16(struct vs_cx *cx, const uint16_t *s, size_t len);
/* No copy: drop(data) frees the memory later, from ANY THREAD. Taken over even when NULL is
 * returned. */
vs_val vs_str_external_latin1_take(struct vs_cx *cx, const char *s, size_t len,
                                   void (*drop)(void *data), void *data);
vs_val vs_str_external_utf16_take(struct vs_cx *cx, const uint16_t *s, size_t len,
                                  void (*drop)(void *data), void *data);
vs_val vs_str_concat(struct vs_cx *cx, vs_val a, vs_val b);

/* Reading strings; v must be a string (vs_is_str). */
uint32_t vs_str_len(vs_val v);     /* UTF-16 units */
bool vs_str_is_one_byte(vs_val v); /* representation: every unit < 0x100 for certain */
size_t vs_str_utf8_len(struct vs_cx *cx, vs_val v);
/* Writes whole characters only, no NUL; invalid surrogates become U+FFFD. Returns bytes written. */
size_t vs_str_write_utf8(struct vs_cx *cx, vs_val v, char *buf, size_t cap, size_t *units_read);
/* Writes units [off, off+len), truncated to their low byte for latin1. */
void vs_str_write_latin1(struct vs_cx *cx, vs_val v, uint32_t off, uint32_t len, uint8_t *buf);
void vs_str_write_utf16(struct vs_cx *cx, vs_val v, uint32_t off, uint32_t len, uint16_t *buf);

/* Flat view without a copy. While it is open nothing may allocate on the JS heap. Caller storage */
struct vs_strview {
    const void *data; /* uint8_t or uint16_t units */
    uint32_t len;     /* units */
    bool one_byte;
    uintptr_t w[VS_STRVIEW_WORDS]; /* private */
};
void vs_strview_open(struct vs_cx *cx, vs_val str, struct vs_strview *view);
void vs_strview_close(struct vs_strview *view);

/* UTF-8 copy, NUL-terminated, small ones without malloc. Pair: vs_text_read / vs_text_reset. */
struct vs_text {
    char *ptr;
    size_t len; /* bytes without the NUL */
    char small[VS_TEXT_SMALL];
};
/* ToString(v) as UTF-8; false = exception pending (nothing to reset). */
VS_MUST_CHECK bool vs_text_read(struct vs_cx *cx, vs_val v, struct vs_text *out);
/* A string as UTF-8, or the bytes of a Uint8Array: how Node passes paths. */
VS_MUST_CHECK bool vs_text_read_path(struct vs_cx *cx, vs_val v, struct vs_text *out);
void vs_text_reset(struct vs_text *t);

/* Errors: made, not thrown. */
enum vs_error_kind {
    VS_ERROR,
    VS_RANGE_ERROR,
    VS_REFERENCE_ERROR,
    VS_SYNTAX_ERROR,
    VS_TYPE_ERROR,
};
vs_val vs_error_new(struct vs_cx *cx, enum vs_error_kind kind, const char *utf8_message);
vs_val vs_error_from_str(struct vs_cx *cx, enum vs_error_kind kind, vs_val message);

/* "Name: message" of an error, as the first line of its stack. Never runs user code. */
vs_val vs_error_header(struct vs_cx *cx, vs_val error);
/* The value as text for messages, without running any of its code. */
vs_val vs_to_detail_str(struct vs_cx *cx, vs_val v);

vs_val vs_symbol_new(struct vs_cx *cx, vs_val description);
vs_val vs_symbol_for(struct vs_cx *cx, const char *key);
/* Well-known: "iterator", "asyncIterator", "toStringTag", "hasInstance". NULL for others. */
vs_val vs_symbol_known(struct vs_cx *cx, const char *name);
/* A private symbol of that name, for vs_private_get/set. */
vs_val vs_private_new(struct vs_cx *cx, const char *name);

#ifdef __cplusplus
}
#endif
#endif
