/* core/boot.h: from an empty isolate to the user's program, through the library's own bootstrap
 * scripts. */
#ifndef RT_BOOT_H
#define RT_BOOT_H

#include <stdbool.h>

struct rt_env;

/* Runs internal/per_context, internal/bootstrap and the switches of the main thread or a worker.
 * false: it threw, which is a bug of ours or a broken build, and the error is on stderr; or a
 * worker was told to stop. */
bool rt_boot(struct rt_env *env);
/* Runs one of the library's main scripts ("internal/main/run_main_module"). false: it threw;
 * uncaughtException has had it. */
bool rt_boot_main(struct rt_env *env, const char *id);
/* The whole life after start-up: turns, beforeExit, exit. Returns the exit code. */
int rt_boot_run(struct rt_env *env);

#endif
