/* core/bind/http2.c: internalBinding('http2'): constants and the arrays the library fills. Sessions
 * are not there yet and say so; the module loads, because many packages require it without using
 * it. */
#include <nghttp2/nghttp2.h>

#include "core/env.h"
#include "core/error.h"

/* Lengths of the arrays shared with lib/internal/http2/util.js. */
#define SESSION_STATE 9
#define STREAM_STATE 6
#define SETTINGS 29
#define OPTIONS 14
#define STREAM_STATS 6
#define SESSION_STATS 9

static void put_array(struct vs_cx *cx, vs_val target, const char *name, enum vs_elem elem,
                      size_t size, size_t count)
{
    vs_put(cx, target, name, vs_typed_new(cx, elem, vs_ab_new(cx, size * count), 0, count));
}

/* The functions a session would call; there is none to call them. */
static void set_callback_functions(const struct vs_args *a)
{
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

/* Places in a session's own arrays, as the library numbers them. */
static void put_places(struct vs_cx *cx, vs_val target)
{
    static const struct {
        const char *name;
        int place;
    } list[] = {
        { "kBitfield", 0 },
        { "kSessionPriorityListenerCount", 1 },
        { "kSessionFrameErrorListenerCount", 2 },
        { "kSessionMaxInvalidFrames", 4 },
        { "kSessionMaxRejectedStreams", 8 },
        { "kSessionUint8FieldCount", 12 },
        { "kSessionHasRemoteSettingsListeners", 0 },
        { "kSessionRemoteSettingsIsUpToDate", 1 },
        { "kSessionHasPingListeners", 2 },
        { "kSessionHasAltsvcListeners", 3 },
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        vs_put_int(cx, target, list[i].name, list[i].place);
}

void rt_bind_http2(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    put_array(cx, target, "sessionState", VS_F64, sizeof(double), SESSION_STATE);
    put_array(cx, target, "streamState", VS_F64, sizeof(double), STREAM_STATE);
    put_array(cx, target, "settingsBuffer", VS_U32, sizeof(uint32_t), SETTINGS);
    put_array(cx, target, "optionsBuffer", VS_U32, sizeof(uint32_t), OPTIONS);
    put_array(cx, target, "streamStats", VS_F64, sizeof(double), STREAM_STATS);
    put_array(cx, target, "sessionStats", VS_F64, sizeof(double), SESSION_STATS);
    put_places(cx, target);
    vs_put_fn(cx, target, "setCallbackFunctions", set_callback_functions);
    vs_put(cx, target, "nameForErrorCode", error_names_new(cx));
    vs_put(cx, target, "constants", constants_new(cx));
    rt_put_missing(
        env, target, "http2",
        "Http2Session Http2Stream nghttp2ErrorString packSettings refreshDefaultSettings");
}
