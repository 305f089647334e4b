/* uring/timer.h: timers, in a heap in user space. The kernel only ever sees the nearest deadline,
 * as the time limit of the one wait in a turn. Timers with the same deadline fire in the order they
 * were started. Everything belongs to the loop's thread. Allocation: the heap grows; starting a
 * timer does not allocate otherwise. */
#ifndef URING_TIMER_H
#define URING_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct ur_loop;
struct ur_timer;
typedef void ur_timer_fn(struct ur_timer *t);

#define UR_TIMER_NONE UINT64_MAX

/* Embedded by the caller, who may free or reuse it whenever the timer is not active (also from its
 * own callback): timers have no late completions. */
struct ur_timer {
    ur_timer_fn *fn;      /* caller: by ur_timer_init() */
    struct ur_loop *loop; /* private from here on */
    uint64_t deadline_ns;
    uint64_t repeat_ns;
    uint64_t seq;
    uint32_t index; /* in the heap, + 1; 0: not active */
    bool unref;
};

void ur_timer_init(struct ur_loop *l, struct ur_timer *t, ur_timer_fn *fn);

/* Fire once delay_ns after the loop's time (not the clock's), then every repeat_ns if that is not
 * 0. Starting an active timer moves it. */
void ur_timer_start_ns(struct ur_timer *t, uint64_t delay_ns, uint64_t repeat_ns);
void ur_timer_start_ms(struct ur_timer *t, uint64_t delay_ms, uint64_t repeat_ms);

/* Stop; fn will not be called. No effect when not active. */
void ur_timer_stop(struct ur_timer *t);

/* Start again from now with the repeat value as delay, if that is not 0. */
void ur_timer_again(struct ur_timer *t);

bool ur_timer_active(const struct ur_timer *t);

/* The time left, 0 when due or not active. */
uint64_t ur_timer_due_in_ns(const struct ur_timer *t);

/* Whether an active timer counts for ur_loop_alive(). Timers are born ref'd. */
void ur_timer_ref(struct ur_timer *t);
void ur_timer_unref(struct ur_timer *t);
bool ur_timer_has_ref(const struct ur_timer *t);

/* Run the callbacks of all timers due at the loop's time. A timer started by a callback waits for
 * the next run even when it is due at once. Returns the number run. */
int ur_timers_run(struct ur_loop *l);

/* Nearest deadline on the clock of ur_loop_now_ns(), or UR_TIMER_NONE. */
uint64_t ur_timers_next_ns(const struct ur_loop *l);

#endif
