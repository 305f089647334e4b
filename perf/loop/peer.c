/* perf/loop/peer.c: see peer.h. */
#include "perf/loop/peer.h"

enum { ASKED_NOTHING, ASKED_COUNTS, ASKED_STOP };

static void woken(struct ur_loop *l, void *arg)
{
    struct perf_peer *p = arg;
    int asked = atomic_exchange(&p->asked, ASKED_NOTHING);
    if (asked == ASKED_COUNTS) {
        perf_loop_count(l, CLOCK_THREAD_CPUTIME_ID, &p->counts);
        sem_post(&p->answered);
    } else if (asked == ASKED_STOP) {
        p->close(p);
        ur_loop_unref(l);
    } else if (p->woken) {
        p->woken(p);
    }
}

static void *serve(void *arg)
{
    struct perf_peer *p = arg;
    perf_pin(PERF_SERVER);
    p->loop = perf_loop_open();
    ur_loop_on_wake(p->loop, woken, p);
    ur_loop_ref(p->loop); /* until told to stop */
    p->open(p);
    sem_post(&p->answered);
    PERF_NEED(ur_loop_run(p->loop) == 0);
    PERF_NEED(ur_loop_close(p->loop) == 0);
    return NULL;
}

static void *compete(void *arg)
{
    struct perf_peer *p = arg;
    perf_pin(PERF_SERVER);
    while (!atomic_load_explicit(&p->rival_stop, memory_order_relaxed)) continue;
    return NULL;
}

void perf_peer_start(struct perf_peer *p)
{
    perf_pin(PERF_LOADER);
    sem_init(&p->answered, 0, 0);
    atomic_init(&p->asked, ASKED_NOTHING);
    PERF_NEED(pthread_create(&p->thread, NULL, serve, p) == 0);
    sem_wait(&p->answered);
    if (p->share) PERF_NEED(pthread_create(&p->rival, NULL, compete, p) == 0);
}

static void ask(struct perf_peer *p, int what)
{
    atomic_store(&p->asked, what);
    ur_loop_wake(p->loop);
}

void perf_peer_count(struct perf_peer *p, struct perf_counts *out)
{
    ask(p, ASKED_COUNTS);
    sem_wait(&p->answered);
    *out = p->counts;
}

void perf_peer_stop(struct perf_peer *p)
{
    if (p->share) {
        atomic_store(&p->rival_stop, true);
        PERF_NEED(pthread_join(p->rival, NULL) == 0);
    }
    ask(p, ASKED_STOP);
    PERF_NEED(pthread_join(p->thread, NULL) == 0);
    sem_destroy(&p->answered);
}
