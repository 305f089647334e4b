/* core/bind/http_run.c: llhttp's callbacks: from bytes to calls of the parser object's functions.
 *
 * One rt_callback is open while a piece of input is parsed, so that the async context is set up
 * once and ticks run when the input is used up; only body chunks are followed by ticks at once, as
 * in Node. Tokens point into the input until it ends in the middle of a head; then they are copied.
 */
#include <stdlib.h>
#include <string.h>

#include "core/bind/http_parser_priv.h"
#include "core/buffer.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"

/* As Node: what a peer may send in chunk extensions of one message. */
#define EXTENSIONS_MAX 16384u

static struct http_parser *parser_of(llhttp_t *llhttp)
{
    return container_of(llhttp, struct http_parser, llhttp);
}

/* ---- texts ---- */

static void text_reset(struct http_text *t)
{
    if (t->owned) free((void *)(uintptr_t)t->ptr);
    *t = (struct http_text){ 0 };
}

static void text_own(struct http_text *t, size_t extra)
{
    char *copy = malloc(t->len + extra + 1);
    CHECK(copy);
    if (t->len) memcpy(copy, t->ptr, t->len);
    if (t->owned) free((void *)(uintptr_t)t->ptr);
    t->ptr = copy;
    t->owned = true;
}

static void text_append(struct http_text *t, const char *at, size_t len)
{
    if (!t->ptr) {
        t->ptr = at;
    } else if (t->owned || t->ptr + t->len != at) {
        text_own(t, len);
        memcpy((char *)(uintptr_t)t->ptr + t->len, at, len);
    }
    t->len += len;
}

static void text_keep(struct http_text *t)
{
    if (t->ptr && !t->owned) text_own(t, 0);
}

static void reset_headers(struct http_parser *p)
{
    for (uint32_t i = 0; i < p->name_count; i++) text_reset(&p->names[i]);
    for (uint32_t i = 0; i < p->value_count; i++) text_reset(&p->values[i]);
    p->name_count = p->value_count = 0;
}

void http_forget_message(struct http_parser *p)
{
    reset_headers(p);
    text_reset(&p->url);
    text_reset(&p->status);
}

/* The input ends: what is still needed must not point into it. */
static void keep_texts(struct http_parser *p)
{
    text_keep(&p->url);
    text_keep(&p->status);
    for (uint32_t i = 0; i < p->name_count; i++) text_keep(&p->names[i]);
    for (uint32_t i = 0; i < p->value_count; i++) text_keep(&p->values[i]);
}

static vs_val text_value(struct http_parser *p, const struct http_text *t, size_t len)
{
    return rt_http_string_value(p->state->strings, p->async.env->cx, t->ptr, len);
}

/* White space after a value is not part of it; llhttp has skipped what is before. */
static size_t trimmed(const struct http_text *t)
{
    size_t len = t->len;
    while (len > 0 && (t->ptr[len - 1] == ' ' || t->ptr[len - 1] == '\t')) len--;
    return len;
}

/* [name, value, ...] of the headers collected so far. */
static vs_val headers_array(struct http_parser *p)
{
    struct vs_cx *cx = p->async.env->cx;
    vs_val items[2 * HTTP_PAIRS_MAX];
    rt_http_strings_settle(p->state->strings);
    for (uint32_t i = 0; i < p->value_count; i++) {
        const struct http_text *name = &p->names[i], *value = &p->values[i];
        items[2 * i] = rt_http_string_name(p->state->strings, cx, name->ptr, name->len);
        items[2 * i + 1] = rt_http_string_field(p->state->strings, cx, name->ptr, name->len,
                                                value->ptr, trimmed(value));
    }
    return vs_arr_new(cx, items, 2 * p->value_count);
}

/* ---- calls into JS ---- */

/* The function the library hung on the parser, or NULL. */
static vs_val callback_of(struct http_parser *p, enum http_on which)
{
    if (p->stop) return NULL;
    vs_val fn = vs_get_index(p->async.env->cx, rt_async_object(&p->async), which);
    return fn && vs_is_fn(fn) ? fn : NULL;
}

