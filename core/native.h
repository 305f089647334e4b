/* core/native.h: C state behind a JS object without asynchronous life of its own: it goes when the
 * garbage collector takes the object, or with the env. (With async ids: core/async.h.) */
#ifndef RT_NATIVE_H
#define RT_NATIVE_H

#include "v8shim/vs.h"

struct rt_async;
struct rt_env;

/* First member of the state. All private. */
struct rt_native {
    struct rt_env *env;
    struct vs_ref *object; /* weak; NULL once the object is gone */
    void (*drop)(struct rt_native *n);
    struct rt_native *prev, *next; /* env->natives */
};

/* Sets the native pointer (field 0) of object to n. drop(n) runs once, on the env's thread, and
 * frees the struct that embeds n; no JS may run in it. */
void rt_native_init(struct rt_native *n, struct rt_env *env, vs_val object,
                    void (*drop)(struct rt_native *n));
/* The same for a resource with async ids that lives as long as its object: async, which is the
 * first member of the struct that embeds both, shares the weak reference. drop() begins with
 * rt_native_end_async(). */
void rt_native_init_async(struct rt_native *n, struct rt_async *async, struct rt_env *env,
                          vs_val object, int provider, void (*drop)(struct rt_native *n));
void rt_native_end_async(struct rt_async *async);
/* While C uses the state across callbacks: the object stays. Pairs, not nested. */
void rt_native_hold(struct rt_native *n);
void rt_native_release(struct rt_native *n);
/* Drops all there are: the env is closing. */
void rt_natives_drop(struct rt_env *env);

#endif
