/* back ends: uring epoll */
/* One system call per poll, none on the ring when there is nothing to do, and a wait ends at the
 * nearest timer. */
#include "test/c/fixture.h"
#include "uring/sock.h"
#include "uring/timer.h"

#define TIMER_MS 200 /* it must not be due before the wait begins, on a busy machine either */

static struct fixture f;

static void on_timer(struct ur_timer *t)
{
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
}

static uint64_t enters(void)
{
    return fixture_stats(&f).enters;
}

int main(void)
{
    struct ur_stream a, b;
    struct ur_timer t;
    fixture_open(&f, NULL);
    fixture_streams(&f, &a, &b);
    ur_recv_start(&a, on_recv);
    ur_recv_start(&b, on_recv);
    EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    uint64_t before = enters();
    EXPECT_EQ(before, 1);
    for (int i = 0; i < 100; i++) EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    EXPECT_EQ(enters() - before, f.epoll ? 100 : 0);
    before = enters();

    uint64_t start = ur_loop_now_ns(f.loop);
    ur_timer_init(f.loop, &t, on_timer);
    ur_timer_start_ms(&t, TIMER_MS, 0);
    EXPECT_EQ(ur_loop_poll(f.loop, -1), 0);
    EXPECT_EQ(enters() - before, 1);
    EXPECT_GE(ur_loop_now_ns(f.loop) - start, TIMER_MS * 1000000);
    EXPECT_EQ(ur_timers_run(f.loop), 1);
    start = ur_loop_now_ns(f.loop);
    EXPECT_EQ(ur_loop_poll(f.loop, 5000000), 0);
    EXPECT_GE(ur_loop_now_ns(f.loop) - start, 5000000);
    EXPECT_EQ(enters() - before, 2);

    ur_stream_close(&a, NULL);
    ur_stream_close(&b, NULL);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    fixture_close(&f);
    return 0;
}
