/* core/bind/http2_arrays.h: the numbers that the http2 binding and lib/internal/http2/ agree on:
 * places in the arrays they share, callbacks, options. */
#ifndef RT_BIND_HTTP2_ARRAYS_H
#define RT_BIND_HTTP2_ARRAYS_H

enum h2_setting_place {
    H2_SET_HEADER_TABLE_SIZE,
    H2_SET_ENABLE_PUSH,
    H2_SET_INITIAL_WINDOW_SIZE,
    H2_SET_MAX_FRAME_SIZE,
    H2_SET_MAX_CONCURRENT_STREAMS,
    H2_SET_MAX_HEADER_LIST_SIZE,
    H2_SET_ENABLE_CONNECT_PROTOCOL,
    H2_SET_FLAGS, /* a bit for each of the above */
    H2_SET_CUSTOM_COUNT,
    H2_SET_CUSTOM, /* pairs (id, value) */
};
#define H2_CUSTOM_MAX 10
#define H2_SETTINGS_LEN (H2_SET_CUSTOM + 2 * H2_CUSTOM_MAX)

enum h2_option {
    H2_OPT_MAX_DEFLATE_TABLE,
    H2_OPT_MAX_RESERVED_STREAMS,
    H2_OPT_MAX_SEND_HEADER_BLOCK,
    H2_OPT_PEER_MAX_CONCURRENT,
    H2_OPT_PADDING,
    H2_OPT_MAX_HEADER_PAIRS,
    H2_OPT_MAX_PINGS,
    H2_OPT_MAX_SETTINGS_PENDING,
    H2_OPT_MAX_SESSION_MEMORY,
    H2_OPT_MAX_SETTINGS,
    H2_OPT_RESET_RATE,
    H2_OPT_RESET_BURST,
    H2_OPT_LAX_WHITESPACE,
    H2_OPT_FLAGS, /* a bit for each of the above */
    H2_OPT_COUNT,
};

#define H2_SESSION_STATE_LEN 9
#define H2_STREAM_STATE_LEN 6
#define H2_SESSION_STATS_LEN 9
#define H2_STREAM_STATS_LEN 6

/* A session's own array, `fields`. Bytes, then two uint32. */
enum h2_field {
    H2_FIELD_BITS,
    H2_FIELD_PRIORITY_LISTENERS,
    H2_FIELD_FRAME_ERROR_LISTENERS,
    H2_FIELD_MAX_INVALID_FRAMES = 4,
    H2_FIELD_MAX_REJECTED_STREAMS = 8,
    H2_FIELDS_LEN = 12,
};
enum h2_field_bit {
    H2_BIT_REMOTE_SETTINGS_LISTENERS,
    H2_BIT_REMOTE_SETTINGS_FRESH,
    H2_BIT_PING_LISTENERS,
    H2_BIT_ALTSVC_LISTENERS,
};

/* Functions given to setCallbackFunctions(), in its order. */
enum h2_callback {
    H2_ON_ERROR,
    H2_ON_PRIORITY,
    H2_ON_SETTINGS,
    H2_ON_PING,
    H2_ON_HEADERS,
    H2_ON_FRAME_ERROR,
    H2_ON_GOAWAY,
    H2_ON_ALTSVC,
    H2_ON_ORIGIN,
    H2_ON_TRAILERS,
    H2_ON_STREAM_CLOSE,
    H2_CALLBACK_COUNT,
};

enum h2_type { H2_SERVER, H2_CLIENT };
enum h2_padding { H2_PAD_NONE, H2_PAD_ALIGNED, H2_PAD_MAX };
/* Options of request(), respond() and pushPromise(). */
enum h2_submit { H2_NO_BODY = 1, H2_TRAILERS = 2 };

#endif
