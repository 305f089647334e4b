/* core/bind/crypto_hmac.c: class Hmac, and HmacJob of WebCrypto's sign() and verify(). */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <stdlib.h>

#include "core/bind/crypto_priv.h"
#include "core/container.h"
#include "core/encoding.h"
#include "core/env.h"
#include "core/error.h"

struct hmac {
    struct rt_native native; /* first */
    EVP_MAC_CTX *cx;         /* owned; NULL before init() and after digest() */
};

static void drop_hmac(struct rt_native *native)
{
    struct hmac *h = container_of(native, struct hmac, native);
    EVP_MAC_CTX_free(h->cx);
    free(h);
}

static void construct(const struct vs_args *a)
{
    struct hmac *h = calloc(1, sizeof *h);
    CHECK(h);
    rt_native_init(&h->native, rt_env_of(a), vs_this(a), drop_hmac);
}

static EVP_MAC_CTX *open_mac(struct rt_env *env, const EVP_MD *md, const struct rt_secret *key)
{
    struct rt_crypto *c = rt_crypto(env);
    if (!c->hmac) c->hmac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
    EVP_MAC_CTX *cx = c->hmac ? EVP_MAC_CTX_new(c->hmac) : NULL;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)EVP_MD_get0_name(md), 0),
        OSSL_PARAM_construct_end(),
    };
    if (cx && EVP_MAC_init(cx, key->ptr, key->len, params)) return cx;
    EVP_MAC_CTX_free(cx);
    return NULL;
}

/* init(digest name, key) */
static void init(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct hmac *h = vs_native_get(vs_this(a), 0);
    const EVP_MD *md = rt_crypto_digest_arg(env, vs_arg(a, 0));
    if (!md) return;
    struct rt_secret key;
    rt_secret_read(env, vs_arg(a, 1), &key);
    EVP_MAC_CTX_free(h->cx);
    h->cx = open_mac(env, md, &key);
    rt_secret_reset(&key);
    if (!h->cx) rt_crypto_throw(env, "error:00000000:lib(0)::reason(0)");
}

/* update(data, encoding) */
static void update(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct hmac *h = vs_native_get(vs_this(a), 0);
    vs_val data = vs_arg(a, 0);
    bool ok = false;
    if (h->cx && vs_is_str(data)) {
        size_t len;
        char *text = rt_decode(env, data, rt_encoding_of(env, vs_arg(a, 1), RT_UTF8), &len);
        if (!text) return;
        ok = EVP_MAC_update(h->cx, (const uint8_t *)text, len);
        free(text);
    } else if (h->cx) {
        struct vs_bytes bytes = vs_bytes(data);
        ok = EVP_MAC_update(h->cx, bytes.ptr, bytes.len);
    }
    vs_ret_bool(a, ok);
}

/* digest(encoding); empty the second time. */
static void digest(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct hmac *h = vs_native_get(vs_this(a), 0);
    enum rt_encoding encoding = rt_encoding_of(env, vs_arg(a, 0), RT_BUFFER);
    uint8_t out[EVP_MAX_MD_SIZE];
    size_t len = 0;
    if (h->cx && !EVP_MAC_final(h->cx, out, &len, sizeof out)) {
        rt_crypto_throw(env, "HMAC digest failed");
        return;
    }
    EVP_MAC_CTX_free(h->cx);
    h->cx = NULL;
    vs_ret_maybe(a, rt_encode(env, out, len, encoding));
}

enum sign_mode { SIGN, VERIFY }; /* kSignJobModeSign, kSignJobModeVerify */

struct hmac_job {
    struct rt_crypto_job job;         /* first */
    EVP_MAC_CTX *cx;                  /* owned; has the key */
    struct rt_secret data, signature; /* owned; the signature is what verify() was given */
    uint8_t *out;                     /* owned */
    size_t len;
    enum sign_mode mode;
};

static bool do_hmac(struct rt_crypto_job *job)
{
    struct hmac_job *h = container_of(job, struct hmac_job, job);
    return EVP_MAC_update(h->cx, h->data.ptr, h->data.len) &&
           EVP_MAC_final(h->cx, h->out, &h->len, EVP_MAX_MD_SIZE);
}

static vs_val hmac_result(struct rt_crypto_job *job)
{
    struct hmac_job *h = container_of(job, struct hmac_job, job);
    struct rt_env *env = job->async.env;
    if (h->mode == VERIFY) {
        bool same =
            h->len == h->signature.len && CRYPTO_memcmp(h->out, h->signature.ptr, h->len) == 0;
        return vs_bool(env->cx, same);
    }
    uint8_t *out = h->out;
    h->out = NULL;
    return rt_crypto_buffer_take(env, out, h->len);
}

static void drop_hmac_job(struct rt_crypto_job *job)
{
    struct hmac_job *h = container_of(job, struct hmac_job, job);
    EVP_MAC_CTX_free(h->cx);
    rt_secret_reset(&h->data);
    rt_secret_reset(&h->signature);
    free(h->out);
    free(h);
}

/* new HmacJob(mode, sign or verify, digest name, key, data, signature of verify) */
static void construct_job(const struct vs_args *a)
{
    static const struct rt_crypto_job_ops ops = {
        .work = do_hmac,
        .result = hmac_result,
        .drop = drop_hmac_job,
        .failed = "HMAC failed",
    };
    struct rt_env *env = rt_env_of(a);
    const EVP_MD *md = rt_crypto_digest_arg(env, vs_arg(a, 2));
    if (!md) return;
    struct rt_secret key;
    rt_secret_read(env, vs_arg(a, 3), &key);
    EVP_MAC_CTX *cx = open_mac(env, md, &key);
    rt_secret_reset(&key);
    if (!cx) {
        rt_crypto_throw(env, "Invalid HMAC key");
        return;
    }
    struct hmac_job *h = calloc(1, sizeof *h);
    uint8_t *out = malloc(EVP_MAX_MD_SIZE);
    CHECK(h && out);
    h->cx = cx;
    h->out = out;
    h->mode = vs_uint(vs_arg(a, 1)) == VERIFY ? VERIFY : SIGN;
    rt_secret_read(env, vs_arg(a, 4), &h->data);
    if (h->mode == VERIFY) rt_secret_read(env, vs_arg(a, 5), &h->signature);
    rt_crypto_job_init(&h->job, a, RT_PROVIDER_SIGNREQUEST, &ops);
}

void rt_crypto_put_hmac(struct rt_env *env, vs_val target)
{
    struct vs_class *class = vs_class_new(env->cx, "Hmac", construct, NULL, 1);
    vs_class_method(class, "init", init);
    vs_class_method(class, "update", update);
    vs_class_method(class, "digest", digest);
    vs_put(env->cx, target, "Hmac", vs_class_fn(class));
    rt_crypto_job_put(env, target, "HmacJob", construct_job);
}
