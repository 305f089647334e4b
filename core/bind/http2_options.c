/* core/bind/http2_options.c: the limits of a session, and what nghttp2 allocates for it. */
#include <malloc.h>
#include <stdlib.h>

#include "core/bind/http2_priv.h"
#include "core/error.h"

/* Node's defaults. */
#define PEER_CONCURRENT_DEFAULT 100
#define HEADER_PAIRS_DEFAULT 128
#define HEADER_PAIRS_MIN_SERVER 4 /* the pseudo-header fields of a request */
#define HEADER_PAIRS_MIN_CLIENT 1
#define PINGS_DEFAULT 10
#define SETTINGS_DEFAULT 10
#define SESSION_MEMORY_DEFAULT 10
#define SESSION_MEMORY_UNIT 1000000
#define RESET_RATE_DEFAULT 33
#define RESET_BURST_DEFAULT 1000

/* ---- memory ---- */

/* What malloc() set aside is what counts: it needs no bookkeeping of ours. */
static void *counted(struct h2_session *s, void *ptr)
{
    if (ptr) s->memory += malloc_usable_size(ptr);
    return ptr;
}

static void uncount(struct h2_session *s, void *ptr)
{
    if (ptr) s->memory -= malloc_usable_size(ptr);
}

static void *ng_malloc(size_t size, void *session)
{
    return counted(session, malloc(size));
}

static void ng_free(void *ptr, void *session)
{
    uncount(session, ptr);
    free(ptr);
}

static void *ng_calloc(size_t count, size_t size, void *session)
{
    return counted(session, calloc(count, size));
}

static void *ng_realloc(void *ptr, size_t size, void *session)
{
    uncount(session, ptr);
    void *moved = realloc(ptr, size);
    counted(session, moved ? moved : ptr);
    return moved;
}

bool h2_has_memory(const struct h2_session *s, size_t amount)
{
    return s->memory + amount <= s->memory_max;
}

/* ---- options ---- */

static bool is_set(const uint32_t *options, enum h2_option place)
{
    return options[H2_OPT_FLAGS] & (1u << place);
}

static uint32_t option(const uint32_t *options, enum h2_option place, uint32_t otherwise)
{
    return is_set(options, place) ? options[place] : otherwise;
}

static nghttp2_option *option_new(const uint32_t *options, enum h2_type type)
{
    nghttp2_option *o;
    CHECK(!nghttp2_option_new(&o));
    nghttp2_option_set_no_closed_streams(o, 1);
    /* The windows follow what JS has read. */
    nghttp2_option_set_no_auto_window_update(o, 1);
    if (type == H2_CLIENT) {
        nghttp2_option_set_builtin_recv_extension_type(o, NGHTTP2_ALTSVC);
        nghttp2_option_set_builtin_recv_extension_type(o, NGHTTP2_ORIGIN);
    }
    if (is_set(options, H2_OPT_MAX_DEFLATE_TABLE))
        nghttp2_option_set_max_deflate_dynamic_table_size(o, options[H2_OPT_MAX_DEFLATE_TABLE]);
    if (is_set(options, H2_OPT_MAX_RESERVED_STREAMS))
        nghttp2_option_set_max_reserved_remote_streams(o, options[H2_OPT_MAX_RESERVED_STREAMS]);
    if (is_set(options, H2_OPT_MAX_SEND_HEADER_BLOCK))
        nghttp2_option_set_max_send_header_block_length(o, options[H2_OPT_MAX_SEND_HEADER_BLOCK]);
    nghttp2_option_set_peer_max_concurrent_streams(
        o, option(options, H2_OPT_PEER_MAX_CONCURRENT, PEER_CONCURRENT_DEFAULT));
    if (is_set(options, H2_OPT_MAX_SETTINGS))
        nghttp2_option_set_max_settings(o, options[H2_OPT_MAX_SETTINGS]);
    if (is_set(options, H2_OPT_RESET_RATE) || is_set(options, H2_OPT_RESET_BURST))
        nghttp2_option_set_stream_reset_rate_limit(
            o, option(options, H2_OPT_RESET_BURST, RESET_BURST_DEFAULT),
            option(options, H2_OPT_RESET_RATE, RESET_RATE_DEFAULT));
    if (is_set(options, H2_OPT_LAX_WHITESPACE))
        nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(
            o, (int)options[H2_OPT_LAX_WHITESPACE]);
    return o;
}

void h2_nghttp2_open(struct h2_session *s)
{
    const uint32_t *options = s->state->options;
    nghttp2_mem mem = { s, ng_malloc, ng_free, ng_calloc, ng_realloc };
    nghttp2_option *o = option_new(options, s->type);
    uint32_t pairs_min = s->type == H2_SERVER ? HEADER_PAIRS_MIN_SERVER : HEADER_PAIRS_MIN_CLIENT;
    s->max_pairs = option(options, H2_OPT_MAX_HEADER_PAIRS, HEADER_PAIRS_DEFAULT);
    if (s->max_pairs < pairs_min) s->max_pairs = pairs_min;
    s->padding = (enum h2_padding)option(options, H2_OPT_PADDING, H2_PAD_NONE);
    s->pings.max = option(options, H2_OPT_MAX_PINGS, PINGS_DEFAULT);
    s->settings.max = option(options, H2_OPT_MAX_SETTINGS_PENDING, SETTINGS_DEFAULT);
    s->memory_max = (size_t)option(options, H2_OPT_MAX_SESSION_MEMORY, SESSION_MEMORY_DEFAULT) *
                    SESSION_MEMORY_UNIT;
    int err = (s->type == H2_SERVER ? nghttp2_session_server_new3 : nghttp2_session_client_new3)(
        &s->ng, s->state->nghttp2_callbacks, s, o, &mem);
    nghttp2_option_del(o);
    CHECK(!err);
}
