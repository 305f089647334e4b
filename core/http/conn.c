/* core/http/conn.c: the life of a connection of the engine. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/http_parser.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/http/engine_priv.h"

/* ---- calling JS ---- */

bool http_conn_call_in(struct http_conn *c, struct rt_callback *cb, enum http_event event, int argc,
                       vs_val *argv)
{
    struct vs_cx *cx = c->engine->env->cx;
    const struct vs_ref *context = c->conn->handle.async.context;
    argv[0] = vs_ref_get(c->object);
    /* What the call before has entered (AsyncLocalStorage) was for itself. */
    vs_continuation_set(cx, context ? vs_ref_get(context) : vs_undefined(cx));
    return rt_call_in(cb, vs_ref_get(c->engine->on[event]), vs_undefined(cx), argc, argv) != NULL;
}

void http_conn_call(struct http_conn *c, enum http_event event, int argc, vs_val *argv)
{
    struct rt_env *env = c->engine->env;
    struct rt_callback cb;
    if (!env->can_call_js) return;
    http_conn_hold(c);
    rt_callback_open(&cb, env, &c->conn->handle.async);
    http_conn_call_in(c, &cb, event, argc, argv);
    rt_callback_close(&cb);
    http_conn_release(c);
}

/* ---- from the stream ---- */

/* Node's classes have taken over while bytes were being looked at: the rest is theirs. */
static void hand_over(struct http_conn *c, int64_t res, const uint8_t *data, size_t used)
{
    struct rt_conn *conn = c->conn;
    struct rt_stream *s = &conn->stream;
    if (c->replay && c->head_len > 0 && conn->handle.state == RT_HANDLE_OPEN) {
        uint32_t len = c->head_len;
        c->head_len = 0;
        s->listener->on_read(s->listener, len, (const uint8_t *)c->head);
    }
    if (c->failed) return;
    if (!data && res >= 0) return; /* it left between two reads */
    if (conn->handle.state != RT_HANDLE_OPEN) return;
    if (res < 0) {
        s->listener->on_read(s->listener, res, data);
        return;
    }
    /* Without bytes, too: llhttp may have stopped before a step that needs none. */
    size_t rest = (size_t)res - used;
    rt_http_parser_skipped(s, used);
    if (rest > 0 || s->listener != &s->js)
        s->listener->on_read(s->listener, (int64_t)rest, data + used);
}

static void on_read(struct rt_stream_listener *l, int64_t res, const uint8_t *data)
{
    struct http_conn *c = container_of(l, struct http_conn, listener);
    struct rt_env *env = c->engine->env;
    if (!env->can_call_js) return;
    struct rt_callback cb;
    size_t used = 0;
    http_conn_hold(c);
    rt_callback_open(&cb, env, &c->conn->handle.async);
    if (res < 0) {
        vs_val argv[2] = { NULL, vs_num(env->cx, (double)res) };
        http_conn_call_in(c, &cb, HTTP_EVENT_END, 2, argv);
    } else {
        http_server_refresh(c);
        used = http_feed(c, &cb, (const char *)data, (size_t)res);
    }
    if (c->handed_over) {
        /* The rest of what came belongs to the same callback as far as ticks can tell. */
        rt_callback_close_undrained(&cb);
        hand_over(c, res, data, used);
        rt_drain(env);
    } else {
        rt_callback_close(&cb);
        /* A tick has had them take over: the beginning of a head that was kept is theirs, too. */
        if (c->handed_over) hand_over(c, 0, NULL, 0);
    }
    http_conn_release(c);
}

/* The JS object stands for nothing any more. */
static void conn_end(struct http_conn *c)
{
    struct vs_scope scope;
    if (c->state == HTTP_CONN_CLOSED) return;
    c->state = HTTP_CONN_CLOSED;
    vs_scope_open(c->engine->env->cx, &scope);
    vs_native_set(vs_ref_get(c->object), 0, NULL);
    vs_scope_close(&scope);
    vs_ref_drop(c->object);
    c->object = NULL;
}

