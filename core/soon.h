/* core/soon.h: what C wants done in the next check phase, before setImmediate()'s callbacks: where
 * JS cannot run at once, as in the middle of a garbage collection. */
#ifndef RT_SOON_H
#define RT_SOON_H

#include <stdbool.h>

struct rt_env;

struct rt_soon {
    void (*fn)(struct rt_env *env, struct rt_soon *s); /* caller */
    bool ref;             /* caller: the program goes on until it has run */
    struct rt_soon *next; /* private */
    bool queued;          /* private */
};

/* Runs s->fn once, as a callback of its own; s lives as long as the env. It is no reason for the
 * program to go on unless s->ref. Queued already: nothing changes. */
void rt_soon(struct rt_env *env, struct rt_soon *s);

#endif
