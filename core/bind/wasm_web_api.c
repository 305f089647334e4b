/* core/bind/wasm_web_api.c: internalBinding('wasm_web_api'): hands the library the stream behind
 * WebAssembly.compileStreaming(response), which it fills from the response's body. */
#include <stdlib.h>

#include "core/env.h"
#include "core/error.h"
#include "core/snapshot.h"
#include "core/wasm.h"
#include "v8shim/vs.h"

/* Per-env state, in RT_STATE_wasm_web_api. */
struct wasm_state {
    struct vs_class *stream_class;
    struct vs_ref *implementation; /* owned: function(streamState, source) */
};

/* Freed when its JS object is collected. */
struct stream {
    struct vs_wasm_stream *wasm; /* owned */
    struct vs_ref *object;       /* owned, weak */
};

static struct wasm_state *state_of(struct rt_env *env)
{
    return env->binding_state[RT_STATE_wasm_web_api];
}

static void stream_gone(void *data)
{
    struct stream *s = data;
    vs_wasm_stream_drop(s->wasm);
    free(s);
}

void rt_wasm_start(struct vs_cx *cx, struct vs_wasm_stream *wasm, vs_val source)
{
    struct wasm_state *state = state_of(rt_env_from_cx(cx));
    vs_val object = vs_class_make(state->stream_class);
    if (!object) {
        vs_wasm_stream_drop(wasm);
        return;
    }
    struct stream *s = malloc(sizeof(*s));
    CHECK(s);
    *s = (struct stream){ .wasm = wasm, .object = vs_ref_new(cx, object) };
    vs_native_set(object, 0, s);
    vs_ref_weak(cx, s->object, stream_gone, s);
    vs_val argv[] = { object, source };
    vs_call(cx, vs_ref_get(state->implementation), vs_undefined(cx), 2, argv);
}

static struct vs_wasm_stream *this_stream(const struct vs_args *a)
{
    struct stream *s = vs_native_get(vs_this(a), 0);
    CHECK(s);
    return s->wasm;
}

static void set_url(const struct vs_args *a)
{
    struct vs_text url;
    if (!vs_text_read(vs_args_cx(a), vs_arg(a, 0), &url)) return;
    vs_wasm_stream_set_url(this_stream(a), url.ptr, url.len);
    vs_text_reset(&url);
}

static void push(const struct vs_args *a)
{
    vs_val chunk = vs_arg(a, 0);
    if (!vs_is_view(chunk) && !vs_is_ab(chunk)) {
        rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                      "chunk must be an ArrayBufferView or an ArrayBuffer");
        return;
    }
    struct vs_bytes bytes = vs_bytes(chunk);
    vs_wasm_stream_push(this_stream(a), bytes.ptr, bytes.len);
}

static void finish(const struct vs_args *a)
{
    vs_wasm_stream_finish(this_stream(a));
}

static void abort_stream(const struct vs_args *a)
{
    vs_wasm_stream_abort(this_stream(a), vs_arg(a, 0));
}

static void set_implementation(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct wasm_state *state = state_of(env);
    CHECK(vs_is_fn(vs_arg(a, 0)));
    vs_ref_drop(state->implementation);
    state->implementation = vs_ref_new(env->cx, vs_arg(a, 0));
}

static void state_drop(struct rt_env *env)
{
    vs_ref_drop(state_of(env)->implementation);
    free(state_of(env));
}

static struct wasm_state *state_new(struct rt_env *env)
{
    struct wasm_state *state = calloc(1, sizeof(*state));
    CHECK(state);
    env->binding_state[RT_STATE_wasm_web_api] = state;
    env->binding_drop[RT_STATE_wasm_web_api] = state_drop;
    return state;
}

void rt_snap_wasm_web_api(struct rt_env *env, struct rt_snap *snap)
{
    struct wasm_state *state = rt_snap_saving(snap) ? state_of(env) : state_new(env);
    rt_snap_class(snap, &state->stream_class);
    rt_snap_ref(snap, &state->implementation);
}

void rt_bind_wasm_web_api(struct rt_env *env, vs_val target)
{
    struct wasm_state *state = state_new(env);
    state->stream_class = vs_class_new(env->cx, "WasmStreamingObject", NULL, NULL, 1);
    vs_class_method(state->stream_class, "setURL", set_url);
    vs_class_method(state->stream_class, "push", push);
    vs_class_method(state->stream_class, "finish", finish);
    vs_class_method(state->stream_class, "abort", abort_stream);
    vs_put_fn(env->cx, target, "setImplementation", set_implementation);
}
