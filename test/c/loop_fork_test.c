/* back ends: uring epoll */
/* A child that is forked while the loop is busy cannot take completions from its parent, even if it
 * tries. */
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

static void start_send(void)
{
    req.done = sent;
    ur_send(&b, &req, "x", 1);
}

static void until(int count)
{
    for (int i = 0; got < count; i++) {
        EXPECT_LE(i, 100);
        EXPECT_GE(ur_loop_poll(f.loop, 50000000), 0);
    }
    EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
}

int main(void)
{
    fixture_open(&f, NULL);
    fixture_streams(&f, &a, &b);
    ur_recv_start(&a, on_recv);
    start_send();
    until(1);
    start_send();
    ur_loop_submit(f.loop); /* its completion is there, and nobody has taken it */
    pid_t pid = fork();
    EXPECT_GE(pid, 0);
    if (!pid) {
        fclose(stderr); /* what it dies of is not news */
        ur_loop_poll(f.loop, 0);
        _exit(0);
    }
    EXPECT_EQ(waitpid(pid, NULL, 0), pid);
    until(2);
    start_send();
    until(3);
    ur_stream_close(&a, NULL);
    ur_stream_close(&b, NULL);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    fixture_close(&f);
    return 0;
}
