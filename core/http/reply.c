/* core/http/reply.c: answers. The head comes from JS as one string; what is the same for every
 * answer (date, connection, length) is added here, and the body after it, in one buffer. Buffers
 * are handed to the loop when the connection has nothing more to do in this turn. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/http/engine_priv.h"

/* Room for the lines that are added here. */
#define LINES_MAX 256u
#define NUMBER_MAX 20u
/* And for those around a chunk. */
#define FRAME_MAX 32u

/* ---- buffers ---- */

static struct http_out *out_new(struct http_engine *e, size_t need)
{
    struct http_out *o = e->spare;
    if (need <= HTTP_OUT_SIZE && o) {
        e->spare = o->next;
        e->spare_count--;
    } else {
        uint32_t cap = need > HTTP_OUT_SIZE ? (uint32_t)need : HTTP_OUT_SIZE;
        o = malloc(sizeof *o + cap);
        if (!o) return NULL;
        o->cap = cap;
        o->engine = e;
    }
    o->conn = NULL;
    o->next = NULL;
    o->pin = NULL;
    o->adopted = NULL;
    o->told = o->len = 0;
    return o;
}

static void out_drop(struct http_out *o)
{
    struct http_engine *e = o->engine;
    vs_pin_drop(o->pin);
    if (o->cap != HTTP_OUT_SIZE || e->spare_count == HTTP_SPARE_MAX) {
        free(o);
        return;
    }
    o->next = e->spare;
    e->spare = o;
    e->spare_count++;
}

void http_engine_drop_spare(struct http_engine *e)
{
    while (e->spare) {
        struct http_out *o = e->spare;
        e->spare = o->next;
        free(o);
    }
    e->spare_count = 0;
}

static void unlink_sending(struct http_out *o)
{
    struct http_out **p = &o->conn->sending;
    while (*p != o) p = &(*p)->next;
    *p = o->next;
}

static void out_done(struct ur_send *send, int64_t res)
{
    struct http_out *o = container_of(send, struct http_out, send);
    struct http_conn *c = o->conn;
    struct rt_write *adopted = o->adopted;
    uint32_t told = o->told;
    if (c) unlink_sending(o);
    if (c && c->pieces == o) c->pieces = NULL;
    out_drop(o);
    if (adopted) rt_write_done(adopted, res < 0 ? (int)res : 0);
    if (!c) return;
    struct vs_cx *cx = c->engine->env->cx;
    struct vs_scope scope;
    http_conn_hold(c);
    vs_scope_open(cx, &scope);
    http_conn_sync_reading(c);
    vs_val argv[2];
    if (res < 0) {
        argv[1] = vs_i32(cx, (int32_t)res);
        http_conn_call(c, HTTP_EVENT_END, 2, argv);
    } else if (told > 0) {
        argv[1] = vs_i32(cx, (int32_t)told);
        http_conn_call(c, HTTP_EVENT_SENT, 2, argv);
    }
    vs_scope_close(&scope);
    http_conn_release(c);
}

void http_reply_flush(struct http_conn *c)
{
    struct http_out *o = c->open;
    if (!o) return;
    c->open = NULL;
    o->conn = c;
    o->next = c->sending;
    c->sending = o;
    o->iov[0] = (struct iovec){ o->bytes, o->len };
    uint32_t count = 1;
    uint64_t len = o->len;
    if (o->pin) {
        struct vs_bytes body = vs_pin_bytes(o->pin);
        o->iov[count++] = (struct iovec){ body.ptr, body.len };
        len += body.len;
    }
    if (len >= HTTP_BULK_MIN && !c->is_bulk) http_bulk_begin(c);
    c->conn->stream.bytes_written += len;
    o->send.done = out_done;
    ur_sendv(&c->conn->io, &o->send, o->iov, count);
    http_conn_sync_reading(c);
}

void http_reply_forget(struct http_conn *c)
{
    for (struct http_out *o = c->sending; o; o = o->next) o->conn = NULL;
    c->sending = NULL;
}

/* Makes room for need more bytes in c->open. */
static int reserve(struct http_conn *c, size_t need)
{
    if (need > UINT32_MAX / 2) return -ENOMEM;
    if (c->open && c->open->cap - c->open->len >= need) return 0;
    struct http_out *o = out_new(c->engine, need);
    if (!o) return -ENOMEM;
    http_reply_flush(c);
    c->open = o;
    return 0;
}

/* ---- what is written ---- */

static void put(struct http_out *o, const void *bytes, size_t len)
{
    memcpy(o->bytes + o->len, bytes, len);
    o->len += (uint32_t)len;
}

#define PUT(o, text) put(o, text, sizeof(text) - 1)

