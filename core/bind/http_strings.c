/* core/bind/http_strings.c: JS strings of header names and values that keep coming.
 *
 * Clients send the same names, and mostly the same values, with every request. A fixed table of
 * each kind holds the strings made before, found by a hash of their bytes. Names enter at once;
 * values only when the same bytes hit the same place twice in a row, so that values that change
 * with each request cost no reference. The tables never grow; a newcomer takes its place over. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/bind/http_parser_priv.h"
#include "core/error.h"

#define NAME_SLOTS 256u /* a power of two, as the next */
#define VALUE_SLOTS 512u
#define NAME_MAX 48u /* bytes; longer ones are made anew each time */
#define VALUE_MAX 128u

struct name_slot {
    struct vs_ref *ref;
    uint32_t len;
    char bytes[NAME_MAX];
};

struct value_slot {
    struct vs_ref *ref; /* NULL: seen once, or nothing yet */
    uint64_t hash;
    uint32_t len;
    char bytes[VALUE_MAX];
};

struct http_strings {
    struct name_slot names[NAME_SLOTS];
    struct value_slot values[VALUE_SLOTS];
    struct vs_ref *old[HTTP_STRINGS_HELD]; /* pushed out, but a caller may still hold them */
    uint32_t old_count;
};

struct http_strings *rt_http_strings_new(void)
{
    struct http_strings *s = calloc(1, sizeof *s);
    CHECK(s);
    return s;
}

void rt_http_strings_drop(struct http_strings *s)
{
    for (uint32_t i = 0; i < NAME_SLOTS; i++) vs_ref_drop(s->names[i].ref);
    for (uint32_t i = 0; i < VALUE_SLOTS; i++) vs_ref_drop(s->values[i].ref);
    rt_http_strings_settle(s);
    free(s);
}

void rt_http_strings_settle(struct http_strings *s)
{
    while (s->old_count > 0) vs_ref_drop(s->old[--s->old_count]);
}

static void push_out(struct http_strings *s, struct vs_ref *ref)
{
    if (!ref) return;
    CHECK(s->old_count < HTTP_STRINGS_HELD);
    s->old[s->old_count++] = ref;
}

static uint64_t load(const char *ptr, size_t len)
{
    uint64_t word = 0;
    memcpy(&word, ptr, len);
    return word;
}

/* Multiply and fold, eight bytes a step. Whoever finds colliding values only makes us slow by the
 * cost of one string each. */
uint64_t rt_http_hash(const char *ptr, size_t len)
{
    const uint64_t prime = 0x9e3779b97f4a7c15u;
    uint64_t h = len * prime;
    for (; len >= sizeof(uint64_t); ptr += sizeof(uint64_t), len -= sizeof(uint64_t)) {
        h = (h ^ load(ptr, sizeof(uint64_t))) * prime;
        h ^= h >> 32;
    }
    h = (h ^ load(ptr, len)) * prime;
    return h ^ (h >> 32);
}

vs_val rt_http_string_name(struct http_strings *s, struct vs_cx *cx, const char *ptr, size_t len)
{
    if (len >= NAME_MAX) return vs_str_latin1(cx, ptr, (ptrdiff_t)len);
    struct name_slot *slot = &s->names[rt_http_hash(ptr, len) & (NAME_SLOTS - 1)];
    if (slot->ref && slot->len == len && !memcmp(slot->bytes, ptr, len))
        return vs_ref_get(slot->ref);
    /* The parser has checked that names are ASCII tokens. */
    memcpy(slot->bytes, ptr, len);
    slot->bytes[len] = '\0';
    slot->len = (uint32_t)len;
    push_out(s, slot->ref);
    vs_val str = vs_str_intern(cx, slot->bytes);
    slot->ref = vs_ref_new(cx, str);
    return str;
}

vs_val rt_http_string_value(struct http_strings *s, struct vs_cx *cx, const char *ptr, size_t len)
{
    if (len == 0) return vs_empty_str(cx);
    if (len > VALUE_MAX) return vs_str_latin1(cx, ptr, (ptrdiff_t)len);
    uint64_t hash = rt_http_hash(ptr, len);
    struct value_slot *slot = &s->values[hash & (VALUE_SLOTS - 1)];
    bool known = slot->hash == hash && slot->len == len;
    if (known && slot->ref && !memcmp(slot->bytes, ptr, len)) return vs_ref_get(slot->ref);
    vs_val str = vs_str_latin1(cx, ptr, (ptrdiff_t)len);
    push_out(s, slot->ref);
    slot->ref = NULL;
    slot->hash = hash;
    slot->len = (uint32_t)len;
    if (known && str) {
        memcpy(slot->bytes, ptr, len);
        slot->ref = vs_ref_new(cx, str);
    }
    return str;
}

static bool is_name(const char *name, size_t len, const char *lower)
{
    return strlen(lower) == len && !strncasecmp(name, lower, len);
}

vs_val rt_http_string_field(struct http_strings *s, struct vs_cx *cx, const char *name,
                            size_t name_len, const char *ptr, size_t len)
{
    if (is_name(name, name_len, "cookie") || is_name(name, name_len, "set-cookie") ||
        is_name(name, name_len, "authorization") || is_name(name, name_len, "proxy-authorization"))
        return vs_str_latin1(cx, ptr, (ptrdiff_t)len);
    return rt_http_string_value(s, cx, ptr, len);
}
