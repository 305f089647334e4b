/* core/bind/http_parser.c: internalBinding('http_parser'): HTTPParser and what JS sees of it. What
 * happens while bytes are parsed is in http_run.c. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/http_parser.h"
#include "core/bind/http_parser_priv.h"
#include "core/buffer.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/options.h"

/* The numbers are the library's, in the order of llhttp's own flags. */
enum lenient {
    LENIENT_ALL = (1 << 10) - 1,
    LENIENT_FLAG_COUNT = 11,
};

static const struct {
    const char *name;
    void (*set)(llhttp_t *llhttp, int enabled);
} lenient_flags[LENIENT_FLAG_COUNT] = {
    { "kLenientHeaders", llhttp_set_lenient_headers },
    { "kLenientChunkedLength", llhttp_set_lenient_chunked_length },
    { "kLenientKeepAlive", llhttp_set_lenient_keep_alive },
    { "kLenientTransferEncoding", llhttp_set_lenient_transfer_encoding },
    { "kLenientVersion", llhttp_set_lenient_version },
    { "kLenientDataAfterClose", llhttp_set_lenient_data_after_close },
    { "kLenientOptionalLFAfterCR", llhttp_set_lenient_optional_lf_after_cr },
    { "kLenientOptionalCRLFAfterChunk", llhttp_set_lenient_optional_crlf_after_chunk },
    { "kLenientOptionalCRBeforeLF", llhttp_set_lenient_optional_cr_before_lf },
    { "kLenientSpacesAfterChunkSize", llhttp_set_lenient_spaces_after_chunk_size },
    { "kLenientHeaderValueRelaxed", llhttp_set_lenient_header_value_relaxed },
};

static struct http_state *state_of(struct rt_env *env)
{
    return env->binding_state[RT_STATE_http_parser];
}

static struct http_parser *parser_of(const struct vs_args *a)
{
    return vs_native_get(vs_this(a), 0);
}

/* ---- consuming a stream ---- */

static void unconsume(struct http_parser *p)
{
    if (p->listener.stream) rt_stream_remove(&p->listener);
}

static void call_on_execute(struct http_parser *p, vs_val result)
{
    struct rt_env *env = p->async.env;
    vs_val fn = vs_get_index(env->cx, rt_async_object(&p->async), HTTP_ON_EXECUTE);
    if (fn && vs_is_fn(fn)) rt_call_in(p->callback, fn, rt_async_object(&p->async), 1, &result);
}

/* Bytes straight from the loop's receive buffer. */
static void on_read(struct rt_stream_listener *l, int64_t res, const uint8_t *data)
{
    struct http_parser *p = container_of(l, struct http_parser, listener);
    struct rt_env *env = p->async.env;
    struct rt_callback cb;
    if (res < 0) {
        rt_stream_pass(l, res, data);
        return;
    }
    if (!env->can_call_js) return;
    rt_callback_open(&cb, env, &p->async);
    p->callback = &cb;
    http_run(p, data, (size_t)res);
    p->data = data - p->skipped;
    p->len = (size_t)res + p->skipped;
    p->nread += p->skipped;
    p->skipped = 0;
    vs_val result = http_result(p);
    if (result) call_on_execute(p, result);
    p->callback = NULL;
    p->data = NULL;
    p->len = 0;
    rt_callback_close(&cb);
}

static void parser_consume(const struct vs_args *a)
{
    struct http_parser *p = parser_of(a);
    struct rt_stream *s = rt_stream_of(vs_arg(a, 0));
    if (!p || !s) return;
    unconsume(p);
    p->listener.on_read = on_read;
    rt_stream_push(s, &p->listener);
}

static void parser_unconsume(const struct vs_args *a)
{
    struct http_parser *p = parser_of(a);
    if (p) unconsume(p);
}

/* ---- life ---- */

static void parser_drop(struct http_parser *p)
{
    unconsume(p);
    http_list_remove(p);
    rt_http_link_remove(&p->in_state);
    http_forget_message(p);
    rt_async_reset(&p->async);
    free(p);
}

static void parser_new(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    CHECK(vs_is_construct_call(a));
    struct http_parser *p = calloc(1, sizeof *p);
    CHECK(p);
    p->state = state_of(env);
    /* Stands for no resource until initialize(). */
    p->async = (struct rt_async){ .env = env, .provider = RT_PROVIDER_NONE };
    p->async.object = vs_ref_new(env->cx, vs_this(a));
    vs_native_set(vs_this(a), 0, p);
    rt_http_link_append(&p->state->parsers, &p->in_state);
    llhttp_init(&p->llhttp, HTTP_REQUEST, &http_settings);
}

static void parser_close(const struct vs_args *a)
{
    struct http_parser *p = parser_of(a);
    if (p) parser_drop(p);
}

