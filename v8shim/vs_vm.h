/* v8shim/vs_vm.h: the contexts of node:vm, whose globals live on an object of the caller.
 *
 * A vm context is kept alive by its sandbox (or its global) and by the functions made in it, not by
 * struct vs_vm: the owner drops that when the object that stands for the context is collected.
 */
#ifndef VS_VM_H
#define VS_VM_H

#include "v8shim/vs_base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct vs_vm;

struct vs_vm_options {
    vs_val sandbox;      /* shows through the global object; NULL: an ordinary global */
    bool allow_strings;  /* eval() and new Function() work */
    bool allow_wasm;     /* WebAssembly compiles */
    bool own_microtasks; /* promise jobs run by vs_vm_microtasks_run() only */
};

/* NULL: an exception is pending. Owned by the caller. */
struct vs_vm *vs_vm_new(struct vs_cx *cx, const struct vs_vm_options *options);
/* NULL is fine. */
void vs_vm_drop(struct vs_vm *vm);
/* globalThis of its scripts. NULL: the context was collected. */
vs_val vs_vm_global(struct vs_cx *cx, struct vs_vm *vm);
/* Current context := this one. LIFO. Not after it was collected. */
void vs_vm_enter(struct vs_cx *cx, struct vs_vm *vm);
void vs_vm_leave(struct vs_cx *cx, struct vs_vm *vm);
/* Current context := the one object was made in. LIFO, object stays until then. */
void vs_context_enter_of(struct vs_cx *cx, vs_val object);
void vs_context_leave_of(struct vs_cx *cx, vs_val object);
/* The current context is the isolate's own. */
bool vs_context_is_main(struct vs_cx *cx);
/* Made with own_microtasks. */
bool vs_vm_has_microtasks(const struct vs_vm *vm);
/* Runs the jobs of a context with own_microtasks; nothing for others. */
void vs_vm_microtasks_run(struct vs_cx *cx, struct vs_vm *vm);

/* A promise of V8's memory statistics, by context if detailed. eager: collect garbage now. */
vs_val vs_memory_measure(struct vs_cx *cx, bool detailed, bool eager);

#ifdef __cplusplus
}
#endif
#endif
