/* core/job_pool.c: see the header. */
#include "core/job_pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/vars.h"
#include "uring/job.h"

#define SIZE_VARIABLE "UV_THREADPOOL_SIZE"

static struct ur_pool *pool;

/* As libuv reads it: what is no number, or none above 0, is 1. */
static uint32_t size(void)
{
    struct rt_vars *vars = rt_vars_process();
    char *text = rt_vars_get(vars, SIZE_VARIABLE);
    rt_vars_drop(vars);
    if (!text) return UR_JOB_THREADS;
    long threads = strtol(text, NULL, 10);
    free(text);
    if (threads < 1) return 1;
    return threads < UINT32_MAX ? (uint32_t)threads : UINT32_MAX;
}

static void make(void)
{
    pool = ur_pool_new_lazy(size);
}

struct ur_pool *rt_job_pool(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make);
    return pool;
}
