/* perf/loop/udp.c: datagrams, on one thread, so that each turn finds what was sent before it: echo
 * of 64 bytes for some clients at once, and bursts of datagrams of some lengths to one socket. The
 * clients' system calls are part of the time. */
#include <arpa/inet.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "perf/loop/tools.h"
#include "uring/dgram.h"

#define MESSAGE_LEN 64
#define BURST 32u /* fits into a socket's buffer, so that none is lost */

struct bench {
    struct ur_dgram server;
    struct ur_loop *loop;
    uint64_t received;
    uint32_t len, clients;
    int fd[]; /* the clients', connected to the server */
};

static char message[65507];

static int udp_socket(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    PERF_NEED(fd >= 0);
    return fd;
}

static void echoed(struct ur_dgram *d, int32_t res, const struct ur_datagram *m)
{
    struct bench *b = (struct bench *)d;
    PERF_NEED(res == 0);
    PERF_NEED(sendto(d->fd, m->data, m->len, 0, m->from, m->from_len) == (ssize_t)m->len);
    b->received++;
}

static void counted(struct ur_dgram *d, int32_t res, const struct ur_datagram *m)
{
    struct bench *b = (struct bench *)d;
    PERF_NEED(res == 0 && m->len == b->len);
    b->received++;
}

static struct bench *open_bench(uint32_t clients, uint32_t len, ur_dgram_fn *fn)
{
    struct bench *b = perf_alloc(sizeof *b + clients * sizeof b->fd[0]);
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t addr_len = sizeof addr;
    int fd = udp_socket();
    b->loop = perf_loop_open();
    b->clients = clients;
    b->len = len;
    PERF_NEED(bind(fd, (struct sockaddr *)&addr, addr_len) == 0);
    PERF_NEED(getsockname(fd, (struct sockaddr *)&addr, &addr_len) == 0);
    ur_dgram_init_take(b->loop, &b->server, fd);
    ur_dgram_start(&b->server, fn);
    for (uint32_t i = 0; i < clients; i++) {
        b->fd[i] = udp_socket();
        PERF_NEED(connect(b->fd[i], (struct sockaddr *)&addr, addr_len) == 0);
    }
    return b;
}

static void *echo_open(int64_t arg)
{
    return open_bench((uint32_t)arg, MESSAGE_LEN, echoed);
}

static void *burst_open(int64_t arg)
{
    return open_bench(1, (uint32_t)arg, counted);
}

static void send_one(struct bench *b, uint32_t client)
{
    PERF_NEED(send(b->fd[client], message, b->len, 0) == (ssize_t)b->len);
}

static void receive(struct bench *b, uint64_t count)
{
    b->received = 0;
    while (b->received < count) PERF_NEED(ur_loop_poll(b->loop, -1) >= 0);
}

static void echo_run(void *state, uint64_t count)
{
    struct bench *b = state;
    char answer[MESSAGE_LEN + 1];
    for (uint64_t done = 0; done < count; done += b->clients) {
        for (uint32_t i = 0; i < b->clients; i++) send_one(b, i);
        receive(b, b->clients);
        for (uint32_t i = 0; i < b->clients; i++)
            PERF_NEED(recv(b->fd[i], answer, sizeof answer, 0) == MESSAGE_LEN);
    }
}

static void burst_run(void *state, uint64_t count)
{
    struct bench *b = state;
    for (uint64_t done = 0; done < count; done += BURST) {
        for (uint32_t i = 0; i < BURST; i++) send_one(b, 0);
        receive(b, BURST);
    }
}

static void count(void *state, struct perf_counts *out)
{
    perf_loop_count(((struct bench *)state)->loop, CLOCK_THREAD_CPUTIME_ID, out);
}

static void close_bench(void *state)
{
    struct bench *b = state;
    for (uint32_t i = 0; i < b->clients; i++) close(b->fd[i]);
    ur_dgram_close(&b->server, NULL);
    PERF_NEED(ur_loop_run(b->loop) == 0);
    PERF_NEED(ur_loop_close(b->loop) == 0);
    free(b);
}

const struct perf_case perf_udp_echo = { "udp_echo/64B", { 1, 8, 64 }, 6400,       echo_open,
                                         echo_run,       count,        close_bench };
const struct perf_case perf_udp_burst = { "udp_burst", { 64, 1400 }, 6400,       burst_open,
                                          burst_run,   count,        close_bench };
