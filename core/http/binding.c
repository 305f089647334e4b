/* core/http/binding.c: internalBinding('torc_http'): the HTTP engine (core/http/) as
 * lib/internal/torc/http/ sees it.
 *
 *   setCallbacks(onRequest, onBody, onComplete, onLeave, onEnd, onSent, onIdle)
 *   parserIdle(parser)
 *   headerPairs(head)                    [name, value, ...] of a head that onRequest got
 *   headersObject(head)                  what req.headers is; undefined: for Node's code to say
 *   new Server(headMax)                  connections(), expired(headersMs, requestMs, max)
 *   new Connection(server, handle)       respond(), send(), flush(), idle(), isIdle(), pause(),
 *                                        leave(), adopt(), transfer(), close()
 */
#include <errno.h>
#include <stdlib.h>

#include "core/bind/http_parser.h"
#include "core/env.h"
#include "core/error.h"
#include "core/http/engine_priv.h"

#define HEAD_SMALL 2048u /* bytes */

struct state {
    struct http_engine engine;
    struct vs_class *server, *connection;
};

static struct state *state_of(struct rt_env *env)
{
    return env->binding_state[RT_STATE_torc_http];
}

static void set_callbacks(const struct vs_args *a)
{
    struct http_engine *e = &state_of(rt_env_of(a))->engine;
    for (int i = 0; i < HTTP_EVENT_COUNT; i++) {
        CHECK(vs_is_fn(vs_arg(a, i)));
        vs_ref_drop(e->on[i]);
        e->on[i] = vs_ref_new(e->env->cx, vs_arg(a, i));
    }
}

/* The bytes of a head: what most have is not worth an allocation. Free with head_free(). */
struct head {
    uint32_t len;
    char *bytes;
    char small[HEAD_SMALL];
};

static void head_read(struct vs_cx *cx, vs_val str, struct head *out)
{
    out->len = vs_str_len(str);
    out->bytes = out->len <= HEAD_SMALL ? out->small : malloc(out->len);
    CHECK(out->bytes);
    vs_str_write_latin1(cx, str, 0, out->len, (uint8_t *)out->bytes);
}

static void head_free(struct head *h)
{
    if (h->bytes != h->small) free(h->bytes);
}

static void header_pairs(const struct vs_args *a)
{
    struct http_engine *e = &state_of(rt_env_of(a))->engine;
    struct head head;
    head_read(e->env->cx, vs_arg(a, 0), &head);
    vs_ret_maybe(a, http_head_pairs(e, head.bytes, head.len));
    head_free(&head);
}

static void headers_object(const struct vs_args *a)
{
    struct http_engine *e = &state_of(rt_env_of(a))->engine;
    struct head head;
    head_read(e->env->cx, vs_arg(a, 0), &head);
    vs_ret_maybe(a, http_headers_object(e, head.bytes, head.len));
    head_free(&head);
}

/* parserIdle(parser): its message, which another began, is complete. */
static void parser_idle(const struct vs_args *a)
{
    rt_http_parser_take_over(vs_arg(a, 0), NULL, 0);
}

/* ---- Server ---- */

static void server_new(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
    http_server_new(&state_of(rt_env_of(a))->engine, vs_this(a), (size_t)vs_f64(vs_arg(a, 0)));
}

static void server_connections(const struct vs_args *a)
{
    vs_ret_maybe(a, http_server_all(vs_native_get(vs_this(a), 0)));
}

static void server_expired(const struct vs_args *a)
{
    vs_ret_maybe(a, http_server_expired(vs_native_get(vs_this(a), 0), vs_uint(vs_arg(a, 0)),
                                        vs_uint(vs_arg(a, 1)), vs_uint(vs_arg(a, 2))));
}

/* ---- Connection ---- */

static struct http_conn *conn_of(const struct vs_args *a)
{
    return vs_native_get(vs_this(a), 0);
}

static void conn_new(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct state *state = state_of(env);
    CHECK(vs_is_construct_call(a) && vs_class_is(state->server, vs_arg(a, 0)));
    struct http_server *server = vs_native_get(vs_arg(a, 0), 0);
    if (!http_conn_new(&state->engine, server, vs_this(a), vs_arg(a, 1)))
        rt_throw_code(env, VS_ERROR, "ERR_INVALID_STATE", "The handle is closed");
}

/* What both ways to answer begin with: (head, body or pieces, flags, keepAliveSeconds). */
static struct http_reply reply_of(const struct vs_args *a)
{
    return (struct http_reply){
        .head = vs_arg(a, 0),
        .body = vs_arg(a, 1),
        .flags = (uint32_t)vs_smi(vs_arg(a, 2)),
        .keep_alive_s = vs_smi(vs_arg(a, 3)),
    };
}

static bool is_open(const struct http_conn *c)
{
    return c && c->state == HTTP_CONN_ATTACHED;
}

/* respond(head, body, flags, keepAliveSeconds): see http_reply_send(); -ECANCELED when closed. */
static void conn_respond(const struct vs_args *a)
{
    struct http_conn *c = conn_of(a);
    struct http_reply r = reply_of(a);
    vs_ret_i32(a, is_open(c) ? http_reply_send(c, &r) : -ECANCELED);
}

