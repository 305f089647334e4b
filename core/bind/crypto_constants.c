/* core/bind/crypto_constants.c: numbers that the library passes back to the binding. */
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "core/bind/crypto_priv.h"
#include "core/env.h"

/* Each array: constants numbered from 0 in this order. */
static const char *const aes_variants[] = {
    "kKeyVariantAES_CTR_128", "kKeyVariantAES_CTR_192", "kKeyVariantAES_CTR_256",
    "kKeyVariantAES_CBC_128", "kKeyVariantAES_CBC_192", "kKeyVariantAES_CBC_256",
    "kKeyVariantAES_GCM_128", "kKeyVariantAES_GCM_192", "kKeyVariantAES_GCM_256",
    "kKeyVariantAES_KW_128",  "kKeyVariantAES_KW_192",  "kKeyVariantAES_KW_256",
    "kKeyVariantAES_OCB_128", "kKeyVariantAES_OCB_192", "kKeyVariantAES_OCB_256",
};
static const char *const rsa_variants[] = {
    "kKeyVariantRSA_SSA_PKCS1_v1_5",
    "kKeyVariantRSA_PSS",
    "kKeyVariantRSA_OAEP",
};
static const char *const cipher_modes[] = { "kWebCryptoCipherEncrypt", "kWebCryptoCipherDecrypt" };
static const char *const web_formats[] = {
    "kWebCryptoKeyFormatRaw",
    "kWebCryptoKeyFormatPKCS8",
    "kWebCryptoKeyFormatSPKI",
    "kWebCryptoKeyFormatJWK",
};
static const char *const encodings[] = {
    "kKeyEncodingPKCS1",
    "kKeyEncodingPKCS8",
    "kKeyEncodingSPKI",
    "kKeyEncodingSEC1",
};
static const char *const formats[] = {
    "kKeyFormatDER",        "kKeyFormatPEM",     "kKeyFormatJWK",   "kKeyFormatRawPublic",
    "kKeyFormatRawPrivate", "kKeyFormatRawSeed", "kKeyFormatStore",
};
static const char *const signature_encodings[] = { "kSigEncDER", "kSigEncP1363" };
static const char *const sign_modes[] = { "kSignJobModeSign", "kSignJobModeVerify" };
static const char *const argon2_types[] = { "kTypeArgon2d", "kTypeArgon2i", "kTypeArgon2id" };
static const char *const kem_modes[] = { "kKEMEncapsulate", "kKEMDecapsulate" };

#define SEQUENCE(list) .names = list, .count = sizeof(list) / sizeof((list)[0])
static const struct {
    const char *const *names;
    size_t count;
} sequences[] = {
    { SEQUENCE(aes_variants) }, { SEQUENCE(rsa_variants) }, { SEQUENCE(cipher_modes) },
    { SEQUENCE(web_formats) },  { SEQUENCE(encodings) },    { SEQUENCE(formats) },
    { SEQUENCE(sign_modes) },   { SEQUENCE(argon2_types) }, { SEQUENCE(signature_encodings) },
    { SEQUENCE(kem_modes) },
};

static const struct {
    const char *name;
    int value;
} numbers[] = {
    { "OPENSSL_EC_EXPLICIT_CURVE", OPENSSL_EC_EXPLICIT_CURVE },
    { "OPENSSL_EC_NAMED_CURVE", OPENSSL_EC_NAMED_CURVE },
    { "RSA_PKCS1_PSS_PADDING", RSA_PKCS1_PSS_PADDING },
    { "X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT", X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT },
    { "X509_CHECK_FLAG_NEVER_CHECK_SUBJECT", X509_CHECK_FLAG_NEVER_CHECK_SUBJECT },
    { "X509_CHECK_FLAG_NO_WILDCARDS", X509_CHECK_FLAG_NO_WILDCARDS },
    { "X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS", X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS },
    { "X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS", X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS },
    { "X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS", X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS },
    { "EVP_PKEY_ED25519", EVP_PKEY_ED25519 },
    { "EVP_PKEY_ED448", EVP_PKEY_ED448 },
    { "EVP_PKEY_X25519", EVP_PKEY_X25519 },
    { "EVP_PKEY_X448", EVP_PKEY_X448 },
    { "EVP_PKEY_ML_DSA_44", NID_ML_DSA_44 },
    { "EVP_PKEY_ML_DSA_65", NID_ML_DSA_65 },
    { "EVP_PKEY_ML_DSA_87", NID_ML_DSA_87 },
    { "EVP_PKEY_ML_KEM_512", NID_ML_KEM_512 },
    { "EVP_PKEY_ML_KEM_768", NID_ML_KEM_768 },
    { "EVP_PKEY_ML_KEM_1024", NID_ML_KEM_1024 },
    { "EVP_PKEY_SLH_DSA_SHA2_128F", NID_SLH_DSA_SHA2_128f },
    { "EVP_PKEY_SLH_DSA_SHA2_128S", NID_SLH_DSA_SHA2_128s },
    { "EVP_PKEY_SLH_DSA_SHA2_192F", NID_SLH_DSA_SHA2_192f },
    { "EVP_PKEY_SLH_DSA_SHA2_192S", NID_SLH_DSA_SHA2_192s },
    { "EVP_PKEY_SLH_DSA_SHA2_256F", NID_SLH_DSA_SHA2_256f },
    { "EVP_PKEY_SLH_DSA_SHA2_256S", NID_SLH_DSA_SHA2_256s },
    { "EVP_PKEY_SLH_DSA_SHAKE_128F", NID_SLH_DSA_SHAKE_128f },
    { "EVP_PKEY_SLH_DSA_SHAKE_128S", NID_SLH_DSA_SHAKE_128s },
    { "EVP_PKEY_SLH_DSA_SHAKE_192F", NID_SLH_DSA_SHAKE_192f },
    { "EVP_PKEY_SLH_DSA_SHAKE_192S", NID_SLH_DSA_SHAKE_192s },
    { "EVP_PKEY_SLH_DSA_SHAKE_256F", NID_SLH_DSA_SHAKE_256f },
    { "EVP_PKEY_SLH_DSA_SHAKE_256S", NID_SLH_DSA_SHAKE_256s },
};

void rt_crypto_put_constants(struct rt_env *env, vs_val target)
{
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        for (size_t n = 0; n < sequences[i].count; n++) {
            vs_put_int(env->cx, target, sequences[i].names[n], (double)n);
        }
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        vs_put_int(env->cx, target, numbers[i].name, numbers[i].value);
    }
}
