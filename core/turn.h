/* core/turn.h: one turn of the event loop in Node's phases. docs/turn.md tells the order and why.
 */
#ifndef RT_TURN_H
#define RT_TURN_H

#include <stdbool.h>
#include <stdint.h>

struct rt_env;

/* Runs one turn: timers, pending, idle and prepare, poll, check, close. Waits in poll only when
 * nothing is left to do. */
void rt_turn(struct rt_env *env);
/* Something still keeps the program alive: ref'd handles, requests, timers, immediates, closes to
 * deliver. */
bool rt_alive(struct rt_env *env);
/* Turns until nothing is left or the env stops; then 'beforeExit', again if that made work. */
void rt_run(struct rt_env *env);
/* process.emit(event, code), as a callback of its own; 'beforeExit' and 'exit'. false: it threw, or
 * JS can't run. */
bool rt_emit_exit(struct rt_env *env, const char *event, int code);
/* Node's timer behind all JS timers: due in ms (at least 1), keeping the loop alive or not. */
void rt_timer_schedule(struct rt_env *env, int64_t ms);
void rt_timer_set_ref(struct rt_env *env, bool ref);
/* Loop time in ms since the env was opened, as JS timers count it. */
double rt_timer_now(struct rt_env *env);
/* The timer callback and the check phase; core/env.c wires them up. */
struct ur_timer;
void rt_timer_fired(struct ur_timer *timer);

#endif
