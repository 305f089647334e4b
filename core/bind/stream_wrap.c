/* core/bind/stream_wrap.c: internalBinding('stream_wrap'): request classes and the state that all
 * streams share with JS. The streams themselves are core/stream.c. */
#include "core/env.h"
#include "core/req.h"
#include "core/stream.h"

void rt_bind_stream_wrap(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put(cx, target, "LibuvStreamWrap", vs_class_fn(rt_stream_handle_class(env)));
    vs_put(cx, target, "ShutdownWrap", vs_class_fn(rt_req_class_new(env, "ShutdownWrap")));
    vs_put(cx, target, "WriteWrap", vs_class_fn(rt_stream_write_class(env)));
    vs_put_int(cx, target, "kReadBytesOrError", RT_READ_BYTES_OR_ERROR);
    vs_put_int(cx, target, "kArrayBufferOffset", RT_ARRAY_BUFFER_OFFSET);
    vs_put_int(cx, target, "kBytesWritten", RT_BYTES_WRITTEN);
    vs_put_int(cx, target, "kLastWriteWasAsync", RT_LAST_WRITE_WAS_ASYNC);
    vs_put(cx, target, "streamBaseState", vs_ref_get(rt_stream_state(env)->base_array));
}
