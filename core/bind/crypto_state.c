/* core/bind/crypto_state.c: OpenSSL's set-up, digests by name, and its errors as JS errors. */
#include <ctype.h>
#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/crypto_priv.h"
#include "core/env.h"
#include "core/error.h"
#include "core/options.h"

/* Section of openssl.cnf that Node reads. */
#define CONF_SECTION "nodejs_conf"
#define CONF_SECTION_SHARED "openssl_conf"

/* Like Node, and unlike other programs, reads a configuration only if one is named. */
static void set_up_openssl(struct rt_env *env)
{
    const char *file = rt_option_str(env->options, RT_OPT_openssl_config);
    if (!*file) file = secure_getenv("OPENSSL_CONF");
    bool shared = rt_option_bool(env->options, RT_OPT_openssl_shared_config);
    if (!file && !shared) {
        OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
        return;
    }
    OPENSSL_INIT_SETTINGS *settings = OPENSSL_INIT_new();
    CHECK(settings);
    if (file) OPENSSL_INIT_set_config_filename(settings, file);
    OPENSSL_INIT_set_config_appname(settings, shared ? CONF_SECTION_SHARED : CONF_SECTION);
    OPENSSL_INIT_set_config_file_flags(settings, CONF_MFLAGS_IGNORE_MISSING_FILE);
    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, settings);
    OPENSSL_INIT_free(settings);
    ERR_clear_error();
}

static void drop_state(struct rt_env *env)
{
    struct rt_crypto *c = env->binding_state[RT_STATE_crypto];
    for (uint32_t i = 0; i < c->digest_count; i++) EVP_MD_free(c->digests[i]);
    free(c->digests);
    EVP_MAC_free(c->hmac);
    vs_ref_drop(c->secret_key_object);
    vs_ref_drop(c->internal_crypto_key);
    free(c);
}

struct rt_crypto *rt_crypto(struct rt_env *env)
{
    struct rt_crypto *c = env->binding_state[RT_STATE_crypto];
    if (c) return c;
    c = calloc(1, sizeof *c);
    CHECK(c);
    set_up_openssl(env);
    env->binding_state[RT_STATE_crypto] = c;
    env->binding_drop[RT_STATE_crypto] = drop_state;
    return c;
}

/* Names such as "RSA-SHA256" are known to the older lookup alone. */
EVP_MD *rt_crypto_fetch_digest(const char *name)
{
    EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
    if (!md) {
        const EVP_MD *old = EVP_get_digestbyname(name);
        if (old) md = EVP_MD_fetch(NULL, EVP_MD_get0_name(old), NULL);
    }
    if (md && EVP_MD_is_a(md, "NULL")) {
        EVP_MD_free(md);
        md = NULL;
    }
    ERR_clear_error();
    return md;
}

const EVP_MD *rt_crypto_digest(struct rt_env *env, const char *name, int32_t *id)
{
    struct rt_crypto *c = rt_crypto(env);
    uint32_t i = 0;
    while (i < c->digest_count && !EVP_MD_is_a(c->digests[i], name)) i++;
    if (i == c->digest_count) {
        EVP_MD *md = rt_crypto_fetch_digest(name);
        if (!md) return NULL;
        if (c->digest_count == c->digest_cap) {
            c->digest_cap = c->digest_cap ? c->digest_cap * 2 : 16;
            c->digests = realloc(c->digests, c->digest_cap * sizeof *c->digests);
            CHECK(c->digests);
        }
        c->digests[c->digest_count++] = md;
    }
    if (id) *id = (int32_t)i;
    return c->digests[i];
}

const EVP_MD *rt_crypto_digest_arg(struct rt_env *env, vs_val name)
{
    struct vs_text text;
    if (!vs_text_read(env->cx, name, &text)) return NULL;
    const EVP_MD *md = rt_crypto_digest(env, text.ptr, NULL);
    if (!md) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s",
                      text.ptr);
    }
    vs_text_reset(&text);
    return md;
}

void rt_crypto_errors_take(struct rt_crypto_errors *out)
{
    unsigned long code;
    out->count = 0;
    while ((code = ERR_get_error()) != 0) {
        if (out->count < RT_CRYPTO_ERRORS) out->codes[out->count++] = code;
    }
}

static void put_text(struct vs_cx *cx, vs_val target, const char *name, const char *text)
{
    if (text) vs_put_str(cx, target, name, text);
}

