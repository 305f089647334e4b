/* perf/loop/echo.c: TCP echo of 64 bytes, one message at a time on each of some connections. The
 * server is the library's on one processor, the loader plain epoll on another: as little as it can
 * be, since both need the same from the kernel's TCP. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "perf/loop/peer.h"
#include "uring/sock.h"

#define MESSAGE_LEN 64u
#define EVENTS_MAX 256

struct conn {
    struct ur_stream stream;
    struct ur_send send;
    char data[MESSAGE_LEN];
};

struct client {
    int fd;
    uint32_t got;     /* bytes of the answer */
    uint64_t message; /* its first bytes; the rest is zero */
};

struct bench {
    struct perf_peer peer;
    struct ur_listener listener;
    struct sockaddr_in addr;
    int epoll_fd;
    uint32_t count;
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
    char message[MESSAGE_LEN] = { 0 };
    c->message++;
    c->got = 0;
    memcpy(message, &c->message, sizeof c->message);
    PERF_NEED(send(c->fd, message, sizeof message, 0) == sizeof message);
}

/* True: the answer is complete. */
static bool hear(struct client *c)
{
    char answer[MESSAGE_LEN];
    ssize_t n = recv(c->fd, answer, sizeof answer - c->got, MSG_DONTWAIT);
    PERF_NEED(n > 0);
    if (c->got == 0 && n == sizeof answer)
        PERF_NEED(memcmp(answer, &c->message, sizeof c->message) == 0);
    c->got += (uint32_t)n;
    return c->got == MESSAGE_LEN;
}

static void *open_bench(int64_t arg, bool share)
{
    struct bench *b = perf_alloc(sizeof *b + (size_t)arg * sizeof b->client[0]);
    b->peer.open = open_server;
    b->peer.close = close_server;
    b->peer.share = share;
    perf_peer_start(&b->peer);
    b->count = (uint32_t)arg;
    b->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    PERF_NEED(b->epoll_fd >= 0);
    for (uint32_t i = 0; i < b->count; i++) {
        b->client[i].fd = perf_connect(&b->addr, false);
        struct epoll_event ev = { .events = EPOLLIN | EPOLLET, .data.u32 = i };
        PERF_NEED(epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, b->client[i].fd, &ev) == 0);
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
    uint64_t started = 0, done = 0;
    while (started < b->count && started < count) ask(&b->client[started++]);
    while (done < count) {
        struct epoll_event ev[EVENTS_MAX];
        int n = epoll_wait(b->epoll_fd, ev, EVENTS_MAX, -1);
        PERF_NEED(n > 0 || errno == EINTR);
        for (int i = 0; i < n; i++) {
            struct client *c = &b->client[ev[i].data.u32];
            if (!hear(c)) continue;
            done++;
            if (started < count) {
                started++;
                ask(c);
            }
        }
    }
}

static void count(void *state, struct perf_counts *out)
{
    perf_peer_count(&((struct bench *)state)->peer, out);
}

static void echo_close(void *state)
{
    struct bench *b = state;
    for (uint32_t i = 0; i < b->count; i++) close(b->client[i].fd);
    close(b->epoll_fd);
    perf_peer_stop(&b->peer);
    free(b);
}

const struct perf_case perf_echo = {
    "echo/64B", { 1, 8, 64, 256, 1000 }, 10000, echo_open, echo_run, count, echo_close
};
const struct perf_case perf_echo_busy = { "echo_busy/64B", { 64, 256, 1000 }, 10000,
                                          busy_open,       echo_run,          count,
                                          echo_close };
