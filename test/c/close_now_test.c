/* back ends: uring epoll */
/* A listening socket and a datagram socket that wait for something are closed when their close
 * function returns: the address is free, and the number may be another's. That one never sees what
 * the first still completes with, and the close callbacks come from a later poll. */
#include "test/c/fixture.h"
#include "uring/dgram.h"
#include "uring/op.h"

#define ROUNDS 50

static struct fixture f;
static int closed, received;

static void no_connection(struct ur_listener *a, int32_t res)
{
    EXPECT(!"nobody connects");
}

static void no_datagram(struct ur_dgram *d, int32_t res, const struct ur_datagram *m)
{
    EXPECT(!"nobody sends to the first socket");
}

static void listener_closed(struct ur_listener *a, int32_t res)
{
    EXPECT_EQ(res, 0);
    closed++;
}

static void dgram_closed(struct ur_dgram *d, int32_t res)
{
    EXPECT_EQ(res, 0);
    closed++;
}

static void got(struct ur_dgram *d, int32_t res, const struct ur_datagram *m)
{
    EXPECT_EQ(res, 0);
    EXPECT_EQ(m->len, 1);
    received++;
    ur_dgram_close(d, dgram_closed);
}

/* A socket at *addr, whose port is chosen if it is 0. */
static int bound(int type, struct sockaddr_in *addr)
{
    socklen_t len = sizeof *addr;
    int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    EXPECT_GE(fd, 0);
    EXPECT_EQ(bind(fd, (struct sockaddr *)addr, len), 0);
    EXPECT_EQ(getsockname(fd, (struct sockaddr *)addr, &len), 0);
    return fd;
}

static struct sockaddr_in any_port(void)
{
    struct sockaddr_in addr = { .sin_family = AF_INET };
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return addr;
}

static void close_listener(bool waits)
{
    struct sockaddr_in addr = any_port();
    struct ur_listener a;
    int before = closed;
    int fd = bound(SOCK_STREAM, &addr);
    EXPECT_EQ(listen(fd, 5), 0);
    ur_listener_init_take(f.loop, &a, fd);
    ur_accept_start(&a, no_connection);
    if (waits) EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    ur_listener_close(&a, listener_closed);
    EXPECT_EQ(closed, before);
    EXPECT_EQ(fcntl(fd, F_GETFD), -1);
    close(bound(SOCK_STREAM, &addr));
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(closed, before + 1);
}

static void close_dgram(bool waits)
{
    struct sockaddr_in addr = any_port();
    struct ur_dgram first, second;
    int before = closed;
    int fd = bound(SOCK_DGRAM, &addr);
    ur_dgram_init_take(f.loop, &first, fd);
    ur_dgram_start(&first, no_datagram);
    if (waits) EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    ur_dgram_close(&first, dgram_closed);
    EXPECT_EQ(closed, before);
    /* The same number, at the same address. */
    int again = bound(SOCK_DGRAM, &addr);
    EXPECT_EQ(again, fd);
    ur_dgram_init_take(f.loop, &second, again);
    ur_dgram_start(&second, got);
    EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    EXPECT_EQ(sendto(again, "x", 1, 0, (struct sockaddr *)&addr, sizeof addr), 1);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(closed, before + 2);
}

int main(void)
{
    fixture_open(&f, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        close_listener(i % 2);
        close_dgram(i % 2);
    }
    EXPECT_EQ(received, ROUNDS);
    fixture_close(&f);
    return 0;
}
