/* core/bind/crypto_roots.c: tls.rootCertificates and its like. torc bundles no certificates: where
 * Node has its own list, the system's takes its place. */
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/crypto_priv.h"
#include "core/env.h"
#include "core/error.h"

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END "-----END CERTIFICATE-----"
#define CERTIFICATES_MAX 4096

/* Where distributions keep all certificates in one file. OpenSSL's own default comes first, but may
 * be that of another system: of the one that the library was built on. */
static FILE *open_system_file(void)
{
    const char *chosen = getenv(X509_get_default_cert_file_env());
    if (chosen) return fopen(chosen, "re");
    const char *const files[] = {
        X509_get_default_cert_file(),
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *f = fopen(files[i], "re");
        if (f) return f;
    }
    return NULL;
}

/* Reads up to and with the next certificate of f into out, which is without what is around it.
 * False: there is none. */
static bool next_certificate(FILE *f, FILE *out)
{
    char *line = NULL;
    size_t cap = 0;
    bool inside = false, complete = false;
    while (!complete && getline(&line, &cap, f) >= 0) {
        line[strcspn(line, "\r\n")] = '\0';
        if (strcmp(line, PEM_BEGIN) == 0) {
            rewind(out);
            inside = true;
        }
        complete = inside && strcmp(line, PEM_END) == 0;
        if (inside) fprintf(out, complete ? "%s" : "%s\n", line);
    }
    free(line);
    return complete;
}

/* An array of PEM texts: empty on a system without certificates. */
static void system_certificates(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    FILE *f = open_system_file();
    vs_val *items = calloc(CERTIFICATES_MAX, sizeof *items);
    CHECK(items);
    size_t count = 0;
    while (f && count < CERTIFICATES_MAX) {
        char *text = NULL;
        size_t len = 0;
        FILE *out = open_memstream(&text, &len);
        CHECK(out);
        bool found = next_certificate(f, out);
        fclose(out);
        if (found) items[count++] = vs_str_utf8(cx, text, (ptrdiff_t)len);
        free(text);
        if (!found) break;
    }
    if (f) fclose(f);
    vs_ret(a, vs_arr_new(cx, items, count));
    free(items);
}

void rt_crypto_put_roots(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "getBundledRootCertificates", system_certificates);
    vs_put_fn(env->cx, target, "getSystemCACertificates", system_certificates);
}
