/* core/bind/crypto_hash.c: class Hash, oneShotDigest(), getHashes(), getCiphers(). */
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/crypto_priv.h"
#include "core/container.h"
#include "core/encoding.h"
#include "core/env.h"
#include "core/error.h"

/* Strings up to this many bytes are decoded on the stack. */
#define SMALL_TEXT 1024

/* Lengths of output that Node gives SHAKE when the program names none. */
#define SHAKE128_LEN 16
#define SHAKE256_LEN 32

struct hash {
    struct rt_native native; /* first */
    EVP_MD_CTX *cx;          /* owned */
    uint32_t out_len;
    uint8_t *out; /* the digest, once it was asked for; owned unless it is small */
    uint8_t small[EVP_MAX_MD_SIZE];
};

static void drop_hash(struct rt_native *native)
{
    struct hash *h = container_of(native, struct hash, native);
    EVP_MD_CTX_free(h->cx);
    if (h->out != h->small) free(h->out);
    free(h);
}

static bool is_xof(const EVP_MD *md)
{
    return EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF;
}

/* Comparing names is slow: only where the length can depend on it. */
static uint32_t default_len(const EVP_MD *md)
{
    if (is_xof(md) && EVP_MD_is_a(md, "SHAKE128")) return SHAKE128_LEN;
    if (is_xof(md) && EVP_MD_is_a(md, "SHAKE256")) return SHAKE256_LEN;
    return (uint32_t)EVP_MD_get_size(md);
}

/* A digest by its cached id, or by its name, which is then put into the cache (an object of the
 * library, name to id). NULL: unknown. */
static const EVP_MD *find_digest(struct rt_env *env, vs_val name, vs_val id, vs_val cache)
{
    struct rt_crypto *c = rt_crypto(env);
    if (vs_is_i32(id) && vs_int(id) >= 0 && (uint32_t)vs_int(id) < c->digest_count) {
        return c->digests[vs_int(id)];
    }
    struct vs_text text;
    int32_t found;
    if (!vs_text_read(env->cx, name, &text)) return NULL;
    const EVP_MD *md = rt_crypto_digest(env, text.ptr, &found);
    const EVP_MD *legacy = md ? NULL : EVP_get_digestbyname(text.ptr);
    vs_text_reset(&text);
    /* No provider has it: OpenSSL says so when it is used. */
    if (legacy && legacy != EVP_md_null()) return legacy;
    if (md && vs_is_obj(cache)) CHECK(vs_set(env->cx, cache, name, vs_i32(env->cx, found)));
    return md;
}

/* new Hash(algorithm or Hash to copy, output length or undefined, id, cache) */
static void construct(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    const struct hash *from = vs_is_obj(vs_arg(a, 0)) ? vs_native_get(vs_arg(a, 0), 0) : NULL;
    const EVP_MD *md = from ? EVP_MD_CTX_get0_md(from->cx)
                            : find_digest(env, vs_arg(a, 0), vs_arg(a, 2), vs_arg(a, 3));
    EVP_MD_CTX *cx = md ? EVP_MD_CTX_new() : NULL;
    if (!cx || !(from ? EVP_MD_CTX_copy_ex(cx, from->cx) : EVP_DigestInit_ex2(cx, md, NULL))) {
        rt_crypto_throw(env, "Digest method not supported");
        goto free_cx;
    }
    uint32_t len = from ? from->out_len : default_len(md);
    vs_val wanted = vs_arg(a, 1);
    if (vs_is_num(wanted) && vs_uint(wanted) != len) {
        len = vs_uint(wanted);
        if (!is_xof(md)) {
            ERR_raise(ERR_LIB_EVP, EVP_R_NOT_XOF_OR_INVALID_LENGTH);
            rt_crypto_throw(env, "Unsupported state or unable to authenticate data");
            goto free_cx;
        }
    }
    struct hash *h = calloc(1, sizeof *h);
    CHECK(h);
    h->cx = cx;
    h->out_len = len;
    rt_native_init(&h->native, env, vs_this(a), drop_hash);
    return;
free_cx:
    EVP_MD_CTX_free(cx);
}

/* Feeds a string or the bytes of a view. */
static bool add_data(struct rt_env *env, EVP_MD_CTX *cx, vs_val data, enum rt_encoding encoding)
{
    if (!vs_is_str(data)) {
        struct vs_bytes bytes = vs_bytes(data);
        return EVP_DigestUpdate(cx, bytes.ptr, bytes.len);
    }
    char small[SMALL_TEXT];
    /* No encoding makes more than three bytes of a unit. */
    if (vs_str_len(data) <= sizeof small / 3) {
        size_t len = rt_decode_into(env, data, encoding, small, sizeof small);
        return EVP_DigestUpdate(cx, small, len);
    }
    size_t len;
    char *text = rt_decode(env, data, encoding, &len);
    bool ok = text && EVP_DigestUpdate(cx, text, len);
    free(text);
    return ok;
}

/* update(data, encoding) */
static void update(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct hash *h = vs_native_get(vs_this(a), 0);
    enum rt_encoding encoding = rt_encoding_of(env, vs_arg(a, 1), RT_UTF8);
    vs_ret_bool(a, add_data(env, h->cx, vs_arg(a, 0), encoding));
}

