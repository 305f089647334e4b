/* test/c/fixture.h: a loop on the back end that TORC_IO names, and descriptors that this back end
 * knows. */
#ifndef TEST_C_FIXTURE_H
#define TEST_C_FIXTURE_H

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test/c/check.h"
#include "uring/fake.h"
#include "uring/loop.h"
#include "uring/sock.h"

struct fixture {
    struct ur_loop *loop;
    uint32_t fds;            /* open when the loop was new */
    bool uring, epoll, fake; /* which back end it is */
};

static inline uint32_t fixture_fds(const struct fixture *f)
{
    if (f->fake) return ur_fake_fd_count(f->loop);
    DIR *dir = opendir("/proc/self/fd");
    uint32_t count = 0;
    EXPECT(dir);
    while (readdir(dir)) count++;
    closedir(dir);
    return count;
}

static inline void fixture_open(struct fixture *f, const struct ur_loop_options *o)
{
    int err = ur_loop_open(&f->loop, o);
    /* A container may forbid it; what else fails is a failure. */
    if (err == -EPERM || err == -ENOSYS) check_skip(ur_open_reason());
    if (err) fprintf(stderr, "%s\n", ur_open_reason());
    EXPECT_EQ(err, 0);
    f->uring = !strcmp(ur_backend_name(f->loop), "uring");
    f->epoll = !strcmp(ur_backend_name(f->loop), "epoll");
    f->fake = !strcmp(ur_backend_name(f->loop), "fake");
    f->fds = fixture_fds(f);
}

/* The loop has to be as it was: nothing in flight, no buffer lent, no descriptor left. */
static inline void fixture_idle(const struct fixture *f)
{
    struct ur_stats s;
    ur_loop_stats(f->loop, &s);
    EXPECT_EQ(s.ops, 0);
    EXPECT_EQ(s.slots, 0);
    EXPECT_EQ(s.refs, 0);
    EXPECT_EQ(s.timers, 0);
    EXPECT_EQ(s.jobs_running, 0);
    EXPECT_EQ(s.parked, 0);
    EXPECT_EQ(s.bufs_lent, 0);
    EXPECT_EQ(s.late, 0);
    EXPECT_EQ(fixture_fds(f), f->fds);
}

static inline void fixture_close(struct fixture *f)
{
    fixture_idle(f);
    EXPECT_EQ(ur_loop_close(f->loop), 0);
}

static inline struct ur_stats fixture_stats(const struct fixture *f)
{
    struct ur_stats s;
    ur_loop_stats(f->loop, &s);
    return s;
}

static inline void fixture_pipe(const struct fixture *f, int fds[2])
{
    if (f->fake)
        ur_fake_pipe(f->loop, fds);
    else
        EXPECT_EQ(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
}

static inline int fixture_socket(const struct fixture *f)
{
    if (f->fake) return ur_fake_socket(f->loop);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    EXPECT_GE(fd, 0);
    return fd;
}

/* Listens on a port of its own; *addr is where. */
static inline int fixture_listener(const struct fixture *f, struct sockaddr_in *addr)
{
    *addr = (struct sockaddr_in){ .sin_family = AF_INET };
    addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (f->fake) {
        addr->sin_port = htons(1);
        return ur_fake_listener(f->loop, 1);
    }
    socklen_t len = sizeof *addr;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    EXPECT_GE(fd, 0);
    EXPECT_EQ(bind(fd, (struct sockaddr *)addr, len), 0);
    EXPECT_EQ(getsockname(fd, (struct sockaddr *)addr, &len), 0);
    EXPECT_EQ(listen(fd, 511), 0);
    return fd;
}

/* Connected TCP sockets. */
static inline void fixture_pair(const struct fixture *f, int fds[2])
{
    struct sockaddr_in addr;
    int one = 1;
    if (f->fake) {
        ur_fake_socketpair(f->loop, fds);
        return;
    }
    int listener = fixture_listener(f, &addr);
    fds[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_GE(fds[1], 0);
    EXPECT_EQ(connect(fds[1], (struct sockaddr *)&addr, sizeof addr), 0);
    fds[0] = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    EXPECT_GE(fds[0], 0);
    EXPECT_EQ(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
    for (int i = 0; i < 2; i++)
        EXPECT_EQ(setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), 0);
    close(listener);
}

/* The same as streams of the loop. */
static inline void fixture_streams(const struct fixture *f, struct ur_stream *a,
                                   struct ur_stream *b)
{
    int fds[2];
    fixture_pair(f, fds);
    ur_stream_init_take(f->loop, a, fds[0], UR_STREAM_TCP);
    ur_stream_init_take(f->loop, b, fds[1], UR_STREAM_TCP);
}

static inline void fixture_unix_pair(const struct fixture *f, int fds[2])
{
    if (f->fake)
        ur_fake_socketpair(f->loop, fds);
    else
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
}

/* Connected UDP sockets. */
static inline void fixture_dgram_pair(const struct fixture *f, int fds[2])
{
    struct sockaddr_in addr[2];
    socklen_t len = sizeof addr[0];
    if (f->fake) {
        ur_fake_dgram_pair(f->loop, fds);
        return;
    }
    for (int i = 0; i < 2; i++) {
        addr[i] = (struct sockaddr_in){ .sin_family = AF_INET };
        addr[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        EXPECT_GE(fds[i], 0);
        EXPECT_EQ(bind(fds[i], (struct sockaddr *)&addr[i], len), 0);
        EXPECT_EQ(getsockname(fds[i], (struct sockaddr *)&addr[i], &len), 0);
    }
    for (int i = 0; i < 2; i++) EXPECT_EQ(connect(fds[i], (struct sockaddr *)&addr[1 - i], len), 0);
}

/* Poll until *flag, or fail: no test waits this long for anything. */
static inline void fixture_until(const struct fixture *f, const bool *flag)
{
    for (int i = 0; !*flag; i++) {
        EXPECT_LE(i, 1000000);
        EXPECT_GE(ur_loop_poll(f->loop, 1000000000), 0);
    }
}

#endif
