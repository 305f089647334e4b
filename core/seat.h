/* core/seat.h: the threads that workers run on.
 *
 * A seat is a thread. When the worker on it has ended, and the program goes on starting workers, it
 * makes an env for another one and waits for it: a start is then less than half the work. What is
 * made ahead is what all workers have in common; nothing that a worker has seen or made is in it.
 *
 * Life of a seat: runs -> clears -> prepares -> waits -> runs, or is gone after KEEP_NS (seat.c).
 * While it prepares or waits it can be given the next worker. A program that starts its workers
 * once never has a seat that does more than run.
 *
 * Seats are the process's: which thread made a worker does not matter. None of them keeps the
 * process from ending.
 */
#ifndef RT_SEAT_H
#define RT_SEAT_H

#include <stddef.h>

struct rt_worker;

/* ANY THREAD. Runs w (rt_worker_run()) on a seat that waits, or on a new one with a stack of that
 * many bytes. Returns 0 or -errno. */
int rt_seat_start(struct rt_worker *w, size_t stack);
/* ANY THREAD: until the seat is done with w, which it does not touch any more. */
void rt_seat_wait(struct rt_worker *w);
/* ANY THREAD: what is prepared is not up to date any more, because V8's flags have changed. */
void rt_seats_renew(void);

#endif
