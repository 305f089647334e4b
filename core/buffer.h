/* core/buffer.h: Buffers made by C. NULL from these: out of memory, an exception is pending. */
#ifndef RT_BUFFER_H
#define RT_BUFFER_H

#include "v8shim/vs.h"

struct rt_env;

/* A Buffer over the bytes [off, off + len) of an ArrayBuffer. */
vs_val rt_buffer_view(struct rt_env *env, vs_val ab, size_t off, size_t len);
/* A Buffer with a copy of data. */
vs_val rt_buffer_new(struct rt_env *env, const void *data, size_t len);
/* A Buffer that owns data, which came from malloc(); NULL data makes an empty one. */
vs_val rt_buffer_new_take(struct rt_env *env, void *data, size_t len);

#endif
