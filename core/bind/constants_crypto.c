/* core/bind/constants_crypto.c: crypto.constants, from OpenSSL's headers. */
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/engine.h>
#include <openssl/opensslv.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>

#include "core/bind/constants_priv.h"

/* OpenSSL 3 has dropped this padding; programs still find its number. */
#ifndef RSA_SSLV23_PADDING
#define RSA_SSLV23_PADDING 2
#endif

/* Ciphers of tls.DEFAULT_CIPHERS: Node's choice, part of its documented behaviour. */
static const char core_ciphers[] =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:"
    "DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:"
    "ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:"
    "!PSK:!SRP:!CAMELLIA";

#define K RT_CONSTANT
static const struct rt_constant before_ciphers[] = {
    { K(OPENSSL_VERSION_NUMBER) },
    { K(SSL_OP_ALL) },
    { K(SSL_OP_ALLOW_NO_DHE_KEX) },
    { K(SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION) },
    { K(SSL_OP_CIPHER_SERVER_PREFERENCE) },
    { K(SSL_OP_CISCO_ANYCONNECT) },
    { K(SSL_OP_COOKIE_EXCHANGE) },
    { K(SSL_OP_CRYPTOPRO_TLSEXT_BUG) },
    { K(SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS) },
    { K(SSL_OP_LEGACY_SERVER_CONNECT) },
    { K(SSL_OP_NO_COMPRESSION) },
    { K(SSL_OP_NO_ENCRYPT_THEN_MAC) },
    { K(SSL_OP_NO_QUERY_MTU) },
    { K(SSL_OP_NO_RENEGOTIATION) },
    { K(SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION) },
    { K(SSL_OP_NO_SSLv2) },
    { K(SSL_OP_NO_SSLv3) },
    { K(SSL_OP_NO_TICKET) },
    { K(SSL_OP_NO_TLSv1) },
    { K(SSL_OP_NO_TLSv1_1) },
    { K(SSL_OP_NO_TLSv1_2) },
    { K(SSL_OP_NO_TLSv1_3) },
    { K(SSL_OP_PRIORITIZE_CHACHA) },
    { K(SSL_OP_TLS_ROLLBACK_BUG) },
    { K(ENGINE_METHOD_RSA) },
    { K(ENGINE_METHOD_DSA) },
    { K(ENGINE_METHOD_DH) },
    { K(ENGINE_METHOD_RAND) },
    { K(ENGINE_METHOD_EC) },
    { K(ENGINE_METHOD_CIPHERS) },
    { K(ENGINE_METHOD_DIGESTS) },
    { K(ENGINE_METHOD_PKEY_METHS) },
    { K(ENGINE_METHOD_PKEY_ASN1_METHS) },
    { K(ENGINE_METHOD_ALL) },
    { K(ENGINE_METHOD_NONE) },
    { K(DH_CHECK_P_NOT_SAFE_PRIME) },
    { K(DH_CHECK_P_NOT_PRIME) },
    { K(DH_UNABLE_TO_CHECK_GENERATOR) },
    { K(DH_NOT_SUITABLE_GENERATOR) },
    { K(RSA_PKCS1_PADDING) },
    { K(RSA_SSLV23_PADDING) },
    { K(RSA_NO_PADDING) },
    { K(RSA_PKCS1_OAEP_PADDING) },
    { K(RSA_X931_PADDING) },
    { K(RSA_PKCS1_PSS_PADDING) },
    { K(RSA_PSS_SALTLEN_DIGEST) },
    { K(RSA_PSS_SALTLEN_MAX_SIGN) },
    { K(RSA_PSS_SALTLEN_AUTO) },
};

static const struct rt_constant after_ciphers[] = {
    { K(TLS1_VERSION) },
    { K(TLS1_1_VERSION) },
    { K(TLS1_2_VERSION) },
    { K(TLS1_3_VERSION) },
    { K(POINT_CONVERSION_COMPRESSED) },
    { K(POINT_CONVERSION_UNCOMPRESSED) },
    { K(POINT_CONVERSION_HYBRID) },
};
#undef K

void rt_put_crypto_constants(struct vs_cx *cx, vs_val target)
{
    rt_put_constants(cx, target, before_ciphers, sizeof before_ciphers / sizeof before_ciphers[0]);
    rt_put_constant(cx, target, "defaultCoreCipherList", vs_str_latin1(cx, core_ciphers, -1));
    rt_put_constants(cx, target, after_ciphers, sizeof after_ciphers / sizeof after_ciphers[0]);
}
