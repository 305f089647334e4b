/* back ends: uring epoll */
/* docs/examples/echo.c sends everything back, does not read on from a client that does not read,
 * and ends by itself when interrupted, with connections open. */
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "test/c/fixture.h"

#define WAIT_MS 20000       /* for what is sure to come */
#define STUCK_MS 300        /* without progress: the other side does not read */
#define FLOOD (64ull << 20) /* bytes, more than all buffers on the way can hold */

static const size_t lens[] = { 1, 2, 1000, 16383, 16384, 16385, 100000, 3333333 };

static unsigned char byte_at(uint64_t off)
{
    return (unsigned char)(off * 7 + (off >> 11));
}

/* Start it; its standard error is the return value, and says *port first. */
static FILE *start_server(pid_t *pid, uint16_t *port)
{
    int fds[2];
    char line[256] = "";
    unsigned number = 0;
    EXPECT_EQ(pipe2(fds, O_CLOEXEC), 0);
    *pid = fork();
    EXPECT_GE(*pid, 0);
    if (!*pid) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* not to outlive a test that failed */
        dup2(fds[1], STDERR_FILENO);
        execl("./example_echo", "example_echo", "0", (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    FILE *said = fdopen(fds[0], "r");
    EXPECT(said && fgets(line, sizeof line, said));
    if (sscanf(line, "port %u", &number) != 1) fprintf(stderr, "%s", line);
    EXPECT_GE(number, 1);
    *port = (uint16_t)number;
    return said;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port) };
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_GE(fd, 0);
    EXPECT_EQ(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    EXPECT_EQ(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static bool wait_for(int fd, short events, int timeout_ms)
{
    struct pollfd p = { .fd = fd, .events = events };
    return poll(&p, 1, timeout_ms) == 1;
}

/* Send bytes off..end of the sequence as far as they go now. Returns where it stopped. */
static uint64_t send_some(int fd, uint64_t off, uint64_t end)
{
    unsigned char buf[65536];
    size_t len = end - off < sizeof buf ? (size_t)(end - off) : sizeof buf;
    for (size_t i = 0; i < len; i++) buf[i] = byte_at(off + i);
    ssize_t n = send(fd, buf, len, MSG_NOSIGNAL);
    EXPECT(n >= 0 || errno == EAGAIN);
    return off + (n > 0 ? (uint64_t)n : 0);
}

/* Receive what is there; it has to continue the sequence at off. Returns where it stopped. */
static uint64_t recv_some(int fd, uint64_t off)
{
    unsigned char buf[65536];
    ssize_t n = recv(fd, buf, sizeof buf, 0);
    EXPECT(n > 0 || (n < 0 && errno == EAGAIN));
    for (ssize_t i = 0; i < n; i++) EXPECT_EQ(buf[i], byte_at(off + (uint64_t)i));
    return off + (n > 0 ? (uint64_t)n : 0);
}

/* Send up to `end`, of which `sent` are gone, and get all of it back, from `got` on. */
static void echo(int fd, uint64_t sent, uint64_t got, uint64_t end)
{
    while (got < end) {
        EXPECT(wait_for(fd, sent < end ? POLLIN | POLLOUT : POLLIN, WAIT_MS));
        if (sent < end) sent = send_some(fd, sent, end);
        got = recv_some(fd, got);
        EXPECT_LE(got, sent);
    }
}

static void expect_end(int fd)
{
    char byte;
    EXPECT(wait_for(fd, POLLIN, WAIT_MS));
    EXPECT_EQ(recv(fd, &byte, 1, 0), 0);
}

static void test_sizes(uint16_t port)
{
    int fd = connect_to(port);
    uint64_t at = 0;
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        echo(fd, at, at, at + lens[i]);
        at += lens[i];
    }
    EXPECT_EQ(shutdown(fd, SHUT_WR), 0);
    expect_end(fd);
    close(fd);
}

/* Write without reading until it does not go on. Returns how much that was. */
static uint64_t flood(int fd)
{
    uint64_t sent = 0;
    while (sent < FLOOD && wait_for(fd, POLLOUT, STUCK_MS)) sent = send_some(fd, sent, FLOOD);
    EXPECT_LE(sent, FLOOD - 1);
    return sent;
}

static void test_back_pressure(uint16_t port)
{
    int fd = connect_to(port);
    uint64_t sent = flood(fd);
    echo(fd, sent, 0, sent);
    close(fd);
}

/* With a connection that waits for data and one that waits for room. */
static void test_end(uint16_t port, pid_t pid, FILE *said)
{
    char line[256];
    int status;
    int idle = connect_to(port), stuck = connect_to(port);
    echo(idle, 0, 0, 1);
    flood(stuck);
    EXPECT_EQ(kill(pid, SIGINT), 0);
    while (fgets(line, sizeof line, said)) fprintf(stderr, "%s", line);
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
    expect_end(idle);
}

int main(void)
{
    struct fixture f;
    fixture_open(&f, NULL); /* skips where there is no such back end */
    fixture_close(&f);
    pid_t pid;
    uint16_t port;
    FILE *said = start_server(&pid, &port);
    test_sizes(port);
    test_back_pressure(port);
    test_end(port, pid, said);
    return 0;
}
