/* core/vars.h: environment variables: the process's own, or those of a worker. ANY THREAD. */
#ifndef RT_VARS_H
#define RT_VARS_H

#include <stdbool.h>

struct rt_vars;

/* What getenv() reads; a share of it. Other code of the process may read it without our lock. */
struct rt_vars *rt_vars_process(void);
/* Empty, and a copy. The caller has the first share. */
struct rt_vars *rt_vars_new(void);
struct rt_vars *rt_vars_copy(struct rt_vars *v);
struct rt_vars *rt_vars_hold(struct rt_vars *v);
void rt_vars_drop(struct rt_vars *v);

bool rt_vars_are_process(const struct rt_vars *v);

/* The value, to be freed by the caller; NULL: not set. */
char *rt_vars_get(struct rt_vars *v, const char *name);
/* Names that are empty or have a "=" are ignored. */
void rt_vars_set(struct rt_vars *v, const char *name, const char *value);
void rt_vars_unset(struct rt_vars *v, const char *name);
/* "NAME=value", NULL at the end; the caller gives it to rt_vars_free_list(). */
char **rt_vars_list(struct rt_vars *v);
void rt_vars_free_list(char **list);

#endif
