/* back ends: uring */
/* A loop that another thread answers at once looks for the answers before it sleeps, and the wakes
 * cost no system call then; one that is woken now and then just sleeps. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#include "test/c/fixture.h"

#define TRIES 20
#define SELDOM 20
#define SELDOM_NS 3000000

static struct fixture f;
static struct ur_loop *peer;
static atomic_bool over, woken;
static int answers;

static void answer(struct ur_loop *l, void *arg)
{
    ur_loop_wake(f.loop);
}

static void *answer_all(void *opened)
{
    EXPECT_EQ(ur_loop_open(&peer, NULL), 0);
    ur_loop_on_wake(peer, answer, NULL);
    atomic_store((atomic_bool *)opened, true);
    while (!atomic_load(&over)) EXPECT_GE(ur_loop_poll(peer, -1), 0);
    while (!atomic_load(&woken)) sched_yield();
    EXPECT_EQ(ur_loop_close(peer), 0);
    return NULL;
}

static void *wake_seldom(void *arg)
{
    for (int i = 0; i < SELDOM; i++) {
        nanosleep(&(struct timespec){ .tv_nsec = SELDOM_NS }, NULL);
        if (i == SELDOM - 1) atomic_store(&over, true);
        ur_loop_wake(f.loop);
    }
    return NULL;
}

static void on_wake(struct ur_loop *l, void *arg)
{
    answers++;
}

static void wait_for_answer(void)
{
    for (int before = answers; answers == before;) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
}

static void talk(void)
{
    pthread_t thread;
    atomic_bool opened = false;
    fixture_open(&f, NULL);
    ur_loop_on_wake(f.loop, on_wake, NULL);
    EXPECT_EQ(pthread_create(&thread, NULL, answer_all, &opened), 0);
    while (!atomic_load(&opened)) sched_yield();
    while (fixture_stats(&f).spins == 0) {
        ur_loop_wake(peer);
        wait_for_answer();
    }
    atomic_store(&over, true);
    ur_loop_wake(peer);
    atomic_store(&woken, true); /* it may close its loop */
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    fixture_close(&f);
}

/* How often the loop looked. */
static uint64_t hear_seldom(void)
{
    pthread_t thread;
    fixture_open(&f, NULL);
    atomic_store(&over, false);
    EXPECT_EQ(pthread_create(&thread, NULL, wake_seldom, NULL), 0);
    while (!atomic_load(&over)) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    uint64_t spins = fixture_stats(&f).spins;
    fixture_close(&f);
    return spins;
}

int main(void)
{
    cpu_set_t cpus;
    EXPECT_EQ(sched_getaffinity(0, sizeof cpus, &cpus), 0);
    if (CPU_COUNT(&cpus) > 1) talk();
    /* On a busy machine the loop may come late, and find that it is woken already. */
    int tries = TRIES;
    while (hear_seldom() > 0) EXPECT_GE(--tries, 1);
    return 0;
}
