/* perf/loop/timer.c: starting and stopping a timer among others, and firing many. */
#include <stdlib.h>

#include "perf/loop/tools.h"
#include "uring/timer.h"

#define FAR_MS 3600000u
#define SPREAD_MS 7919u /* a prime: deadlines in no order */
#define BATCH 1024u

struct bench {
    struct ur_loop *loop;
    uint64_t fired;
    struct ur_timer timer[BATCH];
    uint32_t count;
    struct ur_timer other[];
};

static void fired(struct ur_timer *t)
{
    struct bench *b = ur_loop_owner(t->loop);
    b->fired++;
}

/* arg: how many timers there are besides. */
static void *timer_open(int64_t arg)
{
    struct bench *b = perf_alloc(sizeof *b + (size_t)arg * sizeof b->other[0]);
    struct ur_loop_options o = { .owner = b };
    perf_pin(PERF_SERVER);
    PERF_NEED(ur_loop_open(&b->loop, &o) == 0);
    b->count = (uint32_t)arg;
    for (uint32_t i = 0; i < BATCH; i++) ur_timer_init(b->loop, &b->timer[i], fired);
    for (uint32_t i = 0; i < b->count; i++) {
        ur_timer_init(b->loop, &b->other[i], fired);
        ur_timer_start_ms(&b->other[i], FAR_MS + i * SPREAD_MS % b->count, 0);
    }
    return b;
}

/* As a server does with the time limit of a request. */
static void cancel_run(void *state, uint64_t count)
{
    struct bench *b = state;
    for (uint32_t i = 0; i < count; i++)
        ur_timer_start_ms(&b->timer[i], FAR_MS + i * SPREAD_MS % BATCH, 0);
    for (uint32_t i = 0; i < count; i++) ur_timer_stop(&b->timer[i]);
}

static void expire_run(void *state, uint64_t count)
{
    struct bench *b = state;
    b->fired = 0;
    for (uint32_t i = 0; i < count; i++)
        ur_timer_start_ns(&b->timer[i], 1 + i * SPREAD_MS % BATCH, 0);
    while (b->fired < count) {
        PERF_NEED(ur_loop_poll(b->loop, -1) >= 0);
        ur_timers_run(b->loop);
    }
}

static void count(void *state, struct perf_counts *out)
{
    struct bench *b = state;
    perf_loop_count(b->loop, CLOCK_THREAD_CPUTIME_ID, out);
}

static void timer_close(void *state)
{
    struct bench *b = state;
    PERF_NEED(ur_loop_close(b->loop) == 0);
    free(b);
}

const struct perf_case perf_timer_cancel = {
    "timer/insert_cancel", { 10, 10000 }, BATCH, timer_open, cancel_run, count, timer_close
};
const struct perf_case perf_timer_expire = {
    "timer/insert_expire", { 10, 10000 }, BATCH, timer_open, expire_run, count, timer_close
};
