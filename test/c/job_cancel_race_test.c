/* back ends: uring epoll fake */
/* Loops on several threads that share a pool start jobs and cancel some while the pool takes them:
 * each job is done once, on its loop's thread; work runs exactly where the cancel came too late. */
#include <pthread.h>
#include <stdatomic.h>

#include "test/c/fixture.h"
#include "uring/job.h"

#define LOOPS 3
#define JOBS 2000
#define AHEAD 8 /* a job is cancelled when so many have been started after it */

struct item {
    struct ur_job job;
    pthread_t owner;
    int *finished;
    bool worked, cancelled, done;
};

static struct ur_pool *pool;

static void work(struct ur_job *j)
{
    ((struct item *)j)->worked = true;
}

static void done(struct ur_job *j, int32_t res)
{
    struct item *it = (struct item *)j;
    EXPECT(pthread_equal(pthread_self(), it->owner));
    EXPECT(!it->done);
    EXPECT_EQ(res, it->cancelled ? -ECANCELED : 0);
    EXPECT_EQ(it->worked, !it->cancelled);
    it->done = true;
    ++*it->finished;
}

static void *run(void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg;
    int finished = 0, cancelled = 0;
    struct ur_loop *l;
    struct item *items = calloc(JOBS, sizeof *items);
    EXPECT_EQ(ur_loop_open(&l, &(struct ur_loop_options){ .pool = pool }), 0);
    for (int i = 0; i < JOBS; i++) {
        seed = seed * 1103515245u + 12345u;
        items[i] = (struct item){ .job = { .work = work, .done = done },
                                  .owner = pthread_self(),
                                  .finished = &finished };
        items[i].job.priority = (uint8_t)((seed >> 16) % UR_JOB_PRIORITIES);
        ur_job_start(l, &items[i].job);
        struct item *old = i < AHEAD ? NULL : &items[i - AHEAD];
        if (old && !old->done && (seed >> 20) % 2) {
            old->cancelled = ur_job_cancel(&old->job);
            cancelled += old->cancelled;
        }
        if ((seed >> 24) % 4 == 0) EXPECT_GE(ur_loop_poll(l, 0), 0);
    }
    EXPECT_EQ(ur_loop_run(l), 0);
    EXPECT_EQ(ur_loop_close(l), 0);
    EXPECT_EQ(finished, JOBS);
    free(items);
    return (void *)(intptr_t)cancelled;
}

int main(void)
{
    struct fixture f;
    pthread_t thread[LOOPS];
    intptr_t cancelled = 0;
    fixture_open(&f, NULL); /* or skip */
    pool = ur_pool_new(2);
    for (uintptr_t i = 0; i < LOOPS; i++)
        EXPECT_EQ(pthread_create(&thread[i], NULL, run, (void *)(i + 1)), 0);
    for (int i = 0; i < LOOPS; i++) {
        void *count;
        EXPECT_EQ(pthread_join(thread[i], &count), 0);
        cancelled += (intptr_t)count;
    }
    EXPECT(cancelled > 0);
    EXPECT(cancelled < LOOPS * JOBS);
    ur_pool_drop(pool);
    fixture_close(&f);
    return 0;
}
