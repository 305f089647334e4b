/* back ends: uring epoll */
/* Sockets, timers and wakes need no thread, neither the process's nor the kernel's. */
#include "test/c/fixture.h"
#include "uring/sock.h"
#include "uring/timer.h"

#define ROUNDS 200

static struct fixture f;
static struct ur_stream a, b;
static struct ur_send req;
static int rounds;

/* The kernel's workers of a ring are threads of the process as well. */
static int threads(void)
{
    DIR *dir = opendir("/proc/self/task");
    int count = 0;
    EXPECT(dir);
    for (struct dirent *e; (e = readdir(dir));) count += e->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void sent(struct ur_send *r, int64_t res)
{
    EXPECT_EQ(res, 1);
}

static void was_shut_down(struct ur_stream *s, int32_t res)
{
    ur_stream_close(s, NULL);
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_EQ(res, 1);
    if (++rounds < ROUNDS) {
        ur_send(&b, &req, "x", 1);
        ur_loop_wake(f.loop);
        return;
    }
    ur_stream_close(&a, NULL);
    ur_shutdown(&b, was_shut_down);
}

int main(void)
{
    int before = threads();
    fixture_open(&f, NULL);
    fixture_streams(&f, &a, &b);
    ur_recv_start(&a, on_recv);
    req.done = sent;
    ur_send(&b, &req, "x", 1);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(rounds, ROUNDS);
    EXPECT_EQ(threads(), before);
    fixture_close(&f);
    EXPECT_EQ(threads(), before);
    return 0;
}
