/* core/bind/crypto.c: internalBinding('crypto'), in parts: crypto_hash.c, crypto_hmac.c,
 * crypto_kdf.c, crypto_keys.c, crypto_roots.c; here small functions, and the names of what is not
 * there yet. */
#include <openssl/crypto.h>
#include <openssl/provider.h>

#include "core/bind/crypto_priv.h"
#include "core/env.h"
#include "core/error.h"

static bool is_bytes(vs_val v)
{
    return vs_is_view(v) || vs_is_ab(v) || vs_is_sab(v);
}

static void timing_safe_equal(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    for (int i = 0; i < 2; i++) {
        if (is_bytes(vs_arg(a, i))) continue;
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                      "The \"buf%d\" argument must be an instance of ArrayBuffer, Buffer, "
                      "TypedArray, or DataView.",
                      i + 1);
        return;
    }
    struct vs_bytes x = vs_bytes(vs_arg(a, 0)), y = vs_bytes(vs_arg(a, 1));
    if (x.len != y.len) {
        rt_throw_code(env, VS_RANGE_ERROR, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH",
                      "Input buffers must have the same byte length");
        return;
    }
    vs_ret_bool(a, x.len == 0 || CRYPTO_memcmp(x.ptr, y.ptr, x.len) == 0);
}

/* secureBuffer(length): of the ordinary heap, since --secure-heap is not there. */
static void secure_buffer(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    uint32_t len = vs_uint(vs_arg(a, 0));
    vs_val ab = vs_ab_new(cx, len);
    if (ab) vs_ret_maybe(a, vs_typed_new(cx, VS_U8, ab, 0, len));
}

static void secure_heap_used(const struct vs_args *a)
{
    rt_crypto(rt_env_of(a));
    /* Asking for the use of a heap that is not there crashes. */
    size_t used = CRYPTO_secure_malloc_initialized() ? CRYPTO_secure_used() : 0;
    vs_ret(a, vs_bigint_u64(vs_args_cx(a), used));
}

static void get_fips(const struct vs_args *a)
{
    rt_crypto(rt_env_of(a));
    vs_ret_i32(a, EVP_default_properties_is_fips_enabled(NULL));
}

/* setFipsCrypto(bool): 1 needs the provider of that name, which OpenSSL says best itself. */
static void set_fips(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    rt_crypto(env);
    bool on = vs_to_bool(env->cx, vs_arg(a, 0));
    if (!EVP_default_properties_enable_fips(NULL, on)) rt_crypto_throw(env, "FIPS mode failed");
}

static void test_fips(const struct vs_args *a)
{
    rt_crypto(rt_env_of(a));
    vs_ret_i32(a, OSSL_PROVIDER_available(NULL, "fips"));
}

/* Only a hint to read certificates early, on another thread; without tls there is no use for them.
 */
static void start_loading_certificates(const struct vs_args *a)
{
    (void)a;
}

static void put_sequence(struct vs_cx *cx, vs_val target, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) vs_put_int(cx, target, names[i], (double)i);
}

#define PUT_SEQUENCE(cx, target, names) \
    put_sequence(cx, target, names, sizeof names / sizeof names[0])

void rt_bind_crypto(struct rt_env *env, vs_val target)
{
    static const char *const modes[RT_CRYPTO_MODE_COUNT] = {
        [RT_CRYPTO_ASYNC] = "kCryptoJobAsync",
        [RT_CRYPTO_SYNC] = "kCryptoJobSync",
        [RT_CRYPTO_WEB] = "kCryptoJobWebCrypto",
    };
    struct vs_cx *cx = env->cx;
    rt_crypto_put_hash(env, target);
    rt_crypto_put_hmac(env, target);
    rt_crypto_put_jobs(env, target);
    rt_crypto_put_keys(env, target);
    rt_crypto_put_constants(env, target);
    rt_crypto_put_roots(env, target);
    PUT_SEQUENCE(cx, target, modes);
    vs_put_fn(cx, target, "timingSafeEqual", timing_safe_equal);
    vs_put_fn(cx, target, "secureBuffer", secure_buffer);
    vs_put_fn(cx, target, "secureHeapUsed", secure_heap_used);
    vs_put_fn(cx, target, "getFipsCrypto", get_fips);
    vs_put_fn(cx, target, "setFipsCrypto", set_fips);
    vs_put_fn(cx, target, "testFipsCrypto", test_fips);
    vs_put_fn(cx, target, "startLoadingCertificatesOffThread", start_loading_certificates);
    rt_put_missing(
        env, target, "crypto",
        "AESCipherJob ChaCha20Poly1305CipherJob CipherBase getSSLCiphers publicEncrypt "
        "privateDecrypt privateEncrypt publicDecrypt getCipherInfo DiffieHellman "
        "DiffieHellmanGroup "
        "DhKeyPairGenJob DHKeyExportJob DHBitsJob DsaKeyPairGenJob ECDH ECDHConvertKey getCurves "
        "EcKeyPairGenJob ECKeyExportJob CShakeJob NidKeyPairGenJob "
        "RandomPrimeJob CheckPrimeJob RsaKeyPairGenJob RSAKeyExportJob RSACipherJob SecureContext "
        "getExtraCACertificates resetRootCertStore getUserRootCertificates "
        "getCertificateCompressionAlgorithms Sign SignJob certVerifySpkac certExportPublicKey "
        "certExportChallenge setEngine getOpenSSLSecLevelCrypto Verify parseX509 "
        "Argon2Job KEMEncapsulateJob KEMDecapsulateJob KmacJob TurboShakeJob KangarooTwelveJob");
}
