/* core/bind/async_wrap.h: the async_hooks side of core/async.c: hooks in JS, growing stacks,
 * 'destroy' queues. */
#ifndef RT_BIND_ASYNC_WRAP_H
#define RT_BIND_ASYNC_WRAP_H

#include "core/async.h"

/* Makes the arrays shared with JS. Before any rt_async_init() or rt_callback_open(). */
void rt_async_ids_open(struct rt_env *env);
void rt_async_ids_close(struct rt_env *env);
/* In place of rt_async_ids_open(), and before the snapshot is made (core/snapshot.h). */
struct rt_snap;
void rt_async_ids_snap(struct rt_env *env, struct rt_snap *snap);

void rt_async_grow_stack(struct rt_env *env);
/* Shortens execution_async_resources to depth after a pop. */
void rt_async_trim_resources(struct rt_env *env, uint32_t depth);
/* The stack of async ids does not match what the callback expects: prints both and aborts. */
void rt_async_stack_corrupt(struct rt_env *env, double expected);

void rt_async_emit_init(struct rt_async *async, vs_val resource);
void rt_async_emit_before(struct rt_env *env, double id);
void rt_async_emit_after(struct rt_env *env, double id);
/* The 'destroy' hooks run soon. Fine in a garbage collection. */
void rt_async_queue_destroy(struct rt_env *env, double id);
vs_val rt_async_call_trampoline(struct rt_callback *cb, vs_val fn, vs_val self, int argc,
                                const vs_val *argv);

#endif
