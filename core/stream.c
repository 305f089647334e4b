/* core/stream.c: listeners of a stream, what JS sees of them, and the methods that read. Writing is
 * in core/stream_write.c. */
#include "core/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/stream_priv.h"

/* ---- listeners ---- */

static struct rt_stream *js_stream(struct rt_stream_listener *l)
{
    return container_of(l, struct rt_stream, js);
}

vs_val rt_stream_call_onread(struct rt_stream *s, struct rt_callback *cb, int64_t res,
                             vs_val buffer)
{
    rt_stream_state(s->async->env)->base[RT_READ_BYTES_OR_ERROR] = (int32_t)res;
    vs_val fn = s->onread ? vs_ref_get(s->onread) : NULL;
    if (!fn || !vs_is_fn(fn)) return NULL;
    return rt_call_in(cb, fn, rt_async_object(s->async), 1, &buffer);
}

/* A fresh ArrayBuffer of just this size: JS may keep a chunk for long, transfer it or detach it, so
 * chunks share no memory. */
static void read_to_new_buffer(struct rt_stream *s, int64_t res, const uint8_t *data)
{
    struct rt_env *env = s->async->env;
    struct rt_callback cb;
    rt_callback_open(&cb, env, s->async);
    vs_val buffer = vs_undefined(env->cx);
    if (res > 0) {
        buffer = vs_ab_new_uninit(env->cx, (size_t)res);
        if (buffer) memcpy(vs_bytes(buffer).ptr, data, (size_t)res);
    }
    rt_stream_state(env)->base[RT_ARRAY_BUFFER_OFFSET] = 0;
    if (buffer) rt_stream_call_onread(s, &cb, res, buffer);
    rt_callback_close(&cb);
}

static void js_on_read(struct rt_stream_listener *l, int64_t res, const uint8_t *data)
{
    struct rt_stream *s = js_stream(l);
    if (!s->async->env->can_call_js) return;
    if (res < 0) s->reading = false;
    if (s->user && res > 0)
        rt_user_buffer_fill(s, data, (size_t)res);
    else
        read_to_new_buffer(s, res, data);
}

/* Nobody waits for this write any more. What failed is the stream: destroy it with the error a
 * failed write would have had. */
static void js_on_write_error(struct rt_stream_listener *l, int res)
{
    struct rt_stream *s = js_stream(l);
    struct rt_env *env = s->async->env;
    struct vs_cx *cx = env->cx;
    if (!env->can_call_js) return;
    struct rt_callback cb;
    rt_callback_open(&cb, env, s->async);
    vs_val owner = vs_get(cx, rt_async_object(s->async), rt_symbol(env, owner_symbol));
    vs_val destroy = owner && vs_is_obj(owner) ? vs_get(cx, owner, rt_str(env, destroy)) : NULL;
    if (destroy && vs_is_fn(destroy)) {
        vs_val error = rt_error_code(env, VS_ERROR, rt_err_name(res), "write %s", rt_err_name(res));
        vs_put_int(cx, error, "errno", res);
        vs_put_str(cx, error, "syscall", "write");
        rt_call_in(&cb, destroy, owner, 1, &error);
    }
    rt_callback_close(&cb);
}

void rt_stream_init(struct rt_stream *s, struct rt_async *async, const struct rt_stream_ops *ops)
{
    *s = (struct rt_stream){ .ops = ops, .async = async };
    s->js = (struct rt_stream_listener){ .on_read = js_on_read,
                                         .on_write_error = js_on_write_error,
                                         .stream = s };
    s->listener = &s->js;
    vs_native_set(rt_async_object(async), RT_STREAM_FIELD, s);
}

void rt_stream_reset(struct rt_stream *s)
{
    struct rt_env *env = s->async->env;
    while (s->listener != &s->js) {
        struct rt_stream_listener *l = s->listener;
        rt_stream_remove(l);
        if (l->on_detach) l->on_detach(l);
    }
    if (s->async->object) {
        struct vs_scope scope;
        vs_scope_open(env->cx, &scope);
        vs_native_set(rt_async_object(s->async), RT_STREAM_FIELD, NULL);
        vs_scope_close(&scope);
    }
    vs_ref_drop(s->onread);
    s->onread = NULL;
    rt_user_buffer_drop(s);
}

void rt_stream_push(struct rt_stream *s, struct rt_stream_listener *l)
{
    l->stream = s;
    l->below = s->listener;
    s->listener = l;
}

void rt_stream_remove(struct rt_stream_listener *l)
{
    struct rt_stream_listener **p = &l->stream->listener;
    while (*p != l) p = &(*p)->below;
    *p = l->below;
    l->stream = NULL;
}

void rt_stream_deliver(struct rt_stream *s, int64_t res, const uint8_t *data)
{
    if (res > 0) s->bytes_read += (uint64_t)res;
    s->listener->on_read(s->listener, res, data);
}

void rt_stream_pass(struct rt_stream_listener *l, int64_t res, const uint8_t *data)
{
    l->below->on_read(l->below, res, data);
}