/* NULL: it threw or gave the parser away, and parsing must end. */
static vs_val call(struct http_parser *p, vs_val fn, int argc, const vs_val *argv)
{
    struct vs_cx *cx = p->async.env->cx;
    /* What the function before has entered (AsyncLocalStorage) was for itself. */
    vs_continuation_set(cx, p->async.context ? vs_ref_get(p->async.context) : vs_undefined(cx));
    vs_val res = rt_call_in(p->callback, fn, rt_async_object(&p->async), argc, argv);
    if (!res) p->threw = true;
    return p->stop ? NULL : res;
}

/* Hands the headers collected so far over by kOnHeaders: there are too many, or they are trailers.
 */
static bool flush(struct http_parser *p)
{
    vs_val fn = callback_of(p, HTTP_ON_HEADERS);
    if (!fn) return true;
    vs_val argv[2];
    argv[0] = headers_array(p);
    argv[1] = text_value(p, &p->url, p->url.len);
    bool ok = call(p, fn, 2, argv);
    text_reset(&p->url);
    p->flushed = true;
    return ok;
}

/* ---- llhttp's callbacks: 0, or an error for llhttp ---- */

static int count_header_bytes(struct http_parser *p, size_t len)
{
    p->header_nread += len;
    if (p->header_nread < p->header_max) return HPE_OK;
    llhttp_set_error_reason(&p->llhttp, "HPE_HEADER_OVERFLOW:Header overflow");
    return HPE_USER;
}

/* parser.maxHeaderPairs, read once per head and per trailer: names and values, so two per pair. */
static bool read_pair_max(struct http_parser *p)
{
    struct vs_cx *cx = p->async.env->cx;
    struct vs_scope scope;
    vs_scope_open(cx, &scope);
    vs_val v = vs_get(cx, rt_async_object(&p->async), rt_str(p->async.env, maxHeaderPairs));
    double max = v && vs_is_num(v) ? vs_f64(v) : 0;
    vs_scope_close(&scope);
    p->pair_max = max > 0 && max < UINT32_MAX ? (uint32_t)max / 2 : UINT32_MAX;
    if (!v) p->threw = true;
    return v != NULL;
}

static int count_pair(struct http_parser *p)
{
    /* Of a response the library takes what fits and leaves the rest. */
    if (p->llhttp.type != HTTP_REQUEST) return HPE_OK;
    if (p->pair_count == 0 && !read_pair_max(p)) return HPE_USER;
    if (++p->pair_count <= p->pair_max) return HPE_OK;
    llhttp_set_error_reason(&p->llhttp, "HPE_HEADER_OVERFLOW:Header overflow");
    return HPE_USER;
}

static int on_message_begin(llhttp_t *llhttp)
{
    struct http_parser *p = parser_of(llhttp);
    struct vs_scope scope;
    http_list_begin(p, ur_loop_now_ns(p->async.env->loop));
    http_forget_message(p);
    p->headers_done = p->flushed = false;
    p->extension_nread = 0;
    p->pair_count = 0;
    vs_scope_open(p->async.env->cx, &scope);
    vs_val fn = callback_of(p, HTTP_ON_MESSAGE_BEGIN);
    bool ok = !fn || call(p, fn, 0, NULL);
    vs_scope_close(&scope);
    return ok ? HPE_OK : HPE_USER;
}

static int on_url(llhttp_t *llhttp, const char *at, size_t len)
{
    struct http_parser *p = parser_of(llhttp);
    text_append(&p->url, at, len);
    return count_header_bytes(p, len);
}

static int on_status(llhttp_t *llhttp, const char *at, size_t len)
{
    struct http_parser *p = parser_of(llhttp);
    text_append(&p->status, at, len);
    return count_header_bytes(p, len);
}

static int on_header_field(llhttp_t *llhttp, const char *at, size_t len)
{
    struct http_parser *p = parser_of(llhttp);
    int err = count_header_bytes(p, len);
    if (err) return err;
    if (p->name_count == p->value_count) {
        err = count_pair(p);
        if (err) return err;
        if (p->name_count == HTTP_PAIRS_MAX - 1) {
            struct vs_scope scope;
            vs_scope_open(p->async.env->cx, &scope);
            bool ok = flush(p);
            vs_scope_close(&scope);
            if (!ok) return HPE_USER;
            reset_headers(p);
        }
        p->names[p->name_count++] = (struct http_text){ 0 };
    }
    text_append(&p->names[p->name_count - 1], at, len);
    return HPE_OK;
}

