/* back ends: uring epoll */
/* Signals interrupt waits and system calls all the time: no operation notices, and a wake from a
 * handler is seen. */
#include <signal.h>
#include <sys/time.h>

#include "test/c/fixture.h"
#include "uring/sock.h"

#define ROUNDS 2000
#define EVERY_US 200

static struct fixture f;
static struct ur_stream a, b;
static struct ur_send there, back;
static volatile sig_atomic_t signals;
static int rounds, wakes;

static void on_signal(int signum)
{
    signals++;
    ur_loop_wake(f.loop);
}

static void on_wake(struct ur_loop *l, void *arg)
{
    wakes++;
}

static void sent(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, 4);
}

static void on_recv_b(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_EQ(res, 4);
    ur_send(&b, &back, "pong", 4);
}

static void on_recv_a(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_EQ(res, 4);
    if (++rounds < ROUNDS) {
        ur_send(&a, &there, "ping", 4);
        return;
    }
    ur_stream_close(&a, NULL);
    ur_stream_close(&b, NULL);
}

int main(void)
{
    struct itimerval often = { { 0, EVERY_US }, { 0, EVERY_US } }, never = { { 0, 0 }, { 0, 0 } };
    struct sigaction action = { .sa_handler = on_signal }; /* no SA_RESTART */
    fixture_open(&f, NULL);
    ur_loop_on_wake(f.loop, on_wake, NULL);
    fixture_streams(&f, &a, &b);
    there.done = back.done = sent;
    EXPECT_EQ(sigaction(SIGALRM, &action, NULL), 0);
    EXPECT_EQ(setitimer(ITIMER_REAL, &often, NULL), 0);
    ur_recv_start(&a, on_recv_a);
    ur_recv_start(&b, on_recv_b);
    ur_send(&a, &there, "ping", 4);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(rounds, ROUNDS);
    /* Nothing else would end this wait. */
    int before = wakes;
    while (wakes == before) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
    EXPECT_EQ(setitimer(ITIMER_REAL, &never, NULL), 0);
    EXPECT_GE(signals, 1);
    EXPECT_GE(signals, wakes);
    fixture_close(&f);
    return 0;
}
