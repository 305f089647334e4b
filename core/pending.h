/* core/pending.h: the pending phase of a turn: what is told right before the poll, and right after
 * it, before setImmediate()'s callbacks. For results that are known at once but may not be told
 * from inside the call that asks for them. */
#ifndef RT_PENDING_H
#define RT_PENDING_H

#include <stdint.h>

struct rt_env;
struct rt_pending;

typedef void rt_pending_fn(struct rt_pending *p);

struct rt_pending { /* private; zero when not queued */
    rt_pending_fn *fn;
    struct rt_pending *next, **link;
};

/* The first one queued, and where the next goes; an env's own. */
struct rt_pending_list {
    struct rt_pending *first, **tail;
    uint32_t count;
};

/* Runs fn once, in the next pending phase; p keeps the program alive until then. fn may free what
 * embeds p. */
void rt_pending_add(struct rt_env *env, struct rt_pending *p, rt_pending_fn *fn);
/* No effect if it is not queued. */
void rt_pending_remove(struct rt_env *env, struct rt_pending *p);

#endif