/* "ERR_OSSL_EVP_UNSUPPORTED": libraries below TLS have OSSL in front of their name. */
static void put_code(struct vs_cx *cx, vs_val error, unsigned long code, const char *reason)
{
    static const struct {
        int number;
        const char *prefix;
    } libraries[] = {
        { ERR_LIB_ASN1, "OSSL_ASN1_" },     { ERR_LIB_BN, "OSSL_BN_" },
        { ERR_LIB_BUF, "OSSL_BUF_" },       { ERR_LIB_CONF, "OSSL_CONF_" },
        { ERR_LIB_CRYPTO, "OSSL_CRYPTO_" }, { ERR_LIB_DH, "OSSL_DH_" },
        { ERR_LIB_DSA, "OSSL_DSA_" },       { ERR_LIB_EC, "OSSL_EC_" },
        { ERR_LIB_EVP, "OSSL_EVP_" },       { ERR_LIB_OBJ, "OSSL_OBJ_" },
        { ERR_LIB_PEM, "OSSL_PEM_" },       { ERR_LIB_PKCS12, "OSSL_PKCS12_" },
        { ERR_LIB_PKCS7, "OSSL_PKCS7_" },   { ERR_LIB_RAND, "OSSL_RAND_" },
        { ERR_LIB_RSA, "OSSL_RSA_" },       { ERR_LIB_SSL, "SSL_" },
        { ERR_LIB_X509, "OSSL_X509_" },     { ERR_LIB_X509V3, "OSSL_X509V3_" },
    };
    const char *prefix = "OSSL_";
    char text[256];
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
        if (libraries[i].number == ERR_GET_LIB(code)) prefix = libraries[i].prefix;
    }
    snprintf(text, sizeof text, "ERR_%s%s", prefix, reason);
    for (char *p = text; *p; p++) *p = *p == ' ' ? '_' : (char)toupper((unsigned char)*p);
    vs_put_str(cx, error, "code", text);
}

vs_val rt_crypto_error_new(struct rt_env *env, const struct rt_crypto_errors *errors,
                           const char *otherwise)
{
    struct vs_cx *cx = env->cx;
    if (errors->count == 0) return vs_error_new(cx, VS_ERROR, otherwise);
    char text[256];
    unsigned long code = errors->codes[0];
    ERR_error_string_n(code, text, sizeof text);
    vs_val error = vs_error_new(cx, VS_ERROR, text);
    if (errors->count > 1) {
        vs_val stack = vs_arr_new(cx, NULL, 0);
        for (int i = 1; i < errors->count; i++) {
            ERR_error_string_n(errors->codes[errors->count - i], text, sizeof text);
            CHECK(vs_set_index(cx, stack, (uint32_t)i - 1, vs_str_utf8(cx, text, -1)));
        }
        vs_put(cx, error, "opensslErrorStack", stack);
    }
    const char *reason = ERR_reason_error_string(code);
    put_text(cx, error, "library", ERR_lib_error_string(code));
    put_text(cx, error, "reason", reason);
    if (reason) put_code(cx, error, code, reason);
    return error;
}

void rt_crypto_throw(struct rt_env *env, const char *otherwise)
{
    struct rt_crypto_errors errors;
    rt_crypto_errors_take(&errors);
    vs_throw(env->cx, rt_crypto_error_new(env, &errors, otherwise));
}

void rt_secret_read(struct rt_env *env, vs_val v, struct rt_secret *out)
{
    struct vs_bytes bytes;
    if (!rt_crypto_key_bytes(env, v, &bytes)) bytes = vs_bytes(v);
    rt_secret_copy(out, bytes.ptr, bytes.len);
}

void rt_secret_copy(struct rt_secret *out, const uint8_t *ptr, size_t len)
{
    out->len = len;
    out->ptr = malloc(len ? len : 1);
    CHECK(out->ptr);
    if (len) memcpy(out->ptr, ptr, len);
}

void rt_secret_reset(struct rt_secret *s)
{
    if (s->ptr) OPENSSL_cleanse(s->ptr, s->len);
    free(s->ptr);
    *s = (struct rt_secret){ 0 };
}

static void free_buffer(void *ptr, size_t len, void *data)
{
    (void)len;
    (void)data;
    free(ptr);
}

vs_val rt_crypto_buffer_take(struct rt_env *env, uint8_t *data, size_t len)
{
    if (len > 0) return vs_ab_new_external(env->cx, data, len, free_buffer, NULL);
    free(data);
    return vs_ab_new(env->cx, 0);
}
