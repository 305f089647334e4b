/* core/process_exit.c: what is done last, whatever way the process ends by its own will. */
#include <stdio.h>
#include <string.h>

#include "core/bind/tty_wrap.h"
#include "core/compile_cache.h"
#include "core/env.h"
#include "core/introspect.h"
#include "core/options.h"
#include "core/process.h"
#include "uring/trace.h"

/* What --io-stats and --io-trace ask for. */
static void report_io(struct rt_env *env)
{
    const char *path = rt_option_str(env->options, RT_OPT_io_trace);
    if (rt_option_bool(env->options, RT_OPT_io_stats)) rt_introspect_print(env->loop, stderr);
    int err = *path ? ur_trace_write(env->loop, path) : 0;
    if (err) fprintf(stderr, "torc: cannot write the trace '%s': %s\n", path, strerror(-err));
}

void rt_process_at_exit(struct rt_env *env)
{
    /* Writes to sockets that JS was told are done (core/stream.h) may still wait for the next poll.
     */
    rt_compile_cache_flush(env, "exit");
    if (env->loop) {
        ur_loop_submit(env->loop);
        report_io(env);
    }
    rt_tty_restore();
}
