/* uring/job.c: the pool of job threads. One lock guards the queues, the jobs' states and the loops'
 * lists of finished jobs. A thread is made when a job finds none idle, up to the limit; threads end
 * when they have been idle for long, or with the pool. */
#include "uring/job.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "uring/loop_priv.h"

/* State and its legal next states, under the pool's lock.
 * - JOB_NEW: JOB_QUEUED (started).
 * - JOB_QUEUED: JOB_RUNNING (a thread took it), JOB_DONE (cancelled, or no thread could be made).
 * - JOB_RUNNING: JOB_DONE.
 * - JOB_DONE: JOB_NEW (delivered). */
enum { JOB_NEW, JOB_QUEUED, JOB_RUNNING, JOB_DONE };

#define THREADS_MAX 1024u
#define MS_PER_S 1000u
#define NS_PER_MS 1000000u
#define NS_PER_S 1000000000u

/* Waiting jobs of one priority. */
struct job_queue {
    struct ur_job *first, *last;
    uint32_t passed; /* times that a job of another priority was taken since one of these */
};

struct ur_pool {
    pthread_mutex_t lock;
    pthread_cond_t more; /* a job was queued, or the pool ends */
    struct job_queue queue[UR_JOB_PRIORITIES];
    pthread_t *thread;
    pthread_t ended; /* the last that was idle for too long: not joined yet */
    bool has_ended;
    uint32_t idle_ms;
    uint32_t (*size)(void); /* asked while there is no limit */
    uint32_t limit, count, idle, queued;
    uint32_t slow, slow_limit; /* SLOW jobs running, and at most */
    uint32_t refs;             /* by loops and the maker; guarded by lock */
    bool ending;
};

/* With the lock held, or before others know p. 0 threads: the default. */
static void set_limit(struct ur_pool *p, uint32_t threads)
{
    p->limit = threads ? threads : UR_JOB_THREADS;
    if (p->limit > THREADS_MAX) p->limit = THREADS_MAX;
    p->slow_limit = (p->limit + 1) / 2;
    p->thread = ur_grow(NULL, p->limit, sizeof *p->thread);
}

struct ur_pool *ur_pool_new_lazy(uint32_t (*threads)(void))
{
    struct ur_pool *p = ur_alloc(sizeof *p);
    *p = (struct ur_pool){ .size = threads, .idle_ms = UR_JOB_IDLE_MS, .refs = 1 };
    pthread_condattr_t attr;
    UR_CHECK(!pthread_mutex_init(&p->lock, NULL));
    UR_CHECK(!pthread_condattr_init(&attr));
    UR_CHECK(!pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
    UR_CHECK(!pthread_cond_init(&p->more, &attr));
    pthread_condattr_destroy(&attr);
    return p;
}

struct ur_pool *ur_pool_new(uint32_t threads)
{
    struct ur_pool *p = ur_pool_new_lazy(NULL);
    set_limit(p, threads);
    return p;
}

void ur_pool_idle_ms(struct ur_pool *p, uint32_t ms)
{
    pthread_mutex_lock(&p->lock);
    p->idle_ms = ms;
    pthread_mutex_unlock(&p->lock);
}

void ur_pool_drop(struct ur_pool *p)
{
    pthread_mutex_lock(&p->lock);
    bool last = --p->refs == 0;
    p->ending = last;
    if (last) pthread_cond_broadcast(&p->more);
    pthread_mutex_unlock(&p->lock);
    if (!last) return;
    /* None leaves by itself any more. */
    for (uint32_t i = 0; i < p->count; i++) pthread_join(p->thread[i], NULL);
    if (p->has_ended) pthread_join(p->ended, NULL);
    pthread_cond_destroy(&p->more);
    pthread_mutex_destroy(&p->lock);
    free(p->thread);
    free(p);
}

uint32_t ur_pool_threads(struct ur_pool *p)
{
    pthread_mutex_lock(&p->lock);
    uint32_t count = p->count;
    pthread_mutex_unlock(&p->lock);
    return count;
}

/* With the lock held: hand j back to its loop. The loop cannot be closed before it has seen j, and
 * it needs the lock for that, so it is safe to wake it here. */
static void finish(struct ur_job *j, int32_t res)
{
    struct ur_loop *l = j->loop;
    j->state = JOB_DONE;
    j->res = res;
    j->next = l->jobs_done;
    l->jobs_done = j;
    ur_loop_wake(l);
}

static void unlink_job(struct ur_pool *p, struct ur_job *j)
{
    struct job_queue *q = &p->queue[j->priority];
    if (j->prev)
        j->prev->next = j->next;
    else
        q->first = j->next;
    if (j->next)
        j->next->prev = j->prev;
    else
        q->last = j->prev;
    p->queued--;
}

static void append_job(struct ur_pool *p, struct ur_job *j)
{
    struct job_queue *q = &p->queue[j->priority];
    j->next = NULL;
    j->prev = q->last;
    if (q->last)
        q->last->next = j;
    else
        q->first = j;
    q->last = j;
    p->queued++;
}

static bool may_start(const struct ur_pool *p, int priority)
{
    return p->queue[priority].first && (priority != UR_JOB_SLOW || p->slow < p->slow_limit);
}

/* With the lock held: the job to start next, off its queue; NULL when none may. */
static struct ur_job *take_job(struct ur_pool *p)
{
    static const uint8_t order[] = { UR_JOB_SOON, UR_JOB_NORMAL, UR_JOB_SLOW };
    int best = -1;
    for (int i = UR_JOB_PRIORITIES - 1; i >= 0; i--) {
        if (!may_start(p, order[i])) continue;
        best = order[i];
        if (p->queue[best].passed >= UR_JOB_PASSES) break;
    }
    if (best < 0) return NULL;
    for (int i = 0; i < UR_JOB_PRIORITIES; i++) p->queue[i].passed += may_start(p, i);
    p->queue[best].passed = 0;
    struct ur_job *j = p->queue[best].first;
    unlink_job(p, j);
    p->slow += best == UR_JOB_SLOW;
    return j;
}

/* With the lock held. false: no job came for long. */
static bool wait_for_job(struct ur_pool *p)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    uint64_t ns = (uint64_t)until.tv_nsec + (uint64_t)(p->idle_ms % MS_PER_S) * NS_PER_MS;
    until.tv_sec += (time_t)(p->idle_ms / MS_PER_S + ns / NS_PER_S);
    until.tv_nsec = (long)(ns % NS_PER_S);
    p->idle++;
    int err = pthread_cond_timedwait(&p->more, &p->lock, &until);
    p->idle--;
    return err != ETIMEDOUT || p->queued || p->ending;
}

