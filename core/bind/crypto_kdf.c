/* core/bind/crypto_kdf.c: jobs: random bytes, digests, and keys derived from passwords. */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/crypto_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"

/* RAND_bytes() takes an int. */
#define RANDOM_CHUNK (1 << 30)

#define BITS_PER_BYTE 8

/* HKDF can make this many blocks of its digest. */
#define HKDF_BLOCKS 255

struct random_job {
    struct rt_crypto_job job; /* first */
    struct vs_pin *pin;       /* owned: the memory to fill */
    uint8_t *ptr;
    size_t len;
};

static bool fill_random(struct rt_crypto_job *job)
{
    struct random_job *r = container_of(job, struct random_job, job);
    for (size_t off = 0; off < r->len;) {
        size_t left = r->len - off, n = left < RANDOM_CHUNK ? left : RANDOM_CHUNK;
        if (RAND_bytes(r->ptr + off, (int)n) != 1) return false;
        off += n;
    }
    return true;
}

static vs_val random_result(struct rt_crypto_job *job)
{
    return vs_undefined(job->async.env->cx);
}

static void drop_random(struct rt_crypto_job *job)
{
    struct random_job *r = container_of(job, struct random_job, job);
    vs_pin_drop(r->pin);
    free(r);
}

/* new RandomBytesJob(mode, buffer, offset, size) */
static void construct_random(const struct vs_args *a)
{
    static const struct rt_crypto_job_ops ops = {
        .work = fill_random,
        .result = random_result,
        .drop = drop_random,
        .failed = "Random bytes are not available",
    };
    struct random_job *r = calloc(1, sizeof *r);
    CHECK(r);
    size_t off = vs_uint(vs_arg(a, 2)), len = vs_uint(vs_arg(a, 3));
    r->pin = vs_pin_new(vs_arg(a, 1));
    struct vs_bytes bytes = r->pin ? vs_pin_bytes(r->pin) : (struct vs_bytes){ 0 };
    if (off > bytes.len || len > bytes.len - off) len = off = 0;
    r->ptr = bytes.ptr + off;
    r->len = len;
    rt_crypto_job_init(&r->job, a, RT_PROVIDER_RANDOMBYTESREQUEST, &ops);
}

/* All others: parameters in, len bytes out. */
struct derive_job {
    struct rt_crypto_job job; /* first */
    const EVP_MD *md;         /* of the env's cache */
    struct rt_secret secret, salt, info;
    uint64_t n, r, p, max_mem; /* scrypt; n is also the count of iterations */
    uint8_t *out;              /* owned */
    size_t len;
};

static vs_val take_out(struct rt_crypto_job *job)
{
    struct derive_job *d = container_of(job, struct derive_job, job);
    uint8_t *out = d->out;
    d->out = NULL;
    return rt_crypto_buffer_take(job->async.env, out, d->len);
}

static void free_derive(struct derive_job *d)
{
    rt_secret_reset(&d->secret);
    rt_secret_reset(&d->salt);
    rt_secret_reset(&d->info);
    free(d->out);
    free(d);
}

static void drop_derive(struct rt_crypto_job *job)
{
    free_derive(container_of(job, struct derive_job, job));
}

static struct derive_job *derive_new(void)
{
    struct derive_job *d = calloc(1, sizeof *d);
    CHECK(d);
    return d;
}

/* Room for len bytes; false: RangeError pending. */
static bool make_room(struct rt_env *env, struct derive_job *d, size_t len)
{
    d->len = len;
    d->out = malloc(len ? len : 1);
    if (!d->out) rt_throw_code(env, VS_RANGE_ERROR, "ERR_OUT_OF_RANGE", "Out of memory");
    return d->out != NULL;
}

static bool do_pbkdf2(struct rt_crypto_job *job)
{
    struct derive_job *d = container_of(job, struct derive_job, job);
    if (d->len == 0) return false; /* as in Node */
    return PKCS5_PBKDF2_HMAC((const char *)d->secret.ptr, (int)d->secret.len, d->salt.ptr,
                             (int)d->salt.len, (int)d->n, d->md, (int)d->len, d->out);
}

