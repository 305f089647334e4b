/* core/bind/http2.c: internalBinding('http2'): constants, the arrays shared with the library, and
 * the state per env. http2_priv.h tells which file does what. */
#include <nghttp2/nghttp2.h>
#include <stdlib.h>

#include "core/bind/http2_priv.h"
#include "core/error.h"

/* A typed array on target; where its memory is. */
static void *put_array(struct rt_env *env, vs_val target, const char *name, enum vs_elem elem,
                       size_t count, struct vs_pin **pin)
{
    struct vs_cx *cx = env->cx;
    size_t size = elem == VS_F64 ? sizeof(double) : sizeof(uint32_t);
    vs_val ab = vs_ab_new(cx, size * count);
    CHECK(ab);
    vs_put(cx, target, name, vs_typed_new(cx, elem, ab, 0, count));
    if (!pin) return NULL;
    *pin = vs_pin_new(ab);
    return vs_pin_bytes(*pin).ptr;
}

static void set_callback_functions(const struct vs_args *a)
{
    struct h2_state *state = h2_state_of(rt_env_of(a));
    for (int i = 0; i < H2_CALLBACK_COUNT; i++) {
        CHECK(vs_is_fn(vs_arg(a, i)));
        vs_ref_drop(state->callbacks[i]);
        state->callbacks[i] = vs_ref_new(vs_args_cx(a), vs_arg(a, i));
    }
}

bool h2_call(struct h2_state *state, struct rt_async *async, enum h2_callback which, int argc,
             const vs_val *argv)
{
    struct rt_callback cb;
    if (!state->env->can_call_js || !state->callbacks[which] || !async->object) return false;
    rt_callback_open(&cb, state->env, async);
    vs_val result =
        rt_call_in(&cb, vs_ref_get(state->callbacks[which]), rt_async_object(async), argc, argv);
    bool yes = result && vs_is_true(state->env->cx, result);
    rt_callback_close(&cb);
    return yes;
}

static void error_string(const struct vs_args *a)
{
    vs_ret_maybe(a, vs_str_utf8(vs_args_cx(a), nghttp2_strerror(vs_int(vs_arg(a, 0))), -1));
}

