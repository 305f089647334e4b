/* core/encoding.h: Node's string encodings: bytes to strings, strings to bytes. */
#ifndef RT_ENCODING_H
#define RT_ENCODING_H

#include <stddef.h>

#include "v8shim/vs.h"

struct rt_env;

/* The numbers are those the library uses (internalBinding('string_decoder').encodings). */
enum rt_encoding {
    RT_ASCII,
    RT_UTF8,
    RT_BASE64,
    RT_UTF16LE,
    RT_LATIN1,
    RT_HEX,
    RT_BUFFER,
    RT_BASE64URL,
    RT_ENCODING_COUNT,
};

/* What v names, in any case: "utf8", "utf-8", "ucs2", "binary", "buffer", ... Other values and
 * unknown names: otherwise. */
enum rt_encoding rt_encoding_of(struct rt_env *env, vs_val v, enum rt_encoding otherwise);

/* data as a string of that encoding, or as a Buffer. NULL: exception pending. */
vs_val rt_encode(struct rt_env *env, const void *data, size_t len, enum rt_encoding encoding);

/* The bytes a string stands for; *len of them. free() the result. RT_BUFFER counts as RT_UTF8.
 * NULL: out of memory, RangeError pending. */
char *rt_decode(struct rt_env *env, vs_val str, enum rt_encoding encoding, size_t *len);
/* The same into memory of the caller, at most cap bytes and for UTF-8 and UTF-16 whole characters.
 * Returns the bytes written. */
size_t rt_decode_into(struct rt_env *env, vs_val str, enum rt_encoding encoding, void *buf,
                      size_t cap);
/* Bytes of the string in UTF-8. */
size_t rt_utf8_len(struct vs_cx *cx, vs_val str);

#endif
