/* core/introspect.h: process.torc, what a program can ask torc about itself. */
#ifndef RT_INTROSPECT_H
#define RT_INTROSPECT_H

#include <stdio.h>

#include "v8shim/vs.h"

struct rt_env;
struct ur_loop;

/* The object: version (string) and io(), which returns the loop's counters as a new plain object
 * of numbers, with the names of struct ur_stats (uring/loop.h), `backend` and `reason`. docs/io.md
 * explains them. */
vs_val rt_introspect_new(struct rt_env *env);

/* The same as a table for people: --io-stats. */
void rt_introspect_print(const struct ur_loop *l, FILE *to);

#endif
