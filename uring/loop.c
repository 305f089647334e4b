/* uring/loop.c: open, poll, close. One poll is: start queued sends, arm waiting streams, hand the
 * queue to the back end, wait, then deliver: results known at start, completions, finished jobs,
 * the wake callback. Completions are copied out of the back end before the first callback runs, so
 * callbacks may start and cancel anything. */
#include "uring/loop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uring/choose_priv.h"
#include "uring/loop_priv.h"
#include "uring/timer.h"
#include "uring/trace_priv.h"

#define NS_PER_MS 1000000u
#define NS_PER_S 1000000000ull
#define CLOSE_LIMIT_NS (5 * NS_PER_S) /* how long close waits for the kernel to let go */
#define CLOSE_STEP_NS (100 * (int64_t)NS_PER_MS)

#define SQ_ENTRIES 256u
#define CQ_ENTRIES 4096u
#define BUF_LEN 32768u
#define BUF_COUNT 128u
#define BUF_CAP UR_REAP_MAX /* what one poll can deliver */
#define DGRAM_BUFS 64u
#define BUF_COUNT_MAX 32768u /* what one kernel buffer ring holds */

static _Thread_local char open_reason[UR_REASON_LEN];

const char *ur_open_reason(void)
{
    return open_reason;
}

static uint32_t or_default(uint32_t value, uint32_t dflt)
{
    return value ? value : dflt;
}

/* A number from the environment, to try sizes without a program for it. */
static uint32_t or_variable(uint32_t value, const char *variable, uint32_t dflt)
{
    const char *text = getenv(variable);
    return or_default(value, or_default(text ? (uint32_t)strtoul(text, NULL, 10) : 0, dflt));
}

static bool is_buf_count(uint32_t n)
{
    return n && !(n & (n - 1)) && n <= BUF_COUNT_MAX;
}

static int fill_options(struct ur_loop_options *o)
{
    o->sq_entries = or_variable(o->sq_entries, "TORC_IO_SQ", SQ_ENTRIES);
    o->cq_entries = or_variable(o->cq_entries, "TORC_IO_CQ", CQ_ENTRIES);
    o->buf_len = or_default(o->buf_len, BUF_LEN);
    o->buf_count = or_default(o->buf_count, BUF_COUNT);
    o->buf_cap = or_default(o->buf_cap, BUF_CAP);
    o->dgram_bufs = or_default(o->dgram_bufs, DGRAM_BUFS);
    if (!is_buf_count(o->buf_count) || !is_buf_count(o->dgram_bufs)) {
        snprintf(open_reason, sizeof open_reason, "buf_count and dgram_bufs must be powers of two");
        return -EINVAL;
    }
    if (o->buf_cap < o->buf_count) o->buf_cap = o->buf_count;
    return 0;
}

int ur_loop_open(struct ur_loop **out, const struct ur_loop_options *options)
{
    struct ur_loop_options o = options ? *options : (struct ur_loop_options){ 0 };
    open_reason[0] = '\0';
    int err = fill_options(&o);
    if (err) return err;
    struct ur_loop *l = ur_alloc(sizeof *l);
    *l = (struct ur_loop){ .owner = o.owner };
    atomic_init(&l->wake_pending, false);
    atomic_init(&l->waiting, false);
    list_init(&l->queue);
    list_init(&l->deferred);
    list_init(&l->pending);
    list_init(&l->flush);
    ur_slots_init(&l->slots);
    err = ur_choose(l, &o, l->reason, sizeof l->reason);
    if (err) {
        memcpy(open_reason, l->reason, sizeof open_reason);
        free(l);
        return err;
    }
    ur_jobs_open(l, &o);
    ur_spin_open(l);
    ur_crowd_open(l);
    ur_loop_update_time(l);
    *out = l;
    return 0;
}

static int64_t limit_by_timers(const struct ur_loop *l, int64_t timeout_ns)
{
    uint64_t next = ur_timers_next_ns(l);
    if (next == UR_TIMER_NONE || timeout_ns == 0) return timeout_ns;
    /* Not the loop's time: callbacks may have run for long since that was read. */
    uint64_t now = l->vt->now_ns(l->be);
    int64_t left = next > now ? (int64_t)(next - now) : 0;
    return timeout_ns < 0 || left < timeout_ns ? left : timeout_ns;
}

static int deliver_wake(struct ur_loop *l)
{
    if (!atomic_load_explicit(&l->wake_pending, memory_order_relaxed)) return 0;
    /* Cleared before looking at what the wakers left, or the last one's work could be missed. */
    atomic_exchange_explicit(&l->wake_pending, false, memory_order_acq_rel);
    l->stats.wakes++;
    int run = ur_jobs_deliver(l) + ur_port_deliver(l);
    if (l->wake_fn && !l->closing) {
        l->wake_fn(l, l->wake_arg);
        run++;
    }
    return run;
}

/* Either the waker sees `waiting`, or the loop sees `wake_pending`: both are set before the other
 * is read, in one total order. */
static int reap(struct ur_loop *l, int64_t timeout_ns)
{
    uint32_t wanted = 1;
    if (ur_spin_wanted(l, timeout_ns)) {
        int count = l->vt->reap(l->be, 0, 1, l->reaped, UR_REAP_MAX);
        if (count != 0) return count;
        if (ur_spin(l)) timeout_ns = 0;
    }
    if (timeout_ns != 0) {
        atomic_store(&l->waiting, true);
        if (atomic_load(&l->wake_pending)) timeout_ns = 0;
        wanted = ur_crowd_wanted(l, timeout_ns);
    }
    int count = l->vt->reap(l->be, timeout_ns, wanted, l->reaped, UR_REAP_MAX);
    atomic_store_explicit(&l->waiting, false, memory_order_relaxed);
    return count;
}

