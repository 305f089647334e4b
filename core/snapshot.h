/* core/snapshot.h: the library as it is after its bootstrap scripts have run, on the main thread
 * and in a worker, in a file beside the executable. Most of starting up is making what is in it.
 *
 * V8's heap comes back by itself (v8shim/vs_snapshot.h). What C holds of that heap is listed by
 * rt_snap_fn functions, which run twice: when the snapshot is made, over state that is there, and
 * when an env opens from it, over zeroed state that they fill, in the same order. An env-wide one
 * is in snapshot.c; bindings with state of their own have one each, named in core/snapshots.def. A
 * binding that keeps state during bootstrap without one keeps the snapshot from being made.
 */
#ifndef RT_SNAPSHOT_H
#define RT_SNAPSHOT_H

#include <stdbool.h>

#include "v8shim/vs.h"

struct rt_env;
struct rt_snap;
typedef void rt_snap_fn(struct rt_env *env, struct rt_snap *snap);

/* False: the state is being filled. */
bool rt_snap_saving(const struct rt_snap *snap);
/* An owned reference; may be NULL. */
void rt_snap_ref(struct rt_snap *snap, struct vs_ref **ref);
/* May be NULL, too. */
void rt_snap_class(struct rt_snap *snap, struct vs_class **c);
/* The bytes of a view or buffer that a reference listed before holds: for pointers into them. */
void *rt_snap_bytes(struct rt_snap *snap, const struct vs_ref *view);

#define RT_SNAPSHOT(name) rt_snap_fn rt_snap_##name;
#include "core/snapshots.def"
#undef RT_SNAPSHOT

/* Process-wide, before the first isolate: maps the file if it is of this executable, this library
 * and this V8 with its present options, and has the main thread's snapshot used. */
bool rt_snapshot_use(void);
/* ANY THREAD, after that: has the workers' one used. */
bool rt_snapshot_use_worker(void);
/* Which one (vs_host.snapshot) this env is to open. */
unsigned rt_snapshot_number(const struct rt_env *env);
/* Fills the env, whose isolate has just been opened from the snapshot; a vs_scope is open. */
void rt_snapshot_restore(struct rt_env *env);
/* Ends an env with a VS_HEAP_SAVE isolate, after rt_boot(), and returns the isolate. NULL: it can't
 * be saved; messages are on stderr. */
struct vs_cx *rt_snapshot_prepare(struct rt_env *env);
/* Ends the isolates, of which the worker's was made last. Returns 0 or -errno; messages go to
 * stderr. */
int rt_snapshot_write(struct vs_cx *main, struct vs_cx *worker, const char *path);

#endif
