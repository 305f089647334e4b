/* v8shim/vs_url_pattern.h: URLPattern (urlpattern.spec.whatwg.org) as ada has it, which is in C++
 * alone, with V8's regular expressions. Everything belongs to the isolate's thread. */
#ifndef VS_URL_PATTERN_H
#define VS_URL_PATTERN_H

#include "v8shim/vs_value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum vs_url_part {
    VS_URL_PROTOCOL,
    VS_URL_USERNAME,
    VS_URL_PASSWORD,
    VS_URL_HOSTNAME,
    VS_URL_PORT,
    VS_URL_PATHNAME,
    VS_URL_SEARCH,
    VS_URL_HASH,
    VS_URL_BASE, /* of an input only */
    VS_URL_INPUT_PARTS,
    VS_URL_PARTS = VS_URL_BASE,
};

/* A pattern, or what is matched: a text, or parts that stand alone. All is UTF-8 and borrowed; an
 * absent part or text has a NULL ptr. */
struct vs_url_input {
    bool in_parts;
    struct vs_text text;
    struct vs_text parts[VS_URL_INPUT_PARTS];
};

struct vs_url_pattern;
/* base: NULL for none. NULL: no valid pattern; no exception is pending. */
struct vs_url_pattern *vs_url_pattern_new(const struct vs_url_input *input,
                                          const struct vs_text *base, bool ignore_case);
void vs_url_pattern_drop(struct vs_url_pattern *p);
/* Borrowed from the pattern. */
const char *vs_url_pattern_part(const struct vs_url_pattern *p, enum vs_url_part part, size_t *len);
bool vs_url_pattern_has_groups(const struct vs_url_pattern *p);

/* 1: it matches, 0: it does not, -1: base was given with parts. Never run JS. */
int vs_url_pattern_test(struct vs_url_pattern *p, const struct vs_url_input *input,
                        const struct vs_text *base);
/* The same; on 1 parts[] are objects { groups, input } for each part of a URL. */
int vs_url_pattern_exec(struct vs_cx *cx, struct vs_url_pattern *p,
                        const struct vs_url_input *input, const struct vs_text *base,
                        vs_val parts[VS_URL_PARTS]);

#ifdef __cplusplus
}
#endif
#endif
