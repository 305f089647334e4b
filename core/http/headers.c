/* core/http/headers.c: the object that req.headers is, made in one go.
 *
 * A client sends the same names in the same order with every request, so the object's properties
 * are known before it is made: a shape is found by the names as they were sent. Only what needs no
 * rule of Node's has one: names that differ and stand for themselves. A sequence gets its shape
 * when it comes twice in a row to the same place of a table. Shapes are never replaced, as V8 does
 * not let go of what it made for them; who has none is left to Node's code. */
#include <stdlib.h>
#include <string.h>

#include "core/env.h"
#include "core/error.h"
#include "core/http/engine_priv.h"

#define LINES_MAX 64u
#define KEY_MAX 1024u /* bytes */
#define SHAPES_MAX 256u
#define SLOTS 512u /* a power of two, so much larger that there is a free one near */
#define PROBES 8u

_Static_assert(LINES_MAX <= HTTP_STRINGS_HELD, "values are looked up without a settle between");

struct http_shape {
    struct vs_shape *object; /* owned; NULL: the names need Node's rules */
    uint64_t hash;
    uint32_t key_len;
    char key[]; /* the names, each with its colon */
};

struct http_shapes {
    struct http_shape *slots[SLOTS]; /* owned */
    uint64_t seen[SLOTS];            /* hash of the key without a shape that was here last */
    uint32_t count;
};

/* The header lines of one head. */
struct lines {
    struct http_line all[LINES_MAX];
    uint32_t count;
    uint32_t key_len;
    char key[KEY_MAX];
};

struct http_shapes *http_shapes_new(void)
{
    struct http_shapes *s = calloc(1, sizeof *s);
    CHECK(s);
    return s;
}

void http_shapes_drop(struct http_shapes *s)
{
    for (uint32_t i = 0; i < SLOTS; i++) {
        if (!s->slots[i]) continue;
        vs_shape_drop(s->slots[i]->object);
        free(s->slots[i]);
    }
    free(s);
}

/* False: there are more than a shape has, or none. */
static bool read_lines(const char *head, size_t len, struct lines *out)
{
    const char *end = head + len, *p = http_head_lines(head, end);
    struct http_line l;
    out->count = out->key_len = 0;
    while (http_head_next(&p, end, &l)) {
        size_t with_colon = l.name_len + 1;
        if (out->count == LINES_MAX || with_colon > KEY_MAX - out->key_len) return false;
        memcpy(out->key + out->key_len, l.name, with_colon);
        out->key_len += (uint32_t)with_colon;
        out->all[out->count++] = l;
    }
    return out->count > 0;
}

/* ---- making a shape ---- */

static char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_text(const char *name, size_t len, const char *text)
{
    return len == strlen(text) && !memcmp(name, text, len);
}

/* A name in lower case that becomes a property of its own, a string, in its place: no number, which
 * would come first; nothing that a list or the prototype is made of. */
static bool is_plain(const char *name, size_t len)
{
    if (len == 0 || (name[0] >= '0' && name[0] <= '9')) return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)name[i] >= 0x80) return false;
    return !is_text(name, len, "set-cookie") && !is_text(name, len, "__proto__");
}

/* NULL: the names are not plain, or one comes twice. */
static struct vs_shape *new_object(struct vs_cx *cx, const struct lines *lines)
{
    char lower[KEY_MAX];
    const char *names[LINES_MAX];
    size_t lens[LINES_MAX];
    for (uint32_t i = 0; i < lines->key_len; i++) lower[i] = to_lower(lines->key[i]);
    const char *at = lower;
    for (uint32_t i = 0; i < lines->count; i++) {
        names[i] = at;
        lens[i] = lines->all[i].name_len;
        if (!is_plain(at, lens[i])) return NULL;
        for (uint32_t k = 0; k < i; k++)
            if (lens[k] == lens[i] && !memcmp(names[k], at, lens[i])) return NULL;
        at += lens[i] + 1;
    }
    return vs_shape_new(cx, names, lens, lines->count);
}

static struct http_shape *new_shape(struct vs_cx *cx, const struct lines *lines, uint64_t hash)
{
    struct http_shape *s = malloc(sizeof *s + lines->key_len);
    CHECK(s);
    *s = (struct http_shape){ .hash = hash, .key_len = lines->key_len };
    s->object = new_object(cx, lines);
    memcpy(s->key, lines->key, lines->key_len);
    return s;
}

/* ---- finding one ---- */

static bool is_shape_of(const struct http_shape *s, const struct lines *lines, uint64_t hash)
{
    return s->hash == hash && s->key_len == lines->key_len &&
           !memcmp(s->key, lines->key, lines->key_len);
}

/* NULL: it has none, or not yet. */
static const struct http_shape *find_shape(struct http_shapes *shapes, struct vs_cx *cx,
                                           const struct lines *lines)
{
    uint64_t hash = rt_http_hash(lines->key, lines->key_len);
    uint32_t slot = hash & (SLOTS - 1), probes = 0;
    for (; probes < PROBES && shapes->slots[slot]; probes++, slot = (slot + 1) & (SLOTS - 1))
        if (is_shape_of(shapes->slots[slot], lines, hash)) return shapes->slots[slot];
    if (probes == PROBES || shapes->count == SHAPES_MAX) return NULL;
    uint64_t *seen = &shapes->seen[hash & (SLOTS - 1)];
    if (*seen != hash) {
        *seen = hash;
        return NULL;
    }
    shapes->count++;
    return shapes->slots[slot] = new_shape(cx, lines, hash);
}

vs_val http_headers_object(struct http_engine *e, const char *head, size_t len)
{
    struct vs_cx *cx = e->env->cx;
    struct lines lines;
    vs_val values[LINES_MAX];
    if (!read_lines(head, len, &lines)) return vs_undefined(cx);
    const struct http_shape *shape = find_shape(e->shapes, cx, &lines);
    if (!shape || !shape->object) return vs_undefined(cx);
    rt_http_strings_settle(e->strings);
    for (uint32_t i = 0; i < lines.count; i++) {
        const struct http_line *l = &lines.all[i];
        values[i] =
            rt_http_string_field(e->strings, cx, l->name, l->name_len, l->value, l->value_len);
    }
    return vs_shape_make(cx, shape->object, values);
}
