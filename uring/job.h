/* uring/job.h: blocking work on a few threads, for what the kernel cannot do asynchronously.
 * A pool makes each thread on first need and none before; one that never gets a job has none. */
#ifndef URING_JOB_H
#define URING_JOB_H

#include <stdbool.h>
#include <stdint.h>

struct ur_loop;
struct ur_pool;
struct ur_job;

typedef void ur_work_fn(struct ur_job *j); /* POOL THREAD */
typedef void ur_job_done_fn(struct ur_job *j,
                            int32_t res); /* loop thread; 0, or -ECANCELED: work never ran */

/* Embedded by the caller, who owns it until done() begins. While work() may run, only work() may
 * touch what it uses. done() runs from a later poll, never from inside ur_job_start(). */
struct ur_job {
    ur_work_fn *work;     /* caller: set before start */
    ur_job_done_fn *done; /* caller: set before start */
    struct ur_loop *loop; /* private from here on */
    struct ur_job *next, *prev;
    int32_t res;
    uint8_t state; /* guarded by the pool's lock */
    bool unref;    /* part of something that counts by itself */
};

/* Queue j on the loop's pool. Loop's thread. Jobs start in order. */
void ur_job_start(struct ur_loop *l, struct ur_job *j);

/* Loop's thread. True: work had not begun and never will; done() will get -ECANCELED. False: too
 * late, done() will get 0. */
bool ur_job_cancel(struct ur_job *j);

/* A pool to share between loops, of at most `threads` threads (0: the default). Each loop holds a
 * reference from ur_loop_open() to ur_loop_close(); drop gives up the caller's own. ANY THREAD. */
struct ur_pool *ur_pool_new(uint32_t threads);
void ur_pool_drop(struct ur_pool *p);

/* Threads alive now. ANY THREAD. */
uint32_t ur_pool_threads(struct ur_pool *p);

#define UR_JOB_THREADS 4u

#endif
