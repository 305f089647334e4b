/* v8shim/vs_base.h: handles, the per-isolate context and what a native callback reads from its
 * arguments.
 *
 * A handle (vs_val) is the address of a V8 handle slot: it is borrowed and dies when the innermost
 * handle scope closes, which for a native callback is when it returns. Never store one in a struct;
 * keep a vs_ref instead (vs_object.h).
 *
 * NULL from a function that returns vs_val, and false from one that returns bool, mean that a JS
 * exception is pending: undo your work and return at once without calling anything that may run JS.
 *
 * All functions of v8shim/ belong to the thread that opened the isolate, unless they say ANY
 * THREAD.
 */
#ifndef VS_BASE_H
#define VS_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "v8shim/vs_layout.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VS_MUST_CHECK __attribute__((warn_unused_result))

typedef struct vs_slot *vs_val;

/* One isolate with its main context. The two members below are read by inline code; the rest is
 * private to v8shim/. */
struct vs_cx {
    void *isolate; /* private */
    void *user;    /* caller: set at vs_isolate_open(), the owner's per-isolate state */
};

/* What V8 hands to a native callback: v8::FunctionCallbackInfo, asserted in layout.cc. */
struct vs_args {
    uintptr_t *implicit; /* private */
    uintptr_t *values;   /* private */
    uintptr_t count;     /* private */
};

typedef void vs_fn(const struct vs_args *a);

static inline struct vs_cx *vs_args_cx(const struct vs_args *a)
{
    char *isolate = (char *)a->implicit[VS_ARGS_ISOLATE];
    return *(struct vs_cx **)(isolate + VS_ISOLATE_EMBEDDER_SLOT0);
}

static inline int vs_argc(const struct vs_args *a)
{
    return (int)a->count;
}

static inline vs_val vs_root(const struct vs_cx *cx, int index)
{
    return (vs_val)((char *)cx->isolate + VS_ISOLATE_ROOTS + index * (int)sizeof(uintptr_t));
}

/* Constants: valid as long as the isolate lives. */
static inline vs_val vs_undefined(const struct vs_cx *cx)
{
    return vs_root(cx, VS_ROOT_UNDEFINED);
}

static inline vs_val vs_null(const struct vs_cx *cx)
{
    return vs_root(cx, VS_ROOT_NULL);
}

static inline vs_val vs_bool(const struct vs_cx *cx, bool b)
{
    return vs_root(cx, b ? VS_ROOT_TRUE : VS_ROOT_FALSE);
}

static inline vs_val vs_empty_str(const struct vs_cx *cx)
{
    return vs_root(cx, VS_ROOT_EMPTY_STRING);
}

/* Argument i, or undefined when the caller passed fewer. */
static inline vs_val vs_arg(const struct vs_args *a, int i)
{
    if (i >= (int)a->count) return vs_undefined(vs_args_cx(a));
    return (vs_val)(a->values + i);
}

static inline vs_val vs_this(const struct vs_args *a)
{
    return (vs_val)(a->values - 1);
}

static inline bool vs_is_construct_call(const struct vs_args *a);

static inline uintptr_t vs_word(vs_val v)
{
    return *(uintptr_t *)v;
}

static inline bool vs_is_undefined(const struct vs_cx *cx, vs_val v)
{
    return vs_word(v) == vs_word(vs_undefined(cx));
}

static inline bool vs_is_null(const struct vs_cx *cx, vs_val v)
{
    return vs_word(v) == vs_word(vs_null(cx));
}

static inline bool vs_is_nullish(const struct vs_cx *cx, vs_val v)
{
    return vs_is_undefined(cx, v) || vs_is_null(cx, v);
}

static inline bool vs_is_true(const struct vs_cx *cx, vs_val v)
{
    return vs_word(v) == vs_word(vs_bool(cx, true));
}

static inline bool vs_is_false(const struct vs_cx *cx, vs_val v)
{
    return vs_word(v) == vs_word(vs_bool(cx, false));
}

static inline bool vs_is_smi(vs_val v)
{
    return (vs_word(v) & VS_SMI_TAG_MASK) == 0;
}

/* Only after vs_is_smi(). */
static inline int32_t vs_smi(vs_val v)
{
    return (int32_t)((int64_t)vs_word(v) >> VS_SMI_SHIFT);
}

static inline bool vs_same_word(vs_val a, vs_val b)
{
    return vs_word(a) == vs_word(b);
}

static inline bool vs_is_construct_call(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    return a->implicit[VS_ARGS_NEW_TARGET] != vs_word(vs_undefined(cx));
}

static inline vs_val vs_new_target(const struct vs_args *a)
{
    return (vs_val)(a->implicit + VS_ARGS_NEW_TARGET);
}

/* Set what the callback returns; the default is undefined. */
static inline void vs_ret(const struct vs_args *a, vs_val v)
{
    a->implicit[VS_ARGS_RETURN] = vs_word(v);
}

/* Return v unless it is NULL (an exception is pending then). */
static inline void vs_ret_maybe(const struct vs_args *a, vs_val v)
{
    if (v) vs_ret(a, v);
}

static inline void vs_ret_i32(const struct vs_args *a, int32_t n)
{
    a->implicit[VS_ARGS_RETURN] = (uintptr_t)(intptr_t)n << VS_SMI_SHIFT;
}

static inline void vs_ret_bool(const struct vs_args *a, bool b)
{
    vs_ret(a, vs_bool(vs_args_cx(a), b));
}

/* Any number; an integer within int32 becomes a Smi. */
void vs_ret_f64(const struct vs_args *a, double d);

/* The data value given to vs_fn_new_data(); undefined for others. */
vs_val vs_args_data(const struct vs_args *a);

#ifdef __cplusplus
}
#endif
#endif
