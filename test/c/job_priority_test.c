/* back ends: uring epoll fake */
/* Of the jobs that wait, urgent ones start first, others before slow ones; none waits for ever, and
 * slow ones leave half of the threads to the rest. */
#include <semaphore.h>
#include <stdatomic.h>

#include "test/c/fixture.h"
#include "uring/job.h"

#define EACH 40

struct item {
    struct ur_job job;
    int start;
};

static struct fixture f;
static struct item blocker, soon[EACH], normal[EACH], slow[EACH];
static sem_t gate, begun;
static atomic_int started, slow_now, slow_most;
static int finished;

static void work(struct ur_job *j)
{
    ((struct item *)j)->start = atomic_fetch_add(&started, 1);
}

static void block(struct ur_job *j)
{
    EXPECT_EQ(sem_post(&begun), 0);
    while (sem_wait(&gate)) {
    }
}

static void block_slowly(struct ur_job *j)
{
    int now = atomic_fetch_add(&slow_now, 1) + 1;
    if (now > atomic_load(&slow_most)) atomic_store(&slow_most, now);
    block(j);
    atomic_fetch_sub(&slow_now, 1);
}

static void done(struct ur_job *j, int32_t res)
{
    EXPECT_EQ(res, 0);
    finished++;
}

static void start(struct item *it, ur_work_fn *fn, enum ur_job_priority priority)
{
    *it = (struct item){ .job = { .work = fn, .done = done, .priority = (uint8_t)priority } };
    ur_job_start(f.loop, &it->job);
}

static void wait_begun(int count)
{
    for (int i = 0; i < count; i++) {
        while (sem_wait(&begun)) {
        }
    }
}

static void in_order(void)
{
    fixture_open(&f, &(struct ur_loop_options){ .job_threads = 1 });
    start(&blocker, block, UR_JOB_NORMAL);
    wait_begun(1);
    for (int i = 0; i < EACH; i++) {
        start(&slow[i], work, UR_JOB_SLOW);
        start(&normal[i], work, UR_JOB_NORMAL);
        start(&soon[i], work, UR_JOB_SOON);
    }
    EXPECT_EQ(sem_post(&gate), 0);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(finished, 3 * EACH + 1);
    for (int i = 1; i < EACH; i++) {
        EXPECT(soon[i].start > soon[i - 1].start);
        EXPECT(normal[i].start > normal[i - 1].start);
        EXPECT(slow[i].start > slow[i - 1].start);
    }
    EXPECT_EQ(soon[0].start, 0);
    EXPECT_EQ(soon[(int)UR_JOB_PASSES - 1].start, UR_JOB_PASSES - 1);
    EXPECT_LE(normal[0].start, UR_JOB_PASSES + 1);
    EXPECT_LE(slow[0].start, UR_JOB_PASSES + 1);
    EXPECT(soon[EACH - 1].start < normal[EACH / 2].start);
    EXPECT(normal[EACH - 1].start < slow[EACH / 2].start);
    fixture_close(&f);
}

static void half_for_slow(void)
{
    fixture_open(&f, &(struct ur_loop_options){ .job_threads = 4 });
    finished = 0;
    for (int i = 0; i < 6; i++) start(&slow[i], block_slowly, UR_JOB_SLOW);
    wait_begun(2);
    for (int i = 0; i < EACH; i++) start(&normal[i], work, UR_JOB_NORMAL);
    while (finished < EACH) EXPECT_GE(ur_loop_poll(f.loop, -1), 0); /* past the slow ones */
    EXPECT_EQ(atomic_load(&slow_now), 2);
    for (int i = 0; i < 6; i++) EXPECT_EQ(sem_post(&gate), 0);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(finished, EACH + 6);
    EXPECT_EQ(atomic_load(&slow_most), 2);
    fixture_close(&f);
}

int main(void)
{
    EXPECT_EQ(sem_init(&gate, 0, 0), 0);
    EXPECT_EQ(sem_init(&begun, 0, 0), 0);
    in_order();
    half_for_slow();
    return 0;
}
