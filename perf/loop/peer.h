/* perf/loop/peer.h: a loop on a thread of its own, which the measuring thread loads. */
#ifndef PERF_LOOP_PEER_H
#define PERF_LOOP_PEER_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "perf/loop/tools.h"

struct perf_peer;

/* PEER'S THREAD. Set things up on p->loop; undo that, and let the loop come to its end. */
typedef void perf_peer_fn(struct perf_peer *p);

struct perf_peer {
    perf_peer_fn *open, *close, *woken; /* caller; woken: by ur_loop_wake(), may be NULL */
    bool share;                         /* caller: its processor with a thread that never rests */
    struct ur_loop *loop;               /* from the end of perf_peer_start() */
    pthread_t thread, rival;
    atomic_bool rival_stop;
    sem_t answered;
    atomic_int asked; /* enum in peer.c */
    struct perf_counts counts;
};

/* Returns when open() has. */
void perf_peer_start(struct perf_peer *p);
void perf_peer_count(struct perf_peer *p, struct perf_counts *out);
/* Returns when the thread has ended. */
void perf_peer_stop(struct perf_peer *p);

#endif
