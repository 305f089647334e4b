/* back ends: uring epoll */
/* Connections on which nothing happens cost little memory, no receive buffer, and no wake-up.
 * IDLE_CONNECTIONS=10000 asks for more of them, and for the figures. */
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "test/c/fixture.h"
#include "uring/sock.h"

#define CONNECTIONS 1000
#define USER_BYTES_MAX 512u /* of the library, each: the stream and its places in tables */
#define BUF_LEN 32768u      /* the default */
#define POOL_MAX (8u << 20) /* receive buffers of a loop */
#define QUIET_NS 300000000
#define SPARE_FDS 100

static struct fixture f;
static struct ur_listener listener;
static struct ur_stream *streams;
static int *fds;
static int count, accepted;

static void on_accept(struct ur_listener *l, int32_t fd)
{
    EXPECT_GE(fd, 0);
    fds[accepted++] = fd;
}

static void never(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT(!"data where nobody sent any");
}

/* In a child: it has descriptors of its own. */
static pid_t connect_all(const struct sockaddr_in *addr)
{
    pid_t pid = fork();
    EXPECT_GE(pid, 0);
    if (pid) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(ur_listener_fd(&listener));
    for (int i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        EXPECT_GE(fd, 0);
        EXPECT_EQ(connect(fd, (const struct sockaddr *)addr, sizeof *addr), 0);
    }
    for (;;) pause();
}

static size_t user_bytes(void)
{
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

/* Memory of the kernel that cannot be reclaimed, of all processes. */
static long kernel_kb(void)
{
    char line[128];
    long kb = 0;
    FILE *file = fopen("/proc/meminfo", "r");
    EXPECT(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "SUnreclaim: %ld", &kb) == 1) break;
    }
    fclose(file);
    return kb;
}

static void raise_limit(void)
{
    struct rlimit limit;
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < (rlim_t)count + SPARE_FDS) check_skip("too few descriptors are allowed");
}

static void arm_all(bool talk)
{
    size_t user = user_bytes();
    long kernel = kernel_kb();
    streams = malloc((size_t)count * sizeof *streams);
    for (int i = 0; i < count; i++) {
        ur_stream_init_take(f.loop, &streams[i], fds[i], UR_STREAM_TCP);
        ur_recv_start(&streams[i], never);
    }
    while (fixture_stats(&f).slots < (uint64_t)count) EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    EXPECT_EQ(ur_loop_poll(f.loop, 1000000), 0);
    user = user_bytes() - user;
    if (talk)
        printf("%s: %d idle connections, each %zu bytes of the library (%zu the stream itself), "
               "%ld of the kernel\n",
               ur_backend_name(f.loop), count, user / (size_t)count, sizeof(struct ur_stream),
               (kernel_kb() - kernel) * 1024 / count);
    EXPECT_LE(user, (size_t)count * USER_BYTES_MAX);
}

int main(void)
{
    struct sockaddr_in addr;
    const char *wanted = getenv("IDLE_CONNECTIONS");
    count = wanted ? atoi(wanted) : CONNECTIONS;
    raise_limit();
    fixture_open(&f, NULL);
    fds = malloc((size_t)count * sizeof *fds);
    ur_listener_init_take(f.loop, &listener, fixture_listener(&f, &addr));
    ur_accept_start(&listener, on_accept);
    EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    pid_t client = connect_all(&addr);
    while (accepted < count) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
    arm_all(wanted != NULL);

    struct ur_stats before = fixture_stats(&f);
    uint64_t start = ur_loop_now_ns(f.loop);
    EXPECT_EQ(ur_loop_poll(f.loop, QUIET_NS), 0);
    struct ur_stats after = fixture_stats(&f);
    EXPECT_GE(ur_loop_now_ns(f.loop) - start, QUIET_NS);
    EXPECT_EQ(after.enters - before.enters, 1);
    EXPECT_EQ(after.cqes, before.cqes);
    EXPECT_EQ(after.bufs_lent, 0);
    EXPECT_LE(after.bufs * BUF_LEN, POOL_MAX);

    for (int i = 0; i < count; i++) ur_stream_close(&streams[i], NULL);
    ur_listener_close(&listener, NULL);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(kill(client, SIGKILL), 0);
    EXPECT_EQ(waitpid(client, NULL, 0), client);
    free(streams);
    free(fds);
    fixture_close(&f);
    return 0;
}
