/* perf/loop/wake.c: from a wake on one thread to the callback on another, and back. */
#include <stdlib.h>

#include "perf/loop/peer.h"

struct bench {
    struct perf_peer peer;
    struct ur_loop *own;
    bool back;
};

static void nothing(struct perf_peer *p)
{
}

static void wake_back(struct perf_peer *p)
{
    ur_loop_wake(((struct bench *)p)->own);
}

static void came_back(struct ur_loop *l, void *arg)
{
    ((struct bench *)arg)->back = true;
}

static void *wake_open(int64_t arg)
{
    struct bench *b = perf_alloc(sizeof *b);
    b->own = perf_loop_open();
    ur_loop_on_wake(b->own, came_back, b);
    b->peer.open = b->peer.close = nothing;
    b->peer.woken = wake_back;
    perf_peer_start(&b->peer);
    return b;
}

static void wake_run(void *state, uint64_t count)
{
    struct bench *b = state;
    while (count-- > 0) {
        b->back = false;
        ur_loop_wake(b->peer.loop);
        while (!b->back) PERF_NEED(ur_loop_poll(b->own, -1) >= 0);
    }
}

static void count(void *state, struct perf_counts *out)
{
    perf_peer_count(&((struct bench *)state)->peer, out);
}

static void wake_close(void *state)
{
    struct bench *b = state;
    perf_peer_stop(&b->peer);
    PERF_NEED(ur_loop_close(b->own) == 0);
    free(b);
}

const struct perf_case perf_wake = { "wake/round_trip", { 1 }, 64,        wake_open,
                                     wake_run,          count, wake_close };
