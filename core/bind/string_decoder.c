/* core/bind/string_decoder.c: internalBinding('string_decoder'): bytes that come in pieces to
 * strings that end at whole characters. The state lies in a Buffer that the library keeps and
 * reads.
 */
#include <string.h>

#include "core/encoding.h"
#include "core/env.h"
#include "core/error.h"

#define CHAR_MAX_LEN 4

/* The library's Buffer. */
struct decoder {
    uint8_t pending[CHAR_MAX_LEN]; /* bytes of a character begun */
    uint8_t missing;               /* bytes it lacks */
    uint8_t have;                  /* bytes in pending */
    uint8_t encoding;              /* enum rt_encoding */
};

enum { BASE64_GROUP = 3 };

static bool is_high_surrogate(uint8_t high_byte)
{
    return (high_byte & 0xfc) == 0xd8;
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the UTF-8 character that this byte begins; 0: it begins none. */
static uint8_t utf8_char_len(uint8_t first)
{
    if ((first & 0xe0) == 0xc0) return 2;
    if ((first & 0xf0) == 0xe0) return 3;
    return (first & 0xf8) == 0xf0 ? 4 : 0;
}

static bool is_split(uint8_t encoding)
{
    return encoding == RT_UTF8 || encoding == RT_UTF16LE || encoding == RT_BASE64 ||
           encoding == RT_BASE64URL;
}

/* Moves bytes from the input to the character begun. Returns how many it took. */
static size_t complete_pending(struct decoder *d, const uint8_t *data, size_t len)
{
    size_t want = d->missing < len ? d->missing : len, n = 0;
    for (; n < want; n++) {
        if (d->encoding == RT_UTF8 && !is_continuation(data[n])) {
            d->missing = 0; /* broken off: what there is becomes a replacement character */
            return n;
        }
        d->pending[d->have++] = data[n];
        d->missing--;
    }
    return n;
}

/* Notes how many bytes at the end of the input begin a character without ending it. */
static void find_incomplete(struct decoder *d, const uint8_t *data, size_t len)
{
    d->have = d->missing = 0;
    if (d->encoding == RT_UTF16LE) {
        d->have = len % 2 ? 1 : is_high_surrogate(data[len - 1]) ? 2 : 0;
        d->missing = d->have;
    } else if (d->encoding != RT_UTF8) {
        d->have = (uint8_t)(len % BASE64_GROUP);
        d->missing = d->have ? (uint8_t)(BASE64_GROUP - d->have) : 0;
    } else if (data[len - 1] & 0x80) {
        uint8_t tail = 1;
        while (tail < CHAR_MAX_LEN && tail < len && is_continuation(data[len - tail])) tail++;
        uint8_t want = utf8_char_len(data[len - tail]);
        if (want > tail) {
            d->have = tail;
            d->missing = (uint8_t)(want - tail);
        }
    }
}

/* The character that is complete or broken off; NULL: exception pending. */
static vs_val take_pending(struct rt_env *env, struct decoder *d)
{
    uint8_t n = d->have;
    d->have = 0;
    return rt_encode(env, d->pending, n, (enum rt_encoding)d->encoding);
}

static struct decoder *decoder_of(const struct vs_args *a)
{
    struct vs_bytes b = vs_bytes(vs_arg(a, 0));
    CHECK(b.len >= sizeof(struct decoder));
    struct decoder *d = (struct decoder *)b.ptr;
    CHECK(d->have <= CHAR_MAX_LEN && d->missing <= CHAR_MAX_LEN - (d->missing ? 1 : 0));
    return d;
}

static vs_val decode_pieces(struct rt_env *env, struct decoder *d, const uint8_t *data, size_t len)
{
    vs_val head = NULL;
    if (d->missing > 0) {
        size_t used = complete_pending(d, data, len);
        data += used;
        len -= used;
        if (d->missing == 0 && !(head = take_pending(env, d))) return NULL;
    }
    if (len == 0) return head ? head : vs_empty_str(env->cx);
    find_incomplete(d, data, len);
    len -= d->have;
    memcpy(d->pending, data + len, d->have);
    vs_val body = rt_encode(env, data, len, (enum rt_encoding)d->encoding);
    return body && head ? vs_str_concat(env->cx, head, body) : body;
}

/* (state, view) */
static void decode(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct decoder *d = decoder_of(a);
    if (!vs_is_view(vs_arg(a, 1))) {
        rt_throw_code(
            env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
            "The \"buf\" argument must be an instance of Buffer, TypedArray, or DataView.");
        return;
    }
    struct vs_bytes b = vs_bytes(vs_arg(a, 1));
    vs_ret_maybe(a, is_split(d->encoding)
                        ? decode_pieces(env, d, b.ptr, b.len)
                        : rt_encode(env, b.ptr, b.len, (enum rt_encoding)d->encoding));
}

/* (state): what is left; half a UTF-16 unit is dropped. */
static void flush(const struct vs_args *a)
{
    struct decoder *d = decoder_of(a);
    size_t n = d->have;
    if (d->encoding == RT_UTF16LE) n -= n % 2;
    d->have = d->missing = 0;
    vs_ret_maybe(a, rt_encode(rt_env_of(a), d->pending, n, (enum rt_encoding)d->encoding));
}

void rt_bind_string_decoder(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    static const char *const names[RT_ENCODING_COUNT] = {
        [RT_ASCII] = "ascii",     [RT_UTF8] = "utf8",           [RT_BASE64] = "base64",
        [RT_UTF16LE] = "utf16le", [RT_LATIN1] = "latin1",       [RT_HEX] = "hex",
        [RT_BUFFER] = "buffer",   [RT_BASE64URL] = "base64url",
    };
    vs_val encodings = vs_arr_new(cx, NULL, 0);
    for (uint32_t i = 0; i < RT_ENCODING_COUNT; i++) {
        CHECK(vs_set_index(cx, encodings, i, vs_str_intern(cx, names[i])));
    }
    vs_put(cx, target, "encodings", encodings);
    vs_put_int(cx, target, "kIncompleteCharactersStart", offsetof(struct decoder, pending));
    vs_put_int(cx, target, "kIncompleteCharactersEnd", CHAR_MAX_LEN);
    vs_put_int(cx, target, "kMissingBytes", offsetof(struct decoder, missing));
    vs_put_int(cx, target, "kBufferedBytes", offsetof(struct decoder, have));
    vs_put_int(cx, target, "kEncodingField", offsetof(struct decoder, encoding));
    vs_put_int(cx, target, "kNumFields", sizeof(struct decoder));
    vs_put_int(cx, target, "kSize", sizeof(struct decoder));
    vs_put_fn(cx, target, "decode", decode);
    vs_put_fn(cx, target, "flush", flush);
}
