/* perf/loop/tools.c: see tools.h. */
#include "perf/loop/tools.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NS_PER_S 1000000000ull

void perf_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: failed: %s (%s)\n", file, line, what, strerror(errno));
    exit(1);
}

void *perf_alloc(size_t len)
{
    void *p = calloc(1, len);
    PERF_NEED(p);
    return p;
}

struct ur_loop *perf_loop_open(void)
{
    struct ur_loop *l;
    if (ur_loop_open(&l, NULL) == 0) return l;
    fprintf(stderr, "cannot open a loop: %s\n", ur_open_reason());
    exit(1);
}

void perf_loop_count(const struct ur_loop *l, clockid_t clock, struct perf_counts *out)
{
    struct ur_stats s;
    struct timespec ts;
    ur_loop_stats(l, &s);
    PERF_NEED(clock_gettime(clock, &ts) == 0);
    out->cpu_ns = (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
    out->enters = s.enters;
    out->calls = s.calls;
}

void perf_pin(enum perf_role role)
{
    static cpu_set_t allowed;
    static bool known; /* asked once, before anybody was pinned */
    if (!known) PERF_NEED(sched_getaffinity(0, sizeof allowed, &allowed) == 0);
    known = true;
    if (CPU_COUNT(&allowed) < 2) return;
    int cpu = 0;
    for (int skip = role == PERF_LOADER; !CPU_ISSET(cpu, &allowed) || skip-- > 0;) cpu++;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    PERF_NEED(sched_setaffinity(0, sizeof one, &one) == 0);
}

int perf_listen(struct sockaddr_in *addr)
{
    socklen_t len = sizeof *addr;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    *addr = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    PERF_NEED(bind(fd, (struct sockaddr *)addr, len) == 0);
    PERF_NEED(getsockname(fd, (struct sockaddr *)addr, &len) == 0);
    PERF_NEED(listen(fd, SOMAXCONN) == 0);
    return fd;
}

int perf_connect(const struct sockaddr_in *addr, bool nonblocking)
{
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    PERF_NEED(fd >= 0);
    PERF_NEED(connect(fd, (const struct sockaddr *)addr, sizeof *addr) == 0);
    PERF_NEED(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
    if (nonblocking) PERF_NEED(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    return fd;
}
