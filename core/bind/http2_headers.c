/* core/bind/http2_headers.c: header lists on their way out, as the library writes them down, and on
 * their way in. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/http2_priv.h"
#include "core/error.h"

/* ---- out ---- */

/* One "name\0value\0flags" at p. Where the next begins; NULL: there is no whole one. */
static uint8_t *read_pair(uint8_t *p, uint8_t *end, nghttp2_nv *nv)
{
    uint8_t *name_end = memchr(p, '\0', (size_t)(end - p));
    if (!name_end) return NULL;
    uint8_t *value = name_end + 1;
    uint8_t *value_end = memchr(value, '\0', (size_t)(end - value));
    if (!value_end || value_end + 1 == end) return NULL;
    *nv =
        (nghttp2_nv){ p, value, (size_t)(name_end - p), (size_t)(value_end - value), value_end[1] };
    return value_end + 2;
}

/* list: [string, count], made by buildNgHeaderString(), which lets no NUL into a name. A value with
 * one makes a list that does not add up: nghttp2 gets a field to refuse in place of it. */
void h2_nv_read(struct rt_env *env, vs_val list, struct h2_nv_list *out)
{
    static uint8_t bad[] = "\0";
    struct vs_cx *cx = env->cx;
    vs_val text = vs_is_arr(list) ? vs_get_index(cx, list, 0) : NULL;
    vs_val number = text ? vs_get_index(cx, list, 1) : NULL;
    CHECK(number && vs_is_str(text) && vs_is_u32(number));
    uint32_t len = vs_str_len(text);
    uint32_t count = vs_uint(number);
    *out = (struct h2_nv_list){ .count = count };
    out->nv = malloc((count + 1) * sizeof(nghttp2_nv) + len);
    CHECK(out->nv);
    uint8_t *p = (uint8_t *)(out->nv + count + 1);
    uint8_t *end = p + len;
    vs_str_write_latin1(cx, text, 0, len, p);
    for (uint32_t i = 0; i < count && p; i++) p = read_pair(p, end, &out->nv[i]);
    if (p == end) return;
    out->nv[0] = (nghttp2_nv){ bad, bad, 1, 1, NGHTTP2_NV_FLAG_NONE };
    out->count = 1;
}

void h2_nv_reset(struct h2_nv_list *l)
{
    free(l->nv);
    *l = (struct h2_nv_list){ 0 };
}

/* ---- in ---- */

void h2_headers_drop(struct h2_headers *h)
{
    for (uint32_t i = 0; i < h->count; i++) {
        nghttp2_rcbuf_decref(h->pairs[i].name);
        nghttp2_rcbuf_decref(h->pairs[i].value);
    }
    free(h->pairs);
    *h = (struct h2_headers){ 0 };
}

void h2_headers_begin(struct h2_stream *st, int category)
{
    h2_headers_drop(&st->headers);
    st->headers.category = category;
}

/* RFC 9113, 6.5.2: what a field counts besides its bytes. */
#define PAIR_OVERHEAD 32

bool h2_headers_add(struct h2_stream *st, nghttp2_rcbuf *name, nghttp2_rcbuf *value, uint8_t flags)
{
    struct h2_headers *h = &st->headers;
    struct h2_session *s = st->session;
    size_t len = nghttp2_rcbuf_get_buf(name).len + nghttp2_rcbuf_get_buf(value).len + PAIR_OVERHEAD;
    if (h->count == s->max_pairs || h->len + len > st->header_max || !h2_has_memory(s, len))
        return false;
    if (h->count == h->cap) {
        h->cap = h->cap ? 2 * h->cap : 16;
        h->pairs = realloc(h->pairs, h->cap * sizeof *h->pairs);
        CHECK(h->pairs);
    }
    nghttp2_rcbuf_incref(name);
    nghttp2_rcbuf_incref(value);
    h->pairs[h->count++] = (struct h2_pair){ name, value, flags };
    h->len += len;
    /* JS keeps them as long as the stream lives, so they count that long. */
    st->header_bytes += len;
    s->memory += len;
    return true;
}

/* The strings of HPACK's static table are made once per env. */
static vs_val text_new(struct h2_state *state, nghttp2_rcbuf *buf)
{
    struct vs_cx *cx = state->env->cx;
    nghttp2_vec v = nghttp2_rcbuf_get_buf(buf);
    if (v.len == 0) return vs_empty_str(cx);
    if (!nghttp2_rcbuf_is_static(buf)) return vs_str_latin1(cx, v.base, (ptrdiff_t)v.len);
    uint32_t i = (uint32_t)((uintptr_t)v.base * 0x9e3779b97f4a7c15u >> 40);
    for (;; i++) {
        i &= H2_TEXTS - 1;
        if (state->texts[i].ptr == v.base) return vs_ref_get(state->texts[i].str);
        if (!state->texts[i].ptr) break;
    }
    vs_val str = vs_str_intern(cx, (const char *)v.base);
    state->texts[i].ptr = v.base;
    state->texts[i].str = vs_ref_new(cx, str);
    return str;
}

static bool put_text(struct h2_state *state, vs_val list, nghttp2_rcbuf *buf)
{
    vs_val str = text_new(state, buf);
    return str && vs_set_index(state->env->cx, list, vs_arr_len(list), str);
}

static bool put_pair(struct h2_state *state, const struct h2_pair *p, vs_val list, vs_val sensitive)
{
    struct vs_scope scope;
    vs_scope_open(state->env->cx, &scope);
    bool ok = put_text(state, list, p->name) && put_text(state, list, p->value);
    if (ok && (p->flags & NGHTTP2_NV_FLAG_NO_INDEX)) ok = put_text(state, sensitive, p->name);
    vs_scope_close(&scope);
    return ok;
}

void h2_headers_deliver(struct h2_stream *st, uint8_t flags)
{
    struct h2_session *s = st->session;
    struct vs_cx *cx = st->state->env->cx;
    struct vs_scope scope;
    if (!st->state->env->can_call_js) return;
    vs_scope_open(cx, &scope);
    vs_val list = vs_arr_new(cx, NULL, 0);
    vs_val sensitive = vs_arr_new(cx, NULL, 0);
    bool ok = true;
    for (uint32_t i = 0; i < st->headers.count && ok; i++)
        ok = put_pair(st->state, &st->headers.pairs[i], list, sensitive);
    vs_val argv[] = { rt_async_object(&st->async),
                      vs_i32(cx, st->id),
                      vs_i32(cx, st->headers.category),
                      vs_i32(cx, flags),
                      list,
                      sensitive };
    h2_headers_drop(&st->headers);
    if (ok) h2_call(s->state, &s->async, H2_ON_HEADERS, 6, argv);
    vs_scope_close(&scope);
}
