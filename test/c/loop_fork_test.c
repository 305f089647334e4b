/* back ends: uring */
/* A child that is forked while the loop is busy and ends does not disturb its parent's loop. */
#include <sys/wait.h>

#include "test/c/fixture.h"
#include "uring/sock.h"
#include "uring/timer.h"

static struct fixture f;
static struct ur_stream a, b;
static struct ur_send req;
static int got;

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_EQ(res, 1);
    got++;
}

static void sent(struct ur_send *r, int64_t res)
{
    EXPECT_EQ(res, 1);
}

static void round_trip(void)
{
    int before = got;
    req.done = sent;
    ur_send(&b, &req, "x", 1);
    while (got == before) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
    EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
}

int main(void)
{
    int fds[2], status = -1;
    fixture_open(&f, NULL);
    fixture_pair(&f, fds);
    ur_stream_init_take(f.loop, &a, fds[0], UR_STREAM_SOCKET);
    ur_stream_init_take(f.loop, &b, fds[1], UR_STREAM_SOCKET);
    ur_recv_start(&a, on_recv);
    round_trip();
    pid_t pid = fork();
    EXPECT_GE(pid, 0);
    if (!pid) _exit(0);
    round_trip();
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
    round_trip();
    EXPECT_EQ(got, 3);
    ur_stream_close(&a, NULL);
    ur_stream_close(&b, NULL);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    fixture_close(&f);
    return 0;
}
