/* back ends: uring epoll fake */
/* Repeat, again, and: what a callback starts waits for the next run, even when it is due at once.
 */
#include "test/c/fixture.h"
#include "uring/timer.h"

static struct ur_timer repeat, child;
static int repeats, children;

static void on_child(struct ur_timer *t)
{
    children++;
}

static void on_repeat(struct ur_timer *t)
{
    /* It is started already, for the next round. */
    EXPECT(ur_timer_active(t));
    if (++repeats == 3) ur_timer_stop(t);
    ur_timer_start_ns(&child, 0, 0);
}

int main(void)
{
    struct fixture f;
    fixture_open(&f, NULL);
    ur_timer_init(f.loop, &repeat, on_repeat);
    ur_timer_init(f.loop, &child, on_child);
    ur_timer_again(&repeat); /* no repeat: nothing */
    EXPECT(!ur_timer_active(&repeat));

    ur_timer_start_ms(&repeat, 0, 5);
    EXPECT_EQ(ur_timer_due_in_ns(&repeat), 0);
    EXPECT_EQ(ur_timers_run(f.loop), 1);
    EXPECT_EQ(repeats, 1);
    EXPECT_EQ(children, 0);
    EXPECT_EQ(ur_timer_due_in_ns(&repeat), 5000000);
    EXPECT_EQ(ur_timers_run(f.loop), 1);
    EXPECT_EQ(children, 1);

    uint64_t start = ur_loop_now_ns(f.loop);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(repeats, 3);
    EXPECT_EQ(children, 3);
    EXPECT_GE(ur_loop_now_ns(f.loop) - start, 10000000);

    /* Unreferenced timers do not keep the loop alive; huge delays do not wrap around. */
    ur_timer_unref(&repeat);
    ur_timer_start_ms(&repeat, UINT64_MAX, 0);
    EXPECT(!ur_loop_alive(f.loop));
    ur_timer_ref(&repeat);
    EXPECT(ur_loop_alive(f.loop));
    EXPECT_EQ(ur_timers_run(f.loop), 0);
    ur_timer_stop(&repeat);
    fixture_close(&f);
    return 0;
}
