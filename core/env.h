/* core/env.h: all state of one isolate: its context, its loop, and what the JS library shares with
 * C.
 *
 * One env belongs to one thread, the main one or a worker's. It is made by rt_env_open() and
 * reached from native callbacks with rt_env_of(). Mutable globals are only what the process has one
 * of (signals, terminals, environment variables, names of broadcast channels), under locks. A
 * binding that needs state of its own keeps it in a struct hung on env->binding_state[], made on
 * first use and dropped by the function it registers (core/binding.h).
 */
#ifndef RT_ENV_H
#define RT_ENV_H

#include <stdatomic.h>
#include <sys/resource.h>

#include "core/async.h"
#include "core/binding.h"
#include "core/handle.h"
#include "core/inbox.h"
#include "core/native.h"
#include "core/pending.h"
#include "core/strings.h"
#include "core/symbols.h"
#include "uring/loop.h"
#include "uring/timer.h"
#include "v8shim/vs.h"

struct rt_compile_cache;
struct rt_options;
struct rt_vars;
struct rt_worker;

/* Written by JS and read by C, or the other way round, without a call (Uint8Array in task_queue).
 */
struct rt_tick_info {
    uint8_t has_tick;      /* process.nextTick() queued something */
    uint8_t has_rejection; /* an unhandled rejection waits to be reported */
};

/* The same for setImmediate (Uint32Array in timers). */
struct rt_immediate_info {
    uint32_t count;
    uint32_t ref_count;
    uint32_t has_outstanding;
};

/* Exit state (Int32Array under a private symbol of process). */
struct rt_exit_info {
    int32_t exiting;
    int32_t code;
    int32_t has_code;
};

/* JS functions the library registered with C; NULL until then. Owned. */
struct rt_hooks {
    struct vs_ref *tick;              /* processTicksAndRejections */
    struct vs_ref *promise_reject;    /* promiseRejectHandler(type, promise, reason) */
    struct vs_ref *immediate;         /* processImmediate */
    struct vs_ref *timers;            /* processTimers(now) -> next expiry */
    struct vs_ref *prepare_stack;     /* prepareStackTraceCallback(globalThis, error, trace) */
    struct vs_ref *enhance_before;    /* enhanceStackTrace before the inspector */
    struct vs_ref *enhance_after;     /* ... and after it */
    struct vs_ref *source_map_maybe;  /* maybeCacheGeneratedSourceMap(content) */
    struct vs_ref *source_map_source; /* getErrorSource(...) with source maps */
    struct vs_ref *emit_warning_sync;
    struct vs_ref *perf_entry;     /* observerCallback(name, type, start, duration, details) */
    struct vs_ref *import_dynamic; /* importModuleDynamicallyCallback */
    struct vs_ref *import_meta;    /* initializeImportMetaObject */
};

/* Memory that C and JS share, as ArrayBuffers. */
enum rt_shared {
    RT_SHARED_TICK,
    RT_SHARED_IMMEDIATE,
    RT_SHARED_EXIT,
    RT_SHARED_TIMEOUTS,
    RT_SHARED_MAY_ABORT,
    RT_SHARED_MILESTONES,
    RT_SHARED_COUNT,
};

/* Moments of start-up that performance.nodeTiming shows, in Node's numbering. */
enum rt_milestone {
    RT_MILESTONE_TIME_ORIGIN_TIMESTAMP,
    RT_MILESTONE_TIME_ORIGIN,
    RT_MILESTONE_ENVIRONMENT,
    RT_MILESTONE_NODE_START,
    RT_MILESTONE_V8_START,
    RT_MILESTONE_LOOP_START,
    RT_MILESTONE_LOOP_EXIT,
    RT_MILESTONE_BOOTSTRAP_COMPLETE,
    RT_MILESTONE_COUNT,
};

/* core/heap_file.c: snapshots as the heap's limit comes near. */
struct rt_heap_watch {
    uint32_t left; /* to be written */
    bool writing;
};

struct rt_env {
    struct vs_cx *cx;
    struct ur_loop *loop;       /* owned */
    struct rt_options *options; /* borrowed: of the process, or the worker's own; read only */
    struct rt_vars *vars;       /* owned share: process.env */
    struct rt_inbox *inbox;     /* owned share: what other threads have for this one */
    struct rt_strings *strings; /* owned: interned names, core/strings.h */
    struct rt_symbols *symbols; /* owned: core/symbols.h */

    struct vs_ref *process; /* the process object */
    struct vs_ref *primordials;
    struct vs_ref *per_context; /* exports of the per_context scripts: DOMException and others */
    struct vs_ref *internal_binding; /* function internalBinding(name), once the realm is set up */
    struct vs_ref *require;          /* requireBuiltin(id), likewise */
    struct vs_ref *buffer_proto;     /* Buffer.prototype (FastBuffer), once set up */
    struct vs_ref *message_port;     /* to the parent thread; NULL: this is the main thread */
    struct rt_hooks hooks;

    struct vs_ref *shared[RT_SHARED_COUNT]; /* the buffers that the next six point into */
    struct rt_tick_info *tick;
    struct rt_immediate_info *immediate;
    struct rt_exit_info *exit;
    int32_t *timeouts;       /* number of ref'd JS timers */
    uint32_t *may_abort;     /* an uncaught exception may abort the process */
    double *milestones;      /* ns, -1: not yet */
    struct rt_async_ids ids; /* async ids and their stack; core/async.h */

