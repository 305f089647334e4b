/* core/job_pool.h: the threads that do blocking work for all envs of the process. */
#ifndef RT_JOB_POOL_H
#define RT_JOB_POOL_H

struct ur_pool;

/* ANY THREAD. The pool of the process; it has no thread before the first job, and at most
 * UV_THREADPOOL_SIZE of them as that is set then. Borrowed, it is never dropped: a job may still
 * run when the process ends. */
struct ur_pool *rt_job_pool(void);

#endif
