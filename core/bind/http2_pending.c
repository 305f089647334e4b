/* core/bind/http2_pending.c: PING and SETTINGS frames waiting to be acknowledged. Each is an
 * async resource; the library's callback is its `ondone`. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/http2_priv.h"
#include "core/bind/performance_priv.h"
#include "core/buffer.h"
#include "core/error.h"

#define PING_BYTES 8

/* Freed by pending_end() or h2_pending_cancel(). */
struct h2_pending {
    struct rt_async async; /* first */
    struct h2_pending *next;
    int64_t start_ns;
    uint8_t payload[PING_BYTES];
    bool is_ping;
};

void h2_pending_classes(struct rt_env *env)
{
    struct h2_state *state = h2_state_of(env);
    state->ping_class = vs_class_new(env->cx, "Http2Ping", NULL, rt_async_class(env), 1);
    state->settings_class = vs_class_new(env->cx, "Http2Settings", NULL, rt_async_class(env), 1);
}

static void pending_drop(struct h2_pending *p)
{
    rt_async_reset(&p->async);
    free(p);
}

/* ondone(ack, duration[, payload]); frees p. */
static void pending_end(struct h2_pending *p, bool ack, const uint8_t *payload)
{
    struct rt_env *env = p->async.env;
    struct vs_cx *cx = env->cx;
    if (env->can_call_js) {
        struct vs_scope scope;
        vs_scope_open(cx, &scope);
        double ms = (double)(rt_performance_now_ns() - p->start_ns) / NS_PER_MS;
        vs_val data = payload ? rt_buffer_new(env, payload, PING_BYTES) : vs_undefined(cx);
        vs_val argv[] = { vs_bool(cx, ack), vs_num(cx, ms), data };
        if (data) rt_call_name(&p->async, rt_str(env, ondone), 3, argv);
        vs_scope_close(&scope);
    }
    pending_drop(p);
}

bool h2_pending_add(struct h2_session *s, struct h2_pending_list *list, const uint8_t *payload,
                    vs_val cb)
{
    struct h2_state *state = s->state;
    struct rt_env *env = state->env;
    struct h2_pending *p = calloc(1, sizeof *p);
    vs_val object = vs_class_make(payload ? state->ping_class : state->settings_class);
    CHECK(p && object);
    p->is_ping = payload != NULL;
    p->start_ns = rt_performance_now_ns();
    if (payload) memcpy(p->payload, payload, PING_BYTES);
    rt_async_init_under(&p->async, &s->async, object,
                        payload ? RT_PROVIDER_HTTP2PING : RT_PROVIDER_HTTP2SETTINGS, p);
    CHECK(vs_set(env->cx, object, rt_str(env, ondone), cb));
    if (list->count == list->max) {
        pending_end(p, false, NULL);
        return false;
    }
    struct h2_pending **link = &list->first;
    while (*link) link = &(*link)->next;
    *link = p;
    list->count++;
    return true;
}

static struct h2_pending *pop(struct h2_pending_list *list)
{
    struct h2_pending *p = list->first;
    if (!p) return NULL;
    list->first = p->next;
    list->count--;
    return p;
}

bool h2_pending_ack(struct h2_session *s, struct h2_pending_list *list, const uint8_t *payload)
{
    struct h2_pending *p = pop(list);
    if (!p) return false;
    if (p->is_ping) s->stats.ping_rtt_ns = rt_performance_now_ns() - p->start_ns;
    pending_end(p, true, payload);
    return true;
}

void h2_pending_cancel(struct h2_session *s, struct h2_pending_list *list, bool told)
{
    struct h2_pending *p;
    (void)s;
    while ((p = pop(list))) {
        if (told)
            pending_end(p, false, NULL);
        else
            pending_drop(p);
    }
}
