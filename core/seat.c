/* core/seat.c: threads that run workers, and wait for the next one. */
#include "core/seat.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "core/error.h"
#include "core/worker.h"

#define NS_PER_S INT64_C(1000000000)
/* How long a seat waits, and how soon after the end of a worker the next start has to come for the
 * program to be one that goes on. */
#define KEEP_NS (5 * NS_PER_S)
/* Seats without a worker. Where workers follow each other at once the second one halves the wait;
 * a third one only takes its processor from them. */
#define FREE_MAX 2

struct seat {
    struct rt_worker *worker; /* NULL: none now */
    bool listed;              /* in the_seats.free */
    struct seat *next;        /* there */
    pthread_cond_t unlisted;
    /* The thread's own. */
    const struct rt_options *process;
    struct rt_worker_room room;
    bool plain; /* its stack is as large as a room is for */
};

static struct {
    pthread_mutex_t lock; /* guards this, each seat's worker, listed and next, and worker->seated */
    pthread_cond_t left;  /* a seat is done with a worker */
    struct seat *free;    /* they prepare or wait: the first is ready soonest */
    unsigned staying;     /* without a worker: those, and those that clear */
    int64_t ended_ns;     /* when a worker ended last; 0: none has */
    bool goes_on;         /* workers are started after others have ended */
} the_seats = { .lock = PTHREAD_MUTEX_INITIALIZER, .left = PTHREAD_COND_INITIALIZER };

static int64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static struct seat *seat_new(struct rt_worker *w, bool plain)
{
    struct seat *s = calloc(1, sizeof *s);
    CHECK(s);
    s->worker = w;
    s->process = w->process;
    s->plain = plain;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->unlisted, &attr);
    pthread_condattr_destroy(&attr);
    return s;
}

static void seat_drop(struct seat *s)
{
    pthread_cond_destroy(&s->unlisted);
    free(s);
}

/* ---- with the lock held ---- */

static void list_first(struct seat *s)
{
    s->next = the_seats.free;
    the_seats.free = s;
    s->listed = true;
}

static void list_last(struct seat *s)
{
    struct seat **link = &the_seats.free;
    while (*link) link = &(*link)->next;
    *link = s;
    s->next = NULL;
    s->listed = true;
}

static void unlist(struct seat *s)
{
    struct seat **link = &the_seats.free;
    while (*link != s) link = &(*link)->next;
    *link = s->next;
    s->listed = false;
}

/* It has a worker, or is to go. */
static void call(struct seat *s)
{
    unlist(s);
    the_seats.staying--;
    pthread_cond_signal(&s->unlisted);
}

/* Until somebody calls, or nobody has for long enough. */
static void wait_for_call(struct seat *s)
{
    int64_t until_ns = now_ns() + KEEP_NS;
    struct timespec until = { until_ns / NS_PER_S, until_ns % NS_PER_S };
    unlist(s);
    list_first(s);
    while (s->listed) {
        if (pthread_cond_timedwait(&s->unlisted, &the_seats.lock, &until)) break;
    }
}

/* ---- on a seat's thread ---- */

/* The worker may be gone afterwards. True: the seat is to stay. */
static bool leave(struct seat *s)
{
    pthread_mutex_lock(&the_seats.lock);
    s->worker->seated = false;
    s->worker = NULL;
    the_seats.ended_ns = now_ns();
    bool stays = s->plain && the_seats.goes_on && the_seats.staying < FREE_MAX;
    if (stays) the_seats.staying++;
    pthread_cond_broadcast(&the_seats.left);
    pthread_mutex_unlock(&the_seats.lock);
    return stays;
}

/* False: there is no worker for this seat. */
static bool find_worker(struct seat *s)
{
    pthread_mutex_lock(&the_seats.lock);
    list_last(s);
    pthread_mutex_unlock(&the_seats.lock);
    bool ready = rt_worker_room_open(&s->room, s->process) == 0;
    pthread_mutex_lock(&the_seats.lock);
    if (s->listed && ready) wait_for_call(s);
    if (s->listed) call(s);
    bool found = s->worker;
    pthread_mutex_unlock(&the_seats.lock);
    if (!found && ready) rt_worker_room_close(&s->room);
    return found;
}

static void *seat_main(void *arg)
{
    struct seat *s = arg;
    bool stays;
    do {
        pthread_setname_np(pthread_self(), "torc-worker");
        struct vs_cx *used = rt_worker_run(s->worker, &s->room);
        pthread_setname_np(pthread_self(), "torc-seat");
        stays = leave(s);
        if (used) vs_isolate_close(used);
    } while (stays && find_worker(s));
    seat_drop(s);
    return NULL;
}

/* ---- on any thread ---- */

/* Faults of WebAssembly code are signals that V8 turns into exceptions, on the thread that makes
 * them, and its profiler asks a thread by SIGPROF where it is; everything else is for the main
 * thread. */
static void block_signals(sigset_t *before)
{
    static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF };
    sigset_t set;
    sigfillset(&set);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) sigdelset(&set, own[i]);
    pthread_sigmask(SIG_SETMASK, &set, before);
}

static int start_thread(struct seat *s, size_t stack)
{
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t before;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    int err = pthread_attr_setstacksize(&attr, stack);
    if (!err) {
        block_signals(&before);
        err = pthread_create(&thread, &attr, seat_main, s);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attr);
    return -err;
}

/* False: no seat is free for w. */
static bool give(struct rt_worker *w, bool plain)
{
    pthread_mutex_lock(&the_seats.lock);
    the_seats.goes_on = the_seats.ended_ns && now_ns() - the_seats.ended_ns < KEEP_NS;
    struct seat *s = plain ? the_seats.free : NULL;
    w->seated = true;
    if (s) {
        s->worker = w;
        call(s);
    }
    pthread_mutex_unlock(&the_seats.lock);
    return s;
}

int rt_seat_start(struct rt_worker *w, size_t stack)
{
    bool plain = rt_worker_fits_room(w);
    if (give(w, plain)) return 0;
    struct seat *s = seat_new(w, plain);
    int err = start_thread(s, stack);
    if (err) seat_drop(s);
    return err;
}

void rt_seat_wait(struct rt_worker *w)
{
    pthread_mutex_lock(&the_seats.lock);
    while (w->seated) pthread_cond_wait(&the_seats.left, &the_seats.lock);
    pthread_mutex_unlock(&the_seats.lock);
}

void rt_seats_renew(void)
{
    pthread_mutex_lock(&the_seats.lock);
    while (the_seats.free) call(the_seats.free);
    pthread_mutex_unlock(&the_seats.lock);
}
