/* core/bind/crypto_keys.c: secret keys: KeyObjectHandle, and the native halves of KeyObject and
 * CryptoKey. Public and private keys are not there yet. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/crypto_priv.h"
#include "core/buffer.h"
#include "core/container.h"
#include "core/encoding.h"
#include "core/env.h"
#include "core/error.h"

/* kKeyTypeSecret and so on. */
enum key_type { KEY_SECRET, KEY_PUBLIC, KEY_PRIVATE };
/* kKeyFormatDER and so on. */
enum key_format { KEY_FORMAT_DER, KEY_FORMAT_PEM, KEY_FORMAT_JWK };

struct key_handle {
    struct rt_native native; /* first */
    struct rt_secret secret;
};

/* KeyObject holds its handle; CryptoKey also algorithm, usages and whether it may be exported. */
#define SLOTS_MAX RT_CRYPTO_KEY_SLOTS
struct key_object {
    struct rt_native native;         /* first */
    struct vs_ref *slots[SLOTS_MAX]; /* owned; what the library's get...Slots() returns */
    size_t slot_count;
};

bool rt_crypto_key_bytes(struct rt_env *env, vs_val v, struct vs_bytes *out)
{
    if (!vs_class_is(rt_crypto(env)->key_handle, v)) return false;
    const struct key_handle *k = vs_native_get(v, 0);
    *out = (struct vs_bytes){ k->secret.ptr, k->secret.len };
    return true;
}

static void drop_handle(struct rt_native *native)
{
    struct key_handle *k = container_of(native, struct key_handle, native);
    rt_secret_reset(&k->secret);
    free(k);
}

static void construct_handle(const struct vs_args *a)
{
    struct key_handle *k = calloc(1, sizeof *k);
    CHECK(k);
    rt_native_init(&k->native, rt_env_of(a), vs_this(a), drop_handle);
}

static struct key_handle *handle_of(const struct vs_args *a)
{
    return vs_native_get(vs_this(a), 0);
}

/* A JSON web key's bytes; on failure an exception is pending. */
static void read_jwk(struct rt_env *env, vs_val jwk, struct rt_secret *out)
{
    vs_val text = vs_is_obj(jwk) ? vs_get_name(env->cx, jwk, "k") : vs_undefined(env->cx);
    if (!text) return;
    if (!vs_is_str(text)) {
        rt_throw_code(env, VS_ERROR, "ERR_CRYPTO_INVALID_JWK", "Invalid JWK secret key format");
        return;
    }
    out->ptr = (uint8_t *)rt_decode(env, text, RT_BASE64URL, &out->len);
}

/* init(type, data, format, ...) */
static void init(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct key_handle *k = handle_of(a);
    if (vs_int(vs_arg(a, 0)) != KEY_SECRET) {
        rt_throw_missing(env, "crypto.KeyObjectHandle.init for public and private keys");
        return;
    }
    rt_secret_reset(&k->secret);
    if (vs_int(vs_arg(a, 2)) == KEY_FORMAT_JWK) {
        read_jwk(env, vs_arg(a, 1), &k->secret);
    } else {
        rt_secret_read(env, vs_arg(a, 1), &k->secret);
    }
}

vs_val rt_crypto_key_new_take(struct rt_env *env, struct rt_secret *secret)
{
    vs_val object = vs_construct(env->cx, vs_class_fn(rt_crypto(env)->key_handle), 0, NULL);
    if (object) {
        struct key_handle *k = vs_native_get(object, 0);
        k->secret = *secret;
        *secret = (struct rt_secret){ 0 };
    }
    rt_secret_reset(secret);
    return object;
}

static void get_key_type(const struct vs_args *a)
{
    vs_ret_i32(a, KEY_SECRET);
}

static void get_symmetric_key_size(const struct vs_args *a)
{
    vs_ret_f64(a, (double)handle_of(a)->secret.len);
}

static void export_key(const struct vs_args *a)
{
    const struct rt_secret *s = &handle_of(a)->secret;
    vs_ret_maybe(a, rt_buffer_new(rt_env_of(a), s->ptr, s->len));
}

/* exportJwk(target, ...): { kty: 'oct', k: base64url } */
static void export_jwk(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    const struct rt_secret *s = &handle_of(a)->secret;
    vs_val text = rt_encode(env, s->ptr, s->len, RT_BASE64URL), target = vs_arg(a, 0);
    if (!text) return;
    vs_put_str(env->cx, target, "kty", "oct");
    vs_put(env->cx, target, "k", text);
    vs_ret(a, target);
}

static void equals(const struct vs_args *a)
{
    struct vs_bytes mine, other;
    struct rt_env *env = rt_env_of(a);
    bool both = rt_crypto_key_bytes(env, vs_this(a), &mine) &&
                rt_crypto_key_bytes(env, vs_arg(a, 0), &other);
    vs_ret_bool(a,
                both && mine.len == other.len && CRYPTO_memcmp(mine.ptr, other.ptr, mine.len) == 0);
}

static void drop_object(struct rt_native *native)
{
    struct key_object *k = container_of(native, struct key_object, native);
    for (size_t i = 0; i < k->slot_count; i++) vs_ref_drop(k->slots[i]);
    free(k);
}

