/* docs/examples/echo.c: echo [PORT], a TCP echo server on the loop library. Ctrl-C ends it. */
#include <arpa/inet.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uring/loop.h"
#include "uring/sock.h"

struct conn {
    struct ur_stream stream; /* first, so that it has the conn's address */
    struct ur_send send;
    char data[]; /* on its way back; room for one receive buffer */
};

static const struct ur_loop_options options = { .buf_len = 16384 };
static struct ur_loop *loop;
static volatile sig_atomic_t stop;

static void closed(struct ur_stream *s, int32_t res)
{
    free(s);
}

static void received(struct ur_stream *s, int32_t res, const void *data)
{
    struct conn *c = (struct conn *)s;
    if (res <= 0) { /* end of stream, or an error */
        ur_stream_close(s, closed);
        return;
    }
    ur_recv_stop(s); /* until this went back: who does not read cannot write either */
    memcpy(c->data, data, (size_t)res); /* the loop wants its buffer back after this call */
    ur_send(s, &c->send, c->data, (size_t)res);
}

static void sent(struct ur_send *req, int64_t res)
{
    struct conn *c = (struct conn *)((char *)req - offsetof(struct conn, send));
    if (res < 0)
        ur_stream_close(&c->stream, closed);
    else
        ur_recv_start(&c->stream, received);
}

static void accepted(struct ur_listener *a, int32_t fd)
{
    struct conn *c = fd >= 0 ? malloc(sizeof *c + options.buf_len) : NULL;
    if (!c) errx(1, "cannot accept");
    c->send.done = sent;
    ur_stream_init_take(loop, &c->stream, fd, UR_STREAM_TCP);
    ur_recv_start(&c->stream, received);
}

static void interrupted(int number)
{
    if (!stop++) ur_loop_wake(loop);
}

int main(int argc, char **argv)
{
    struct ur_listener listener;
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof addr;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (argc > 1) addr.sin_port = htons((uint16_t)atoi(argv[1]));
    if (bind(fd, (struct sockaddr *)&addr, len) || listen(fd, SOMAXCONN)) err(1, "cannot listen");
    if (getsockname(fd, (struct sockaddr *)&addr, &len)) err(1, "no address");
    if (ur_loop_open(&loop, &options)) errx(1, "%s", ur_open_reason());
    ur_listener_init_take(loop, &listener, fd);
    ur_accept_start(&listener, accepted);
    signal(SIGINT, interrupted);
    fprintf(stderr, "port %d\n", ntohs(addr.sin_port));
    while (!stop && ur_loop_poll(loop, -1) >= 0) continue;
    ur_listener_close(&listener, NULL);
    return ur_loop_close(loop) ? 1 : 0;
}