static void put_number(struct http_out *o, uint64_t n)
{
    char digits[NUMBER_MAX];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    put(o, digits + at, sizeof digits - at);
}

static char *two_digits(char *at, int n)
{
    at[0] = (char)('0' + n / 10 % 10);
    at[1] = (char)('0' + n % 10);
    return at + 2;
}

static void write_date(char *at, const struct tm *t)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    memcpy(at, "Date: Day, dd Mon yyyy hh:mm:ss GMT\r\n", HTTP_DATE_LEN);
    memcpy(at + 6, days + 3 * t->tm_wday, 3);
    two_digits(at + 11, t->tm_mday);
    memcpy(at + 14, months + 3 * t->tm_mon, 3);
    at = two_digits(at + 18, (t->tm_year + 1900) / 100);
    at = two_digits(at, t->tm_year + 1900);
    at = two_digits(at + 1, t->tm_hour);
    at = two_digits(at + 1, t->tm_min);
    two_digits(at + 1, t->tm_sec);
}

static void put_date(struct http_out *o)
{
    struct http_engine *e = o->engine;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != e->date_second) {
        struct tm t;
        gmtime_r(&now.tv_sec, &t);
        write_date(e->date, &t);
        e->date_second = now.tv_sec;
    }
    put(o, e->date, HTTP_DATE_LEN);
}

static void put_connection(struct http_out *o, const struct http_reply *r)
{
    if (!(r->flags & HTTP_REPLY_KEEP_ALIVE)) {
        PUT(o, "Connection: close\r\n");
        return;
    }
    PUT(o, "Connection: keep-alive\r\n");
    if (r->keep_alive_s < 0) return;
    PUT(o, "Keep-Alive: timeout=");
    put_number(o, (uint64_t)r->keep_alive_s);
    PUT(o, "\r\n");
}

/* The lines after those of JS, in Node's order, and the empty one. */
static void put_lines(struct http_out *o, const struct http_reply *r, uint64_t body_len)
{
    if (r->flags & HTTP_REPLY_DATE) put_date(o);
    if (!(r->flags & HTTP_REPLY_OWN_CONNECTION)) put_connection(o, r);
    if (r->flags & HTTP_REPLY_LENGTH) {
        PUT(o, "Content-Length: ");
        put_number(o, body_len);
        PUT(o, "\r\n");
    }
    if ((r->flags & (HTTP_REPLY_CHUNKED | HTTP_REPLY_OWN_CODING)) == HTTP_REPLY_CHUNKED)
        PUT(o, "Transfer-Encoding: chunked\r\n");
    PUT(o, "\r\n");
}

static void put_chunk_size(struct http_out *o, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    char digits[NUMBER_MAX];
    size_t at = sizeof digits;
    for (; len > 0; len >>= 4) digits[--at] = hex[len & 15];
    put(o, digits + at, sizeof digits - at);
    PUT(o, "\r\n");
}

struct body {
    vs_val str;            /* or NULL */
    struct vs_bytes bytes; /* when there is no str */
    size_t len;
    bool latin1;
    bool pinned; /* goes beside the buffer instead of into it */
};

static struct body body_of(struct vs_cx *cx, vs_val v, uint32_t flags)
{
    struct body b = { 0 };
    if (vs_is_str(v)) {
        b.str = v;
        b.latin1 = flags & HTTP_REPLY_LATIN1;
        b.len = b.latin1 ? vs_str_len(b.str) : vs_str_utf8_len(cx, b.str);
    } else if (vs_is_view(v)) {
        b.bytes = vs_bytes(v);
        b.len = b.bytes.len;
        b.pinned = b.len > RT_WRITE_COPY_MAX && !(flags & HTTP_REPLY_NO_BODY);
    }
    return b;
}

static void put_body(struct vs_cx *cx, struct http_out *o, const struct body *b)
{
    if (!b->str) {
        if (b->len) put(o, b->bytes.ptr, b->len);
        return;
    }
    size_t units;
    char *at = o->bytes + o->len;
    if (b->latin1)
        vs_str_write_latin1(cx, b->str, 0, (uint32_t)b->len, (uint8_t *)at);
    else
        vs_str_write_utf8(cx, b->str, at, b->len, &units);
    o->len += (uint32_t)b->len;
}

/* Whether JS need not wait: the bytes are ours, and few are queued. */
static bool counts_as_sent(const struct http_conn *c)
{
    const struct http_out *o = c->open;
    return !o->pin && ur_send_pending(&c->conn->io) + o->len <= RT_STREAM_QUEUE_MAX;
}