/* send(head, pieces, flags, keepAliveSeconds, trailer): see http_reply_pieces(); -ECANCELED when
 * closed. */
static void conn_send(const struct vs_args *a)
{
    struct http_conn *c = conn_of(a);
    struct http_reply r = reply_of(a);
    vs_ret_i32(a, is_open(c) ? http_reply_pieces(c, &r, vs_arg(a, 4)) : -ECANCELED);
}

static void conn_flush(const struct vs_args *a)
{
    struct http_conn *c = conn_of(a);
    if (is_open(c)) http_reply_flush(c);
}

static void conn_adopt(const struct vs_args *a)
{
    struct http_conn *c = conn_of(a);
    vs_ret_bool(a, c && http_reply_adopt(c, vs_arg(a, 0)));
}

static void conn_idle(const struct vs_args *a)
{
    struct http_conn *c = conn_of(a);
    double ms = vs_f64(vs_arg(a, 0));
    if (is_open(c)) http_server_idle(c, ms > 0 ? (uint64_t)ms : 0);
}

static void conn_pause(const struct vs_args *a)
{
    struct http_conn *c = conn_of(a);
    if (c) http_conn_pause(c, vs_is_true(vs_args_cx(a), vs_arg(a, 0)));
}

/* Whether the connection waits for a new message, of which nothing has come. */
static void conn_is_idle(const struct vs_args *a)
{
    const struct http_conn *c = conn_of(a);
    vs_ret_bool(a, c && c->message_start_ns == 0 && !c->in_request);
}

static void conn_leave(const struct vs_args *a)
{
    struct http_conn *c = conn_of(a);
    if (c) http_conn_leave(c);
}

static void conn_transfer(const struct vs_args *a)
{
    struct http_conn *c = conn_of(a);
    if (c) http_conn_transfer(c, vs_arg(a, 0));
}

static void conn_close(const struct vs_args *a)
{
    struct http_conn *c = conn_of(a);
    if (c) http_conn_close(c);
}

/* ---- the binding ---- */

static void state_drop(struct rt_env *env)
{
    struct state *state = state_of(env);
    for (int i = 0; i < HTTP_EVENT_COUNT; i++) vs_ref_drop(state->engine.on[i]);
    http_engine_drop_spare(&state->engine);
    http_shapes_drop(state->engine.shapes);
    rt_http_strings_drop(state->engine.strings);
    free(state);
}

void rt_bind_torc_http(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct state *state = calloc(1, sizeof *state);
    CHECK(state);
    state->engine.env = env;
    state->engine.strings = rt_http_strings_new();
    state->engine.shapes = http_shapes_new();
    env->binding_state[RT_STATE_torc_http] = state;
    env->binding_drop[RT_STATE_torc_http] = state_drop;
    state->server = vs_class_new(cx, "Server", server_new, NULL, 1);
    vs_class_method(state->server, "connections", server_connections);
    vs_class_method(state->server, "expired", server_expired);
    struct vs_class *c = state->connection = vs_class_new(cx, "Connection", conn_new, NULL, 1);
    vs_class_method(c, "respond", conn_respond);
    vs_class_method(c, "send", conn_send);
    vs_class_method(c, "flush", conn_flush);
    vs_class_method(c, "idle", conn_idle);
    vs_class_method(c, "isIdle", conn_is_idle);
    vs_class_method(c, "pause", conn_pause);
    vs_class_method(c, "leave", conn_leave);
    vs_class_method(c, "adopt", conn_adopt);
    vs_class_method(c, "transfer", conn_transfer);
    vs_class_method(c, "close", conn_close);
    vs_put(cx, target, "Server", vs_class_fn(state->server));
    vs_put(cx, target, "Connection", vs_class_fn(state->connection));
    vs_put_fn(cx, target, "setCallbacks", set_callbacks);
    vs_put_fn(cx, target, "headerPairs", header_pairs);
    vs_put_fn(cx, target, "headersObject", headers_object);
    vs_put_fn(cx, target, "parserIdle", parser_idle);
    vs_val flags = vs_obj_new(cx);
    vs_put_int(cx, flags, "requestKeepAlive", HTTP_REQUEST_KEEP_ALIVE);
    vs_put_int(cx, flags, "requestHasBody", HTTP_REQUEST_HAS_BODY);
    vs_put_int(cx, flags, "replyDate", HTTP_REPLY_DATE);
    vs_put_int(cx, flags, "replyKeepAlive", HTTP_REPLY_KEEP_ALIVE);
    vs_put_int(cx, flags, "replyLength", HTTP_REPLY_LENGTH);
    vs_put_int(cx, flags, "replyLatin1", HTTP_REPLY_LATIN1);
    vs_put_int(cx, flags, "replyNoBody", HTTP_REPLY_NO_BODY);
    vs_put_int(cx, flags, "replyChunked", HTTP_REPLY_CHUNKED);
    vs_put_int(cx, flags, "replyOwnCoding", HTTP_REPLY_OWN_CODING);
    vs_put_int(cx, flags, "replyOwnConnection", HTTP_REPLY_OWN_CONNECTION);
    vs_put(cx, target, "flags", flags);
}
