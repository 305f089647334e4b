/* core/http/server.c: the connections of one server: which there are, when idle ones are to end,
 * which take too long for a request. */
#include <stdlib.h>

#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/http/engine_priv.h"

#define NS_PER_MS 1000000u

static struct http_conn *conn_in_idle(struct http_link *l)
{
    return container_of(l, struct http_conn, in_idle);
}

static bool is_empty(const struct http_link *head)
{
    return head->next == head;
}

static void arm(struct http_server *s)
{
    if (is_empty(&s->idle)) return;
    uint64_t now_ns = ur_loop_now_ns(s->engine->env->loop);
    uint64_t until_ns = conn_in_idle(s->idle.next)->idle_until_ns;
    ur_timer_start_ns(&s->idle_timer, until_ns > now_ns ? until_ns - now_ns : 0, 0);
}

/* Times of the list may be out of order when JS has changed the server's timeout meanwhile; who is
 * behind one that has longer waits for that one. */
static void idle_due(struct ur_timer *t)
{
    struct http_server *s = container_of(t, struct http_server, idle_timer);
    uint64_t now_ns = ur_loop_now_ns(s->engine->env->loop);
    rt_native_hold(&s->native);
    while (!is_empty(&s->idle)) {
        struct http_conn *c = conn_in_idle(s->idle.next);
        if (c->idle_until_ns > now_ns) break;
        http_server_idle(c, 0);
        vs_val argv[1];
        http_conn_call(c, HTTP_EVENT_IDLE, 1, argv);
    }
    if (!ur_timer_active(&s->idle_timer)) arm(s);
    rt_native_release(&s->native);
}

static void server_drop(struct rt_native *n)
{
    struct http_server *s = container_of(n, struct http_server, native);
    CHECK(is_empty(&s->conns));
    free(s);
}

void http_server_new(struct http_engine *e, vs_val object, size_t head_max)
{
    struct http_server *s = calloc(1, sizeof *s);
    CHECK(s);
    s->engine = e;
    s->head_max = head_max;
    rt_http_link_init(&s->conns);
    rt_http_link_init(&s->idle);
    ur_timer_init(e->env->loop, &s->idle_timer, idle_due);
    ur_timer_unref(&s->idle_timer);
    rt_native_init(&s->native, e->env, object, server_drop);
}

void http_server_add(struct http_server *s, struct http_conn *c)
{
    if (is_empty(&s->conns)) rt_native_hold(&s->native);
    c->server = s;
    rt_http_link_append(&s->conns, &c->in_server);
    rt_http_link_init(&c->in_idle);
}

void http_server_remove(struct http_conn *c)
{
    struct http_server *s = c->server;
    rt_http_link_remove(&c->in_server);
    rt_http_link_remove(&c->in_idle);
    if (is_empty(&s->conns)) {
        ur_timer_stop(&s->idle_timer);
        rt_native_release(&s->native);
    }
}

void http_server_idle(struct http_conn *c, uint64_t ms)
{
    struct http_server *s = c->server;
    rt_http_link_remove(&c->in_idle);
    c->idle_ns = ms * NS_PER_MS;
    if (ms == 0) return;
    c->idle_until_ns = ur_loop_now_ns(s->engine->env->loop) + c->idle_ns;
    rt_http_link_append(&s->idle, &c->in_idle);
    if (!ur_timer_active(&s->idle_timer)) arm(s);
}

void http_server_refresh(struct http_conn *c)
{
    if (c->idle_ns == 0) return;
    rt_http_link_remove(&c->in_idle);
    c->idle_until_ns = ur_loop_now_ns(c->engine->env->loop) + c->idle_ns;
    rt_http_link_append(&c->server->idle, &c->in_idle);
}

vs_val http_server_all(struct http_server *s)
{
    struct vs_cx *cx = s->engine->env->cx;
    vs_val out = vs_arr_new(cx, NULL, 0);
    uint32_t count = 0;
    for (struct http_link *l = s->conns.next; l != &s->conns; l = l->next) {
        struct http_conn *c = container_of(l, struct http_conn, in_server);
        if (!vs_set_index(cx, out, count++, vs_ref_get(c->object))) return NULL;
    }
    return out;
}

/* As ConnectionsList.expired() judges. */
static bool is_late(const struct http_conn *c, uint64_t now_ns, uint32_t headers_ms,
                    uint32_t request_ms)
{
    if (c->message_start_ns == 0) return false;
    uint64_t age_ns = now_ns - c->message_start_ns;
    bool in_head = !c->has_body;
    if (headers_ms && in_head && age_ns > (uint64_t)headers_ms * NS_PER_MS) return true;
    return request_ms && age_ns > (uint64_t)request_ms * NS_PER_MS;
}

vs_val http_server_expired(struct http_server *s, uint32_t headers_ms, uint32_t request_ms,
                           uint32_t max)
{
    struct vs_cx *cx = s->engine->env->cx;
    uint64_t now_ns = ur_loop_now_ns(s->engine->env->loop);
    vs_val out = vs_arr_new(cx, NULL, 0);
    uint32_t count = 0;
    for (struct http_link *l = s->conns.next; l != &s->conns; l = l->next) {
        struct http_conn *c = container_of(l, struct http_conn, in_server);
        if (!is_late(c, now_ns, headers_ms, request_ms)) continue;
        if (!vs_set_index(cx, out, count++, vs_ref_get(c->object))) return NULL;
        if (count == max) break;
    }
    return out;
}