/* new PBKDF2Job(mode, password, salt, iterations, length, digest name) */
static void construct_pbkdf2(const struct vs_args *a)
{
    static const struct rt_crypto_job_ops ops = {
        .work = do_pbkdf2,
        .result = take_out,
        .drop = drop_derive,
        .failed = "Deriving bits failed",
    };
    struct rt_env *env = rt_env_of(a);
    const EVP_MD *md = rt_crypto_digest_arg(env, vs_arg(a, 5));
    if (!md) return;
    struct derive_job *d = derive_new();
    if (!make_room(env, d, vs_uint(vs_arg(a, 4)))) {
        free_derive(d);
        return;
    }
    d->md = md;
    d->n = vs_uint(vs_arg(a, 3));
    rt_secret_read(env, vs_arg(a, 1), &d->secret);
    rt_secret_read(env, vs_arg(a, 2), &d->salt);
    rt_crypto_job_init(&d->job, a, RT_PROVIDER_PBKDF2REQUEST, &ops);
}

static bool do_scrypt(struct rt_crypto_job *job)
{
    struct derive_job *d = container_of(job, struct derive_job, job);
    if (d->len == 0) return true;
    return EVP_PBE_scrypt((const char *)d->secret.ptr, d->secret.len, d->salt.ptr, d->salt.len,
                          d->n, d->r, d->p, d->max_mem, d->out, d->len);
}

static void throw_scrypt(struct rt_env *env)
{
    unsigned long code = ERR_peek_last_error();
    char text[256];
    ERR_error_string_n(code, text, sizeof text);
    ERR_clear_error();
    rt_throw_code(env, VS_RANGE_ERROR, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS",
                  code ? "Invalid scrypt params: %s" : "Invalid scrypt params", text);
}

/* new ScryptJob(mode, password, salt, N, r, p, maxmem, length) */
static void construct_scrypt(const struct vs_args *a)
{
    static const struct rt_crypto_job_ops ops = {
        .work = do_scrypt,
        .result = take_out,
        .drop = drop_derive,
        .failed = "Deriving bits failed",
    };
    struct rt_env *env = rt_env_of(a);
    struct derive_job *d = derive_new();
    d->n = vs_uint(vs_arg(a, 3));
    d->r = vs_uint(vs_arg(a, 4));
    d->p = vs_uint(vs_arg(a, 5));
    d->max_mem = (uint64_t)vs_int64(vs_arg(a, 6));
    rt_crypto(env);
    /* Without a place for the key, this only checks the parameters. */
    if (!EVP_PBE_scrypt(NULL, 0, NULL, 0, d->n, d->r, d->p, d->max_mem, NULL, 0)) {
        throw_scrypt(env);
        free_derive(d);
        return;
    }
    if (!make_room(env, d, vs_uint(vs_arg(a, 7)))) {
        free_derive(d);
        return;
    }
    rt_secret_read(env, vs_arg(a, 1), &d->secret);
    rt_secret_read(env, vs_arg(a, 2), &d->salt);
    rt_crypto_job_init(&d->job, a, RT_PROVIDER_SCRYPTREQUEST, &ops);
}

static bool do_hkdf(struct rt_crypto_job *job)
{
    struct derive_job *d = container_of(job, struct derive_job, job);
    if (d->len == 0) return false; /* as in Node */
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_HKDF, NULL);
    EVP_KDF_CTX *cx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)EVP_MD_get0_name(d->md), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, d->secret.ptr, d->secret.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, d->salt.ptr, d->salt.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, d->info.ptr, d->info.len),
        OSSL_PARAM_construct_end(),
    };
    bool ok = cx && EVP_KDF_derive(cx, d->out, d->len, params) > 0;
    EVP_KDF_CTX_free(cx);
    EVP_KDF_free(kdf);
    return ok;
}

