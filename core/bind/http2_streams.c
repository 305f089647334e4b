/* core/bind/http2_streams.c: the life of streams and the table a session finds them in. */
#include <errno.h>
#include <stdlib.h>

#include "core/bind/http2_priv.h"
#include "core/bind/performance_priv.h"
#include "core/error.h"

/* ---- the table ---- */

#define TABLE_MIN 16u /* a power of two */

/* Ids of one side are all odd or all even. */
static uint32_t bucket(const struct h2_session *s, int32_t id)
{
    return ((uint32_t)id >> 1 ^ (uint32_t)id << 3) & (s->table_size - 1);
}

struct h2_stream *h2_find(const struct h2_session *s, int32_t id)
{
    if (!s->table) return NULL;
    struct h2_stream *st = s->table[bucket(s, id)];
    while (st && st->id != id) st = st->next;
    return st;
}

struct h2_stream *h2_find_live(const struct h2_session *s, int32_t id)
{
    struct h2_stream *st = h2_find(s, id);
    return st && !st->destroyed ? st : NULL;
}

static void table_put(struct h2_session *s, struct h2_stream *st)
{
    struct h2_stream **head = &s->table[bucket(s, st->id)];
    st->next = *head;
    *head = st;
}

static void table_grow(struct h2_session *s)
{
    struct h2_stream **old = s->table;
    uint32_t old_size = s->table_size;
    s->table_size = old_size ? 2 * old_size : TABLE_MIN;
    s->table = calloc(s->table_size, sizeof(struct h2_stream *));
    CHECK(s->table);
    for (uint32_t i = 0; i < old_size; i++) {
        while (old[i]) {
            struct h2_stream *st = old[i];
            old[i] = st->next;
            table_put(s, st);
        }
    }
    free(old);
}

void h2_table_add(struct h2_session *s, struct h2_stream *st)
{
    if (s->stream_count == s->table_size) table_grow(s);
    table_put(s, st);
    s->stream_count++;
    h2_hold(s);
    s->stats.streams++;
    if (++s->stats.streams_now > s->stats.streams_most)
        s->stats.streams_most = s->stats.streams_now;
}

void h2_table_remove(struct h2_session *s, struct h2_stream *st)
{
    struct h2_stream **p = &s->table[bucket(s, st->id)];
    while (*p != st) p = &(*p)->next;
    *p = st->next;
    s->stream_count--;
    s->stats.streams_now--;
    s->stats.stream_ns += rt_performance_now_ns() - st->stats.start_ns;
    h2_release(s);
}

/* ---- life ---- */

struct h2_stream *h2_stream_new(struct h2_session *s, int32_t id)
{
    struct rt_env *env = s->state->env;
    struct vs_scope scope;
    if (!env->can_call_js) return NULL;
    vs_scope_open(env->cx, &scope);
    vs_val object = vs_class_make(s->state->stream_class);
    struct h2_stream *st = object ? calloc(1, sizeof *st) : NULL;
    if (st) {
        st->state = s->state;
        st->session = s;
        st->id = id;
        st->queue_tail = &st->queue;
        st->header_max =
            nghttp2_session_get_local_settings(s->ng, NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE);
        st->stats.start_ns = rt_performance_now_ns();
        s->memory += sizeof *st;
        rt_async_init_under(&st->async, &s->async, object, RT_PROVIDER_HTTP2STREAM, st);
        rt_stream_init(&st->stream, &st->async, &h2_stream_ops);
        h2_table_add(s, st);
    }
    vs_scope_close(&scope);
    return st;
}

void h2_stream_destroy(struct h2_stream *st)
{
    struct h2_state *state = st->state;
    if (st->destroyed) return;
    st->destroyed = true;
    st->stats.end_ns = rt_performance_now_ns();
    st->dead_next = state->dead;
    state->dead = st;
    rt_soon(state->env, &state->soon);
}

void h2_stream_part(struct h2_stream *st)
{
    struct h2_session *s = st->session;
    if (!s) return;
    h2_headers_drop(&st->headers); /* the memory of a half received block is the session's */
    s->memory -= sizeof *st + st->header_bytes + st->queued;
    st->session = NULL;
    h2_table_remove(s, st);
}

void h2_stream_free(struct h2_stream *st)
{
    while (st->queue) {
        struct rt_write *w = st->queue;
        st->queue = w->next;
        rt_write_drop(w);
    }
    CHECK(!st->session);
    rt_stream_reset(&st->stream);
    rt_async_reset(&st->async);
    free(st);
}

static void cancel_writes(struct h2_stream *st)
{
    while (st->queue) {
        struct rt_write *w = st->queue;
        st->queue = w->next;
        rt_write_done(w, -ECANCELED);
    }
    st->queue_tail = &st->queue;
}

void h2_bury(struct h2_state *state)
{
    struct h2_stream *dead = state->dead;
    state->dead = NULL; /* those that JS adds now wait for the next phase */
    while (dead) {
        struct h2_stream *st = dead;
        dead = st->dead_next;
        h2_stream_part(st);
        cancel_writes(st);
        h2_stats_stream(st);
        st->done = true;
        if (st->in_flight == 0) h2_stream_free(st);
    }
}

void h2_stream_landed(struct h2_stream *st)
{
    if (--st->in_flight == 0 && st->done) h2_stream_free(st);
}
