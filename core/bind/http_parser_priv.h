/* core/bind/http_parser_priv.h: between the files of the http_parser binding. */
#ifndef RT_BIND_HTTP_PARSER_PRIV_H
#define RT_BIND_HTTP_PARSER_PRIV_H

#include <llhttp.h>

#include "core/async.h"
#include "core/bind/http_parser.h"
#include "core/stream.h"

struct http_list;
struct http_state;

/* Names the library gives to what it hangs on a parser: parser[kOnHeaders] = function. */
enum http_on {
    HTTP_ON_MESSAGE_BEGIN,
    HTTP_ON_HEADERS,
    HTTP_ON_HEADERS_COMPLETE,
    HTTP_ON_BODY,
    HTTP_ON_MESSAGE_COMPLETE,
    HTTP_ON_EXECUTE,
    HTTP_ON_TIMEOUT,
};

/* A token that may come in several pieces and from several reads. */
struct http_text {
    const char *ptr;
    size_t len;
    bool owned; /* ptr is malloc'd; else it points into the bytes being parsed */
};

/* Freed by close() or with the env. */
struct http_parser {
    struct rt_async async; /* first */
    llhttp_t llhttp;
    struct http_state *state;
    struct rt_stream_listener listener; /* consume(): on the stream of the connection */
    struct http_link in_state;          /* every parser of the env */

    struct http_text url;
    struct http_text status;
    struct http_text names[HTTP_PAIRS_MAX];
    struct http_text values[HTTP_PAIRS_MAX];
    uint32_t name_count, value_count;

    struct rt_callback *callback; /* open while parsing */
    const uint8_t *data;          /* being parsed, for getCurrentBuffer(); NULL: the end */
    size_t len;
    size_t skipped;   /* of the same read, before what on_read() gets: another has parsed it */
    size_t nread;     /* result of the last run */
    int err;          /* enum llhttp_errno, likewise */
    bool threw;       /* a JS function threw: parsing stops without a result */
    uint32_t depth;   /* of runs: a callback may parse more */
    bool stop;        /* free() from a callback: the rest of the input is nobody's */
    bool pause_later; /* pause() from a callback */
    bool flushed;     /* headers went to kOnHeaders already */
    bool headers_done;
    size_t header_nread; /* bytes of the current head or trailer */
    size_t header_max;
    uint32_t pair_count;    /* of the current head or trailer */
    uint32_t pair_max;      /* from maxHeaderPairs */
    size_t extension_nread; /* of chunk extensions */

    struct http_list *list; /* the server's connections, or NULL */
    struct http_link in_all, in_active;
    uint64_t message_start_ns; /* 0: idle */
};

struct http_state {
    struct vs_class *parser_class;
    struct vs_class *list_class;
    struct http_strings *strings;
    struct http_link parsers; /* http_parser.in_state */
};

/* Parses data, or with NULL tells that no more will come. Calls JS; results in p->nread, err,
 * threw. p may be used after. */
void http_run(struct http_parser *p, const uint8_t *data, size_t len);
/* What execute() returns for the last run: bytes, an Error, or NULL (threw). */
vs_val http_result(struct http_parser *p);
extern const llhttp_settings_t http_settings;
/* Drops the tokens collected so far. */
void http_forget_message(struct http_parser *p);

/* ---- connections (http_connections.c) ---- */

struct vs_class *http_list_class(struct rt_env *env);
/* The list behind a ConnectionsList object, or NULL. */
struct http_list *http_list_of(struct http_state *state, vs_val v);
void http_list_add(struct http_list *list, struct http_parser *p);
void http_list_remove(struct http_parser *p);
/* A message begins: p is active since now_ns. */
void http_list_begin(struct http_parser *p, uint64_t now_ns);
/* A message is complete: p is idle. */
void http_list_end(struct http_parser *p);

#endif
