/* perf/loop/echo.c: TCP echo of 64 bytes, one message at a time on each of some connections. The
 * server is on one processor, by either back end, the loader on another: always by the ring, and it
 * never waits, so that the server is what limits. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "perf/loop/peer.h"
#include "uring/sock.h"

#define MESSAGE_LEN 64u

struct conn {
    struct ur_stream stream;
    struct ur_send send;
    char data[MESSAGE_LEN];
};

struct client {
    struct ur_stream stream;
    struct ur_send send;
    struct bench *bench;
    uint32_t got; /* bytes of the answer */
    uint64_t message[MESSAGE_LEN / sizeof(uint64_t)];
};

struct bench {
    struct perf_peer peer;
    struct ur_listener listener;
    struct sockaddr_in addr;
    struct ur_loop *loader;
    uint32_t count;
    uint64_t started, done, wanted;
    struct client client[];
};

/* ---- server ---- */

static void closed(struct ur_stream *s, int32_t res)
{
    free(s);
}

static void received(struct ur_stream *s, int32_t res, const void *data)
{
    struct conn *c = (struct conn *)s;
    if (res <= 0) {
        ur_stream_close(s, closed);
        return;
    }
    ur_recv_stop(s);
    memcpy(c->data, data, (size_t)res);
    ur_send(s, &c->send, c->data, (size_t)res);
}

static void sent(struct ur_send *req, int64_t res)
{
    struct conn *c = (struct conn *)((char *)req - offsetof(struct conn, send));
    PERF_NEED(res > 0);
    ur_recv_start(&c->stream, received);
}

static void accepted(struct ur_listener *a, int32_t fd)
{
    struct conn *c = perf_alloc(sizeof *c);
    PERF_NEED(fd >= 0);
    c->send.done = sent;
    ur_stream_init_take(a->loop, &c->stream, fd, UR_STREAM_TCP);
    ur_recv_start(&c->stream, received);
}

static void open_server(struct perf_peer *p)
{
    struct bench *b = (struct bench *)p;
    ur_listener_init_take(p->loop, &b->listener, perf_listen(&b->addr));
    ur_accept_start(&b->listener, accepted);
}

static void close_server(struct perf_peer *p)
{
    ur_listener_close(&((struct bench *)p)->listener, NULL);
}

/* ---- loader ---- */

static void ask(struct client *c)
{
    c->bench->started++;
    c->message[0]++;
    c->got = 0;
    ur_send(&c->stream, &c->send, c->message, MESSAGE_LEN);
}

static void asked(struct ur_send *req, int64_t res)
{
    PERF_NEED(res == MESSAGE_LEN);
}

static void answered(struct ur_stream *s, int32_t res, const void *data)
{
    struct client *c = (struct client *)s;
    struct bench *b = c->bench;
    PERF_NEED(res > 0 && c->got + (uint32_t)res <= MESSAGE_LEN);
    PERF_NEED(memcmp((const char *)c->message + c->got, data, (size_t)res) == 0);
    c->got += (uint32_t)res;
    if (c->got < MESSAGE_LEN) return;
    b->done++;
    if (b->started < b->wanted) ask(c);
}

static void *open_bench(int64_t arg, bool share)
{
    struct bench *b = perf_alloc(sizeof *b + (size_t)arg * sizeof b->client[0]);
    b->peer.open = open_server;
    b->peer.close = close_server;
    b->peer.share = share;
    perf_peer_start(&b->peer);
    b->count = (uint32_t)arg;
    PERF_NEED(ur_loop_open(&b->loader, &(struct ur_loop_options){ .backend = "uring" }) == 0);
    for (uint32_t i = 0; i < b->count; i++) {
        struct client *c = &b->client[i];
        c->bench = b;
        c->send.done = asked;
        ur_stream_init_take(b->loader, &c->stream, perf_connect(&b->addr, true), UR_STREAM_TCP);
        ur_recv_start(&c->stream, answered);
    }
    return b;
}

static void *echo_open(int64_t arg)
{
    return open_bench(arg, false);
}

static void *busy_open(int64_t arg)
{
    return open_bench(arg, true);
}

static void echo_run(void *state, uint64_t count)
{
    struct bench *b = state;
    b->started = b->done = 0;
    b->wanted = count;
    for (uint32_t i = 0; i < b->count && b->started < count; i++) ask(&b->client[i]);
    while (b->done < count) PERF_NEED(ur_loop_poll(b->loader, 0) >= 0);
}

static void count(void *state, struct perf_counts *out)
{
    perf_peer_count(&((struct bench *)state)->peer, out);
}

static void echo_close(void *state)
{
    struct bench *b = state;
    for (uint32_t i = 0; i < b->count; i++) ur_stream_close(&b->client[i].stream, NULL);
    PERF_NEED(ur_loop_run(b->loader) == 0);
    PERF_NEED(ur_loop_close(b->loader) == 0);
    perf_peer_stop(&b->peer);
    free(b);
}

const struct perf_case perf_echo = {
    "echo/64B", { 1, 8, 64, 256, 1000 }, 10000, echo_open, echo_run, count, echo_close
};
const struct perf_case perf_echo_busy = { "echo_busy/64B", { 64, 256, 1000 }, 10000,
                                          busy_open,       echo_run,          count,
                                          echo_close };