static int on_header_value(llhttp_t *llhttp, const char *at, size_t len)
{
    struct http_parser *p = parser_of(llhttp);
    int err = count_header_bytes(p, len);
    if (err) return err;
    if (p->value_count != p->name_count) p->values[p->value_count++] = (struct http_text){ 0 };
    text_append(&p->values[p->value_count - 1], at, len);
    return HPE_OK;
}

enum complete_arg {
    ARG_MAJOR,
    ARG_MINOR,
    ARG_HEADERS,
    ARG_METHOD,
    ARG_URL,
    ARG_STATUS_CODE,
    ARG_STATUS_MESSAGE,
    ARG_UPGRADE,
    ARG_KEEP_ALIVE,
    ARG_COUNT
};

/* headers and url stay undefined when kOnHeaders has had the beginning of them. */
static bool fill_arguments(struct http_parser *p, vs_val *argv)
{
    struct vs_cx *cx = p->async.env->cx;
    bool request = p->llhttp.type == HTTP_REQUEST;
    for (int i = 0; i < ARG_COUNT; i++) argv[i] = vs_undefined(cx);
    if (p->flushed) {
        if (!flush(p)) return false;
    } else {
        argv[ARG_HEADERS] = headers_array(p);
        if (request) argv[ARG_URL] = text_value(p, &p->url, p->url.len);
    }
    p->flushed = false;
    if (request) {
        argv[ARG_METHOD] = vs_i32(cx, p->llhttp.method);
    } else {
        argv[ARG_STATUS_CODE] = vs_i32(cx, p->llhttp.status_code);
        argv[ARG_STATUS_MESSAGE] = text_value(p, &p->status, p->status.len);
    }
    argv[ARG_MAJOR] = vs_i32(cx, p->llhttp.http_major);
    argv[ARG_MINOR] = vs_i32(cx, p->llhttp.http_minor);
    argv[ARG_UPGRADE] = vs_bool(cx, p->llhttp.upgrade);
    argv[ARG_KEEP_ALIVE] = vs_bool(cx, llhttp_should_keep_alive(&p->llhttp));
    return true;
}

/* The function says whether a body follows: 0 yes, 1 no, 2 it is an upgrade. */
static int on_headers_complete(llhttp_t *llhttp)
{
    struct http_parser *p = parser_of(llhttp);
    struct vs_cx *cx = p->async.env->cx;
    struct vs_scope scope;
    int32_t verdict = 0;
    p->headers_done = true;
    p->header_nread = 0;
    p->pair_count = 0;
    vs_scope_open(cx, &scope);
    vs_val fn = callback_of(p, HTTP_ON_HEADERS_COMPLETE);
    if (fn) {
        vs_val argv[ARG_COUNT];
        vs_val res = fill_arguments(p, argv) ? call(p, fn, ARG_COUNT, argv) : NULL;
        reset_headers(p);
        if (!res || !vs_to_i32(cx, res, &verdict)) {
            if (!p->stop) p->threw = true;
            verdict = -1;
        }
    }
    vs_scope_close(&scope);
    return verdict;
}

/* Ends the callback and begins another, so that ticks run in between. One that throws is as bad as
 * the callback itself. */
static void run_ticks(struct http_parser *p)
{
    struct rt_env *env = p->async.env;
    if (env->callback_depth > 1) return;
    rt_callback_close(p->callback);
    p->threw |= p->callback->tick_failed;
    rt_callback_open(p->callback, env, &p->async);
}

static int on_body(llhttp_t *llhttp, const char *at, size_t len)
{
    struct http_parser *p = parser_of(llhttp);
    struct rt_env *env = p->async.env;
    struct vs_scope scope;
    if (len == 0) return HPE_OK;
    vs_scope_open(env->cx, &scope);
    vs_val fn = callback_of(p, HTTP_ON_BODY);
    vs_val buffer = fn ? rt_buffer_new(env, at, len) : NULL;
    if (fn && !buffer) p->threw = true;
    if (buffer) call(p, fn, 1, &buffer);
    vs_scope_close(&scope);
    if (!p->threw && !p->stop) run_ticks(p);
    if (!p->threw && !p->stop) return HPE_OK;
    llhttp_set_error_reason(llhttp, "HPE_JS_EXCEPTION:JS Exception");
    return HPE_USER;
}