static void construct_object(const struct vs_args *a, const vs_val *slots, size_t count)
{
    struct rt_env *env = rt_env_of(a);
    struct key_object *k = calloc(1, sizeof *k);
    CHECK(k);
    for (size_t i = 0; i < count; i++) k->slots[i] = vs_ref_new(env->cx, slots[i]);
    k->slot_count = count;
    rt_native_init(&k->native, env, vs_this(a), drop_object);
}

/* new NativeKeyObject(handle) */
static void construct_key_object(const struct vs_args *a)
{
    const vs_val slots[RT_KEY_OBJECT_SLOTS] = {
        [RT_KEY_OBJECT_TYPE] = vs_i32(vs_args_cx(a), KEY_SECRET),
        [RT_KEY_OBJECT_HANDLE] = vs_arg(a, 0),
    };
    construct_object(a, slots, RT_KEY_OBJECT_SLOTS);
}

/* new NativeCryptoKey(handle, algorithm, usages mask, extractable) */
static void construct_crypto_key(const struct vs_args *a)
{
    const vs_val slots[RT_CRYPTO_KEY_SLOTS] = {
        [RT_CRYPTO_KEY_TYPE] = vs_i32(vs_args_cx(a), KEY_SECRET),
        [RT_CRYPTO_KEY_HANDLE] = vs_arg(a, 0),
        [RT_CRYPTO_KEY_ALGORITHM] = vs_arg(a, 1),
        [RT_CRYPTO_KEY_USAGES] = vs_arg(a, 2),
        [RT_CRYPTO_KEY_EXTRACTABLE] = vs_arg(a, 3),
    };
    construct_object(a, slots, RT_CRYPTO_KEY_SLOTS);
}

vs_val rt_crypto_key_slot(vs_val key, int slot)
{
    const struct key_object *k = vs_native_get(key, 0);
    return vs_ref_get(k->slots[slot]);
}

static void ret_slots(const struct vs_args *a, struct vs_class *class, const char *name)
{
    struct rt_env *env = rt_env_of(a);
    vs_val key = vs_arg(a, 0), slots[SLOTS_MAX];
    if (!class || !vs_class_is(class, key)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_THIS",
                      "Value of \"this\" must be of type %s", name);
        return;
    }
    const struct key_object *k = vs_native_get(key, 0);
    for (size_t i = 0; i < k->slot_count; i++) slots[i] = vs_ref_get(k->slots[i]);
    vs_ret(a, vs_arr_new(env->cx, slots, k->slot_count));
}

static void get_key_object_slots(const struct vs_args *a)
{
    ret_slots(a, rt_crypto(rt_env_of(a))->key_object, "KeyObject");
}

static void get_crypto_key_slots(const struct vs_args *a)
{
    ret_slots(a, rt_crypto(rt_env_of(a))->crypto_key, "CryptoKey");
}

/* create...Class(fn): returns what fn(native base class) does: the classes derived from it, of
 * which the second is what the library itself constructs. */
static void ret_derived(const struct vs_args *a, struct vs_class *base, struct vs_ref **derived)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val argv[] = { vs_class_fn(base) };
    vs_val classes = vs_call(cx, vs_arg(a, 0), vs_undefined(cx), 1, argv);
    vs_val second = classes ? vs_get_index(cx, classes, 1) : NULL;
    if (!second) return;
    *derived = vs_ref_new(cx, second);
    vs_ret(a, classes);
}

static void create_key_object_class(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct rt_crypto *c = rt_crypto(env);
    c->key_object = vs_class_new(env->cx, "NativeKeyObject", construct_key_object, NULL, 1);
    rt_transfer_register(env, c->key_object, &rt_key_object_transfer);
    ret_derived(a, c->key_object, &c->secret_key_object);
}

static void create_crypto_key_class(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct rt_crypto *c = rt_crypto(env);
    c->crypto_key = vs_class_new(env->cx, "NativeCryptoKey", construct_crypto_key, NULL, 1);
    rt_transfer_register(env, c->crypto_key, &rt_crypto_key_transfer);
    ret_derived(a, c->crypto_key, &c->internal_crypto_key);
}

void rt_crypto_put_keys(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct vs_class *handle = vs_class_new(cx, "KeyObjectHandle", construct_handle, NULL, 1);
    vs_class_method(handle, "init", init);
    vs_class_method(handle, "getKeyType", get_key_type);
    vs_class_method(handle, "getSymmetricKeySize", get_symmetric_key_size);
    vs_class_method(handle, "export", export_key);
    vs_class_method(handle, "exportJwk", export_jwk);
    vs_class_method(handle, "equals", equals);
    rt_crypto(env)->key_handle = handle;
    vs_put(cx, target, "KeyObjectHandle", vs_class_fn(handle));
    vs_put_fn(cx, target, "createNativeKeyObjectClass", create_key_object_class);
    vs_put_fn(cx, target, "getKeyObjectSlots", get_key_object_slots);
    vs_put_fn(cx, target, "createCryptoKeyClass", create_crypto_key_class);
    vs_put_fn(cx, target, "getCryptoKeySlots", get_crypto_key_slots);
    vs_put_int(cx, target, "kKeyTypeSecret", KEY_SECRET);
    vs_put_int(cx, target, "kKeyTypePublic", KEY_PUBLIC);
    vs_put_int(cx, target, "kKeyTypePrivate", KEY_PRIVATE);
}
