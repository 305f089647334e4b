/* core/bind/watchdog.h: stops JS that runs too long, or on Ctrl-C, from a thread of its own. */
#ifndef RT_BIND_WATCHDOG_H
#define RT_BIND_WATCHDOG_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct rt_env;

enum rt_watchdog_bite { RT_WATCHDOG_QUIET, RT_WATCHDOG_TIMEOUT, RT_WATCHDOG_SIGINT };

/* Caller storage; LIFO around one call into JS. All fields are private. */
struct rt_watchdog {
    struct rt_env *env;
    int64_t timeout_ms;
    bool sigint;
    bool done; /* under lock: the call has returned */
    int bite;  /* enum rt_watchdog_bite; under lock, or that of the SIGINT watchers */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    struct rt_watchdog *outer; /* the SIGINT watcher before it */
};

/* timeout_ms < 0: no limit. sigint: Ctrl-C stops the call instead of the process. */
void rt_watchdog_open(struct rt_watchdog *w, struct rt_env *env, int64_t timeout_ms, bool sigint);
/* After the call: what stopped it. If w did, JS may run again. */
enum rt_watchdog_bite rt_watchdog_close(struct rt_watchdog *w);
/* Throws Node's error for a bite. */
void rt_watchdog_throw(struct rt_watchdog *w, enum rt_watchdog_bite bite);

/* While started, SIGINT does not end the process but is remembered, also between the calls that a
 * watchdog guards. Starts are counted. true: this was the first. */
bool rt_sigint_watch_start(void);
/* true: one came that no watchdog took. */
bool rt_sigint_watch_stop(void);
bool rt_sigint_watch_pending(void);

#endif
