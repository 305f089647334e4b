/* core/worker.h: a thread with an env of its own, as the thread that made it sees it.
 *
 * Life: new -> started -> ended -> joined. The struct belongs to the thread that made it, which
 * frees it after the join: the worker's thread may use it until then. Stopping is a wish that any
 * thread may have at any moment; the worker's own thread unwinds and closes its env. That thread is
 * a seat (core/seat.h), which may run another worker then.
 */
#ifndef RT_WORKER_H
#define RT_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "core/inbox.h"
#include "v8shim/vs.h"

struct mailbox;
struct rt_env;
struct rt_options;
struct rt_vars;

/* Indices into a worker's resource limits, which are in MB; 0 and less: the default. */
enum rt_worker_limit {
    RT_WORKER_YOUNG,
    RT_WORKER_OLD,
    RT_WORKER_CODE,
    RT_WORKER_STACK,
    RT_WORKER_LIMITS,
};

/* Something to be done on the worker's thread, between two steps of its JS or while it waits. */
struct rt_worker_task {
    void (*run)(struct rt_worker_task *t, struct rt_env *env); /* runs no JS */
    struct rt_worker_task *next;                               /* private */
};

struct rt_worker {
    /* Set by the maker before the start, read-only then. */
    uint32_t id;
    char *name;      /* owned */
    uint32_t number; /* of torc --threads: from 1; 0: none of them */
    bool internal;
    bool tracks_fds;                 /* what fs.open() gave to its JS is closed at its end */
    double limits[RT_WORKER_LIMITS]; /* completed by the worker as it starts */
    struct rt_options *options;      /* borrowed, or owned if own_options */
    bool own_options;
    struct rt_vars *vars; /* owned share */
    struct mailbox *port; /* owned until the worker has made its port of it */
    void (*ended)(struct rt_note *n);

    /* Private. */
    bool started;
    bool seated;             /* core/seat.c: a thread uses it */
    struct rt_inbox *parent; /* owned share: hears of the end */
    struct rt_note end;
    int64_t start_ns;                 /* of the process */
    enum vs_heap_kind heap;           /* the maker's */
    const char *cache;                /* the maker's workers_cache */
    const struct rt_options *process; /* the main thread's, borrowed for good */
    char **argv;                      /* borrowed: one item */
    struct rt_env *maker;             /* whose list has it while started */
    struct rt_worker *next;           /* in maker->workers */
    atomic_bool stop;
    pthread_mutex_t lock; /* guards what follows */
    struct rt_env *env;   /* while it may be reached; NULL before and after */
    bool over;            /* after */
    int exit_code;
    const char *error, *reason; /* static texts: Node's code and what it says, or NULL */
    struct rt_worker_task *tasks, **tasks_tail; /* not run yet */
};

/* Everything not said otherwise is for the maker's thread. */

/* Zeroes w and gives it an id. */
void rt_worker_init(struct rt_worker *w, struct rt_env *parent);
/* Returns 0 or -errno; ended() will be called in a callback of the parent's loop, and is to join.
 */
int rt_worker_start(struct rt_worker *w);
/* ANY THREAD: no JS runs in the worker soon. code: its exit code, unless it has ended. error: NULL,
 * or a code of Node's with a reason; both static. */
void rt_worker_stop(struct rt_worker *w, int code, const char *error, const char *reason);
/* Waits for the end. */
void rt_worker_join(struct rt_worker *w);
/* Stops all that env has started, and joins them. */
void rt_workers_stop(struct rt_env *env);
/* What V8 was told, or chose; the worker may complete it at this moment. */
void rt_worker_limits(struct rt_worker *w, double out[RT_WORKER_LIMITS]);
/* Frees what w owns; it was joined or never started. */
void rt_worker_reset(struct rt_worker *w);
/* Runs t on the worker's thread soon. false: it is not up, or over. A task that has not run when
 * the worker ends is never run: rt_worker_take_task() gives it back after the join. */
bool rt_worker_post(struct rt_worker *w, struct rt_worker_task *t);
struct rt_worker_task *rt_worker_take_task(struct rt_worker *w);
/* Nanoseconds: when the worker's loop began to turn, -1 = not yet; how long it has waited. */
double rt_worker_loop_start_ns(struct rt_worker *w);
double rt_worker_idle_ns(struct rt_worker *w);

/* An env for a worker that is not known yet. */
struct rt_worker_room {
    struct rt_env *env; /* NULL: there is none */
    struct vs_limits limits;
};

/* On the thread that is to run a worker. Returns 0 or -errno. */
int rt_worker_room_open(struct rt_worker_room *room, const struct rt_options *process);
void rt_worker_room_close(struct rt_worker_room *room);
/* A room fits w: it asks for nothing that is decided when an isolate opens. */
bool rt_worker_fits_room(const struct rt_worker *w);
/* Runs w in the room, which has no env then, or in an env of its own, and tells the maker of its
 * end. Returns the isolate, which is still to be closed, or NULL. */
struct vs_cx *rt_worker_run(struct rt_worker *w, struct rt_worker_room *room);

/* On the worker's own thread, bind/worker.c: tells the library, if it has asked already, which
 * worker this is. */
void rt_worker_put_self(struct rt_env *env);
/* On the worker's own thread: process.exit(). JS unwinds from here. */
void rt_worker_exit(struct rt_env *env, int code);
/* On the env's own thread: JS may be called. A worker that is to stop must not, from the moment
 * that C is back from JS: V8 forgets a termination with the last frame of JS that it ended. */
bool rt_can_call_js(struct rt_env *env);
/* After vs_terminate() of another reason, in any env: JS may go on, unless a worker is to stop. */
void rt_resume_js(struct rt_env *env);
/* On the worker's own thread: somebody wants it to stop. */
static inline bool rt_worker_stopping(const struct rt_worker *w)
{
    return atomic_load_explicit(&w->stop, memory_order_relaxed);
}

#endif
