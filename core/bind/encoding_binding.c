/* core/bind/encoding_binding.c: internalBinding('encoding_binding'): TextEncoder, TextDecoder's
 * UTF-8 and the names of hosts. */
#include <ada_c.h>
#include <simdutf_c.h>
#include <stdlib.h>
#include <string.h>

#include "core/encoding.h"
#include "core/env.h"
#include "core/error.h"
#include "core/snapshot.h"

/* encodeInto()'s two results, memory of a Uint32Array. */
struct encode_results {
    uint32_t units_read;
    uint32_t bytes_written;
};

static struct encode_results *results_of(struct rt_env *env)
{
    return (void *)vs_bytes(vs_ref_get(env->binding_state[RT_STATE_encoding_binding])).ptr;
}

/* (string, Uint8Array) */
static void encode_into(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    CHECK(vs_is_str(vs_arg(a, 0)) && vs_is_u8(vs_arg(a, 1)));
    size_t units = 0;
    struct vs_bytes to = vs_bytes(vs_arg(a, 1));
    size_t n =
        to.len ? vs_str_write_utf8(env->cx, vs_arg(a, 0), (char *)to.ptr, to.len, &units) : 0;
    *results_of(env) = (struct encode_results){ (uint32_t)units, (uint32_t)n };
}

static void encode_utf8_string(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    CHECK(vs_is_str(vs_arg(a, 0)));
    size_t len = rt_utf8_len(cx, vs_arg(a, 0));
    vs_val ab = vs_ab_new_uninit(cx, len);
    if (!ab) return;
    if (len > 0) vs_str_write_utf8(cx, vs_arg(a, 0), (char *)vs_bytes(ab).ptr, len, NULL);
    vs_ret_maybe(a, vs_typed_new(cx, VS_U8, ab, 0, len));
}

static bool is_bytes(vs_val v)
{
    return vs_is_view(v) || vs_is_ab(v) || vs_is_sab(v);
}

/* (bytes, keep the byte order mark, throw on bad input) */
static void decode_utf8(const struct vs_args *a)
{
    static const char mark[] = { '\xef', '\xbb', '\xbf' };
    struct rt_env *env = rt_env_of(a);
    if (!is_bytes(vs_arg(a, 0))) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                      "The \"list\" argument must be an instance of SharedArrayBuffer, ArrayBuffer "
                      "or ArrayBufferView.");
        return;
    }
    bool keep_mark = vs_to_bool(env->cx, vs_arg(a, 1)), fatal = vs_to_bool(env->cx, vs_arg(a, 2));
    struct vs_bytes b = vs_bytes(vs_arg(a, 0));
    const char *text = (const char *)b.ptr;
    size_t len = b.len;
    if (fatal && len > 0 && !simdutf_validate_utf8(text, len)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_ENCODING_INVALID_ENCODED_DATA",
                      "The encoded data was not valid for encoding utf-8");
        return;
    }
    if (!keep_mark && len >= sizeof mark && memcmp(text, mark, sizeof mark) == 0) {
        text += sizeof mark;
        len -= sizeof mark;
    }
    vs_ret_maybe(a, rt_encode(env, text, len, RT_UTF8));
}

static void convert_host(const struct vs_args *a,
                         ada_owned_string (*convert)(const char *input, size_t len))
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text host;
    CHECK(vs_is_str(vs_arg(a, 0)));
    if (!vs_text_read(cx, vs_arg(a, 0), &host)) return;
    ada_owned_string out = convert(host.ptr, host.len);
    vs_text_reset(&host);
    vs_ret_maybe(a, vs_str_utf8(cx, out.data, (ptrdiff_t)out.length));
    ada_free_owned_string(out);
}

static void to_ascii(const struct vs_args *a)
{
    convert_host(a, ada_idna_to_ascii);
}

static void to_unicode(const struct vs_args *a)
{
    convert_host(a, ada_idna_to_unicode);
}

static void state_drop(struct rt_env *env)
{
    vs_ref_drop(env->binding_state[RT_STATE_encoding_binding]);
}

void rt_snap_encoding_binding(struct rt_env *env, struct rt_snap *snap)
{
    struct vs_ref *array = env->binding_state[RT_STATE_encoding_binding];
    rt_snap_ref(snap, &array);
    env->binding_state[RT_STATE_encoding_binding] = array;
    env->binding_drop[RT_STATE_encoding_binding] = state_drop;
}

void rt_bind_encoding_binding(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_val ab = vs_ab_new(cx, sizeof(struct encode_results));
    CHECK(ab);
    vs_val results =
        vs_typed_new(cx, VS_U32, ab, 0, sizeof(struct encode_results) / sizeof(uint32_t));
    CHECK(results);
    env->binding_state[RT_STATE_encoding_binding] = vs_ref_new(cx, results);
    env->binding_drop[RT_STATE_encoding_binding] = state_drop;
    vs_put(cx, target, "encodeIntoResults", results);
    vs_put_fn(cx, target, "encodeInto", encode_into);
    vs_put_fn(cx, target, "encodeUtf8String", encode_utf8_string);
    vs_put_fn(cx, target, "decodeUTF8", decode_utf8);
    vs_put_fn(cx, target, "toASCII", to_ascii);
    vs_put_fn(cx, target, "toUnicode", to_unicode);
}