static vs_val constants_new(struct vs_cx *cx)
{
    vs_val o = vs_obj_new(cx);
#define H2_LIB(name) vs_put_int(cx, o, #name, name);
#define H2_INT(name, value) vs_put_int(cx, o, #name, value);
#define H2_TEXT(name, text) vs_put_str(cx, o, #name, text);
#define H2_HIDDEN(name, value) \
    CHECK(vs_define(cx, o, vs_str_intern(cx, #name), vs_i32(cx, value), VS_DONT_ENUM));
#include "core/bind/http2_constants.def"
#undef H2_LIB
#undef H2_INT
#undef H2_TEXT
#undef H2_HIDDEN
    return o;
}

static vs_val error_names_new(struct vs_cx *cx)
{
    static const char *const names[] = {
        [NGHTTP2_NO_ERROR] = "NGHTTP2_NO_ERROR",
        [NGHTTP2_PROTOCOL_ERROR] = "NGHTTP2_PROTOCOL_ERROR",
        [NGHTTP2_INTERNAL_ERROR] = "NGHTTP2_INTERNAL_ERROR",
        [NGHTTP2_FLOW_CONTROL_ERROR] = "NGHTTP2_FLOW_CONTROL_ERROR",
        [NGHTTP2_SETTINGS_TIMEOUT] = "NGHTTP2_SETTINGS_TIMEOUT",
        [NGHTTP2_STREAM_CLOSED] = "NGHTTP2_STREAM_CLOSED",
        [NGHTTP2_FRAME_SIZE_ERROR] = "NGHTTP2_FRAME_SIZE_ERROR",
        [NGHTTP2_REFUSED_STREAM] = "NGHTTP2_REFUSED_STREAM",
        [NGHTTP2_CANCEL] = "NGHTTP2_CANCEL",
        [NGHTTP2_COMPRESSION_ERROR] = "NGHTTP2_COMPRESSION_ERROR",
        [NGHTTP2_CONNECT_ERROR] = "NGHTTP2_CONNECT_ERROR",
        [NGHTTP2_ENHANCE_YOUR_CALM] = "NGHTTP2_ENHANCE_YOUR_CALM",
        [NGHTTP2_INADEQUATE_SECURITY] = "NGHTTP2_INADEQUATE_SECURITY",
        [NGHTTP2_HTTP_1_1_REQUIRED] = "NGHTTP2_HTTP_1_1_REQUIRED",
    };
    vs_val items[sizeof names / sizeof names[0]];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        items[i] = vs_str_intern(cx, names[i]);
    return vs_arr_new(cx, items, sizeof names / sizeof names[0]);
}

/* Places in a session's own array, as the library numbers them. */
static void put_places(struct vs_cx *cx, vs_val target)
{
    static const struct {
        const char *name;
        int place;
    } list[] = {
        { "kBitfield", H2_FIELD_BITS },
        { "kSessionPriorityListenerCount", H2_FIELD_PRIORITY_LISTENERS },
        { "kSessionFrameErrorListenerCount", H2_FIELD_FRAME_ERROR_LISTENERS },
        { "kSessionMaxInvalidFrames", H2_FIELD_MAX_INVALID_FRAMES },
        { "kSessionMaxRejectedStreams", H2_FIELD_MAX_REJECTED_STREAMS },
        { "kSessionUint8FieldCount", H2_FIELDS_LEN },
        { "kSessionHasRemoteSettingsListeners", H2_BIT_REMOTE_SETTINGS_LISTENERS },
        { "kSessionRemoteSettingsIsUpToDate", H2_BIT_REMOTE_SETTINGS_FRESH },
        { "kSessionHasPingListeners", H2_BIT_PING_LISTENERS },
        { "kSessionHasAltsvcListeners", H2_BIT_ALTSVC_LISTENERS },
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        vs_put_int(cx, target, list[i].name, list[i].place);
}

static void put_arrays(struct h2_state *state, vs_val target)
{
    struct rt_env *env = state->env;
    struct vs_pin **pin = state->arrays;
    state->session_state =
        put_array(env, target, "sessionState", VS_F64, H2_SESSION_STATE_LEN, &pin[0]);
    state->stream_state =
        put_array(env, target, "streamState", VS_F64, H2_STREAM_STATE_LEN, &pin[1]);
    state->settings = put_array(env, target, "settingsBuffer", VS_U32, H2_SETTINGS_LEN, &pin[2]);
    state->options = put_array(env, target, "optionsBuffer", VS_U32, H2_OPT_COUNT, &pin[3]);
    /* The library has no use for these two; programs that look at the binding see them in Node. */
    put_array(env, target, "streamStats", VS_F64, H2_STREAM_STATS_LEN, NULL);
    put_array(env, target, "sessionStats", VS_F64, H2_SESSION_STATS_LEN, NULL);
}

static void state_drop(struct rt_env *env)
{
    struct h2_state *state = h2_state_of(env);
    while (state->sessions) h2_session_drop(state->sessions);
    while (state->dead) {
        struct h2_stream *st = state->dead;
        state->dead = st->next;
        h2_stream_free(st);
    }
    nghttp2_session_callbacks_del(state->nghttp2_callbacks);
    for (int i = 0; i < H2_CALLBACK_COUNT; i++) vs_ref_drop(state->callbacks[i]);
    for (size_t i = 0; i < sizeof state->arrays / sizeof state->arrays[0]; i++)
        vs_pin_drop(state->arrays[i]);
    for (uint32_t i = 0; i < H2_TEXTS; i++) vs_ref_drop(state->texts[i].str);
    free(state);
}

static struct h2_state *state_new(struct rt_env *env)
{
    struct h2_state *state = calloc(1, sizeof *state);
    CHECK(state && !nghttp2_session_callbacks_new(&state->nghttp2_callbacks));
    state->env = env;
    state->soon = (struct rt_soon){ .fn = h2_run_due, .ref = true };
    h2_recv_callbacks(state->nghttp2_callbacks);
    h2_send_callbacks(state->nghttp2_callbacks);
    env->binding_state[RT_STATE_http2] = state;
    env->binding_drop[RT_STATE_http2] = state_drop;
    return state;
}

void rt_bind_http2(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct h2_state *state = state_new(env);
    put_arrays(state, target);
    put_places(cx, target);
    state->session_class = h2_session_class(env);
    state->stream_class = h2_stream_class(env);
    h2_pending_classes(env);
    vs_put_fn(cx, target, "nghttp2ErrorString", error_string);
    h2_settings_bind(env, target);
    vs_put_fn(cx, target, "setCallbackFunctions", set_callback_functions);
    vs_put(cx, target, "Http2Stream", vs_class_fn(state->stream_class));
    vs_put(cx, target, "Http2Session", vs_class_fn(state->session_class));
    vs_put(cx, target, "nameForErrorCode", error_names_new(cx));
    vs_put(cx, target, "constants", constants_new(cx));
}
