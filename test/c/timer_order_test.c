/* back ends: uring epoll fake */
/* Timers fire by deadline, those with the same deadline in the order they were started, stopped
 * ones not at all. */
#include "test/c/fixture.h"
#include "uring/timer.h"

#define COUNT 5000

struct item {
    struct ur_timer t;
    uint64_t delay;
    int order; /* of starting */
    bool fired, stopped;
};

static struct item items[COUNT];
static struct item *last;
static int fired;

static void on_timer(struct ur_timer *t)
{
    struct item *it = (struct item *)t;
    EXPECT(!it->stopped);
    EXPECT(!it->fired);
    it->fired = true;
    fired++;
    if (last) {
        EXPECT_LE(last->delay, it->delay);
        if (last->delay == it->delay) EXPECT_LE(last->order, it->order);
    }
    last = it;
}

int main(void)
{
    struct fixture f;
    int expected = 0, order = 0;
    fixture_open(&f, NULL);
    srand(1);
    for (int i = 0; i < COUNT; i++) {
        items[i].delay = (uint64_t)(rand() % 20);
        items[i].order = order++;
        ur_timer_init(f.loop, &items[i].t, on_timer);
        ur_timer_start_ms(&items[i].t, items[i].delay, 0);
    }
    for (int i = 0; i < COUNT; i += 3) {
        ur_timer_stop(&items[i].t);
        items[i].stopped = true;
        if (i % 2) { /* started again it goes behind the others */
            items[i].stopped = false;
            items[i].order = order++;
            ur_timer_start_ms(&items[i].t, items[i].delay, 0);
        }
    }
    for (int i = 0; i < COUNT; i++) expected += !items[i].stopped;
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(fired, expected);
    fixture_close(&f);
    return 0;
}