/* new HKDFJob(mode, digest name, key, salt, info, length) */
static void construct_hkdf(const struct vs_args *a)
{
    static const struct rt_crypto_job_ops ops = {
        .work = do_hkdf,
        .result = take_out,
        .drop = drop_derive,
        .failed = "Deriving bits failed",
    };
    struct rt_env *env = rt_env_of(a);
    const EVP_MD *md = rt_crypto_digest_arg(env, vs_arg(a, 1));
    if (!md) return;
    size_t len = (size_t)vs_int64(vs_arg(a, 5));
    if (len > (size_t)EVP_MD_get_size(md) * HKDF_BLOCKS) {
        rt_throw_code(env, VS_RANGE_ERROR, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length");
        return;
    }
    struct derive_job *d = derive_new();
    if (!make_room(env, d, len)) {
        free_derive(d);
        return;
    }
    d->md = md;
    rt_secret_read(env, vs_arg(a, 2), &d->secret);
    rt_secret_read(env, vs_arg(a, 3), &d->salt);
    rt_secret_read(env, vs_arg(a, 4), &d->info);
    rt_crypto_job_init(&d->job, a, RT_PROVIDER_DERIVEBITSREQUEST, &ops);
}

static bool do_hash(struct rt_crypto_job *job)
{
    struct derive_job *d = container_of(job, struct derive_job, job);
    EVP_MD_CTX *cx = EVP_MD_CTX_new();
    bool xof = EVP_MD_get_flags(d->md) & EVP_MD_FLAG_XOF;
    bool ok = cx && EVP_DigestInit_ex2(cx, d->md, NULL) &&
              EVP_DigestUpdate(cx, d->secret.ptr, d->secret.len);
    if (ok && d->len > 0) {
        ok = xof ? EVP_DigestFinalXOF(cx, d->out, d->len) : EVP_DigestFinal_ex(cx, d->out, NULL);
    }
    EVP_MD_CTX_free(cx);
    return ok;
}

/* new HashJob(mode, digest name, data[, length in bits]) */
static void construct_hash(const struct vs_args *a)
{
    static const struct rt_crypto_job_ops ops = {
        .work = do_hash,
        .result = take_out,
        .drop = drop_derive,
        .failed = "Digest failed",
    };
    struct rt_env *env = rt_env_of(a);
    const EVP_MD *md = rt_crypto_digest_arg(env, vs_arg(a, 1));
    if (!md) return;
    size_t len = (size_t)EVP_MD_get_size(md);
    if (vs_is_num(vs_arg(a, 3))) len = vs_uint(vs_arg(a, 3)) / BITS_PER_BYTE;
    struct derive_job *d = derive_new();
    if (!make_room(env, d, len)) {
        free_derive(d);
        return;
    }
    d->md = md;
    rt_secret_read(env, vs_arg(a, 2), &d->secret);
    rt_crypto_job_init(&d->job, a, RT_PROVIDER_HASHREQUEST, &ops);
}

static bool make_secret(struct rt_crypto_job *job)
{
    struct derive_job *d = container_of(job, struct derive_job, job);
    return RAND_bytes(d->out, (int)d->len) == 1;
}

static vs_val secret_result(struct rt_crypto_job *job)
{
    struct derive_job *d = container_of(job, struct derive_job, job);
    struct rt_secret secret = { d->out, d->len };
    d->out = NULL;
    return rt_crypto_key_new_take(job->async.env, &secret);
}

/* new SecretKeyGenJob(mode, length in bits) -> KeyObjectHandle */
static void construct_secret(const struct vs_args *a)
{
    static const struct rt_crypto_job_ops ops = {
        .work = make_secret,
        .result = secret_result,
        .drop = drop_derive,
        .failed = "Key generation failed",
    };
    struct rt_env *env = rt_env_of(a);
    if (vs_uint(vs_arg(a, 0)) == RT_CRYPTO_WEB) {
        rt_throw_missing(env, "crypto.SecretKeyGenJob for WebCrypto");
        return;
    }
    struct derive_job *d = derive_new();
    if (!make_room(env, d, vs_uint(vs_arg(a, 1)) / BITS_PER_BYTE)) {
        free_derive(d);
        return;
    }
    rt_crypto_job_init(&d->job, a, RT_PROVIDER_KEYGENREQUEST, &ops);
}

void rt_crypto_put_jobs(struct rt_env *env, vs_val target)
{
    rt_crypto_job_put(env, target, "RandomBytesJob", construct_random);
    rt_crypto_job_put(env, target, "PBKDF2Job", construct_pbkdf2);
    rt_crypto_job_put(env, target, "ScryptJob", construct_scrypt);
    rt_crypto_job_put(env, target, "HKDFJob", construct_hkdf);
    rt_crypto_job_put(env, target, "HashJob", construct_hash);
    rt_crypto_job_put(env, target, "SecretKeyGenJob", construct_secret);
}
