/* core/bind/crypto_priv.h: shared by crypto*.c: digests by name, keys, errors of OpenSSL, jobs.
 *
 * OpenSSL is set up by rt_crypto() on first use; a program that uses no cryptography pays nothing.
 */
#ifndef RT_BIND_CRYPTO_PRIV_H
#define RT_BIND_CRYPTO_PRIV_H

#include <openssl/evp.h>

#include "core/async.h"
#include "core/message.h"
#include "core/native.h"
#include "uring/job.h"

struct rt_env;

/* Digests looked up so far; the index of one is its id in JS (getCachedAliases()). */
struct rt_crypto {
    EVP_MD **digests; /* owned */
    uint32_t digest_count, digest_cap;
    EVP_MAC *hmac; /* owned */
    struct vs_class *key_handle, *key_object, *crypto_key;
    /* Owned: the library's classes derived from the last two. NULL before it made them. */
    struct vs_ref *secret_key_object, *internal_crypto_key;
};
/* The env's state; sets OpenSSL up. */
struct rt_crypto *rt_crypto(struct rt_env *env);

/* The caller frees it. NULL: unknown, and the error queue is empty. */
EVP_MD *rt_crypto_fetch_digest(const char *name);
/* NULL: unknown, and the error queue is empty. Borrowed. id (may be NULL) gets the digest's id. */
const EVP_MD *rt_crypto_digest(struct rt_env *env, const char *name, int32_t *id);
/* The same for a string; NULL: TypeError "Invalid digest: name" is pending. */
const EVP_MD *rt_crypto_digest_arg(struct rt_env *env, vs_val name);

/* Errors of OpenSSL, oldest first, taken from the queue of a thread. */
#define RT_CRYPTO_ERRORS 8
struct rt_crypto_errors {
    unsigned long codes[RT_CRYPTO_ERRORS];
    int count;
};
/* POOL THREAD too. Empties the thread's queue. */
void rt_crypto_errors_take(struct rt_crypto_errors *out);
/* An Error as Node makes them, with library, reason and code; otherwise, Error(otherwise). */
vs_val rt_crypto_error_new(struct rt_env *env, const struct rt_crypto_errors *errors,
                           const char *otherwise);
/* Takes this thread's errors and throws. */
void rt_crypto_throw(struct rt_env *env, const char *otherwise);

/* Bytes of an argument that is kept: a copy, cleansed when it is dropped. */
struct rt_secret {
    uint8_t *ptr;
    size_t len;
};
/* From a view, an ArrayBuffer or a KeyObjectHandle. */
void rt_secret_read(struct rt_env *env, vs_val v, struct rt_secret *out);
void rt_secret_copy(struct rt_secret *out, const uint8_t *ptr, size_t len);
void rt_secret_reset(struct rt_secret *s);

/* Key material of a KeyObjectHandle, borrowed; false: v is none. */
bool rt_crypto_key_bytes(struct rt_env *env, vs_val v, struct vs_bytes *out);

/* What a KeyObject and a CryptoKey hold, in the order in which the library reads them. */
enum rt_key_object_slot { RT_KEY_OBJECT_TYPE, RT_KEY_OBJECT_HANDLE, RT_KEY_OBJECT_SLOTS };
enum rt_crypto_key_slot {
    RT_CRYPTO_KEY_TYPE,
    RT_CRYPTO_KEY_EXTRACTABLE,
    RT_CRYPTO_KEY_ALGORITHM,
    RT_CRYPTO_KEY_USAGES, /* a mask */
    RT_CRYPTO_KEY_HANDLE,
    RT_CRYPTO_KEY_SLOTS
};
vs_val rt_crypto_key_slot(vs_val key, int slot);

/* How both travel in messages. */
extern const struct rt_transfer_class rt_key_object_transfer, rt_crypto_key_transfer;

/* A KeyObjectHandle of a secret key. NULL = exception pending. */
vs_val rt_crypto_key_new_take(struct rt_env *env, struct rt_secret *secret);

enum rt_crypto_mode { RT_CRYPTO_ASYNC, RT_CRYPTO_SYNC, RT_CRYPTO_WEB, RT_CRYPTO_MODE_COUNT };

/* new XJob(mode, ...).run(). Sync: run() returns [error, result]. Async: calls ondone(error,
 * result) later. Web: run() returns a promise. */
struct rt_crypto_job;
struct rt_crypto_job_ops {
    /* POOL THREAD, or the caller's. No JS. False: failed; the thread's error queue may say why. */
    bool (*work)(struct rt_crypto_job *job);
    /* After success; NULL = exception pending. */
    vs_val (*result)(struct rt_crypto_job *job);
    /* Frees the struct that embeds job, and all it owns. */
    void (*drop)(struct rt_crypto_job *job);
    const char *failed; /* text of the error when OpenSSL has none */
};
struct rt_crypto_job {
    struct rt_async async; /* first */
    struct ur_job thread;
    const struct rt_crypto_job_ops *ops;
    struct rt_crypto_errors errors;
    struct vs_ref *resolver; /* owned; web only */
    uint8_t mode;            /* enum rt_crypto_mode */
    bool ok;
};
/* Ends a constructor XJob(mode, ...): argument 0 is the mode. job is freed when it has run. */
void rt_crypto_job_init(struct rt_crypto_job *job, const struct vs_args *a, int provider,
                        const struct rt_crypto_job_ops *ops);
/* Makes the class "name" with run() and puts it on target. */
void rt_crypto_job_put(struct rt_env *env, vs_val target, const char *name, vs_fn *construct);

/* An ArrayBuffer that takes over data from malloc(). */
vs_val rt_crypto_buffer_take(struct rt_env *env, uint8_t *data, size_t len);

/* Parts of the binding. */
void rt_crypto_put_hash(struct rt_env *env, vs_val target);
void rt_crypto_put_hmac(struct rt_env *env, vs_val target);
void rt_crypto_put_jobs(struct rt_env *env, vs_val target);
void rt_crypto_put_keys(struct rt_env *env, vs_val target);
void rt_crypto_put_constants(struct rt_env *env, vs_val target);
void rt_crypto_put_roots(struct rt_env *env, vs_val target);

#endif
