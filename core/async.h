/* core/async.h: async ids, and the way from C back into JS.
 *
 * Every call into JS that starts at the loop goes through rt_call() (or rt_callback_open/close
 * around several calls): it restores the async context of the resource, and when the outermost one
 * ends it drains process.nextTick() and microtasks until both are empty. That is the only place
 * where they drain.
 */
#ifndef RT_ASYNC_H
#define RT_ASYNC_H

#include "core/soon.h"
#include "v8shim/vs.h"

struct rt_env;

/* Indices into the Uint32Array async_hook_fields. */
enum rt_hook_field {
    RT_HOOK_INIT,
    RT_HOOK_BEFORE,
    RT_HOOK_AFTER,
    RT_HOOK_DESTROY,
    RT_HOOK_PROMISE_RESOLVE,
    RT_HOOK_TOTALS,
    RT_HOOK_CHECK,
    RT_HOOK_STACK_LENGTH,
    RT_HOOK_USES_EXECUTION_RESOURCE,
    RT_HOOK_FIELD_COUNT,
};

/* Indices into the Float64Array async_id_fields. */
enum rt_id_field {
    RT_ID_EXECUTION,
    RT_ID_TRIGGER,
    RT_ID_COUNTER,
    RT_ID_DEFAULT_TRIGGER,
    RT_ID_FIELD_COUNT,
};

#define RT_PROMISE_HOOKS 4

/* Async ids and their stack; the typed arrays share their memory with JS. All owned. */
struct rt_async_ids {
    uint32_t *fields;   /* RT_HOOK_FIELD_COUNT */
    double *ids;        /* RT_ID_FIELD_COUNT */
    double *stack;      /* pairs (execution, trigger) of the suspended contexts */
    vs_val *natives;    /* per pair: the resource pushed by C, or NULL */
    uint32_t stack_cap; /* pairs */
    double *destroyed;  /* ids whose 'destroy' hooks have still to run */
    uint32_t destroyed_count, destroyed_cap;
    struct rt_soon destroy_soon;
    struct vs_ref *js_fields, *js_ids, *js_stack;
    struct vs_ref *resources; /* execution_async_resources array */
    struct vs_ref *binding;   /* internalBinding('async_wrap'), once made */
    struct vs_ref *init, *before, *after, *destroy, *promise_resolve; /* native hooks or NULL */
    struct vs_ref *trampoline; /* setCallbackTrampoline() or NULL */
    struct vs_ref *promise_hooks[RT_PROMISE_HOOKS];
};

/* What Node calls an AsyncWrap: embedded first in every native resource with a JS object. */
struct rt_async {
    struct rt_env *env;
    struct vs_ref *object; /* owned: the JS object, strong while the resource is active, or NULL */
    struct vs_ref
        *context; /* owned: AsyncContextFrame at creation, or NULL when it was undefined */
    double id;
    double trigger_id;
    int provider;     /* enum rt_provider */
    bool represented; /* object[resource_symbol] is what hooks know as the resource */
};

/* Provider names as Node's async_hooks report them; the order is private. core/providers.def has
 * the list. */
enum rt_provider {
#define RT_PROVIDER(name) RT_PROVIDER_##name,
#include "core/providers.def"
#undef RT_PROVIDER
    RT_PROVIDER_COUNT,
};

/* Gives async its ids, emits 'init' when a hook wants it, and sets the native pointer (field 0) of
 * object to native, which is the struct that embeds async. */
void rt_async_init(struct rt_async *async, struct rt_env *env, vs_val object, int provider,
                   void *native);
/* The same for what belongs to another resource: a request to its handle. That one triggers it. */
void rt_async_init_under(struct rt_async *async, const struct rt_async *parent, vs_val object,
                         int provider, void *native);
/* The two halves, for a resource whose object JS can only see through hooks, and which does without
 * until there are any. Neither emits 'init'. One without an object ends with rt_async_retire(). */
void rt_async_init_bare(struct rt_async *async, struct rt_env *env, int provider);
void rt_async_attach(struct rt_async *async, vs_val object, void *native);
/* Emits 'destroy' later, drops the references and clears the object's native pointer. */
void rt_async_reset(struct rt_async *async);
/* Emits 'destroy' later; the object stays and waits for rt_async_renew(). */
void rt_async_retire(struct rt_async *async);
/* The object now stands for another resource (a pooled parser): new ids, 'init' again. */
void rt_async_renew(struct rt_async *async, vs_val resource);

/* For a resource that is idle: its object may be collected, and then gone(data) runs, which calls
 * rt_async_gone() and frees the struct. */
void rt_async_weaken(struct rt_async *async, void (*gone)(void *data), void *data);
void rt_async_strengthen(struct rt_async *async);
/* What rt_async_reset() does, after the object was collected. */
void rt_async_gone(struct rt_async *async);

static inline vs_val rt_async_object(const struct rt_async *async)
{
    return vs_ref_get(async->object);
}

/* Base class of every JS object with an rt_async: getAsyncId, asyncReset, getProviderType. */
struct vs_class *rt_async_class(struct rt_env *env);

/* Opens a handle scope and an async context; pair them LIFO. async may be NULL: ids 0, the root
 * context. */
struct rt_callback {
    struct rt_env *env;
    struct vs_scope scope;
    vs_val old_context;
    double id;        /* the resource may be gone when the callback ends */
    bool trampoline;  /* before and after hooks are the trampoline's business */
    bool failed;      /* a call threw */
    bool tick_failed; /* valid after closing: a tick or a microtask threw */
};
void rt_callback_open(struct rt_callback *cb, struct rt_env *env, struct rt_async *async);
/* For one that settles promises and calls no function: hooks hear of it all the same. */
void rt_callback_open_settling(struct rt_callback *cb, struct rt_async *async);
/* Drains ticks and microtasks when it is the outermost one. Not if a call threw: they run after the
 * next callback, as in Node; who handles uncaught errors queues an immediate to make sure there is
 * one. */
void rt_callback_close(struct rt_callback *cb);
/* Does not: another callback follows at once, or rt_drain(). */
void rt_callback_close_undrained(struct rt_callback *cb);

/* Calls fn on the resource's object, as one callback of its own. From the loop only. argv's handles
 * need a vs_scope of the caller. false: it threw (process 'uncaughtException' has had the error
 * already). async may be freed by the call. */
bool rt_call(struct rt_async *async, vs_val fn, int argc, const vs_val *argv);
/* The same with the function found as a property of the object ("oncomplete", "onconnection").
 * Absent: no call. */
bool rt_call_name(struct rt_async *async, vs_val name, int argc, const vs_val *argv);
/* Inside an open rt_callback: call without opening another. Uses the trampoline when hooks are on.
 */
vs_val rt_call_in(struct rt_callback *cb, vs_val fn, vs_val self, int argc, const vs_val *argv);

/* Runs nextTicks and microtasks now if no native-to-JS callback is on the stack. false: one threw.
 */
bool rt_drain(struct rt_env *env);

/* pushAsyncContext/popAsyncContext as async_hooks know them. pop: false when the stack is empty. */
/* resource: a handle that outlives the matching pop, or NULL. */
void rt_ids_push(struct rt_env *env, double id, double trigger_id, vs_val resource);
bool rt_ids_pop(struct rt_env *env, double id);
void rt_ids_clear(struct rt_env *env);

#endif
