/* core/bind/blob.c: internalBinding('blob'): Blobs, and the URLs that stand for them. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/blob_priv.h"
#include "core/error.h"
#include "core/message.h"
#include "core/native.h"

/* The URL of a stored Blob: this and its id. */
#define URL_PREFIX "blob:nodedata:"

/* Per-env state. */
struct blobs {
    struct vs_class *blob, *reader;
    struct vs_ref *stored; /* owned: object of id -> [handle, size, type] */
};

struct handle {
    struct rt_native native;
    struct rt_blob *blob; /* owned, a share */
};

static void blobs_drop(struct rt_env *env)
{
    struct blobs *state = env->binding_state[RT_STATE_blob];
    vs_ref_drop(state->stored);
    free(state);
}

static struct blobs *blobs_of(struct rt_env *env);

static void handle_drop(struct rt_native *native)
{
    struct handle *h = (struct handle *)native;
    rt_blob_drop(h->blob);
    free(h);
}

static struct rt_blob *blob_of(vs_val object)
{
    return ((struct handle *)vs_native_get(object, 0))->blob;
}

/* A Blob handle for JS; NULL: exception pending. Takes over the blob. */
static vs_val handle_new_take(struct rt_env *env, struct rt_blob *blob)
{
    vs_val object = vs_class_make(blobs_of(env)->blob);
    if (!object) {
        rt_blob_drop(blob);
        return NULL;
    }
    struct handle *h = calloc(1, sizeof *h);
    CHECK(h);
    h->blob = blob;
    rt_native_init(&h->native, env, object, handle_drop);
    return object;
}

/* What a source stands for: bytes that nobody changes from here on, or another Blob. NULL: an empty
 * view. */
static struct rt_blob *source_blob(struct rt_env *env, vs_val source)
{
    if (vs_class_is(blobs_of(env)->blob, source)) return rt_blob_hold(blob_of(source));
    struct vs_pin *memory = vs_pin_new(source);
    return memory ? rt_blob_of_pin_take(memory) : NULL;
}

/* (array of views and Blob handles, total length) */
static void create_blob(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    CHECK(vs_is_arr(vs_arg(a, 0)));
    uint32_t sources = vs_arr_len(vs_arg(a, 0));
    struct rt_blob **blobs = calloc(sources + 1u, sizeof *blobs);
    CHECK(blobs);
    size_t count = 0;
    bool ok = true;
    for (uint32_t i = 0; ok && i < sources; i++) {
        vs_val source = vs_get_index(env->cx, vs_arg(a, 0), i);
        ok = source;
        if (ok && (blobs[count] = source_blob(env, source))) count++;
    }
    if (ok) vs_ret_maybe(a, handle_new_take(env, rt_blob_join(blobs, count)));
    while (count > 0) rt_blob_drop(blobs[--count]);
    free(blobs);
}

/* (path): [handle, size] */
static void create_blob_from_file_path(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text path;
    if (!vs_text_read_path(env->cx, vs_arg(a, 0), &path)) return;
    struct rt_blob *blob = rt_blob_of_file(path.ptr);
    vs_text_reset(&path);
    if (!blob) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_VALUE", "Unable to open file as blob");
        return;
    }
    double size = (double)blob->len;
    vs_val handle = handle_new_take(env, blob);
    if (!handle) return;
    vs_val both[] = { handle, vs_num(env->cx, size) };
    vs_ret(a, vs_arr_new(env->cx, both, 2));
}

/* (start, end), within the Blob */
static void slice(const struct vs_args *a)
{
    struct rt_blob *blob = blob_of(vs_this(a));
    uint64_t start = (uint64_t)vs_int64(vs_arg(a, 0)), end = (uint64_t)vs_int64(vs_arg(a, 1));
    vs_ret_maybe(a, handle_new_take(rt_env_of(a), rt_blob_slice(blob, start, end)));
}

static void get_reader(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_ret_maybe(a, rt_blob_reader_new(env, blobs_of(env)->reader, blob_of(vs_this(a))));
}