int ur_loop_poll(struct ur_loop *l, int64_t timeout_ns)
{
    UR_CHECK(!l->polling);
    l->polling = true;
    l->stats.polls++;
    ur_streams_flush(l);
    ur_bufs_rearm(l);
    uint64_t start = l->trace ? ur_trace_now_ns(l) : 0;
    ur_ops_submit(l);
    bool known = l->pending_count > 0 || l->held_back;
    timeout_ns = known ? 0 : limit_by_timers(l, timeout_ns);
    uint64_t wait = l->trace ? ur_trace_now_ns(l) : 0;
    uint64_t before = l->now_ns;
    bool waits = timeout_ns != 0 && !atomic_load_explicit(&l->wake_pending, memory_order_relaxed);
    int count = reap(l, timeout_ns);
    ur_loop_update_time(l);
    if (waits) ur_spin_learn(l, before);
    l->copied = 0;
    uint64_t woken = l->now_ns;
    if (count >= 0) {
        int run = ur_ops_deliver(l);
        run += ur_ops_complete(l, l->reaped, (uint32_t)count);
        ur_crowd_learn(l);
        run += deliver_wake(l);
        l->stats.dispatched += (uint64_t)run;
        count = run;
    }
    if (l->trace && start) ur_trace_poll(l, start, wait, woken, count);
    l->polling = false;
    return count;
}

void ur_loop_submit(struct ur_loop *l)
{
    ur_streams_flush(l);
    ur_ops_submit(l);
    l->vt->reap(l->be, 0, 1, NULL, 0);
}

int ur_loop_run(struct ur_loop *l)
{
    ur_loop_update_time(l);
    while (ur_loop_alive(l)) {
        ur_timers_run(l);
        int err = ur_loop_poll(l, ur_loop_alive(l) ? -1 : 0);
        if (err < 0) return err;
    }
    return 0;
}

/* Poll until no callback can come any more. */
static int drain(struct ur_loop *l)
{
    uint64_t start = l->vt->now_ns(l->be);
    while (l->ops || l->jobs_running || l->bufs.parked_count || l->bufs.dgrams_parked_count ||
           !list_empty(&l->flush)) {
        int err = ur_loop_poll(l, CLOSE_STEP_NS);
        if (err < 0) return err;
        /* Handles may have had nothing in flight and only now closed; a multishot may have been
         * armed. */
        ur_ops_cancel_all(l);
        /* Jobs may take as long as they like; the kernel may not. */
        if (l->jobs_running)
            start = l->now_ns;
        else if (l->ops && l->now_ns - start > CLOSE_LIMIT_NS)
            return -EBUSY;
    }
    return 0;
}

int ur_loop_close(struct ur_loop *l)
{
    UR_CHECK(!l->polling);
    l->closing = true;
    ur_port_close(l);
    ur_timers_free(l);
    ur_jobs_cancel_all(l);
    ur_ops_cancel_all(l);
    int err = drain(l);
    ur_jobs_close(l);
    if (err) {
        l->vt->close(l->be, true);
        return -EBUSY;
    }
    ur_bufs_close(l);
    l->vt->close(l->be, false);
    ur_timers_free(l);
    ur_gathers_free(l);
    ur_trace_free(l);
    ur_slots_reset(&l->slots);
    free(l->cancels);
    free(l);
    return 0;
}

bool ur_loop_alive(const struct ur_loop *l)
{
    return l->refs > 0;
}

void ur_loop_ref(struct ur_loop *l)
{
    l->refs++;
}

void ur_loop_unref(struct ur_loop *l)
{
    UR_CHECK(l->refs > 0);
    l->refs--;
}

void ur_loop_hold(struct ur_loop *l, bool *held, bool want)
{
    if (want == *held) return;
    *held = want;
    (want ? ur_loop_ref : ur_loop_unref)(l);
}

void ur_loop_settle(struct ur_loop *l)
{
    if (l->vt->settle) l->vt->settle(l->be);
}

uint64_t ur_loop_now_ns(const struct ur_loop *l)
{
    return l->now_ns;
}

uint64_t ur_loop_now_ms(const struct ur_loop *l)
{
    return l->now_ns / NS_PER_MS;
}

void ur_loop_update_time(struct ur_loop *l)
{
    l->now_ns = l->vt->now_ns(l->be);
}

void ur_loop_wake(struct ur_loop *l)
{
    ur_spin_spoke();
    if (!atomic_exchange(&l->wake_pending, true) && atomic_load(&l->waiting)) l->vt->wake(l->be);
}

void ur_loop_on_wake(struct ur_loop *l, ur_wake_fn *fn, void *arg)
{
    l->wake_fn = fn;
    l->wake_arg = arg;
}

void *ur_loop_owner(const struct ur_loop *l)
{
    return l->owner;
}

const char *ur_backend_name(const struct ur_loop *l)
{
    return l->vt->name;
}

const char *ur_backend_reason(const struct ur_loop *l)
{
    return l->reason;
}

void ur_loop_stats(const struct ur_loop *l, struct ur_stats *out)
{
    *out = l->stats;
    l->vt->stats(l->be, out);
    out->ops = l->ops;
    out->slots = l->slots.used;
    out->refs = l->refs;
    out->timers = l->timers.count;
    out->jobs_running = l->jobs_running;
    out->parked = l->bufs.parked_count + l->bufs.dgrams_parked_count;
    out->bufs = l->bufs.total + l->bufs.group[UR_GROUP_DGRAMS].count;
    out->bufs_lent = l->bufs.lent;
}