/* The handle closes. */
static void on_detach(struct rt_stream_listener *l)
{
    struct http_conn *c = container_of(l, struct http_conn, listener);
    http_conn_hold(c);
    http_conn_leave(c);
    conn_end(c);
    http_conn_release(c);
}

void http_conn_sync_reading(struct http_conn *c)
{
    if (c->state != HTTP_CONN_ATTACHED) return;
    /* Who waits for pieces of an answer is to hear at once when the peer goes. */
    uint64_t pending = c->pieces ? 0 : ur_send_pending(&c->conn->io);
    if (pending > RT_STREAM_QUEUE_MAX)
        c->throttled = true;
    else if (pending <= RT_STREAM_QUEUE_MAX / 2)
        c->throttled = false;
    bool want = !c->throttled && !c->paused;
    if (want == c->conn->stream.reading) return;
    if (want)
        rt_stream_read_start(&c->conn->stream);
    else
        rt_stream_read_stop(&c->conn->stream);
}

void http_conn_pause(struct http_conn *c, bool pause)
{
    c->paused = pause;
    http_conn_sync_reading(c);
}

/* ---- life ---- */

struct http_conn *http_conn_new(struct http_engine *e, struct http_server *s, vs_val object,
                                vs_val handle)
{
    struct rt_conn *conn = rt_conn_of(handle);
    if (!conn || conn->handle.state != RT_HANDLE_OPEN || !(conn->bits & RT_CONN_OPEN)) return NULL;
    struct http_conn *c = calloc(1, sizeof *c);
    CHECK(c);
    c->engine = e;
    c->conn = conn;
    c->object = vs_ref_new(e->env->cx, object);
    vs_native_set(object, 0, c);
    llhttp_init(&c->llhttp, HTTP_REQUEST, &http_engine_settings);
    /* A peer that connects and stays silent is late some time, too. */
    c->message_start_ns = ur_loop_now_ns(e->env->loop);
    c->listener = (struct rt_stream_listener){ .on_read = on_read, .on_detach = on_detach };
    http_server_add(s, c);
    rt_stream_push(&conn->stream, &c->listener);
    ur_recv_once_first(&conn->io);
    rt_stream_read_start(&conn->stream);
    return c;
}

void http_conn_leave(struct http_conn *c)
{
    if (c->state != HTTP_CONN_ATTACHED) return;
    http_reply_flush(c);
    http_reply_forget(c);
    c->state = HTTP_CONN_LEFT;
    http_server_remove(c);
    if (c->listener.stream) rt_stream_remove(&c->listener);
}

void http_conn_hold(struct http_conn *c)
{
    c->busy++;
}

void http_conn_release(struct http_conn *c)
{
    if (--c->busy > 0) return;
    if (c->state == HTTP_CONN_ATTACHED) {
        http_reply_flush(c);
    } else if (c->state == HTTP_CONN_CLOSED) {
        free(c->head);
        free(c);
    }
}

void http_conn_transfer(struct http_conn *c, vs_val parser)
{
    if (c->state != HTTP_CONN_LEFT) return;
    http_conn_hold(c);
    if (c->head_len > 0) c->replay = true;
    uint64_t start_ns = c->message_start_ns;
    /* llhttp stops before the last step of a message, which needs no bytes: what the parser sees
     * first may be the end of the stream. */
    if (!c->replay && !start_ns && !c->llhttp.error) llhttp_execute(&c->llhttp, "", 0);
    if (c->in_request && !start_ns) start_ns = ur_loop_now_ns(c->engine->env->loop);
    rt_http_parser_take_over(parser, c->replay ? NULL : &c->llhttp, start_ns);
    conn_end(c);
    c->handed_over = true;
    if (c->busy == 1 && c->replay) {
        hand_over(c, 0, NULL, 0);
        rt_http_parser_take_over(parser, NULL, start_ns);
    }
    http_conn_release(c);
}

void http_conn_close(struct http_conn *c)
{
    if (c->state != HTTP_CONN_ATTACHED) return;
    http_reply_flush(c);
    c->conn->bits |= RT_CONN_UNHEARD;
    rt_handle_close(&c->conn->handle, NULL);
}