static void parser_free(const struct vs_args *a)
{
    struct http_parser *p = parser_of(a);
    if (!p) return;
    if (p->depth > 0) p->stop = true;
    rt_async_retire(&p->async);
}

static void parser_remove(const struct vs_args *a)
{
    struct http_parser *p = parser_of(a);
    if (p) http_list_remove(p);
}

static size_t header_limit(struct rt_env *env, vs_val v)
{
    size_t limit = vs_is_num(v) && vs_f64(v) > 0 ? (size_t)vs_f64(v) : 0;
    return limit ? limit : (size_t)rt_option_int(env->options, RT_OPT_max_http_header_size);
}

/* initialize(type, resource[, maxHeaderSize[, lenientFlags[, connectionsList]]]) */
static void parser_initialize(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct http_parser *p = parser_of(a);
    if (!p) return;
    int type = vs_int(vs_arg(a, 0));
    CHECK(type == HTTP_REQUEST || type == HTTP_RESPONSE);
    uint32_t lenient = vs_is_num(vs_arg(a, 3)) ? vs_uint(vs_arg(a, 3)) : 0;
    http_list_remove(p);
    http_forget_message(p);
    llhttp_init(&p->llhttp, (llhttp_type_t)type, &http_settings);
    for (int i = 0; i < LENIENT_FLAG_COUNT; i++)
        if (lenient & (1u << i)) lenient_flags[i].set(&p->llhttp, 1);
    p->header_nread = 0;
    p->extension_nread = 0;
    p->header_max = header_limit(env, vs_arg(a, 2));
    p->flushed = p->headers_done = p->threw = p->pause_later = false;
    p->async.provider =
        type == HTTP_REQUEST ? RT_PROVIDER_HTTPINCOMINGMESSAGE : RT_PROVIDER_HTTPCLIENTREQUEST;
    rt_async_renew(&p->async, vs_arg(a, 1));
    struct http_list *list = http_list_of(p->state, vs_arg(a, 4));
    p->message_start_ns = 0;
    if (list) {
        /* Active from the start: a peer that connects and stays silent must time out too. */
        http_list_add(list, p);
        http_list_begin(p, ur_loop_now_ns(env->loop));
    }
}

/* ---- parsing on behalf of JS ---- */

/* An exception of a callback is kept aside until the async context is closed: closing it calls into
 * V8, which forgets a pending exception. */
static vs_val run_for_js(struct http_parser *p, const uint8_t *data, size_t len)
{
    struct rt_callback cb;
    struct vs_try caught;
    struct rt_callback *outer = p->callback;
    const uint8_t *outer_data = p->data;
    size_t outer_len = p->len;
    vs_try_open(p->async.env->cx, &caught);
    rt_callback_open(&cb, p->async.env, &p->async);
    p->callback = &cb;
    http_run(p, data, len);
    p->callback = outer;
    rt_callback_close(&cb);
    bool threw = vs_try_caught(&caught);
    if (threw) vs_try_rethrow(&caught);
    vs_try_close(&caught);
    vs_val result = threw ? NULL : http_result(p);
    p->data = outer_data;
    p->len = outer_len;
    return result;
}

static void parser_execute(const struct vs_args *a)
{
    static const uint8_t none[1];
    struct http_parser *p = parser_of(a);
    if (!p) return;
    /* A small view lives on V8's heap, which may move it: its buffer does not. */
    struct vs_pin *pin = vs_pin_new(vs_arg(a, 0));
    struct vs_bytes bytes = pin ? vs_pin_bytes(pin) : (struct vs_bytes){ 0 };
    vs_val result = run_for_js(p, bytes.ptr ? bytes.ptr : none, bytes.len);
    vs_pin_drop(pin);
    vs_ret_maybe(a, result);
}

static void parser_finish(const struct vs_args *a)
{
    struct http_parser *p = parser_of(a);
    if (p) vs_ret_maybe(a, run_for_js(p, NULL, 0));
}

static void set_paused(const struct vs_args *a, bool pause)
{
    struct http_parser *p = parser_of(a);
    if (!p) return;
    if (p->depth > 0)
        p->pause_later = pause;
    else if (pause)
        llhttp_pause(&p->llhttp);
    else
        llhttp_resume(&p->llhttp);
}

static void parser_pause(const struct vs_args *a)
{
    set_paused(a, true);
}

static void parser_resume(const struct vs_args *a)
{
    set_paused(a, false);
}

static void parser_current_buffer(const struct vs_args *a)
{
    struct http_parser *p = parser_of(a);
    if (!p) return;
    vs_ret_maybe(a, rt_buffer_new(p->async.env, p->data, p->len));
}

void rt_http_parser_take_over(vs_val v, const llhttp_t *from, uint64_t message_start_ns)
{
    struct http_parser *p = vs_native_count(v) > 0 ? vs_native_get(v, 0) : NULL;
    if (!p) return;
    if (from) {
        p->llhttp = *from;
        p->llhttp.settings = (void *)(uintptr_t)&http_settings;
        p->headers_done = true;
    }
    if (message_start_ns)
        http_list_begin(p, message_start_ns);
    else
        http_list_end(p);
}