/* Makes room for the head and more bytes after it, and writes the head. */
static int put_head(struct http_conn *c, const struct http_reply *r, uint64_t body_len, size_t more)
{
    uint32_t len = vs_str_len(r->head);
    int err = reserve(c, len + LINES_MAX + more);
    if (err) return err;
    struct http_out *o = c->open;
    vs_str_write_latin1(c->engine->env->cx, r->head, 0, len, (uint8_t *)o->bytes + o->len);
    o->len += len;
    put_lines(o, r, body_len);
    return 0;
}

int http_reply_send(struct http_conn *c, const struct http_reply *r)
{
    struct vs_cx *cx = c->engine->env->cx;
    struct body body = body_of(cx, r->body, r->flags);
    bool with_body = body.len > 0 && !(r->flags & HTTP_REPLY_NO_BODY);
    bool chunked = r->flags & HTTP_REPLY_CHUNKED;
    struct vs_pin *pin = body.pinned && !chunked ? vs_pin_new(r->body) : NULL;
    int err = put_head(c, r, body.len, with_body && !pin ? body.len : 0);
    if (err) {
        vs_pin_drop(pin);
        return err;
    }
    struct http_out *o = c->open;
    o->pin = pin;
    if (with_body && chunked) put_chunk_size(o, body.len);
    if (with_body && !pin) put_body(cx, o, &body);
    if (with_body && chunked) PUT(o, "\r\n");
    if (chunked) PUT(o, "0\r\n\r\n");
    bool sent = counts_as_sent(c);
    if (!sent) o->told++;
    if (c->busy == 0 || pin) http_reply_flush(c);
    return sent ? 0 : 1;
}

/* ---- answers in pieces ---- */

/* A large one stays where it is, between the buffers with what is around it: one operation sends
 * them all. *pinned is set then. */
static int put_piece(struct http_conn *c, vs_val v, bool chunked, bool *pinned)
{
    struct vs_cx *cx = c->engine->env->cx;
    struct body body = body_of(cx, v, 0);
    if (body.len == 0) return 0;
    struct vs_pin *pin = body.pinned ? vs_pin_new(v) : NULL;
    int err = reserve(c, FRAME_MAX + (pin ? 0 : body.len));
    if (err) {
        vs_pin_drop(pin);
        return err;
    }
    if (chunked) put_chunk_size(c->open, body.len);
    if (pin) {
        c->open->pin = pin;
        *pinned = true;
        http_reply_flush(c);
        err = chunked ? reserve(c, FRAME_MAX) : 0;
    } else {
        put_body(cx, c->open, &body);
    }
    if (chunked && !err) PUT(c->open, "\r\n");
    return err;
}

static int put_last_chunk(struct http_conn *c, vs_val trailer)
{
    uint32_t len = vs_str_len(trailer);
    int err = reserve(c, FRAME_MAX + len);
    if (err) return err;
    struct http_out *o = c->open;
    PUT(o, "0\r\n");
    vs_str_write_latin1(c->engine->env->cx, trailer, 0, len, (uint8_t *)o->bytes + o->len);
    o->len += len;
    PUT(o, "\r\n");
    return 0;
}

int http_reply_pieces(struct http_conn *c, const struct http_reply *r, vs_val last)
{
    struct vs_cx *cx = c->engine->env->cx;
    bool chunked = r->flags & HTTP_REPLY_CHUNKED, pinned = false;
    CHECK(!c->pieces);
    int err = vs_is_str(r->head) ? put_head(c, r, 0, 0) : 0;
    uint32_t count = vs_arr_len(r->body);
    for (uint32_t i = 0; i < count && !err; i++) {
        struct vs_scope scope;
        vs_scope_open(cx, &scope);
        err = put_piece(c, vs_get_index(cx, r->body, i), chunked, &pinned);
        vs_scope_close(&scope);
    }
    if (!err && vs_is_str(last)) err = put_last_chunk(c, last);
    if (err) return err;
    bool sent = !pinned && (!c->open || counts_as_sent(c));
    if (!sent) {
        c->pieces = c->open ? c->open : c->sending;
        c->pieces->told++;
    }
    if (c->busy == 0 || !sent) http_reply_flush(c);
    if (!sent) http_conn_sync_reading(c);
    return sent ? 0 : 1;
}

bool http_reply_adopt(struct http_conn *c, vs_val req)
{
    struct http_out *o = c->pieces;
    if (!o) return false;
    struct rt_stream *stream = &c->conn->stream;
    c->pieces = NULL;
    o->adopted = rt_write_new(stream, 0, 0);
    CHECK(o->adopted);
    rt_async_init_under(&o->adopted->async, stream->async, req, RT_PROVIDER_WRITEWRAP, o->adopted);
    return true;
}
