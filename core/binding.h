/* core/binding.h: the table of native bindings. docs/bindings.md tells how to add one.
 *
 * internalBinding(name) makes an object, once per env, and calls the binding's init function on it.
 * All names are in core/bindings.def; each is one file core/bind/NAME.c that defines
 * rt_bind_NAME().
 */
#ifndef RT_BINDING_H
#define RT_BINDING_H

#include "v8shim/vs.h"

struct rt_env;

typedef void rt_bind_fn(struct rt_env *env, vs_val target);

#define RT_BINDING(name) rt_bind_fn rt_bind_##name;
#include "core/bindings.def"
#undef RT_BINDING

enum rt_binding {
#define RT_BINDING(name) RT_BINDING_##name,
#include "core/bindings.def"
#undef RT_BINDING
    RT_BINDING_COUNT,
};

/* The object of internalBinding(name), made on first use. NULL: no such binding (Error "No such
 * binding: name" with code ERR_INVALID_MODULE is pending), or init failed. */
vs_val rt_binding_get(struct rt_env *env, const char *name);

/* Slots for per-env state of bindings, see rt_env.binding_state. */
enum rt_state {
#define RT_STATE(name) RT_STATE_##name,
#include "core/states.def"
#undef RT_STATE
    RT_STATE_COUNT,
};

/* For a binding that is only partly there: puts functions on target that throw
 * ERR_FEATURE_UNAVAILABLE_ON_PLATFORM-like errors naming "binding.function" when they are called or
 * constructed. names: space separated. */
void rt_put_missing(struct rt_env *env, vs_val target, const char *binding, const char *names);

#endif
