/* back ends: uring epoll fake */
/* Loops on several threads share one pool; each gets its own jobs back, also when it closes with
 * jobs unfinished. */
#include <pthread.h>

#include "test/c/fixture.h"
#include "uring/job.h"

#define LOOPS 3
#define JOBS 300

struct item {
    struct ur_job job;
    pthread_t owner;
    int *finished;
    bool to_the_end; /* its loop does not close before */
};

static struct ur_pool *pool;

static void work(struct ur_job *j)
{
    if ((uintptr_t)j % 512 == 0) usleep(100);
}

static void done(struct ur_job *j, int32_t res)
{
    struct item *it = (struct item *)j;
    EXPECT(pthread_equal(pthread_self(), it->owner));
    EXPECT(res == 0 || (res == -ECANCELED && !it->to_the_end));
    ++*it->finished;
}

static void *run(void *arg)
{
    struct ur_loop *l;
    int finished = 0;
    struct item *items = calloc(JOBS, sizeof *items);
    EXPECT_EQ(ur_loop_open(&l, &(struct ur_loop_options){ .pool = pool }), 0);
    for (int i = 0; i < JOBS; i++) {
        items[i] =
            (struct item){ { .work = work, .done = done }, pthread_self(), &finished, arg != NULL };
        ur_job_start(l, &items[i].job);
        if (i % 50 == 0) EXPECT_GE(ur_loop_poll(l, 0), 0);
    }
    if (arg) EXPECT_EQ(ur_loop_run(l), 0);
    EXPECT_EQ(ur_loop_close(l), 0);
    EXPECT_EQ(finished, JOBS);
    free(items);
    return NULL;
}

int main(void)
{
    struct fixture f;
    pthread_t thread[LOOPS];
    fixture_open(&f, NULL); /* or skip */
    pool = ur_pool_new(2);
    for (int i = 0; i < LOOPS; i++)
        EXPECT_EQ(pthread_create(&thread[i], NULL, run, i ? &f : NULL), 0);
    for (int i = 0; i < LOOPS; i++) EXPECT_EQ(pthread_join(thread[i], NULL), 0);
    ur_pool_drop(pool);
    fixture_close(&f);
    return 0;
}
