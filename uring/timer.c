/* uring/timer.c: a four-way heap of timers, ordered by deadline, then by order of starting. */
#include "uring/timer.h"

#include <stdlib.h>

#include "uring/loop_priv.h"

#define WAYS 4u
#define NS_PER_MS 1000000u
#define FIRST_CAP 64u

static bool before(const struct ur_timer *a, const struct ur_timer *b)
{
    if (a->deadline_ns != b->deadline_ns) return a->deadline_ns < b->deadline_ns;
    return a->seq < b->seq;
}

static void place(struct ur_timers *h, uint32_t i, struct ur_timer *t)
{
    h->heap[i] = t;
    t->index = i + 1;
}

/* Let t, meant for the hole at i, rise or sink to where it belongs. */
static void settle(struct ur_timers *h, uint32_t i, struct ur_timer *t)
{
    while (i > 0 && before(t, h->heap[(i - 1) / WAYS])) {
        place(h, i, h->heap[(i - 1) / WAYS]);
        i = (i - 1) / WAYS;
    }
    for (;;) {
        uint32_t first = i * WAYS + 1;
        uint32_t end = first + WAYS < h->count ? first + WAYS : h->count;
        uint32_t best = first;
        if (first >= h->count) break;
        for (uint32_t c = first + 1; c < end; c++) {
            if (before(h->heap[c], h->heap[best])) best = c;
        }
        if (!before(h->heap[best], t)) break;
        place(h, i, h->heap[best]);
        i = best;
    }
    place(h, i, t);
}

static void heap_add(struct ur_timers *h, struct ur_timer *t)
{
    if (h->count == h->cap) {
        h->cap = h->cap ? h->cap * 2 : FIRST_CAP;
        h->heap = ur_grow(h->heap, h->cap, sizeof *h->heap);
    }
    h->count++;
    settle(h, h->count - 1, t);
}

static void heap_remove(struct ur_timers *h, struct ur_timer *t)
{
    uint32_t i = t->index - 1;
    UR_CHECK(i < h->count && h->heap[i] == t);
    struct ur_timer *last = h->heap[--h->count];
    t->index = 0;
    if (last != t) settle(h, i, last);
}

void ur_timer_init(struct ur_loop *l, struct ur_timer *t, ur_timer_fn *fn)
{
    *t = (struct ur_timer){ .fn = fn, .loop = l };
}

static uint64_t add_saturated(uint64_t a, uint64_t b)
{
    return a > UR_TIMER_NONE - 1 - b ? UR_TIMER_NONE - 1 : a + b;
}

void ur_timer_start_ns(struct ur_timer *t, uint64_t delay_ns, uint64_t repeat_ns)
{
    struct ur_loop *l = t->loop;
    ur_timer_stop(t);
    t->deadline_ns =
        delay_ns >= UR_TIMER_NONE - 1 ? UR_TIMER_NONE - 1 : add_saturated(l->now_ns, delay_ns);
    t->repeat_ns = repeat_ns;
    t->seq = l->timers.seq++;
    heap_add(&l->timers, t);
    if (!t->unref) l->refs++;
}

static uint64_t ms_to_ns(uint64_t ms)
{
    return ms > UR_TIMER_NONE / NS_PER_MS ? UR_TIMER_NONE : ms * NS_PER_MS;
}

void ur_timer_start_ms(struct ur_timer *t, uint64_t delay_ms, uint64_t repeat_ms)
{
    ur_timer_start_ns(t, ms_to_ns(delay_ms), ms_to_ns(repeat_ms));
}

void ur_timer_stop(struct ur_timer *t)
{
    if (!t->index) return;
    heap_remove(&t->loop->timers, t);
    if (!t->unref) t->loop->refs--;
}

void ur_timer_again(struct ur_timer *t)
{
    if (t->repeat_ns) ur_timer_start_ns(t, t->repeat_ns, t->repeat_ns);
}

bool ur_timer_active(const struct ur_timer *t)
{
    return t->index != 0;
}

uint64_t ur_timer_due_in_ns(const struct ur_timer *t)
{
    uint64_t now = t->loop->now_ns;
    return t->index && t->deadline_ns > now ? t->deadline_ns - now : 0;
}

void ur_timer_ref(struct ur_timer *t)
{
    if (t->unref && t->index) t->loop->refs++;
    t->unref = false;
}

void ur_timer_unref(struct ur_timer *t)
{
    if (!t->unref && t->index) t->loop->refs--;
    t->unref = true;
}

bool ur_timer_has_ref(const struct ur_timer *t)
{
    return !t->unref;
}

int ur_timers_run(struct ur_loop *l)
{
    struct ur_timers *h = &l->timers;
    /* One started from here on is due at the earliest now, and so behind all that are due already.
     */
    uint64_t end_seq = h->seq;
    int count = 0;
    while (h->count) {
        struct ur_timer *t = h->heap[0];
        if (t->deadline_ns > l->now_ns || t->seq >= end_seq) break;
        ur_timer_stop(t);
        ur_timer_again(t);
        t->fn(t);
        count++;
    }
    return count;
}

uint64_t ur_timers_next_ns(const struct ur_loop *l)
{
    return l->timers.count ? l->timers.heap[0]->deadline_ns : UR_TIMER_NONE;
}

void ur_timers_free(struct ur_loop *l)
{
    for (uint32_t i = 0; i < l->timers.count; i++) l->timers.heap[i]->index = 0;
    free(l->timers.heap);
    l->timers = (struct ur_timers){ 0 };
}
