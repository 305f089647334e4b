/* uring/spin.c: looking for a while before sleeping.
 *
 * Two threads that answer each other within microseconds spend nearly all their time in falling
 * asleep and being woken. A loop that another thread woke soon after it began to wait, and whose
 * thread has woken another one since, therefore looks for the next wake itself; the waker sees that
 * it does not sleep and makes no system call. Looking in vain doubles the number of waits until it
 * is tried again, so that it costs next to nothing where answers take longer. */
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#include "uring/loop_priv.h"

#define NS_PER_S 1000000000ull
/* About what a sleep and its end cost both threads. */
#define SPIN_NS 30000u
/* A wait that ended so soon, sleeping and waking included, may be one that spinning would spare. */
#define NEAR_NS 100000u
#define LOOKS 64u /* between two looks at the clock, which costs as much */

/* This thread has woken a loop since its own last waited. */
static _Thread_local bool spoke;

void ur_spin_spoke(void)
{
    spoke = true;
}

static uint64_t clock_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

void ur_spin_open(struct ur_loop *l)
{
    cpu_set_t cpus;
    bool alone = sched_getaffinity(0, sizeof cpus, &cpus) == 0 && CPU_COUNT(&cpus) == 1;
    l->spin.possible = !alone;
}

void ur_loop_spin(struct ur_loop *l, uint64_t ns)
{
    l->spin.asked_ns = ns;
}

static bool is_woken(const struct ur_loop *l)
{
    return atomic_load_explicit(&l->wake_pending, memory_order_relaxed);
}

bool ur_spin_wanted(struct ur_loop *l, int64_t timeout_ns)
{
    struct ur_spin *s = &l->spin;
    if (timeout_ns == 0 || !s->possible) return false;
    bool answers = s->near && spoke; /* who only listens may as well sleep */
    spoke = false;
    if (!answers && s->asked_ns == 0) return false;
    if (timeout_ns > 0 && timeout_ns < (int64_t)SPIN_NS) return false;
    if (s->skip == 0) return true;
    s->skip--;
    return false;
}

static bool look(struct ur_loop *l)
{
    uint64_t end = clock_ns() + (l->spin.asked_ns ? l->spin.asked_ns : SPIN_NS);
    do {
        for (uint32_t i = 0; i < LOOKS; i++) {
            if (is_woken(l) || (l->vt->ready && l->vt->ready(l->be))) return true;
            relax();
        }
    } while (clock_ns() < end);
    return false;
}

bool ur_spin(struct ur_loop *l)
{
    struct ur_spin *s = &l->spin;
    l->stats.spins++;
    bool found = look(l);
    if (found)
        s->backoff = 0;
    else if (s->backoff < UR_SPIN_SKIPS)
        s->backoff = s->backoff ? 2 * s->backoff : 1;
    s->skip = s->backoff;
    return found;
}

/* Not by itself where it would not see what else comes meanwhile. */
void ur_spin_learn(struct ur_loop *l, uint64_t start_ns)
{
    l->spin.near = l->vt->ready && is_woken(l) && l->now_ns - start_ns < NEAR_NS;
}
