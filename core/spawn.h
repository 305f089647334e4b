/* core/spawn.h: start a program. The child runs in our memory until it has executed the program
 * (vfork), so that a big heap costs nothing; it makes system calls only. */
#ifndef RT_SPAWN_H
#define RT_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct rt_env;
struct ur_loop;

#include "v8shim/vs.h"

/* All owned by the struct, except where said. */
struct rt_spawn {
    char *file;  /* searched in the child's PATH when it has no slash */
    char **argv; /* ends with NULL */
    uint32_t argc;
    char **envp; /* NULL: our own */
    char *cwd;   /* NULL: ours */
    int *fds;    /* child's descriptor i is our fds[i]; -1: nothing (0..2: /dev/null) */
    uint32_t fd_count;
    bool detached; /* a session of its own */
    bool set_uid, set_gid;
    uid_t uid;
    gid_t gid;
};

/* 0 and *pid, or -errno: also when the child could not execute the program. fds stay open here. A
 * program that is busy being written is tried for some 50 ms: the kernel may hold what loop wrote
 * and closed a little longer (docs/uring.md). */
int rt_spawn_run(struct ur_loop *loop, const struct rt_spawn *sp, pid_t *pid);
void rt_spawn_reset(struct rt_spawn *sp);

/* What the library passes alike to process_wrap and spawn_sync. false: exception pending. */
VS_MUST_CHECK bool rt_spawn_read(struct rt_env *env, struct rt_spawn *sp, vs_val file, vs_val args,
                                 vs_val cwd, vs_val env_pairs);
VS_MUST_CHECK bool rt_spawn_read_ids(struct rt_env *env, struct rt_spawn *sp, vs_val uid,
                                     vs_val gid);
/* All entries -1. */
void rt_spawn_set_count(struct rt_spawn *sp, uint32_t fd_count);

/* "SIGTERM"; NULL for a number that is no signal. Static. */
const char *rt_signal_name(int signum);

#endif
