/* core/http/feed.c: received bytes through llhttp. llhttp pauses at each step that JS hears of, so
 * that JS is never called from inside it and may take the connection over at any of them. */
#include <stdlib.h>
#include <string.h>

#include "core/buffer.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/http/engine_priv.h"

/* What a connection keeps for the next head that comes in pieces. */
#define HEAD_KEPT_MAX 1024u

static struct http_conn *conn_of(llhttp_t *llhttp)
{
    return container_of(llhttp, struct http_conn, llhttp);
}

/* JS has been told of the current message, which goes on. */
static bool in_body(const struct http_conn *c)
{
    return c->has_body && c->message_start_ns;
}

/* ---- llhttp's callbacks ---- */

static int on_message_begin(llhttp_t *llhttp)
{
    struct http_conn *c = conn_of(llhttp);
    c->message_start_ns = ur_loop_now_ns(c->engine->env->loop);
    c->has_body = c->refused = false;
    return HPE_OK;
}

static int pause_for(struct http_conn *c, enum http_event event)
{
    c->event = (int8_t)event;
    return HPE_PAUSED;
}

static int on_headers_complete(llhttp_t *llhttp)
{
    struct http_conn *c = conn_of(llhttp);
    c->keep_alive = llhttp_should_keep_alive(llhttp);
    c->refused = llhttp->upgrade || llhttp->http_major != 1 || llhttp->http_minor != 1 ||
                 (llhttp->flags & (F_CHUNKED | F_TRANSFER_ENCODING)) == F_TRANSFER_ENCODING ||
                 llhttp->method == HTTP_PRI || llhttp->method == HTTP_CONNECT;
    c->has_body = (llhttp->flags & F_CHUNKED) ||
                  (llhttp->content_length > 0 && (llhttp->flags & F_CONTENT_LENGTH));
    if (c->refused || c->has_body) return pause_for(c, HTTP_EVENT_REQUEST);
    return HPE_OK; /* JS hears of head and end at once */
}

/* Trailers, which are told as a head is: not for us. */
static int on_header_field(llhttp_t *llhttp, const char *at, size_t len)
{
    (void)at;
    (void)len;
    return conn_of(llhttp)->has_body ? HPE_USER : HPE_OK;
}

/* Nor is what has limits of its own. */
static int on_chunk_extension(llhttp_t *llhttp, const char *at, size_t len)
{
    (void)llhttp;
    (void)at;
    (void)len;
    return HPE_USER;
}

static int on_body(llhttp_t *llhttp, const char *at, size_t len)
{
    struct http_conn *c = conn_of(llhttp);
    if (len == 0) return HPE_OK;
    c->body = at;
    c->body_len = (uint32_t)len;
    return pause_for(c, HTTP_EVENT_BODY);
}

static int on_message_complete(llhttp_t *llhttp)
{
    struct http_conn *c = conn_of(llhttp);
    c->message_start_ns = 0;
    return pause_for(c, c->has_body ? HTTP_EVENT_COMPLETE : HTTP_EVENT_REQUEST);
}

