/* v8shim/vs_heap.h: a closer look at an isolate's heap: its spaces, its code, what lives on it. */
#ifndef VS_HEAP_H
#define VS_HEAP_H

#include "v8shim/vs_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes. name is static. */
struct vs_heap_space {
    const char *name;
    size_t size, used, available, physical;
};
int vs_heap_space_count(struct vs_cx *cx);
void vs_heap_space_read(struct vs_cx *cx, int i, struct vs_heap_space *out);

/* Bytes. */
struct vs_heap_code {
    size_t code, bytecode, external_source, cpu_profiler;
};
void vs_heap_code_read(struct vs_cx *cx, struct vs_heap_code *out);

/* Takes a heap snapshot and hands it out as JSON text, chunk by chunk. write() returns false to
 * stop. No JS runs. Returns false if it was stopped. */
bool vs_heap_snapshot(struct vs_cx *cx, bool expose_internals, bool expose_numbers,
                      bool (*write)(void *user, const char *text, size_t len), void *user);

/* Before the heap hits its limit, in the middle of a collection: fn returns a higher one, or it
 * ends the process (or, in an isolate opened with vs_limits.near_heap_limit, calls that). fn may
 * take a snapshot, during which it is called again, but must not call into V8 otherwise. */
void vs_heap_limit_watch(struct vs_cx *cx,
                         size_t (*fn)(struct vs_cx *cx, size_t limit, size_t first_limit));
/* restore: the limit from now on; one that the heap does not fit into is raised. */
void vs_heap_limit_unwatch(struct vs_cx *cx, size_t restore);

/* Collections as they begin and end. No JS may run in fn, nothing may be put on the heap. */
enum vs_gc_kind {
    VS_GC_SCAVENGE = 1,
    VS_GC_MINOR_MARK_SWEEP = 2,
    VS_GC_MARK_COMPACT = 4,
    VS_GC_INCREMENTAL = 8,
    VS_GC_WEAK_CALLBACKS = 16,
};
struct vs_gc_watch {
    /* caller. flags: V8's GCCallbackFlags. */
    void (*fn)(struct vs_gc_watch *w, bool end, enum vs_gc_kind kind, int flags);
    struct vs_gc_watch *next; /* private */
};
/* w stays where it is until it is removed, or the isolate closes. Not from within fn; what dies
 * with an object (vs_ref_weak) may. */
void vs_gc_watch_add(struct vs_cx *cx, struct vs_gc_watch *w);
void vs_gc_watch_remove(struct vs_cx *cx, struct vs_gc_watch *w);

/* Array of all objects in the current context that have proto in their prototype chain. NULL: an
 * exception is pending. */
vs_val vs_heap_query(struct vs_cx *cx, vs_val proto);

#ifdef __cplusplus
}
#endif
#endif
