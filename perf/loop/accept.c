/* perf/loop/accept.c: connections that are accepted and closed at once. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "perf/loop/peer.h"
#include "uring/sock.h"

struct bench {
    struct perf_peer peer;
    struct ur_listener listener;
    struct sockaddr_in addr;
};

static void closed(struct ur_stream *s, int32_t res)
{
    free(s);
}

static void accepted(struct ur_listener *a, int32_t fd)
{
    struct ur_stream *s = perf_alloc(sizeof *s);
    PERF_NEED(fd >= 0);
    ur_stream_init_take(a->loop, s, fd, UR_STREAM_TCP);
    ur_stream_close(s, closed);
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

static void *accept_open(int64_t arg)
{
    struct bench *b = perf_alloc(sizeof *b);
    b->peer.open = open_server;
    b->peer.close = close_server;
    perf_peer_start(&b->peer);
    return b;
}

/* One at a time. The reset at their end leaves no port in TIME_WAIT. */
static void accept_run(void *state, uint64_t count)
{
    struct bench *b = state;
    struct linger reset = { .l_onoff = 1 };
    char byte;
    while (count-- > 0) {
        int fd = perf_connect(&b->addr, false);
        PERF_NEED(recv(fd, &byte, 1, 0) == 0);
        PERF_NEED(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0);
        close(fd);
    }
}

static void count(void *state, struct perf_counts *out)
{
    perf_peer_count(&((struct bench *)state)->peer, out);
}

static void accept_close(void *state)
{
    struct bench *b = state;
    perf_peer_stop(&b->peer);
    free(b);
}

const struct perf_case perf_accept = { "accept/close", { 1 }, 64,          accept_open,
                                       accept_run,     count, accept_close };