    struct ur_timer js_timer; /* the one timer behind all JS timers */
    uint64_t timer_base_ms;   /* loop time that JS timers count from */
    bool booted;              /* the library's bootstrap scripts have run */
    bool can_call_js;         /* false while the env is being torn down */
    bool source_maps;         /* --enable-source-maps or process.setSourceMapsEnabled() */
    bool printed_error;       /* the source line of a fatal exception is on stderr already */
    bool tracks_fds;          /* what fs.open() gave to JS is closed with the env */
    bool tells_sync_io;       /* --trace-sync-io, and the first turn has begun */
    bool stopping;            /* process.reallyExit or a fatal error: no more turns */
    struct rt_heap_watch heap_watch;
    int callback_depth;       /* native-to-JS callbacks on the stack; ticks drain at 0 */
    int64_t opened_ns, v8_ns; /* CLOCK_MONOTONIC when it began, and its isolate */
    struct timeval user_before, system_before; /* CPU time of its thread for others */
    int64_t start_ns;                          /* CLOCK_MONOTONIC when the process started */
    _Atomic uint64_t idle_ns; /* spent waiting in poll; ANY THREAD may read it: rt_idle_ns() */
    _Atomic uint64_t waiting_since_ns; /* of the monotonic clock; 0: not waiting now */

    enum vs_heap_kind heap;     /* where it came from */
    bool in_worker;             /* not the main thread's, nor of a snapshot for it */
    struct rt_worker *worker;   /* borrowed: the thread this env is of; NULL: another's */
    struct rt_note worker_note; /* something is asked of the worker; core/worker.c */
    struct rt_worker *workers;  /* started by this env and not joined */
    uint32_t next_thread;       /* of torc --threads: the number of the next worker, or 0 */
    const char *workers_cache;  /* borrowed: where they write the library's code cache; or NULL */

    struct vs_class *async_class;              /* core/async.c */
    struct vs_class *handle_class;             /* core/handle.c */
    struct rt_native *natives;                 /* core/native.h */
    struct rt_compile_cache *compile_cache;    /* core/compile_cache.h; NULL: off */
    struct rt_pending_list pending;            /* core/pending.h */
    struct rt_soon *soon;                      /* core/soon.h */
    struct rt_handle_list handles;             /* every open handle; core/handle.h */
    struct vs_ref *bindings[RT_BINDING_COUNT]; /* objects of internalBinding(name), once made */
    void *binding_state[RT_STATE_COUNT];       /* enum rt_state, owned by the binding */
    void (*binding_drop[RT_STATE_COUNT])(struct rt_env *env); /* called at close */

    int argc; /* process.argv, argv[0] first; owned by the process */
    char **argv;
    int exec_argc; /* process.execArgv */
    char **exec_argv;
};

static inline struct rt_env *rt_env_of(const struct vs_args *a)
{
    return (struct rt_env *)vs_args_cx(a)->user;
}

static inline struct rt_env *rt_env_from_cx(const struct vs_cx *cx)
{
    return (struct rt_env *)cx->user;
}

/* Records that a moment of start-up is now. */
void rt_mark(struct rt_env *env, enum rt_milestone m);

struct rt_env_options {
    struct rt_options *options; /* borrowed for the life of the env */
    int argc;
    char **argv;
    int exec_argc;
    char **exec_argv;
    int64_t start_ns;
    enum vs_heap_kind heap;   /* VS_HEAP_SAVED after rt_snapshot_use() */
    bool in_worker;           /* its library is to be a worker's */
    struct rt_vars *vars;     /* borrowed; NULL: the process's */
    struct rt_worker *worker; /* borrowed for the life of the env; NULL: the main thread */
    struct vs_limits *limits; /* completed with what V8 chose; NULL: its defaults */
};

/* ANY THREAD: nanoseconds that the env's loop has waited, the present wait included. */
uint64_t rt_idle_ns(const struct rt_env *env);
/* The present wait is over: what follows in the same poll is work. */
void rt_end_wait(struct rt_env *env);
static inline void rt_awake(struct rt_env *env)
{
    if (atomic_load_explicit(&env->waiting_since_ns, memory_order_relaxed)) rt_end_wait(env);
}

/* Makes isolate, context and loop; runs no JS. Returns 0 or -errno; *why (static) says what failed.
 */
int rt_env_open(struct rt_env **out, const struct rt_env_options *opt, const char **why);
/* The same in two steps, for an env that is made before it is known who will use it. The first
 * looks at the options of the process, the heap, in_worker and the limits only. */
int rt_env_prepare(struct rt_env **out, const struct rt_env_options *opt, const char **why);
void rt_env_begin(struct rt_env *env, const struct rt_env_options *opt);
/* On the env's thread, to which rt_env_begin() came late: time begins here. */
void rt_env_restart_clock(struct rt_env *env);
/* On the env's thread: what that has used of the processors for this env. Returns 0 or -errno. */
int rt_env_cpu_usage(const struct rt_env *env, struct rusage *out);
/* The same without the isolate, which the caller closes. */
struct vs_cx *rt_env_close_but_isolate(struct rt_env *env);
/* Closes handles, drains the loop, runs the bindings' drop functions and frees everything. No JS
 * runs. */
void rt_env_close(struct rt_env *env);

#endif
