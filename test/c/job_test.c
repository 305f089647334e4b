/* back ends: uring epoll fake */
/* Jobs run on other threads and are told on the loop's; no thread before the first; as many at a
 * time as the pool has threads; cancel works until the work begins. */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "test/c/fixture.h"
#include "uring/job.h"

#define JOBS 200
#define THREADS 3

struct item {
    struct ur_job job;
    bool worked, finished;
};

static struct fixture f;
static struct ur_pool *pool;
static struct item items[JOBS], blockers[THREADS];
static pthread_t loop_thread;
static atomic_int together, most;
static sem_t gate;
static pthread_barrier_t meeting;
static int finished, cancelled;

static void work(struct ur_job *j)
{
    EXPECT(!pthread_equal(pthread_self(), loop_thread));
    int now = atomic_fetch_add(&together, 1) + 1;
    if (now > atomic_load(&most)) atomic_store(&most, now);
    ((struct item *)j)->worked = true;
    atomic_fetch_sub(&together, 1);
}

static void block(struct ur_job *j)
{
    ((struct item *)j)->worked = true;
    while (sem_wait(&gate)) {
    }
}

/* Needs another thread that does the same. */
static void meet(struct ur_job *j)
{
    ((struct item *)j)->worked = true;
    pthread_barrier_wait(&meeting);
}

static void done(struct ur_job *j, int32_t res)
{
    struct item *it = (struct item *)j;
    EXPECT(pthread_equal(pthread_self(), loop_thread));
    EXPECT(!it->finished);
    EXPECT_EQ(res, it->worked ? 0 : -ECANCELED);
    it->finished = true;
    finished++;
    cancelled += !it->worked;
}

static void start(struct item *it, ur_work_fn *fn)
{
    *it = (struct item){ .job = { .work = fn, .done = done } };
    ur_job_start(f.loop, &it->job);
}

int main(void)
{
    loop_thread = pthread_self();
    pool = ur_pool_new(THREADS);
    EXPECT_EQ(sem_init(&gate, 0, 0), 0);
    fixture_open(&f, &(struct ur_loop_options){ .pool = pool });
    EXPECT_EQ(ur_pool_threads(pool), 0);

    /* One idle thread is not enough for two jobs started together. */
    EXPECT_EQ(pthread_barrier_init(&meeting, NULL, 2), 0);
    start(&items[0], work);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(ur_pool_threads(pool), 1);
    start(&items[0], meet);
    start(&items[1], meet);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    finished = 0;

    for (int i = 0; i < JOBS; i++) start(&items[i], work);
    EXPECT_EQ(finished, 0);
    EXPECT_EQ(fixture_stats(&f).jobs_running, JOBS);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(finished, JOBS);
    EXPECT_EQ(cancelled, 0);
    EXPECT_LE(atomic_load(&most), THREADS);
    EXPECT_LE(ur_pool_threads(pool), THREADS);

    /* One thread for each of as many blocking jobs; what is queued behind can be cancelled. */
    for (int i = 0; i < THREADS; i++) start(&blockers[i], block);
    start(&items[0], work);
    EXPECT(ur_job_cancel(&items[0].job));
    EXPECT(!items[0].finished);
    EXPECT(!ur_job_cancel(&items[0].job));
    for (int i = 0; i < THREADS; i++) sem_post(&gate);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(cancelled, 1);
    for (int i = 0; i < THREADS; i++) EXPECT(blockers[i].worked);
    EXPECT_EQ(ur_pool_threads(pool), THREADS);
    fixture_close(&f);
    ur_pool_drop(pool);
    sem_destroy(&gate);
    pthread_barrier_destroy(&meeting);
    return 0;
}
