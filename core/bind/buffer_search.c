/* core/bind/buffer_search.c: Buffer's indexOf family. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/buffer_priv.h"
#include "core/encoding.h"
#include "core/error.h"

/* What every search is given; arguments 2 to 4 or 5 of the functions below. */
struct search {
    const uint8_t *hay;
    size_t size; /* all bytes of it */
    size_t len;  /* those to be searched */
    int64_t off; /* where to begin; negative counts from the end of all */
    bool forward;
};

static bool search_read(const struct vs_args *a, int off_arg, int forward_arg, int end_arg,
                        struct search *s)
{
    struct vs_cx *cx = vs_args_cx(a);
    size_t end;
    if (!vs_to_i64(cx, vs_arg(a, off_arg), &s->off)) return false;
    int64_t end_index = INT64_MAX;
    if (!vs_is_undefined(cx, vs_arg(a, end_arg)) && !vs_to_i64(cx, vs_arg(a, end_arg), &end_index))
        return false;
    end = end_index < 0 ? 0 : (size_t)end_index;
    s->forward = vs_is_true(cx, vs_arg(a, forward_arg));
    struct vs_bytes b = vs_bytes(vs_arg(a, 0));
    s->hay = b.ptr;
    s->size = b.len;
    s->len = b.len < end ? b.len : end;
    return true;
}

/* The index to start from for a needle of that length; -1: it can't be found. */
static int64_t first_index(const struct search *s, size_t needle_len)
{
    int64_t len = (int64_t)s->size;
    if (s->off < 0) {
        if (s->off + len >= 0) return s->off + len;
        return s->forward || needle_len == 0 ? 0 : -1;
    }
    if (s->off + (int64_t)needle_len <= len) return s->off;
    if (needle_len == 0) return len;
    return s->forward ? -1 : len - 1;
}

/* Matches begin at multiples of step. Needle not empty. */
static int64_t find_forward(const uint8_t *hay, size_t len, const uint8_t *needle,
                            size_t needle_len, size_t start, size_t step)
{
    while (start + needle_len <= len) {
        const uint8_t *p = memmem(hay + start, len - start, needle, needle_len);
        if (!p) return -1;
        size_t at = (size_t)(p - hay);
        if (at % step == 0) return (int64_t)at;
        start = at + 1;
    }
    return -1;
}

static int64_t find_backward(const uint8_t *hay, size_t len, const uint8_t *needle,
                             size_t needle_len, size_t start, size_t step)
{
    if (needle_len > len) return -1;
    if (start > len - needle_len) start = len - needle_len;
    size_t left = start + 1; /* candidates that have not been looked at */
    while (left > 0) {
        const uint8_t *p = memrchr(hay, needle[0], left);
        if (!p) return -1;
        size_t at = (size_t)(p - hay);
        if (at % step == 0 && memcmp(p, needle, needle_len) == 0) return (int64_t)at;
        left = at;
    }
    return -1;
}

/* step: bytes of a unit; parts of one at the end are left out. */
static int64_t find(struct search s, const uint8_t *needle, size_t needle_len, size_t step)
{
    s.size -= s.size % step;
    s.len -= s.len % step;
    int64_t start = first_index(&s, needle_len);
    if (needle_len == 0) return start < (int64_t)s.len ? start : (int64_t)s.len;
    if (start < 0 || needle_len > s.len || needle_len < step) return -1;
    size_t from = (size_t)start - (size_t)start % step;
    needle_len -= needle_len % step;
    return s.forward ? find_forward(s.hay, s.len, needle, needle_len, from, step)
                     : find_backward(s.hay, s.len, needle, needle_len, from, step);
}

static size_t step_of(enum rt_encoding encoding)
{
    return encoding == RT_UTF16LE ? sizeof(uint16_t) : 1;
}

/* (buffer, string, offset, encoding, forward, end) */
static void index_of_string(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct search s;
    size_t needle_len;
    CHECK(vs_is_str(vs_arg(a, 1)));
    if (!rt_buffer_is_view(a, 0)) return;
    enum rt_encoding encoding = rt_encoding_of(env, vs_arg(a, 3), RT_UTF8);
    char *needle = rt_decode(env, vs_arg(a, 1), encoding, &needle_len);
    if (!needle) return;
    if (search_read(a, 2, 4, 5, &s))
        vs_ret_f64(a, (double)find(s, (uint8_t *)needle, needle_len, step_of(encoding)));
    free(needle);
}

/* (buffer, needle, offset, encoding, forward, end) */
static void index_of_buffer(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct search s;
    if (!rt_buffer_is_view(a, 0) || !rt_buffer_is_view(a, 1)) return;
    enum rt_encoding encoding = rt_encoding_of(env, vs_arg(a, 3), RT_UTF8);
    if (!search_read(a, 2, 4, 5, &s)) return;
    struct vs_bytes needle = vs_bytes(vs_arg(a, 1));
    vs_ret_f64(a, (double)find(s, needle.ptr, needle.len, step_of(encoding)));
}

/* (buffer, byte, offset, forward, end) */
static void index_of_number(const struct vs_args *a)
{
    struct search s;
    if (!rt_buffer_is_view(a, 0)) return;
    uint8_t byte = (uint8_t)vs_uint(vs_arg(a, 1));
    if (!search_read(a, 2, 3, 4, &s)) return;
    vs_ret_f64(a, (double)find(s, &byte, 1, 1));
}

void rt_put_buffer_search(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "indexOfBuffer", index_of_buffer);
    vs_put_fn(env->cx, target, "indexOfNumber", index_of_number);
    vs_put_fn(env->cx, target, "indexOfString", index_of_string);
}
