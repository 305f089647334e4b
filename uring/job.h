/* uring/job.h: blocking work on a few threads, for what the kernel cannot do asynchronously.
 * A pool makes each thread on first need and none before; one that never gets a job has none. A
 * thread that gets none for a while ends. */
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

/* Which of the waiting jobs start first. Those that are passed over too often get a turn all the
 * same (UR_JOB_PASSES). SLOW ones take at most half of the threads, rounded up. */
enum ur_job_priority {
    UR_JOB_NORMAL,
    UR_JOB_SOON, /* short, and something waits for it: file operations */
    UR_JOB_SLOW, /* waits for long, for the network say */
    UR_JOB_PRIORITIES
};

/* Embedded by the caller, who owns it until done() begins. While work() may run, only work() may
 * touch what it uses. done() runs from a later poll, never from inside ur_job_start(). */
struct ur_job {
    ur_work_fn *work;     /* caller: set before start */
    ur_job_done_fn *done; /* caller: set before start */
    uint8_t priority;     /* caller: enum ur_job_priority */
    bool unref;           /* part of something that counts by itself; of the library only */
    uint8_t state;        /* private from here on; guarded by the pool's lock */
    int32_t res;
    struct ur_loop *loop;
    struct ur_job *next, *prev;
};

/* Queue j on the loop's pool. Loop's thread. Jobs of the same priority start in order. */
void ur_job_start(struct ur_loop *l, struct ur_job *j);

/* Loop's thread. True: work had not begun and never will; done() will get -ECANCELED. False: too
 * late, done() will get 0. */
bool ur_job_cancel(struct ur_job *j);

/* A pool to share between loops, of at most `threads` threads (0: the default). Each loop holds a
 * reference from ur_loop_open() to ur_loop_close(); drop gives up the caller's own. ANY THREAD. */
struct ur_pool *ur_pool_new(uint32_t threads);
/* The same; threads() is asked at the first job, on its loop's thread. It may not use the pool. */
struct ur_pool *ur_pool_new_lazy(uint32_t (*threads)(void));
void ur_pool_drop(struct ur_pool *p);

/* How long a thread waits for a job before it ends; UR_JOB_IDLE_MS at first. For threads that begin
 * to wait from now on. ANY THREAD. */
void ur_pool_idle_ms(struct ur_pool *p, uint32_t ms);

/* Threads alive now. ANY THREAD. */
uint32_t ur_pool_threads(struct ur_pool *p);

#define UR_JOB_THREADS 4u
#define UR_JOB_IDLE_MS 10000u
#define UR_JOB_PASSES 16u /* jobs of higher priority that start before one that waits */

#endif
