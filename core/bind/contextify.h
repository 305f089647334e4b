/* core/bind/contextify.h: vm contexts, for other bindings. */
#ifndef RT_BIND_CONTEXTIFY_H
#define RT_BIND_CONTEXTIFY_H

#include "core/env.h"
#include "v8shim/vs.h"

/* The context behind an object that vm.createContext() returned, borrowed while the object lives.
 * NULL: not one. */
struct vs_vm *rt_contextify_vm(struct rt_env *env, vs_val object);

/* Current context := that of object, which is a contextified object; for others nothing happens.
 * LIFO, caller storage. */
struct rt_vm_scope {
    struct vs_cx *cx;
    struct vs_vm *vm; /* NULL: the main context */
};
void rt_vm_scope_open(struct rt_vm_scope *s, struct rt_env *env, vs_val object);
void rt_vm_scope_close(struct rt_vm_scope *s);

/* Puts the arrow message of a native error before its stack, once. */
void rt_decorate_stack(struct rt_env *env, vs_val error);
/* Rethrows what t caught, with the source line at which it happened; display: on its stack, too. */
void rt_rethrow_with_source(struct rt_env *env, struct vs_try *t, bool display);

/* Methods of the binding, by file: contextify_script.c and contextify_compile.c. */
struct vs_class *rt_contextify_script_class(struct rt_env *env);
void rt_contextify_compile_function(const struct vs_args *a);
void rt_contextify_compile_cjs(const struct vs_args *a);
void rt_contextify_contains_module_syntax(const struct vs_args *a);

#endif
