/* back ends: uring epoll */
/* What a datagram says of itself by IPv4, IPv6 and Unix sockets: its sender, and that it was cut.
 * The longest of UDP is not. News of a port where nobody is comes as an error, and receiving goes
 * on; a descriptor that is no socket ends it. */
#include <stddef.h>
#include <sys/un.h>

#include "test/c/fixture.h"
#include "uring/dgram.h"

#define UDP_LEN_MAX 65507

static struct fixture f;
static struct ur_dgram reader;
static char data[UR_DGRAM_MAX + 4096];
static struct sockaddr_storage from;
static socklen_t from_len;
static int32_t last_res;
static uint32_t last_len;
static bool called, cut, closed, matches;

static void on_datagram(struct ur_dgram *d, int32_t res, const struct ur_datagram *m)
{
    called = true;
    last_res = res;
    if (!m) return;
    last_len = m->len;
    cut = m->cut;
    matches = !memcmp(m->data, data, m->len);
    from_len = m->from_len;
    EXPECT_EQ(m->from == NULL, from_len == 0);
    if (m->from) memcpy(&from, m->from, from_len);
}

static void on_closed(struct ur_dgram *d, int32_t res)
{
    closed = true;
}

static void wait_for_one(void)
{
    called = false;
    fixture_until(&f, &called);
}

static void close_reader(void)
{
    closed = false;
    ur_dgram_close(&reader, on_closed);
    fixture_until(&f, &closed);
}

/* A socket bound to addr, whose length goes in and out by len. */
static int bound(struct sockaddr *addr, socklen_t *len)
{
    int fd = socket(addr->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, addr, *len)) {
        EXPECT(addr->sa_family == AF_INET6); /* which a machine may not have */
        if (fd >= 0) close(fd);
        return -1;
    }
    *len = sizeof(struct sockaddr_storage);
    EXPECT_EQ(getsockname(fd, addr, len), 0);
    return fd;
}

static void exchange(int fd, const struct sockaddr_storage *to, socklen_t to_len, size_t len)
{
    EXPECT_EQ(sendto(fd, data, len, 0, (const struct sockaddr *)to, to_len), len);
    wait_for_one();
    EXPECT_EQ(last_res, 0);
    EXPECT(matches);
}

static void senders(struct sockaddr_storage addr, socklen_t addr_len, size_t longest)
{
    struct sockaddr_storage to = addr, me = addr;
    socklen_t to_len = addr_len, me_len = addr_len;
    int fd = bound((struct sockaddr *)&to, &to_len);
    if (fd < 0) return;
    int sender = bound((struct sockaddr *)&me, &me_len);
    ur_dgram_init_take(f.loop, &reader, fd);
    ur_dgram_start(&reader, on_datagram);
    size_t lens[] = { 5, 0, longest, 1 };
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        exchange(sender, &to, to_len, lens[i]);
        EXPECT_EQ(last_len, lens[i] < UR_DGRAM_MAX ? lens[i] : UR_DGRAM_MAX);
        EXPECT_EQ(cut, lens[i] > UR_DGRAM_MAX);
        EXPECT_EQ(from_len, me_len);
        EXPECT(!memcmp(&from, &me, me_len));
    }
    close(sender);
    close_reader();
}

static void nobody_there(void)
{
    struct sockaddr_in gone = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    struct sockaddr_storage here = { 0 };
    socklen_t len = sizeof gone;
    memcpy(&here, &gone, sizeof gone);
    socklen_t here_len = len;
    int fd = bound((struct sockaddr *)&here, &here_len);
    int other = bound((struct sockaddr *)&gone, &len);
    close(other);
    EXPECT_EQ(connect(fd, (struct sockaddr *)&gone, sizeof gone), 0);
    ur_dgram_init_take(f.loop, &reader, fd);
    ur_dgram_start(&reader, on_datagram);
    for (int i = 0; i < 3; i++) {
        EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
        EXPECT_EQ(send(fd, "x", 1, 0), 1);
        wait_for_one();
        EXPECT_EQ(last_res, -ECONNREFUSED);
        EXPECT(ur_dgram_active(&reader));
    }
    close_reader();
}

static void no_socket(void)
{
    int fds[2];
    fixture_pipe(&f, fds);
    ur_dgram_init_take(f.loop, &reader, fds[0]);
    ur_dgram_start(&reader, on_datagram);
    wait_for_one();
    EXPECT_EQ(last_res, -ENOTSOCK);
    EXPECT(!ur_dgram_active(&reader));
    close_reader();
    close(fds[1]);
}

int main(void)
{
    struct sockaddr_storage v4 = { 0 }, v6 = { 0 }, local = { 0 };
    fixture_open(&f, NULL);
    for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * 7);
    *(struct sockaddr_in *)&v4 =
        (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    *(struct sockaddr_in6 *)&v6 =
        (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
    local.ss_family = AF_UNIX; /* and no more: the kernel finds a name */
    senders(v4, sizeof(struct sockaddr_in), UDP_LEN_MAX);
    senders(v6, sizeof(struct sockaddr_in6), UDP_LEN_MAX);
    senders(local, sizeof(sa_family_t), sizeof data);
    nobody_there();
    no_socket();
    fixture_close(&f);
    return 0;
}
