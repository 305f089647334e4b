/* v8shim/vs_isolate.h: process set-up, isolates, scopes, microtasks, foreground tasks, exceptions
 * on their way out. */
#ifndef VS_ISOLATE_H
#define VS_ISOLATE_H

#include "v8shim/vs_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Process-wide set-up, once, before any isolate. worker_threads = V8's own background threads (GC,
 * compilation); they start as tasks need them. Returns NULL, or a static text that says why V8
 * can't be used (other version). */
const char *vs_platform_open(int worker_threads);
/* Last call into V8 in the process; all isolates are closed. Nobody needs it who exits anyway. */
void vs_platform_close(void);
/* V8's version, for instance "13.6.233.17-node.53". Static. */
const char *vs_v8_version(void);
/* Before vs_platform_open(), except for flags that V8 allows to change later. */
void vs_flags_set(const char *flags);
/* Removes from argv the options that V8 knows and applies them; the others keep their order. */
void vs_flags_set_argv(int *argc, char **argv);

/* One evaluation of import(). */
struct vs_import {
    vs_val id;         /* the host-defined symbol given at compile time, or undefined */
    vs_val referrer;   /* resource name of the text that imports */
    vs_val specifier;  /* string */
    vs_val attributes; /* flat array [key, value, ...] */
    int phase;         /* enum vs_import_phase, vs_module.h */
};

/* Where an isolate's heap comes from and goes to; vs_snapshot.h. */
enum vs_heap_kind {
    VS_HEAP_NEW,   /* an empty main context */
    VS_HEAP_SAVE,  /* likewise; it will be saved */
    VS_HEAP_SAVED, /* a main context that was saved; without a snapshot in use VS_HEAP_NEW */
};

struct vs_wasm_stream;

/* What an isolate needs from its owner. All functions but wake() run on the isolate's thread. */
struct vs_host {
    void *user; /* becomes vs_cx.user */
    enum vs_heap_kind heap;
    unsigned snapshot; /* which one: a number of vs_snapshot_use(); without one in use, none */
    /* ANY THREAD: a foreground task was posted; cause vs_tasks_run() soon on the isolate's thread.
     * Called under a lock of the shim: do that and nothing else. Not called after close. */
    void (*wake)(void *user);
    /* An exception left the outermost native-to-JS call. err and message are borrowed. */
    void (*uncaught)(struct vs_cx *cx, vs_val err, vs_val message);
    /* kind: enum vs_reject. value is undefined where the kind has none. */
    void (*promise_reject)(struct vs_cx *cx, int kind, vs_val promise, vs_val value);
    /* The stack property is about to be formatted: returns the string, NULL = exception pending. */
    vs_val (*prepare_stack)(struct vs_cx *cx, vs_val context_global, vs_val error,
                            vs_val callsites);
    /* V8 hit a fatal error or ran out of memory. Must not return. oom: heap limit. */
    void (*fatal)(const char *where, const char *what, bool oom);
    /* import(): returns a promise, NULL = exception pending. */
    vs_val (*import_dynamic)(struct vs_cx *cx, const struct vs_import *import);
    /* import.meta of a module (vs_module.h) is being read for the first time: fill the object. */
    void (*import_meta)(struct vs_cx *cx, vs_val module, vs_val meta);
    /* WebAssembly.compileStreaming(source) was called: takes stream over (vs_wasm.h). NULL: there
     * is no such function. */
    void (*wasm_start)(struct vs_cx *cx, struct vs_wasm_stream *stream, vs_val source);
    /* --abort-on-uncaught-exception is on, and no JS will catch the exception that is being thrown
     * (C might: V8 cannot know). True aborts the process. Must not call into V8. NULL: true. */
    bool (*may_abort)(struct vs_cx *cx);
    /* eval()/new Function(): false refuses. NULL: allowed. */
    bool (*allow_codegen)(struct vs_cx *cx, vs_val context_global, vs_val source);
};

enum vs_reject {
    VS_REJECT_NO_HANDLER = 0,
    VS_REJECT_HANDLER_ADDED = 1,
    VS_REJECT_AFTER_RESOLVED = 2,
    VS_RESOLVE_AFTER_RESOLVED = 3,
};

/* Limits in bytes, 0 = V8's default. */
struct vs_limits {
    size_t max_old;
    size_t max_young;
    size_t code_range;
    size_t stack;
    /* The heap is about to hit its limit, in the middle of a collection: returns a higher one, or
     * the process ends. Must not call into V8, but for vs_terminate(). May be NULL. */
    size_t (*near_heap_limit)(struct vs_cx *cx, size_t limit);
};

/* Opens an isolate and its main context, entered until close. Owned by the caller; host is copied.
 * limits may be NULL; its zeros are replaced by what V8 chose (0: no limit), but for stack.
 * NULL: no memory. */
struct vs_cx *vs_isolate_open(const struct vs_host *host, struct vs_limits *limits);
/* No handle scope may be open. Drops all classes; every vs_ref must be dropped before. */
void vs_isolate_close(struct vs_cx *cx);