/* The digest of cx, of len bytes: in small if it fits, else free() it. NULL = exception pending. */
static uint8_t *finish(struct rt_env *env, EVP_MD_CTX *cx, uint32_t len,
                       uint8_t small[static EVP_MAX_MD_SIZE])
{
    uint8_t *out = len > EVP_MAX_MD_SIZE ? malloc(len) : small;
    CHECK(out);
    bool xof = is_xof(EVP_MD_CTX_get0_md(cx));
    if (len == 0 || (xof ? EVP_DigestFinalXOF(cx, out, len) : EVP_DigestFinal_ex(cx, out, NULL)))
        return out;
    rt_crypto_throw(env, "Digest failed");
    if (out != small) free(out);
    return NULL;
}

/* digest(encoding). The same again, for a hash that was used as a stream too. */
static void digest(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct hash *h = vs_native_get(vs_this(a), 0);
    enum rt_encoding encoding = rt_encoding_of(env, vs_arg(a, 0), RT_BUFFER);
    if (!h->out) h->out = finish(env, h->cx, h->out_len, h->small);
    if (h->out) vs_ret_maybe(a, rt_encode(env, h->out, h->out_len, encoding));
}

/* The rest of oneShotDigest(), once the digest and its length are known. */
static void digest_once(const struct vs_args *a, const EVP_MD *md, uint32_t len)
{
    struct rt_env *env = rt_env_of(a);
    enum rt_encoding encoding =
        vs_is_num(vs_arg(a, 5)) ? (enum rt_encoding)vs_int(vs_arg(a, 5)) : RT_BUFFER;
    EVP_MD_CTX *cx = EVP_MD_CTX_new();
    CHECK(cx);
    if (EVP_DigestInit_ex2(cx, md, NULL) && add_data(env, cx, vs_arg(a, 3), RT_UTF8)) {
        uint8_t small[EVP_MAX_MD_SIZE], *out = finish(env, cx, len, small);
        if (out) vs_ret_maybe(a, rt_encode(env, out, len, encoding));
        if (out != small) free(out);
    } else {
        rt_crypto_throw(env, "Digest failed");
    }
    EVP_MD_CTX_free(cx);
}

/* Throws for an algorithm that is unknown (md NULL), or has no output of that length. */
static void throw_named(const struct vs_args *a, const EVP_MD *md, uint32_t len)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text name;
    if (!vs_text_read(env->cx, vs_arg(a, 0), &name)) return;
    if (!md) {
        rt_throw_code(env, VS_ERROR, NULL, "Digest method %s is not supported", name.ptr);
    } else {
        rt_throw_code(env, VS_ERROR, NULL,
                      "Output length %u is invalid for %s, which does not support XOF", len,
                      name.ptr);
    }
    vs_text_reset(&name);
}

/* oneShotDigest(algorithm, id, cache, input, encoding name, encoding number, output length) */
static void one_shot_digest(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    const EVP_MD *md = find_digest(env, vs_arg(a, 0), vs_arg(a, 1), vs_arg(a, 2));
    if (!md) {
        throw_named(a, md, 0);
        return;
    }
    uint32_t len = default_len(md);
    if (vs_is_num(vs_arg(a, 6)) && vs_uint(vs_arg(a, 6)) != len) {
        len = vs_uint(vs_arg(a, 6));
        if (!is_xof(md)) {
            throw_named(a, md, len);
            return;
        }
    }
    digest_once(a, md, len);
}

struct names {
    struct vs_cx *cx;
    vs_val array;
};

/* One entry of OpenSSL's table of names; those without an implementation are left out. */
static void add_name(const EVP_MD *md, const char *from, const char *to, void *arg)
{
    struct names *names = arg;
    (void)md;
    (void)to;
    EVP_MD *found = rt_crypto_fetch_digest(from);
    if (!found) return;
    EVP_MD_free(found);
    vs_val name = vs_str_latin1(names->cx, from, -1);
    CHECK(vs_set_index(names->cx, names->array, vs_arr_len(names->array), name));
}

static void add_cipher(const EVP_CIPHER *cipher, const char *from, const char *to, void *arg)
{
    struct names *names = arg;
    (void)cipher;
    (void)to;
    EVP_CIPHER *found = EVP_CIPHER_fetch(NULL, from, NULL);
    if (!found) return;
    EVP_CIPHER_free(found);
    vs_val name = vs_str_latin1(names->cx, from, -1);
    CHECK(vs_set_index(names->cx, names->array, vs_arr_len(names->array), name));
}

static void get_ciphers(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct names names = { env->cx, vs_arr_new(env->cx, NULL, 0) };
    rt_crypto(env);
    EVP_CIPHER_do_all_sorted(add_cipher, &names);
    ERR_clear_error();
    vs_ret(a, names.array);
}

static void get_hashes(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct names names = { env->cx, vs_arr_new(env->cx, NULL, 0) };
    rt_crypto(env);
    EVP_MD_do_all_sorted(add_name, &names);
    ERR_clear_error();
    vs_ret(a, names.array);
}

/* Name to id, of the digests known so far; the library keeps the object and hands it back. */
static void get_cached_aliases(const struct vs_args *a)
{
    vs_ret(a, vs_obj_new_null(vs_args_cx(a)));
}

void rt_crypto_put_hash(struct rt_env *env, vs_val target)
{
    struct vs_class *class = vs_class_new(env->cx, "Hash", construct, NULL, 1);
    vs_class_method(class, "update", update);
    vs_class_method(class, "digest", digest);
    vs_put(env->cx, target, "Hash", vs_class_fn(class));
    vs_put_fn(env->cx, target, "oneShotDigest", one_shot_digest);
    vs_put_fn(env->cx, target, "getHashes", get_hashes);
    vs_put_fn(env->cx, target, "getCiphers", get_ciphers);
    vs_put_fn(env->cx, target, "getCachedAliases", get_cached_aliases);
}
