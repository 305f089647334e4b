/* core/process.h: the process object, and what has to be undone when the process ends. */
#ifndef RT_PROCESS_H
#define RT_PROCESS_H

#include "v8shim/vs.h"

struct rt_env;

/* Makes `process` with what internal/bootstrap/realm expects of it: version, versions, arch,
 * platform, release, env and the exit state (env->exit). Never fails. */
vs_val rt_process_object_new(struct rt_env *env);
/* Sets the title that `ps` shows, cut to the room there is. */
void rt_process_set_title(struct rt_env *env, const char *title);
/* "v24.21.0": the release whose library runs here. Static. */
const char *rt_node_version(void);
/* Bytes that the process could still get: of the machine, or of its cgroup. ANY THREAD. */
uint64_t rt_memory_available(void);
/* Before exit: hands what was written to sockets to the kernel, and restores terminals to the state
 * they were found in. */
void rt_process_at_exit(struct rt_env *env);

#endif