/* The parser that consumes s, or NULL. */
static struct http_parser *consumer_of(struct rt_stream *s)
{
    bool ours = s->listener->on_read == on_read;
    return ours ? container_of(s->listener, struct http_parser, listener) : NULL;
}

void rt_http_parser_fail(struct rt_stream *s, int err, const char *reason)
{
    struct http_parser *p = consumer_of(s);
    if (!p) return;
    p->llhttp.error = err;
    p->llhttp.reason = reason;
}

void rt_http_parser_skipped(struct rt_stream *s, size_t len)
{
    struct http_parser *p = consumer_of(s);
    if (p) p->skipped = len;
}

/* ---- the binding ---- */

static struct vs_class *parser_class(struct rt_env *env)
{
    struct vs_class *c = vs_class_new(env->cx, "HTTPParser", parser_new, rt_async_class(env), 1);
    vs_class_method(c, "close", parser_close);
    vs_class_method(c, "free", parser_free);
    vs_class_method(c, "remove", parser_remove);
    vs_class_method(c, "execute", parser_execute);
    vs_class_method(c, "finish", parser_finish);
    vs_class_method(c, "initialize", parser_initialize);
    vs_class_method(c, "pause", parser_pause);
    vs_class_method(c, "resume", parser_resume);
    vs_class_method(c, "consume", parser_consume);
    vs_class_method(c, "unconsume", parser_unconsume);
    vs_class_method(c, "getCurrentBuffer", parser_current_buffer);
    return c;
}

static void put_constants(struct vs_cx *cx, vs_val fn)
{
    vs_put_int(cx, fn, "REQUEST", HTTP_REQUEST);
    vs_put_int(cx, fn, "RESPONSE", HTTP_RESPONSE);
    vs_put_int(cx, fn, "kOnMessageBegin", HTTP_ON_MESSAGE_BEGIN);
    vs_put_int(cx, fn, "kOnHeaders", HTTP_ON_HEADERS);
    vs_put_int(cx, fn, "kOnHeadersComplete", HTTP_ON_HEADERS_COMPLETE);
    vs_put_int(cx, fn, "kOnBody", HTTP_ON_BODY);
    vs_put_int(cx, fn, "kOnMessageComplete", HTTP_ON_MESSAGE_COMPLETE);
    vs_put_int(cx, fn, "kOnExecute", HTTP_ON_EXECUTE);
    vs_put_int(cx, fn, "kOnTimeout", HTTP_ON_TIMEOUT);
    vs_put_int(cx, fn, "kLenientNone", 0);
    for (int i = 0; i < LENIENT_FLAG_COUNT; i++) vs_put_int(cx, fn, lenient_flags[i].name, 1 << i);
    vs_put_int(cx, fn, "kLenientAll", LENIENT_ALL);
}

static vs_val names_array(struct vs_cx *cx, const char *const *names, size_t count)
{
    vs_val array = vs_arr_new(cx, NULL, 0);
    uint32_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (!names[i]) continue;
        CHECK(vs_set_index(cx, array, used++, vs_str_intern(cx, names[i])));
    }
    return array;
}

static void state_drop(struct rt_env *env)
{
    struct http_state *state = state_of(env);
    while (state->parsers.next != &state->parsers)
        parser_drop(container_of(state->parsers.next, struct http_parser, in_state));
    rt_http_strings_drop(state->strings);
    free(state);
}

void rt_bind_http_parser(struct rt_env *env, vs_val target)
{
#define METHOD(number, name, string) [number] = #string,
    static const char *const methods[] = { HTTP_METHOD_MAP(METHOD) };
    static const char *const all_methods[] = { HTTP_ALL_METHOD_MAP(METHOD) };
#undef METHOD
    struct vs_cx *cx = env->cx;
    struct http_state *state = calloc(1, sizeof *state);
    CHECK(state);
    rt_http_link_init(&state->parsers);
    state->strings = rt_http_strings_new();
    env->binding_state[RT_STATE_http_parser] = state;
    env->binding_drop[RT_STATE_http_parser] = state_drop;
    state->parser_class = parser_class(env);
    state->list_class = http_list_class(env);
    put_constants(cx, vs_class_fn(state->parser_class));
    vs_put(cx, target, "HTTPParser", vs_class_fn(state->parser_class));
    vs_put(cx, target, "ConnectionsList", vs_class_fn(state->list_class));
    vs_put(cx, target, "methods", names_array(cx, methods, sizeof methods / sizeof *methods));
    vs_put(cx, target, "allMethods",
           names_array(cx, all_methods, sizeof all_methods / sizeof *all_methods));
}