/* (array of ArrayBuffers and views): one ArrayBuffer */
static void concat(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    CHECK(vs_is_arr(vs_arg(a, 0)));
    uint32_t count = vs_arr_len(vs_arg(a, 0));
    size_t len = 0;
    for (uint32_t i = 0; i < count; i++) {
        vs_val item = vs_get_index(cx, vs_arg(a, 0), i);
        if (!item) return;
        len += vs_bytes(item).len;
    }
    vs_val result = vs_ab_new_uninit(cx, len);
    if (!result) return;
    uint8_t *out = vs_bytes(result).ptr;
    for (uint32_t i = 0; i < count; i++) {
        struct vs_bytes b = vs_bytes(vs_get_index(cx, vs_arg(a, 0), i));
        if (b.len > 0) out = mempcpy(out, b.ptr, b.len);
    }
    vs_ret(a, result);
}

/* (id, handle, size, type) */
static void store_data_object(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val entry[] = { vs_arg(a, 1), vs_arg(a, 2), vs_arg(a, 3) };
    CHECK(vs_class_is(blobs_of(env)->blob, vs_arg(a, 1)));
    vs_val stored = vs_ref_get(blobs_of(env)->stored);
    if (!vs_set(env->cx, stored, vs_arg(a, 0), vs_arr_new(env->cx, entry, 3))) return;
}

/* (id): [handle, size, type] or undefined */
static void get_data_object(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_ret_maybe(a, vs_get(env->cx, vs_ref_get(blobs_of(env)->stored), vs_arg(a, 0)));
}

/* (url): other URLs are ignored. */
static void revoke_object_url(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text url;
    const size_t prefix = strlen(URL_PREFIX);
    CHECK(vs_is_str(vs_arg(a, 0)));
    if (!vs_text_read(env->cx, vs_arg(a, 0), &url)) return;
    bool ours = strncmp(url.ptr, URL_PREFIX, prefix) == 0;
    vs_val id = ours ? vs_str_utf8(env->cx, url.ptr + prefix, (ptrdiff_t)(url.len - prefix)) : NULL;
    vs_text_reset(&url);
    if (id && !vs_delete(env->cx, vs_ref_get(blobs_of(env)->stored), id)) return;
}

/* A Blob on its way to another thread: the bytes stay where they are. */
struct blob_parcel {
    struct rt_parcel parcel;
    struct rt_blob *blob; /* owned, a share */
};

static void parcel_drop(struct rt_parcel *p)
{
    rt_blob_drop(((struct blob_parcel *)p)->blob);
    free(p);
}

static vs_val parcel_open(struct rt_env *env, struct rt_parcel *p)
{
    return handle_new_take(env, rt_blob_hold(((struct blob_parcel *)p)->blob));
}

static struct rt_parcel *parcel_new(struct rt_env *env, vs_val object, int mode)
{
    struct blob_parcel *p = malloc(sizeof *p);
    CHECK(p);
    p->parcel = (struct rt_parcel){ .open = parcel_open, .drop = parcel_drop };
    p->blob = rt_blob_hold(blob_of(object));
    return &p->parcel;
}

static const struct rt_transfer_class transfer = {
    .name = "Blob",
    .mode = RT_CLONEABLE,
    .pack = parcel_new,
};

/* Made on first use, which may be a message from another thread. */
static struct blobs *blobs_of(struct rt_env *env)
{
    struct blobs *state = env->binding_state[RT_STATE_blob];
    if (state) return state;
    state = calloc(1, sizeof *state);
    CHECK(state);
    env->binding_state[RT_STATE_blob] = state;
    env->binding_drop[RT_STATE_blob] = blobs_drop;
    state->stored = vs_ref_new(env->cx, vs_obj_new_null(env->cx));
    state->reader = rt_blob_reader_class_new(env);
    state->blob = vs_class_new(env->cx, "Blob", NULL, NULL, 1);
    vs_class_method(state->blob, "getReader", get_reader);
    vs_class_method(state->blob, "slice", slice);
    rt_transfer_register(env, state->blob, &transfer);
    return state;
}

void rt_bind_blob(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "createBlob", create_blob);
    vs_put_fn(cx, target, "storeDataObject", store_data_object);
    vs_put_fn(cx, target, "getDataObject", get_data_object);
    vs_put_fn(cx, target, "revokeObjectURL", revoke_object_url);
    vs_put_fn(cx, target, "concat", concat);
    vs_put_fn(cx, target, "createBlobFromFilePath", create_blob_from_file_path);
}
