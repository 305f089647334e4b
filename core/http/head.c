/* core/http/head.c: the lines of a request's head. llhttp has read it before and found it good, so
 * there is nothing to check here: names end at a colon, lines with CR LF. */
#include <string.h>
#include <strings.h>

#include "core/env.h"
#include "core/http/engine_priv.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool http_head_next(const char **p, const char *end, struct http_line *out)
{
    const char *eol = memchr(*p, '\n', (size_t)(end - *p));
    const char *colon = eol ? memchr(*p, ':', (size_t)(eol - *p)) : NULL;
    if (!colon) return false;
    const char *value = colon + 1, *last = eol;
    while (value < last && is_blank(*value)) value++;
    while (last > value && (last[-1] == '\r' || is_blank(last[-1]))) last--;
    *out = (struct http_line){ *p, value, (size_t)(colon - *p), (size_t)(last - value) };
    *p = eol + 1;
    return true;
}

const char *http_head_lines(const char *p, const char *end)
{
    while (p < end && (*p == '\r' || *p == '\n')) p++;
    const char *eol = memchr(p, '\n', (size_t)(end - p));
    return eol ? eol + 1 : end;
}

static bool is_name(const struct http_line *l, const char *lower, size_t len)
{
    return l->name_len == len && !strncasecmp(l->name, lower, len);
}

void http_head_scan(const char *head, size_t len, struct http_head *out)
{
    const char *end = head + len, *p = head;
    while (p < end && (*p == '\r' || *p == '\n')) p++;
    const char *eol = memchr(p, '\n', (size_t)(end - p));
    if (!eol) eol = end;
    const char *url = memchr(p, ' ', (size_t)(eol - p));
    if (!url) url = eol;
    while (url < eol && *url == ' ') url++;
    const char *stop = memchr(url, ' ', (size_t)(eol - url));
    *out = (struct http_head){ .url = url, .url_len = (size_t)((stop ? stop : eol) - url) };
    struct http_line l;
    for (p = eol < end ? eol + 1 : end; http_head_next(&p, end, &l);) {
        if (is_name(&l, "host", 4)) out->host = true;
        if (is_name(&l, "expect", 6)) out->expect = true;
    }
}

vs_val http_head_pairs(struct http_engine *e, const char *head, size_t len)
{
    struct vs_cx *cx = e->env->cx;
    vs_val items[2 * HTTP_PAIRS_MAX];
    const char *end = head + len, *p = http_head_lines(head, end);
    vs_val out = NULL;
    uint32_t done = 0;
    struct http_line l;
    for (bool more = true; more;) {
        uint32_t count = 0;
        rt_http_strings_settle(e->strings);
        while (count < 2 * HTTP_PAIRS_MAX && (more = http_head_next(&p, end, &l))) {
            items[count++] = rt_http_string_name(e->strings, cx, l.name, l.name_len);
            items[count++] =
                rt_http_string_field(e->strings, cx, l.name, l.name_len, l.value, l.value_len);
        }
        if (!out) {
            out = vs_arr_new(cx, items, count);
            done = count;
            continue;
        }
        for (uint32_t i = 0; i < count; i++)
            if (!vs_set_index(cx, out, done++, items[i])) return NULL;
    }
    return out;
}
