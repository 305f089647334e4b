/* core/bind/crypto_clone.c: KeyObject and CryptoKey in messages. Both are cloned: the key's bytes
 * are copied, and cleansed in the message when it is dropped. */
#include <stdlib.h>

#include "core/bind/crypto_priv.h"
#include "core/env.h"
#include "core/error.h"

/* The library's module that makes both classes. */
#define KEYS_MODULE "internal/crypto/keys"

struct key_parcel {
    struct rt_parcel parcel; /* first */
    struct rt_secret secret; /* owned */
    /* Of a CryptoKey. */
    struct rt_message *algorithm; /* owned */
    int32_t usages;
    bool extractable;
};

static void parcel_drop(struct rt_parcel *parcel)
{
    struct key_parcel *p = (struct key_parcel *)parcel;
    rt_secret_reset(&p->secret);
    if (p->algorithm) rt_message_drop(p->algorithm);
    free(p);
}

static struct key_parcel *parcel_new(struct rt_env *env, vs_val handle,
                                     vs_val (*open)(struct rt_env *, struct rt_parcel *))
{
    struct key_parcel *p = calloc(1, sizeof *p);
    CHECK(p);
    p->parcel = (struct rt_parcel){ .open = open, .drop = parcel_drop };
    rt_secret_read(env, handle, &p->secret);
    return p;
}

/* The parcel keeps its secret: it may be opened by several receivers. */
static vs_val handle_of(struct rt_env *env, const struct key_parcel *p)
{
    struct rt_secret copy;
    rt_secret_copy(&copy, p->secret.ptr, p->secret.len);
    return rt_crypto_key_new_take(env, &copy);
}

/* The receiver may not have used cryptography before. False: an exception is pending. */
static bool load_classes(struct rt_env *env)
{
    if (rt_crypto(env)->internal_crypto_key) return true;
    vs_val id = vs_str_intern(env->cx, KEYS_MODULE);
    return vs_call(env->cx, vs_ref_get(env->require), vs_undefined(env->cx), 1, &id) != NULL;
}

static vs_val key_object_open(struct rt_env *env, struct rt_parcel *parcel)
{
    if (!load_classes(env)) return NULL;
    vs_val handle = handle_of(env, (struct key_parcel *)parcel);
    if (!handle) return NULL;
    return vs_construct(env->cx, vs_ref_get(rt_crypto(env)->secret_key_object), 1, &handle);
}

static struct rt_parcel *key_object_pack(struct rt_env *env, vs_val object, int mode)
{
    vs_val handle = rt_crypto_key_slot(object, RT_KEY_OBJECT_HANDLE);
    return &parcel_new(env, handle, key_object_open)->parcel;
}

static vs_val crypto_key_open(struct rt_env *env, struct rt_parcel *parcel)
{
    struct vs_cx *cx = env->cx;
    struct key_parcel *p = (struct key_parcel *)parcel;
    if (!load_classes(env)) return NULL;
    vs_val handle = handle_of(env, p);
    vs_val algorithm = handle ? rt_message_open(env, p->algorithm, NULL) : NULL;
    if (!algorithm) return NULL;
    vs_val argv[] = { handle, algorithm, vs_i32(cx, p->usages), vs_bool(cx, p->extractable) };
    vs_val constructor = vs_ref_get(rt_crypto(env)->internal_crypto_key);
    return vs_construct(cx, constructor, sizeof argv / sizeof argv[0], argv);
}

static struct rt_parcel *crypto_key_pack(struct rt_env *env, vs_val object, int mode)
{
    vs_val algorithm = rt_crypto_key_slot(object, RT_CRYPTO_KEY_ALGORITHM);
    struct rt_message *message = rt_message_new(env, algorithm, NULL, NULL);
    if (!message) return NULL;
    vs_val handle = rt_crypto_key_slot(object, RT_CRYPTO_KEY_HANDLE);
    struct key_parcel *p = parcel_new(env, handle, crypto_key_open);
    p->algorithm = message;
    p->usages = vs_int(rt_crypto_key_slot(object, RT_CRYPTO_KEY_USAGES));
    p->extractable = vs_is_true(env->cx, rt_crypto_key_slot(object, RT_CRYPTO_KEY_EXTRACTABLE));
    return &p->parcel;
}

const struct rt_transfer_class rt_key_object_transfer = {
    .name = "KeyObject",
    .mode = RT_CLONEABLE,
    .pack = key_object_pack,
};

const struct rt_transfer_class rt_crypto_key_transfer = {
    .name = "CryptoKey",
    .mode = RT_CLONEABLE,
    .pack = crypto_key_pack,
};