/* Handle scope in caller storage, for code that enters from the loop and for long native loops.
 * LIFO. */
struct vs_scope {
    uintptr_t w[VS_SCOPE_WORDS];
};
void vs_scope_open(struct vs_cx *cx, struct vs_scope *s);
void vs_scope_close(struct vs_scope *s);

/* Catches exceptions of the calls made while it is open. LIFO, caller storage, never copied. */
struct vs_try {
    uintptr_t w[VS_TRY_WORDS];
};
void vs_try_open(struct vs_cx *cx, struct vs_try *t);
bool vs_try_caught(const struct vs_try *t);
/* Execution is being terminated: nothing may run JS until the stack has unwound. */
bool vs_try_terminated(const struct vs_try *t);
vs_val vs_try_exception(const struct vs_try *t);
/* The message object for vs_message_info(); NULL when there is none. */
vs_val vs_try_message(const struct vs_try *t);
/* The exception is pending again after close. */
void vs_try_rethrow(struct vs_try *t);
void vs_try_close(struct vs_try *t);

void vs_throw(struct vs_cx *cx, vs_val error);

/* Where an exception came from. Strings are handles; NULL where unknown. Lines and columns count
 * from 1 and 0. */
struct vs_message_info {
    vs_val text;
    vs_val resource;
    vs_val source_line;
    vs_val stack; /* a StackTrace for vs_frames(), or NULL */
    int line;
    int column_start;
    int column_end;
    int column_off; /* part of both that is before source_line: it was said at compile time */
};
void vs_message_info(struct vs_cx *cx, vs_val message, struct vs_message_info *out);

/* A message for an exception that was not thrown just now: its own position if it has one, else the
 * current one. */
vs_val vs_message_new(struct vs_cx *cx, vs_val exception);

/* Runs microtasks until none is left. Explicit policy: nothing else does. */
void vs_microtasks_run(struct vs_cx *cx);
VS_MUST_CHECK bool vs_microtask_enqueue(struct vs_cx *cx, vs_val fn);
/* True while the microtask queue runs. */
bool vs_microtasks_running(struct vs_cx *cx);

/* Runs the foreground tasks that V8 posted; true if any ran. after() is called after each one (may
 * be NULL). */
bool vs_tasks_run(struct vs_cx *cx, void (*after)(void *user));
/* Nanoseconds until the nearest delayed task, -1 = none. */
int64_t vs_tasks_next_ns(struct vs_cx *cx);
/* Background work is running that will post a foreground task (wasm compilation): the loop must not
 * end yet. */
bool vs_tasks_pending(struct vs_cx *cx);
/* Drops them and those to come; wake() is not called any more. */
void vs_tasks_close(struct vs_cx *cx);

/* ANY THREAD: stop JS soon; vs_terminate_cancel() on the isolate's thread clears it. */
void vs_terminate(struct vs_cx *cx);
void vs_terminate_cancel(struct vs_cx *cx);
bool vs_terminating(struct vs_cx *cx);
/* ANY THREAD: calls fn on the isolate's thread the next time that JS runs there. fn runs no JS. */
void vs_interrupt(struct vs_cx *cx, void (*fn)(struct vs_cx *cx));

/* A full collection, now. Slow: tests and --expose-gc. */
void vs_gc(struct vs_cx *cx);
void vs_low_memory(struct vs_cx *cx);
/* Bytes of memory outside the heap that JS objects keep alive, as a difference. */
void vs_external_memory(struct vs_cx *cx, int64_t change);

/* Memory of the isolate, in bytes; contexts are counts. */
struct vs_heap {
    size_t total, total_executable, total_physical, total_available, total_global_handles;
    size_t used, used_global_handles, limit, malloced, peak_malloced;
    size_t external;      /* memory outside the heap that JS objects keep alive */
    size_t array_buffers; /* of that, ArrayBuffers */
    size_t native_contexts, detached_contexts;
    bool zap_garbage;
};
void vs_heap_read(struct vs_cx *cx, struct vs_heap *out);

/* Continuation-preserved embedder data (AsyncContextFrame). */
vs_val vs_continuation(struct vs_cx *cx);
void vs_continuation_set(struct vs_cx *cx, vs_val data);

/* Called on the life of promises: all four functions or all undefined to switch the hooks off. */
void vs_promise_hooks(struct vs_cx *cx, vs_val init, vs_val before, vs_val after, vs_val resolve);

/* The global object of the current context, and the object V8 shares with its embedder's JS
 * (console, trace). */
vs_val vs_global(struct vs_cx *cx);
vs_val vs_extras(struct vs_cx *cx);

void vs_capture_stack_for_uncaught(struct vs_cx *cx, bool on, int frames);
/* Time zone or locale of the process changed. */
void vs_time_zone_changed(struct vs_cx *cx);

#ifdef __cplusplus
}
#endif
#endif
