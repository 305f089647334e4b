/* core/bind/http2_session.c: class Http2Session: its life. What it submits is in http2_methods.c.
 */
#include <stdlib.h>
#include <string.h>

#include "core/bind/http2_priv.h"
#include "core/bind/performance_priv.h"
#include "core/container.h"
#include "core/error.h"

/* Node's defaults. */
#define MAX_INVALID_FRAMES 1000u
#define MAX_REJECTED_STREAMS 100u

struct h2_session *h2_session_of(const struct vs_args *a)
{
    struct h2_session *s = vs_native_get(vs_this(a), 0);
    return s && !s->closing ? s : NULL;
}

/* ---- holding ---- */

static void object_gone(void *data)
{
    struct h2_session *s = data;
    rt_async_gone(&s->async);
    h2_session_drop(s);
}

void h2_hold(struct h2_session *s)
{
    if (s->holds++ == 0) rt_async_strengthen(&s->async);
}

void h2_release(struct h2_session *s)
{
    CHECK(s->holds > 0);
    if (--s->holds > 0) return;
    if (s->finished)
        h2_session_drop(s);
    else
        rt_async_weaken(&s->async, object_gone, s);
}

static void destroy_streams(struct h2_session *s)
{
    for (uint32_t i = 0; i < s->table_size; i++) {
        while (s->table[i]) {
            struct h2_stream *st = s->table[i];
            h2_stream_destroy(st);
            h2_stream_part(st);
        }
    }
}

static void unlink_session(struct h2_session *s)
{
    if (s->prev) {
        s->prev->next = s->next;
    } else {
        s->state->sessions = s->next;
    }
    if (s->next) s->next->prev = s->prev;
}

void h2_session_drop(struct h2_session *s)
{
    s->holds++; /* for good: what is released below must not drop s again */
    unlink_session(s);
    if (s->listener.stream) rt_stream_remove(&s->listener);
    s->transport = NULL;
    if (s->batch) s->batch->done = NULL;
    destroy_streams(s);
    while (s->sent) {
        struct rt_write *w = s->sent;
        struct h2_stream *st = h2_stream_of(w->stream);
        s->sent = w->next;
        rt_write_drop(w);
        h2_stream_landed(st);
    }
    h2_pending_cancel(s, &s->pings, false);
    h2_pending_cancel(s, &s->settings, false);
    nghttp2_session_del(s->ng);
    vs_pin_drop(s->fields_pin);
    free(s->table);
    free(s->resets);
    free(s->trailer_ids);
    free(s->backlog);
    rt_async_reset(&s->async);
    free(s);
}

/* ---- the transport ---- */

static struct h2_session *session_of_listener(struct rt_stream_listener *l)
{
    return container_of(l, struct h2_session, listener);
}

/* The socket has to see its own end. A session that is closing reads no more. */
static void on_read(struct rt_stream_listener *l, int64_t res, const uint8_t *data)
{
    struct h2_session *s = session_of_listener(l);
    if (res <= 0 || s->closing)
        rt_stream_pass(l, res, data);
    else if (s->state->env->can_call_js)
        h2_receive(s, data, (size_t)res);
}

static void on_detach(struct rt_stream_listener *l)
{
    struct h2_session *s = session_of_listener(l);
    s->transport = NULL;
    h2_batch_abandon(s);
    if (s->closing) h2_due(s);
}

/* consume(handle): the socket's bytes are ours from now on. */
static void session_consume(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    struct rt_stream *transport = rt_stream_of(vs_arg(a, 0));
    if (!s || !transport || s->transport) return;
    s->listener = (struct rt_stream_listener){ .on_read = on_read, .on_detach = on_detach };
    s->transport = transport;
    rt_stream_push(transport, &s->listener);
}

/* receive(buffer): bytes that came before consume(). */
static void session_receive(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    struct vs_pin *pin = s ? vs_pin_new(vs_arg(a, 0)) : NULL;
    if (!pin) return;
    struct vs_bytes bytes = vs_pin_bytes(pin);
    if (bytes.len > 0) h2_receive(s, bytes.ptr, bytes.len);
    vs_pin_drop(pin);
}

/* ---- life ---- */