const llhttp_settings_t http_engine_settings = {
    .on_message_begin = on_message_begin,
    .on_header_field = on_header_field,
    .on_headers_complete = on_headers_complete,
    .on_chunk_extension_name = on_chunk_extension,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

/* ---- heads ---- */

static void keep_head(struct http_conn *c, const char *data, size_t len)
{
    size_t need = c->head_len + len;
    if (need > c->head_cap) {
        c->head = realloc(c->head, need);
        CHECK(c->head);
        c->head_cap = (uint32_t)need;
    }
    memcpy(c->head + c->head_len, data, len);
    c->head_len = (uint32_t)need;
}

static void forget_head(struct http_conn *c)
{
    c->head_len = 0;
    if (c->head_cap <= HEAD_KEPT_MAX) return;
    free(c->head);
    c->head = NULL;
    c->head_cap = 0;
}

/* Gives the connection back: with replay, from the first byte of the current message. */
static void leave(struct http_conn *c, struct rt_callback *cb, bool replay)
{
    vs_val argv[1];
    c->replay = replay;
    c->has_body = false;
    http_conn_call_in(c, cb, HTTP_EVENT_LEAVE, 1, argv);
}

/* JS threw: what Node's parser takes over is in the state that an error of its callback leaves. */
static void leave_failed(struct http_conn *c, struct rt_callback *cb, enum llhttp_errno err,
                         const char *reason)
{
    if (c->state != HTTP_CONN_ATTACHED) {
        /* It has taken over already. */
        rt_http_parser_fail(&c->conn->stream, err, reason);
        return;
    }
    c->llhttp.error = err;
    c->llhttp.reason = reason;
    leave(c, cb, false);
}

static bool call_request(struct http_conn *c, struct rt_callback *cb, const char *bytes, size_t len,
                         const struct http_head *head)
{
    struct vs_cx *cx = c->engine->env->cx;
    struct vs_scope scope;
    uint32_t flags =
        (c->keep_alive ? HTTP_REQUEST_KEEP_ALIVE : 0) | (c->has_body ? HTTP_REQUEST_HAS_BODY : 0);
    vs_scope_open(cx, &scope);
    rt_http_strings_settle(c->engine->strings);
    vs_val argv[] = {
        NULL,
        vs_str_latin1(cx, bytes, (ptrdiff_t)len),
        rt_http_string_value(c->engine->strings, cx, head->url, head->url_len),
        vs_i32(cx, c->llhttp.method),
        vs_i32(cx, (int32_t)flags),
    };
    forget_head(c);
    c->in_request = true;
    bool ok = http_conn_call_in(c, cb, HTTP_EVENT_REQUEST, 5, argv);
    vs_scope_close(&scope);
    return ok;
}

/* The head of a message is complete: its bytes in this read are [start, end). False: c gave it
 * back. */
static bool request(struct http_conn *c, struct rt_callback *cb, const char *start, const char *end)
{
    struct http_head head;
    const char *bytes = start;
    size_t len = (size_t)(end - start);
    uint32_t kept = c->head_len;
    if (kept > 0) {
        keep_head(c, start, len);
        bytes = c->head;
        len = c->head_len;
    }
    http_head_scan(bytes, len, &head);
    if (c->refused || !head.host || head.expect || len >= c->server->head_max) {
        c->head_len = kept;
        leave(c, cb, true);
        return false;
    }
    http_server_idle(c, 0);
    bool ok = call_request(c, cb, bytes, len, &head);
    c->failed = !ok;
    if (!ok) leave_failed(c, cb, HPE_CB_HEADERS_COMPLETE, "User callback error");
    c->in_request = false;
    return ok;
}

/* ---- a read ---- */

static bool body(struct http_conn *c, struct rt_callback *cb)
{
    struct rt_env *env = c->engine->env;
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    vs_val argv[2] = { NULL, rt_buffer_new(env, c->body, c->body_len) };
    bool ok = argv[1] && http_conn_call_in(c, cb, HTTP_EVENT_BODY, 2, argv);
    vs_scope_close(&scope);
    if (env->callback_depth == 1) {
        /* Ticks run between pieces of a body, as in Node. */
        rt_callback_close(cb);
        ok = ok && !cb->tick_failed;
        rt_callback_open(cb, env, &c->conn->handle.async);
    }
    c->failed = !ok;
    if (!ok) leave_failed(c, cb, HPE_USER, "HPE_JS_EXCEPTION:JS Exception");
    return ok;
}

/* What llhttp has paused for. False: c gave the message back. */
static bool step(struct http_conn *c, struct rt_callback *cb, const char *start, const char *end)
{
    vs_val argv[1];
    switch (c->event) {
    case HTTP_EVENT_REQUEST: return request(c, cb, start, end);
    case HTTP_EVENT_BODY: body(c, cb); return true;
    default: http_conn_call_in(c, cb, HTTP_EVENT_COMPLETE, 1, argv); return true;
    }
}

/* llhttp does not go on. What it has told of stays told: of a body it goes back to where it was
 * before, and Node's parser meets the same bytes. Returns where those begin. */
static const char *stopped(struct http_conn *c, struct rt_callback *cb, enum llhttp_errno err,
                           const llhttp_t *before, const char *start, const char *pos)
{
    if (in_body(c)) {
        c->llhttp = *before;
        leave(c, cb, false);
        return pos;
    }
    leave(c, cb, err != HPE_CLOSED_CONNECTION);
    return start;
}

size_t http_feed(struct http_conn *c, struct rt_callback *cb, const char *data, size_t len)
{
    const char *pos = data, *end = data + len, *start = data;
    llhttp_t before = c->llhttp;
    /* After the last byte of a body there is a step that needs none. */
    for (bool more = true; more && c->state == HTTP_CONN_ATTACHED;) {
        if (in_body(c)) before = c->llhttp;
        int err = llhttp_execute(&c->llhttp, pos, (size_t)(end - pos));
        if (err == HPE_OK) break;
        if (err != HPE_PAUSED) return (size_t)(stopped(c, cb, err, &before, start, pos) - data);
        pos = llhttp_get_error_pos(&c->llhttp);
        llhttp_resume(&c->llhttp);
        if (!step(c, cb, start, pos)) return (size_t)((c->replay ? start : pos) - data);
        if (c->message_start_ns == 0) start = pos;
        more = pos < end || c->event == HTTP_EVENT_BODY;
    }
    if (c->state != HTTP_CONN_ATTACHED) return (size_t)(pos - data);
    if (in_body(c) || start == end) return len;
    if (c->head_len + (size_t)(end - start) >= c->server->head_max) {
        leave(c, cb, true);
        return (size_t)(start - data);
    }
    keep_head(c, start, (size_t)(end - start));
    return len;
}
