/* core/native.c: see the header. */
#include "core/native.h"

#include "core/async.h"
#include "core/env.h"
#include "core/error.h"

static void unlink_native(struct rt_native *n)
{
    if (n->prev) {
        n->prev->next = n->next;
    } else {
        n->env->natives = n->next;
    }
    if (n->next) n->next->prev = n->prev;
}

/* The shim has dropped the reference already. */
static void object_gone(void *data)
{
    struct rt_native *n = data;
    n->object = NULL;
    unlink_native(n);
    n->drop(n);
}

void rt_native_init(struct rt_native *n, struct rt_env *env, vs_val object,
                    void (*drop)(struct rt_native *n))
{
    *n = (struct rt_native){ .env = env, .drop = drop, .next = env->natives };
    if (n->next) n->next->prev = n;
    env->natives = n;
    n->object = vs_ref_new(env->cx, object);
    vs_native_set(object, 0, n);
    vs_ref_weak(env->cx, n->object, object_gone, n);
}

void rt_native_init_async(struct rt_native *n, struct rt_async *async, struct rt_env *env,
                          vs_val object, int provider, void (*drop)(struct rt_native *n))
{
    rt_async_init(async, env, object, provider, async);
    rt_native_init(n, env, object, drop);
    vs_native_set(object, 0, async);
    vs_ref_drop(async->object);
    async->object = n->object;
}

void rt_native_end_async(struct rt_async *async)
{
    async->object = NULL; /* native's, and gone */
    rt_async_retire(async);
}

void rt_native_hold(struct rt_native *n)
{
    CHECK(n->object);
    vs_ref_strong(n->env->cx, n->object);
}

void rt_native_release(struct rt_native *n)
{
    vs_ref_weak(n->env->cx, n->object, object_gone, n);
}

void rt_natives_drop(struct rt_env *env)
{
    while (env->natives) {
        struct rt_native *n = env->natives;
        vs_native_set(vs_ref_get(n->object), 0, NULL);
        vs_ref_drop(n->object);
        unlink_native(n);
        n->drop(n);
    }
}
