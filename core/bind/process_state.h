/* core/bind/process_state.h: what process_*.c share: per-env state behind `process`. */
#ifndef RT_BIND_PROCESS_STATE_H
#define RT_BIND_PROCESS_STATE_H

#include <stdint.h>

#include "v8shim/vs.h"

struct rt_env;

/* process.hrtime() leaves seconds and nanoseconds in three words, hrtime.bigint() in the first two.
 */
#define HRTIME_WORDS 3

struct rt_process {
    uint32_t *hrtime; /* memory of hrtimeBuffer, which holds it */
    struct vs_ref *hrtime_buffer;
    int64_t debug_port;
    bool warned_env; /* DEP0104 has been emitted */
};

/* Made on first use, dropped with the env. */
struct rt_process *rt_process_state(struct rt_env *env);

/* process.env. */
vs_val rt_process_env_new(struct rt_env *env);

/* Parts of internalBinding('process_methods') and of the process object. */
void rt_process_put_usage(struct rt_env *env, vs_val target);
void rt_process_put_control(struct rt_env *env, vs_val target);
void rt_process_put_title(struct rt_env *env, vs_val process);
/* The variable's change is for the C library and the engine too (TZ). */
void rt_process_env_changed(struct rt_env *env, const char *name);

#endif
