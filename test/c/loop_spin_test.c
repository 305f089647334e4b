/* back ends: uring epoll */
/* ur_loop_spin(): threads that answer each other at once find the next message without sleeping; a
 * loop for which no wake comes looks for one less and less often, and what else it waits for comes
 * all the same. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "test/c/fixture.h"
#include "uring/timer.h"

#define SPIN_NS 1000000u /* long, so that a busy machine lets the other thread run */
#define TRIES 100000     /* one is enough */
#define TIMES 200

static struct fixture f;
static atomic_int asked;
static int answered, fired;

static void on_wake(struct ur_loop *l, void *arg)
{
    answered++;
}

static void *answer(void *arg)
{
    for (int seen = 0, now; (now = atomic_load(&asked)) <= TRIES;) {
        if (now == seen)
            sched_yield();
        else
            ur_loop_wake(f.loop);
        seen = now;
    }
    return NULL;
}

/* Whether a poll was woken before it slept. */
static bool woken_awake(void)
{
    bool awake = false;
    for (int i = 1; i <= TRIES && !awake; i++) {
        struct ur_stats before = fixture_stats(&f);
        atomic_store(&asked, i);
        while (answered < i) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
        struct ur_stats after = fixture_stats(&f);
        awake = after.spins > before.spins && after.enters == before.enters;
    }
    return awake;
}

static void on_timer(struct ur_timer *t)
{
    if (++fired == TIMES) ur_timer_stop(t);
}

int main(void)
{
    pthread_t thread;
    struct ur_timer t;
    fixture_open(&f, NULL);
    ur_loop_on_wake(f.loop, on_wake, &f);
    ur_loop_spin(f.loop, SPIN_NS);
    EXPECT_EQ(pthread_create(&thread, NULL, answer, NULL), 0);
    bool awake = woken_awake();
    atomic_store(&asked, TRIES + 1);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    cpu_set_t set;
    bool alone = sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) == 1;
    if (!alone && f.uring) EXPECT(awake);

    uint64_t before = fixture_stats(&f).spins;
    ur_timer_init(f.loop, &t, on_timer);
    ur_timer_start_ms(&t, 1, 1);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(fired, TIMES);
    EXPECT_LE(fixture_stats(&f).spins - before, 10); /* 1, 2, 4 ... 64 polls are left out */
    fixture_close(&f);
    return 0;
}
