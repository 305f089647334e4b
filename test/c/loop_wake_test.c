/* back ends: uring epoll fake */
/* Wakes from many threads end a wait without limit; none is lost, bursts are coalesced, and where
 * the loop does not wait they cost no system call. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "test/c/fixture.h"

#define THREADS 4
#define WAKES 2000

static struct fixture f;
static atomic_int posted;
static int seen, callbacks;

static void *wake_often(void *arg)
{
    for (int i = 0; i < WAKES; i++) {
        atomic_fetch_add(&posted, 1);
        ur_loop_wake(f.loop);
    }
    return NULL;
}

static void on_wake(struct ur_loop *l, void *arg)
{
    EXPECT(arg == &f);
    callbacks++;
    seen = atomic_load(&posted);
}

/* What was written to the process's eventfds and not read (Linux: /proc/PID/fdinfo/FD). */
static unsigned long eventfd_total(void)
{
    unsigned long total = 0;
    for (int fd = 0; fd < 64; fd++) {
        char path[64], line[128];
        snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
        FILE *info = fopen(path, "r");
        if (!info) continue;
        unsigned long count;
        while (fgets(line, sizeof line, info))
            if (sscanf(line, "eventfd-count: %lx", &count) == 1) total += count;
        fclose(info);
    }
    return total;
}

int main(void)
{
    pthread_t thread[THREADS];
    fixture_open(&f, NULL);
    ur_loop_on_wake(f.loop, on_wake, &f);

    for (int i = 0; i < 100; i++) /* before the poll: it must not wait */
        ur_loop_wake(f.loop);
    EXPECT_EQ(callbacks, 0);
    EXPECT_EQ(eventfd_total(), 0);
    EXPECT_GE(ur_loop_poll(f.loop, -1), 1);
    EXPECT_EQ(callbacks, 1);

    for (int i = 0; i < THREADS; i++)
        EXPECT_EQ(pthread_create(&thread[i], NULL, wake_often, NULL), 0);
    while (seen < THREADS * WAKES) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
    for (int i = 0; i < THREADS; i++) EXPECT_EQ(pthread_join(thread[i], NULL), 0);
    EXPECT_LE(callbacks, THREADS * WAKES + 1);

    /* One burst, one callback. */
    while (ur_loop_poll(f.loop, 0) > 0) {
    }
    callbacks = 0;
    for (int i = 0; i < 100; i++) ur_loop_wake(f.loop);
    EXPECT_GE(ur_loop_poll(f.loop, -1), 1);
    EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    EXPECT_EQ(callbacks, 1);
    fixture_close(&f);
    return 0;
}
