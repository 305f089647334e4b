/* core/introspect.h: process.torc, what a program can ask torc about itself. */
#ifndef RT_INTROSPECT_H
#define RT_INTROSPECT_H

#include "v8shim/vs.h"

struct rt_env;

/* The object: version (string) and io(), which returns the loop's counters as a new plain object
 * of numbers, with the names of struct ur_stats (uring/loop.h), `backend` and `reason`. docs/io.md
 * explains them. */
vs_val rt_introspect_new(struct rt_env *env);

#endif
