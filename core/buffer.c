/* core/buffer.c: making Buffers. */
#include "core/buffer.h"

#include <stdlib.h>
#include <string.h>

#include "core/env.h"

vs_val rt_buffer_view(struct rt_env *env, vs_val ab, size_t off, size_t len)
{
    vs_val view = vs_typed_new(env->cx, VS_U8, ab, off, len);
    /* Before the library has set Buffer up, a Uint8Array is what there is. */
    if (!view || !env->buffer_proto) return view;
    return vs_proto_set(env->cx, view, vs_ref_get(env->buffer_proto)) ? view : NULL;
}

vs_val rt_buffer_new(struct rt_env *env, const void *data, size_t len)
{
    vs_val ab = vs_ab_new_uninit(env->cx, len);
    if (!ab) return NULL;
    if (len) memcpy(vs_bytes(ab).ptr, data, len);
    return rt_buffer_view(env, ab, 0, len);
}

static void drop(void *ptr, size_t len, void *data)
{
    free(ptr);
}

vs_val rt_buffer_new_take(struct rt_env *env, void *data, size_t len)
{
    if (!data || !len) {
        free(data);
        return rt_buffer_new(env, NULL, 0);
    }
    vs_val ab = vs_ab_new_external(env->cx, data, len, drop, NULL);
    return ab ? rt_buffer_view(env, ab, 0, len) : NULL;
}
