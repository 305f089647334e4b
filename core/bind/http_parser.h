/* core/bind/http_parser.h: what Node's parser and the HTTP engine (core/http/) share. */
#ifndef RT_BIND_HTTP_PARSER_H
#define RT_BIND_HTTP_PARSER_H

#include <llhttp.h>

#include "v8shim/vs.h"

struct rt_stream;

/* v, an HTTPParser that has parsed nothing yet, goes on from where another llhttp stands; NULL: it
 * stays as it is. message_start_ns: when the present message began, 0: it is complete. Nothing
 * happens if v is no parser, or a closed one. */
void rt_http_parser_take_over(vs_val v, const llhttp_t *from, uint64_t message_start_ns);

/* The parser that consumes s, if one does, has met an error, as if a callback of its own had.
 * reason: static. */
void rt_http_parser_fail(struct rt_stream *s, int err, const char *reason);

/* What s delivers next is the rest of a read whose first len bytes, which are before it in memory,
 * were parsed elsewhere: errors and upgrades count and show them, too. */
void rt_http_parser_skipped(struct rt_stream *s, size_t len);

/* Header pairs collected before they are handed to JS in pieces. */
#define HTTP_PAIRS_MAX 32

/* A member of an intrusive list, and the head of one; alone it points to itself. */
struct http_link {
    struct http_link *next, *prev;
};
void rt_http_link_init(struct http_link *l);
void rt_http_link_remove(struct http_link *l);
void rt_http_link_append(struct http_link *head, struct http_link *l);

/* JS strings of names and values that keep coming: http_strings.c. */
struct http_strings;
struct http_strings *rt_http_strings_new(void);
void rt_http_strings_drop(struct http_strings *s);
/* Strings got from here live until the next settle. At most HTTP_STRINGS_HELD may be asked for in
 * between. */
#define HTTP_STRINGS_HELD (2 * HTTP_PAIRS_MAX + 2)
void rt_http_strings_settle(struct http_strings *s);
/* Header names: few, and used as property keys, so internalised. */
vs_val rt_http_string_name(struct http_strings *s, struct vs_cx *cx, const char *ptr, size_t len);
/* URLs: those seen again and again share one string. */
vs_val rt_http_string_value(struct http_strings *s, struct vs_cx *cx, const char *ptr, size_t len);
/* Values of headers, likewise, but for cookies and credentials: none of them stays here. */
vs_val rt_http_string_field(struct http_strings *s, struct vs_cx *cx, const char *name,
                            size_t name_len, const char *ptr, size_t len);
/* Of bytes, for tables whose look-ups are bounded: colliding ones can be made. */
uint64_t rt_http_hash(const char *ptr, size_t len);

#endif
