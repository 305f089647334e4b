/* core/bind/http_connections.c: ConnectionsList: which connections of a server are idle, which wait
 * for the rest of a request and since when. */
#include <stdlib.h>

#include "core/bind/http_parser_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/native.h"

#define NS_PER_MS 1000000u

struct http_list {
    struct rt_native native; /* first */
    struct http_link all;    /* http_parser.in_all */
    struct http_link active; /* http_parser.in_active, oldest message first */
};

void rt_http_link_init(struct http_link *l)
{
    l->next = l->prev = l;
}

void rt_http_link_remove(struct http_link *l)
{
    l->prev->next = l->next;
    l->next->prev = l->prev;
    rt_http_link_init(l);
}

void rt_http_link_append(struct http_link *head, struct http_link *l)
{
    l->next = head;
    l->prev = head->prev;
    head->prev->next = l;
    head->prev = l;
}

void http_list_add(struct http_list *list, struct http_parser *p)
{
    p->list = list;
    rt_http_link_append(&list->all, &p->in_all);
    rt_http_link_init(&p->in_active);
}

void http_list_remove(struct http_parser *p)
{
    if (!p->list) return;
    rt_http_link_remove(&p->in_all);
    rt_http_link_remove(&p->in_active);
    p->list = NULL;
}

void http_list_begin(struct http_parser *p, uint64_t now_ns)
{
    p->message_start_ns = now_ns;
    if (!p->list) return;
    rt_http_link_remove(&p->in_active);
    rt_http_link_append(&p->list->active, &p->in_active);
}

void http_list_end(struct http_parser *p)
{
    p->message_start_ns = 0;
    if (p->list) rt_http_link_remove(&p->in_active);
}

struct http_list *http_list_of(struct http_state *state, vs_val v)
{
    return vs_class_is(state->list_class, v) ? vs_native_get(v, 0) : NULL;
}

/* The server is gone; its last connections may still be there. */
static void list_drop(struct rt_native *n)
{
    struct http_list *list = container_of(n, struct http_list, native);
    while (list->all.next != &list->all)
        http_list_remove(container_of(list->all.next, struct http_parser, in_all));
    free(list);
}

static void list_new(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
    struct http_list *list = calloc(1, sizeof *list);
    CHECK(list);
    rt_http_link_init(&list->all);
    rt_http_link_init(&list->active);
    rt_native_init(&list->native, rt_env_of(a), vs_this(a), list_drop);
}

enum which { ALL, IDLE, ACTIVE };

static bool belongs(const struct http_parser *p, enum which which)
{
    return which == ALL || (p->message_start_ns == 0) == (which == IDLE);
}

static void answer(const struct vs_args *a, enum which which)
{
    struct http_list *list = vs_native_get(vs_this(a), 0);
    struct vs_cx *cx = vs_args_cx(a);
    vs_val out = vs_arr_new(cx, NULL, 0);
    uint32_t count = 0;
    for (struct http_link *l = list->all.next; l != &list->all; l = l->next) {
        struct http_parser *p = container_of(l, struct http_parser, in_all);
        if (!belongs(p, which)) continue;
        if (!vs_set_index(cx, out, count++, rt_async_object(&p->async))) return;
    }
    vs_ret(a, out);
}

static void list_all(const struct vs_args *a)
{
    answer(a, ALL);
}

static void list_idle(const struct vs_args *a)
{
    answer(a, IDLE);
}

static void list_active(const struct vs_args *a)
{
    answer(a, ACTIVE);
}

/* The time before which something must have begun to be late; 0: no limit. */
static uint64_t deadline_ns(uint64_t now_ns, uint32_t limit_ms)
{
    uint64_t limit_ns = (uint64_t)limit_ms * NS_PER_MS;
    return limit_ns > 0 && now_ns > limit_ns ? now_ns - limit_ns : 0;
}

/* expired(headersTimeout, requestTimeout) -> parsers, which count as no longer active. */
static void list_expired(const struct vs_args *a)
{
    struct http_list *list = vs_native_get(vs_this(a), 0);
    struct vs_cx *cx = vs_args_cx(a);
    uint64_t now_ns = ur_loop_now_ns(list->native.env->loop);
    uint64_t headers = deadline_ns(now_ns, vs_uint(vs_arg(a, 0)));
    uint64_t request = deadline_ns(now_ns, vs_uint(vs_arg(a, 1)));
    vs_val out = vs_arr_new(cx, NULL, 0);
    uint32_t count = 0;
    for (struct http_link *l = list->active.next, *next; l != &list->active; l = next) {
        struct http_parser *p = container_of(l, struct http_parser, in_active);
        next = l->next;
        bool late =
            (!p->headers_done && p->message_start_ns < headers) || p->message_start_ns < request;
        if (!late) continue;
        rt_http_link_remove(&p->in_active);
        if (!vs_set_index(cx, out, count++, rt_async_object(&p->async))) return;
    }
    vs_ret(a, out);
}

struct vs_class *http_list_class(struct rt_env *env)
{
    struct vs_class *c = vs_class_new(env->cx, "ConnectionsList", list_new, NULL, 1);
    vs_class_method(c, "all", list_all);
    vs_class_method(c, "idle", list_idle);
    vs_class_method(c, "active", list_active);
    vs_class_method(c, "expired", list_expired);
    return c;
}