static int on_message_complete(llhttp_t *llhttp)
{
    struct http_parser *p = parser_of(llhttp);
    struct vs_scope scope;
    bool ok = true;
    http_list_end(p);
    vs_scope_open(p->async.env->cx, &scope);
    if (p->name_count > 0) ok = flush(p); /* trailers */
    vs_val fn = ok ? callback_of(p, HTTP_ON_MESSAGE_COMPLETE) : NULL;
    if (fn) ok = call(p, fn, 0, NULL) != NULL;
    vs_scope_close(&scope);
    return ok ? HPE_OK : -1;
}

static int on_chunk_header(llhttp_t *llhttp)
{
    struct http_parser *p = parser_of(llhttp);
    p->header_nread = 0;
    p->extension_nread = 0;
    return HPE_OK;
}

static int on_chunk_complete(llhttp_t *llhttp)
{
    parser_of(llhttp)->header_nread = 0;
    return HPE_OK;
}

static int on_chunk_extension(llhttp_t *llhttp, const char *at, size_t len)
{
    struct http_parser *p = parser_of(llhttp);
    (void)at;
    p->extension_nread += len;
    if (p->extension_nread <= EXTENSIONS_MAX) return HPE_OK;
    llhttp_set_error_reason(llhttp, "HPE_CHUNK_EXTENSIONS_OVERFLOW:Chunk extensions overflow");
    return HPE_USER;
}

const llhttp_settings_t http_settings = {
    .on_message_begin = on_message_begin,
    .on_url = on_url,
    .on_status = on_status,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_chunk_extension_name = on_chunk_extension,
    .on_chunk_extension_value = on_chunk_extension,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
    .on_chunk_header = on_chunk_header,
    .on_chunk_complete = on_chunk_complete,
};

/* ---- a run ---- */

void http_run(struct http_parser *p, const uint8_t *data, size_t len)
{
    const char *start = (const char *)data;
    p->data = data;
    p->len = len;
    p->threw = p->stop = false;
    p->depth++;
    int err = data ? llhttp_execute(&p->llhttp, start, len) : llhttp_finish(&p->llhttp);
    p->depth--;
    /* A callback may have parsed something else: that run is over, ours is not. */
    p->data = data;
    p->len = len;
    p->nread = len;
    if (data) keep_texts(p);
    if (err != HPE_OK) {
        const char *pos = llhttp_get_error_pos(&p->llhttp);
        p->nread = data && pos ? (size_t)(pos - start) : 0;
        if (err == HPE_PAUSED_UPGRADE) {
            err = HPE_OK;
            llhttp_resume_after_upgrade(&p->llhttp);
        }
    }
    if (p->pause_later) {
        p->pause_later = false;
        llhttp_pause(&p->llhttp);
    }
    p->err = err;
}

/* Error('Parse Error') with bytesParsed, code and reason. Our own errors have both in llhttp's
 * reason, "CODE:reason". */
static vs_val parse_error(struct http_parser *p)
{
    struct vs_cx *cx = p->async.env->cx;
    const char *reason = llhttp_get_error_reason(&p->llhttp);
    if (!reason) reason = "";
    vs_val error = vs_error_new(cx, VS_ERROR, "Parse Error");
    vs_put_int(cx, error, "bytesParsed", (double)p->nread);
    const char *colon = p->err == HPE_USER ? strchr(reason, ':') : NULL;
    if (colon) {
        vs_put(cx, error, "code", vs_str_latin1(cx, reason, colon - reason));
        vs_put_str(cx, error, "reason", colon + 1);
    } else {
        vs_put_str(cx, error, "code", llhttp_errno_name((llhttp_errno_t)p->err));
        vs_put_str(cx, error, "reason", reason);
    }
    return error;
}

vs_val http_result(struct http_parser *p)
{
    struct vs_cx *cx = p->async.env->cx;
    if (p->threw || p->stop) return NULL;
    if (p->err != HPE_OK && !p->llhttp.upgrade) return parse_error(p);
    return p->data ? vs_num(cx, (double)p->nread) : vs_undefined(cx);
}
