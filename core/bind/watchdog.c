/* core/bind/watchdog.c: internalBinding('watchdog'), and the watchdogs of vm and module_wrap.
 *
 * A limit in time costs a thread that sleeps until the call returns or the time is up. For SIGINT
 * the handler only posts a semaphore, since stopping JS takes locks; one thread waits for it while
 * anyone watches. A signal belongs to the process, hence the static state.
 */
#include "core/bind/watchdog.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>

#include "core/env.h"
#include "core/error.h"
#include "core/worker.h"

#define MS_PER_S 1000
#define NS_PER_MS 1000000
#define NS_PER_S 1000000000

static struct {
    pthread_mutex_t life; /* taken before lock: the thread starts or ends */
    int watchers;         /* under life: the handler and the thread exist while > 0 */
    pthread_t thread;     /* under life */
    struct sigaction old; /* under life */
    pthread_mutex_t lock;
    struct rt_watchdog *current; /* under lock: list, the latest guarded call first */
    bool pending;                /* under lock: a signal nobody took */
    bool quit;                   /* under lock: the thread is to end */
    sem_t posted;
} sigint = { .life = PTHREAD_MUTEX_INITIALIZER, .lock = PTHREAD_MUTEX_INITIALIZER };

static void on_sigint(int signo)
{
    int saved = errno;
    sem_post(&sigint.posted);
    errno = saved;
}

static void *sigint_thread(void *data)
{
    for (;;) {
        while (sem_wait(&sigint.posted) < 0) CHECK(errno == EINTR);
        pthread_mutex_lock(&sigint.lock);
        bool quit = sigint.quit;
        struct rt_watchdog *w = sigint.current;
        if (!quit && w) {
            w->bite = RT_WATCHDOG_SIGINT;
            vs_terminate(w->env->cx);
        } else if (!quit) {
            sigint.pending = true;
        }
        pthread_mutex_unlock(&sigint.lock);
        if (quit) return NULL;
    }
}

/* A thread that no signal is delivered to. */
static void thread_start(pthread_t *thread, void *(*run)(void *), void *data)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    CHECK(pthread_create(thread, NULL, run, data) == 0);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}

bool rt_sigint_watch_start(void)
{
    pthread_mutex_lock(&sigint.life);
    bool first = sigint.watchers++ == 0;
    if (first) {
        sigint.pending = false;
        sigint.quit = false;
        CHECK(sem_init(&sigint.posted, 0, 0) == 0);
        thread_start(&sigint.thread, sigint_thread, NULL);
        struct sigaction action = { .sa_handler = on_sigint, .sa_flags = SA_RESTART };
        CHECK(sigaction(SIGINT, &action, &sigint.old) == 0);
    }
    pthread_mutex_unlock(&sigint.life);
    return first;
}

/* The last watcher has gone; life is held, so that nobody starts another thread meanwhile. */
static void end_thread(void)
{
    CHECK(sigaction(SIGINT, &sigint.old, NULL) == 0);
    pthread_mutex_lock(&sigint.lock);
    sigint.quit = true;
    pthread_mutex_unlock(&sigint.lock);
    sem_post(&sigint.posted);
    pthread_join(sigint.thread, NULL);
}

bool rt_sigint_watch_stop(void)
{
    pthread_mutex_lock(&sigint.life);
    CHECK(sigint.watchers > 0);
    if (--sigint.watchers == 0) end_thread();
    pthread_mutex_lock(&sigint.lock);
    bool pending = sigint.pending;
    sigint.pending = false;
    pthread_mutex_unlock(&sigint.lock);
    pthread_mutex_unlock(&sigint.life);
    return pending;
}

bool rt_sigint_watch_pending(void)
{
    pthread_mutex_lock(&sigint.lock);
    bool pending = sigint.pending;
    pthread_mutex_unlock(&sigint.lock);
    return pending;
}

static void *timeout_thread(void *data)
{
    struct rt_watchdog *w = data;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += w->timeout_ms / MS_PER_S;
    until.tv_nsec += w->timeout_ms % MS_PER_S * NS_PER_MS;
    if (until.tv_nsec >= NS_PER_S) {
        until.tv_nsec -= NS_PER_S;
        until.tv_sec++;
    }
    pthread_mutex_lock(&w->lock);
    int err = 0;
    while (!w->done && err != ETIMEDOUT)
        err = pthread_cond_clockwait(&w->wake, &w->lock, CLOCK_MONOTONIC, &until);
    if (!w->done && w->bite == RT_WATCHDOG_QUIET) {
        w->bite = RT_WATCHDOG_TIMEOUT;
        vs_terminate(w->env->cx);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

void rt_watchdog_open(struct rt_watchdog *w, struct rt_env *env, int64_t timeout_ms, bool on_signal)
{
    *w = (struct rt_watchdog){ .env = env, .timeout_ms = timeout_ms, .sigint = on_signal };
    if (on_signal) {
        rt_sigint_watch_start();
        pthread_mutex_lock(&sigint.lock);
        w->outer = sigint.current;
        sigint.current = w;
        pthread_mutex_unlock(&sigint.lock);
    }
    if (timeout_ms >= 0) {
        pthread_mutex_init(&w->lock, NULL);
        pthread_cond_init(&w->wake, NULL);
        thread_start(&w->thread, timeout_thread, w);
    }
}

enum rt_watchdog_bite rt_watchdog_close(struct rt_watchdog *w)
{
    if (w->timeout_ms >= 0) {
        pthread_mutex_lock(&w->lock);
        w->done = true;
        pthread_cond_signal(&w->wake);
        pthread_mutex_unlock(&w->lock);
        pthread_join(w->thread, NULL);
        pthread_cond_destroy(&w->wake);
        pthread_mutex_destroy(&w->lock);
    }
    if (w->sigint) {
        pthread_mutex_lock(&sigint.lock);
        /* Other threads have theirs in the list, too. */
        struct rt_watchdog **link = &sigint.current;
        while (*link != w) link = &(*link)->outer;
        *link = w->outer;
        pthread_mutex_unlock(&sigint.lock);
        rt_sigint_watch_stop();
    }
    if (w->bite != RT_WATCHDOG_QUIET) rt_resume_js(w->env);
    return (enum rt_watchdog_bite)w->bite;
}

void rt_watchdog_throw(struct rt_watchdog *w, enum rt_watchdog_bite bite)
{
    if (bite == RT_WATCHDOG_TIMEOUT) {
        rt_throw_code(w->env, VS_ERROR, "ERR_SCRIPT_EXECUTION_TIMEOUT",
                      "Script execution timed out after %lldms", (long long)w->timeout_ms);
    } else if (bite == RT_WATCHDOG_SIGINT) {
        rt_throw_code(w->env, VS_ERROR, "ERR_SCRIPT_EXECUTION_INTERRUPTED",
                      "Script execution was interrupted by `SIGINT`");
    }
}

void rt_bind_watchdog(struct rt_env *env, vs_val target)
{
    rt_put_missing(env, target, "watchdog", "TraceSigintWatchdog");
}