void rt_stream_write_failed(struct rt_stream *s, int res)
{
    struct rt_stream_listener *l = s->listener;
    if (!s->write_err) s->write_err = res;
    while (!l->on_write_error) l = l->below;
    l->on_write_error(l, res);
}

/* ---- methods ---- */

struct rt_stream *rt_stream_of(vs_val v)
{
    return vs_native_count(v) > RT_STREAM_FIELD ? vs_native_get(v, RT_STREAM_FIELD) : NULL;
}

int rt_stream_read_start(struct rt_stream *s)
{
    s->reading = true;
    if (s->user && rt_user_buffer_resume(s)) return 0;
    int err = s->ops->read_start(s);
    if (err) s->reading = false;
    return err;
}

int rt_stream_read_stop(struct rt_stream *s)
{
    s->reading = false;
    return s->ops->read_stop(s);
}

static void read_start(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    vs_ret_i32(a, s ? rt_stream_read_start(s) : -EINVAL);
}

static void read_stop(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    vs_ret_i32(a, s ? rt_stream_read_stop(s) : -EINVAL);
}

static void use_user_buffer(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    if (s) rt_user_buffer_set(s, vs_arg(a, 0));
    vs_ret_i32(a, s ? 0 : -EINVAL);
}

static void set_blocking(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    int err = -EINVAL;
    if (s)
        err = s->ops->set_blocking
                  ? s->ops->set_blocking(s, vs_is_true(vs_args_cx(a), vs_arg(a, 0)))
                  : -ENOTSUP;
    vs_ret_i32(a, err);
}

/* The program may give the number to another process: child_process takes it for options.stdio. */
static void get_fd(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    if (s) s->shared = true;
    vs_ret_i32(a, s ? s->ops->fd(s) : -EINVAL);
}

static void get_bytes_read(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    vs_ret_f64(a, s ? (double)s->bytes_read : 0);
}

static void get_bytes_written(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    vs_ret_f64(a, s ? (double)s->bytes_written : 0);
}

static void get_queue_size(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    vs_ret_f64(a, s ? (double)s->ops->pending(s) : 0);
}

static void get_external(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    if (s) vs_ret(a, vs_external_new(vs_args_cx(a), s));
}

static void get_onread(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    if (s && s->onread) vs_ret(a, vs_ref_get(s->onread));
}

static void set_onread(const struct vs_args *a)
{
    struct rt_stream *s = rt_stream_of(vs_this(a));
    if (!s) return;
    vs_ref_drop(s->onread);
    s->onread = vs_ref_new(vs_args_cx(a), vs_arg(a, 0));
}

void rt_stream_class_extend(struct rt_env *env, struct vs_class *c)
{
    vs_class_accessor(c, "fd", get_fd, NULL);
    vs_class_accessor(c, "_externalStream", get_external, NULL);
    vs_class_accessor(c, "bytesRead", get_bytes_read, NULL);
    vs_class_accessor(c, "bytesWritten", get_bytes_written, NULL);
    vs_class_accessor(c, "onread", get_onread, set_onread);
    vs_class_const(c, "isStreamBase", vs_bool(env->cx, true));
    vs_class_method(c, "readStart", read_start);
    vs_class_method(c, "readStop", read_stop);
    vs_class_method(c, "useUserBuffer", use_user_buffer);
    rt_stream_class_extend_writes(c);
}

struct vs_class *rt_stream_handle_class(struct rt_env *env)
{
    struct rt_stream_state *state = rt_stream_state(env);
    if (!state->handle_class) {
        struct vs_class *c =
            vs_class_new(env->cx, "LibuvStreamWrap", NULL, rt_handle_class(env), RT_STREAM_FIELDS);
        vs_class_accessor(c, "writeQueueSize", get_queue_size, NULL);
        vs_class_method(c, "setBlocking", set_blocking);
        rt_stream_class_extend(env, c);
        state->handle_class = c;
    }
    return state->handle_class;
}

static void state_drop(struct rt_env *env)
{
    struct rt_stream_state *state = env->binding_state[RT_STATE_stream];
    vs_ref_drop(state->base_array);
    free(state);
}

struct rt_stream_state *rt_stream_state(struct rt_env *env)
{
    struct rt_stream_state *state = env->binding_state[RT_STATE_stream];
    if (state) return state;
    state = calloc(1, sizeof *state);
    CHECK(state);
    vs_val ab = vs_ab_new(env->cx, RT_STREAM_STATE_COUNT * sizeof(int32_t));
    CHECK(ab);
    state->base = (int32_t *)(void *)vs_bytes(ab).ptr;
    state->base_array =
        vs_ref_new(env->cx, vs_typed_new(env->cx, VS_I32, ab, 0, RT_STREAM_STATE_COUNT));
    env->binding_state[RT_STATE_stream] = state;
    env->binding_drop[RT_STATE_stream] = state_drop;
    return state;
}