static void fields_new(struct h2_session *s, vs_val object)
{
    static const uint32_t limits[] = { MAX_INVALID_FRAMES, MAX_REJECTED_STREAMS };
    struct vs_cx *cx = s->state->env->cx;
    vs_val ab = vs_ab_new(cx, H2_FIELDS_LEN);
    CHECK(ab);
    s->fields_pin = vs_pin_new(ab);
    s->fields = vs_pin_bytes(s->fields_pin).ptr;
    memcpy(s->fields + H2_FIELD_MAX_INVALID_FRAMES, limits, sizeof limits);
    vs_put(cx, object, "fields", vs_typed_new(cx, VS_U8, ab, 0, H2_FIELDS_LEN));
}

/* new Http2Session(type), with options and remote custom settings in the shared arrays */
static void session_new(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    CHECK(vs_is_construct_call(a));
    struct h2_session *s = calloc(1, sizeof *s);
    CHECK(s);
    s->state = h2_state_of(env);
    s->type = (enum h2_type)vs_int(vs_arg(a, 0));
    s->sent_tail = &s->sent;
    s->stats.start_ns = rt_performance_now_ns();
    h2_nghttp2_open(s);
    h2_settings_allow(s);
    rt_async_init(&s->async, env, vs_this(a), RT_PROVIDER_HTTP2SESSION, s);
    rt_async_weaken(&s->async, object_gone, s);
    fields_new(s, vs_this(a));
    s->next = s->state->sessions;
    if (s->next) s->next->prev = s;
    s->state->sessions = s;
}

/* destroy(code, socketDestroyed): the peer is told, if it can be, and then `ondone` called: at
 * once, or when the batch under way is over, or when nghttp2 is off the stack. */
static void session_destroy(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    if (!s) return;
    uint32_t code = vs_is_num(vs_arg(a, 0)) ? vs_uint(vs_arg(a, 0)) : NGHTTP2_NO_ERROR;
    bool socket_gone = vs_is_true(vs_args_cx(a), vs_arg(a, 1));
    h2_hold(s);
    s->closing = true;
    s->stats.end_ns = rt_performance_now_ns();
    if (socket_gone) {
        s->transport = NULL;
        h2_batch_abandon(s);
    } else {
        nghttp2_session_terminate_session(s->ng, code);
        if (s->transport && s->throttled) rt_stream_read_start(s->transport);
    }
    s->throttled = false;
    h2_flush(s);
    h2_due(s);
    h2_finish(s);
    h2_release(s);
}

void h2_fail(struct h2_session *s, int err, const char *custom)
{
    struct vs_cx *cx = s->state->env->cx;
    struct vs_scope scope;
    if (s->closing) return;
    vs_scope_open(cx, &scope);
    vs_val argv[] = { vs_i32(cx, err), custom ? vs_str_intern(cx, custom) : vs_undefined(cx) };
    h2_call(s->state, &s->async, H2_ON_ERROR, 2, argv);
    vs_scope_close(&scope);
}

void h2_finish(struct h2_session *s)
{
    struct rt_env *env = s->state->env;
    struct vs_scope scope;
    bool under_way = s->transport && (s->batch || s->busy || s->flushing);
    if (!s->closing || s->finished || under_way) return;
    s->finished = true; /* the last release frees s */
    if (s->listener.stream) rt_stream_remove(&s->listener);
    s->transport = NULL;
    destroy_streams(s);
    vs_scope_open(env->cx, &scope);
    h2_pending_cancel(s, &s->pings, true);
    h2_pending_cancel(s, &s->settings, false); /* their callbacks stay silent, as in Node */
    rt_call_name(&s->async, rt_str(env, ondone), 0, NULL);
    h2_stats_session(s);
    vs_scope_close(&scope);
}

struct vs_class *h2_session_class(struct rt_env *env)
{
    struct vs_class *c = vs_class_new(env->cx, "Http2Session", session_new, rt_async_class(env), 1);
    vs_class_method(c, "consume", session_consume);
    vs_class_method(c, "receive", session_receive);
    vs_class_method(c, "destroy", session_destroy);
    h2_session_class_methods(c);
    h2_settings_methods(c);
    return c;
}