/* With the lock held, on a thread that ends: it is the pool's last one to be joined, and joins the
 * one before. */
static void leave(struct ur_pool *p)
{
    uint32_t i = 0;
    while (!pthread_equal(p->thread[i], pthread_self())) i++;
    p->thread[i] = p->thread[--p->count];
    if (p->has_ended) pthread_join(p->ended, NULL);
    p->ended = pthread_self();
    p->has_ended = true;
}

static void *run_jobs(void *arg)
{
    struct ur_pool *p = arg;
    pthread_setname_np(pthread_self(), "ur-job");
    pthread_mutex_lock(&p->lock);
    for (;;) {
        struct ur_job *j = take_job(p);
        if (j) {
            bool slow = j->priority == UR_JOB_SLOW;
            j->state = JOB_RUNNING;
            pthread_mutex_unlock(&p->lock);
            j->work(j);
            pthread_mutex_lock(&p->lock);
            p->slow -= slow;
            finish(j, 0);
        } else if (p->ending) {
            break;
        } else if (!wait_for_job(p)) {
            leave(p);
            break;
        }
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* With the lock held. Signals are the business of the program's own threads. */
static int add_thread(struct ur_pool *p)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int err = pthread_create(&p->thread[p->count], NULL, run_jobs, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!err) p->count++;
    return -err;
}

void ur_job_start(struct ur_loop *l, struct ur_job *j)
{
    if (!l->pool) l->pool = ur_pool_new(l->job_threads);
    struct ur_pool *p = l->pool;
    UR_CHECK(j->priority < UR_JOB_PRIORITIES);
    l->stats.jobs++;
    l->jobs_running++;
    if (!j->unref) l->refs++;
    j->loop = l;
    pthread_mutex_lock(&p->lock);
    if (!p->limit) set_limit(p, p->size());
    int err = l->closing ? -ECANCELED : 0;
    /* Each queued job needs a thread: an idle one that no other job woke, or one more. */
    if (!err && p->idle <= p->queued && p->count < p->limit) err = add_thread(p);
    if (err && (err == -ECANCELED || !p->count)) {
        finish(j, err);
    } else {
        j->state = JOB_QUEUED;
        append_job(p, j);
        pthread_cond_signal(&p->more);
    }
    pthread_mutex_unlock(&p->lock);
}

/* With the lock held. */
static bool cancel_queued(struct ur_pool *p, struct ur_job *j)
{
    if (j->state != JOB_QUEUED) return false;
    unlink_job(p, j);
    finish(j, -ECANCELED);
    return true;
}

bool ur_job_cancel(struct ur_job *j)
{
    struct ur_pool *p = j->loop->pool;
    pthread_mutex_lock(&p->lock);
    bool cancelled = cancel_queued(p, j);
    pthread_mutex_unlock(&p->lock);
    return cancelled;
}

void ur_jobs_open(struct ur_loop *l, const struct ur_loop_options *o)
{
    l->job_threads = o->job_threads;
    l->pool = o->pool;
    if (!l->pool) return;
    pthread_mutex_lock(&l->pool->lock);
    l->pool->refs++;
    pthread_mutex_unlock(&l->pool->lock);
}

void ur_jobs_cancel_all(struct ur_loop *l)
{
    struct ur_pool *p = l->pool;
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    for (int i = 0; i < UR_JOB_PRIORITIES; i++) {
        for (struct ur_job *j = p->queue[i].first, *next; j; j = next) {
            next = j->next;
            if (j->loop == l) cancel_queued(p, j);
        }
    }
    pthread_mutex_unlock(&p->lock);
}

int ur_jobs_deliver(struct ur_loop *l)
{
    struct ur_job *done = NULL;
    int run = 0;
    if (!l->pool) return 0;
    pthread_mutex_lock(&l->pool->lock);
    while (l->jobs_done) {
        struct ur_job *j = l->jobs_done;
        l->jobs_done = j->next;
        j->next = done; /* oldest first again */
        done = j;
        j->state = JOB_NEW;
    }
    pthread_mutex_unlock(&l->pool->lock);
    while (done) {
        struct ur_job *j = done;
        done = j->next;
        l->jobs_running--;
        if (!j->unref) l->refs--;
        run++;
        j->done(j, j->res);
    }
    return run;
}

void ur_jobs_close(struct ur_loop *l)
{
    if (l->pool) ur_pool_drop(l->pool);
    l->pool = NULL;
}
