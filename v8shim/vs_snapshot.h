/* v8shim/vs_snapshot.h: the heap of an isolate with its main context, saved to bytes from which
 * later processes open theirs.
 *
 * Saving: open an isolate with host.heap = VS_HEAP_SAVE, run what is to be in it, add the values
 * that C will want back, drop all references, take the bytes. Opening: name the bytes once for the
 * process, open an isolate with host.heap = VS_HEAP_SAVED, and fetch the same values in the same
 * order. Saved bytes serve the very executable that made them, and the V8 that it ran on.
 *
 * No object with a native pointer may be in the heap, no function whose callback is outside the
 * executable or whose data (vs_fn_new_data) is an object, no property with such a value on a class.
 */
#ifndef VS_SNAPSHOT_H
#define VS_SNAPSHOT_H

#include "v8shim/vs_base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct vs_class;

/* A process can have so many, made by one process: V8 shares a part of the heap among isolates. */
enum { VS_SNAPSHOTS = 2 };

/* From now on isolates that ask for this number start from these bytes, which stay as long as the
 * process lives. Once for a number, after vs_platform_open() and before the first isolate that
 * asks for it; number 0 before all isolates. false: made by another executable, for another V8, or
 * not together with those in use; nothing has changed. */
bool vs_snapshot_use(unsigned number, const uint8_t *data, size_t len);

/* Several isolates with VS_HEAP_SAVE may be open on one thread, and are taken newest first.
 *
 * VS_HEAP_SAVE: the value will be there for vs_snapshot_get(). */
void vs_snapshot_add(struct vs_cx *cx, vs_val v);
void vs_snapshot_add_class(struct vs_cx *cx, struct vs_class *c);
/* A function that gives the object it is called with a shape (V8's map) of its own, as it has now.
 * Objects that get their properties one by one keep a shape for each step otherwise. NULL: an
 * exception is pending. */
vs_val vs_snapshot_reshaper(struct vs_cx *cx);
/* Ends the isolate; cx is gone. No vs_ref, scope or other context may be left. The bytes are the
 * caller's to free(). NULL: V8 could not give other processes other hash seeds. */
uint8_t *vs_snapshot_take(struct vs_cx *cx, size_t *len);

/* VS_HEAP_SAVED: what was added, in the same order, each once. Values and classes count apart. */
vs_val vs_snapshot_get(struct vs_cx *cx);
struct vs_class *vs_snapshot_get_class(struct vs_cx *cx);

#ifdef __cplusplus
}
#endif
#endif
