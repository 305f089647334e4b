/* back ends: uring epoll fake */
/* Threads without a job end after a while, and come back; the size of a pool is asked for at its
 * first job. */
#include <sched.h>

#include "test/c/fixture.h"
#include "uring/job.h"

#define JOBS 40
#define IDLE_MS 20
#define THREADS 3

static int asked, finished;

static uint32_t threads(void)
{
    asked++;
    return THREADS;
}

static void work(struct ur_job *j)
{
    sched_yield();
}

static void done(struct ur_job *j, int32_t res)
{
    EXPECT_EQ(res, 0);
    finished++;
}

int main(void)
{
    struct fixture f;
    struct ur_pool *pool = ur_pool_new_lazy(threads);
    fixture_open(&f, &(struct ur_loop_options){ .pool = pool }); /* or skip */
    ur_pool_idle_ms(pool, IDLE_MS);
    for (int round = 0; round < 3; round++) {
        struct ur_job jobs[JOBS];
        for (int i = 0; i < JOBS; i++) {
            EXPECT_EQ(asked, round + i > 0);
            jobs[i] = (struct ur_job){ .work = work, .done = done };
            ur_job_start(f.loop, &jobs[i]);
        }
        EXPECT_LE(ur_pool_threads(pool), THREADS);
        EXPECT_EQ(ur_loop_run(f.loop), 0);
        EXPECT_EQ(finished, (round + 1) * JOBS);
        while (ur_pool_threads(pool) > 0) sched_yield();
    }
    fixture_close(&f);
    ur_pool_drop(pool);
    return 0;
}
