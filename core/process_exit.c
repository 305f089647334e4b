/* core/process_exit.c: what is done last, whatever way the process ends by its own will. */
#include "core/bind/tty_wrap.h"
#include "core/env.h"
#include "core/process.h"

void rt_process_at_exit(struct rt_env *env)
{
    /* Writes to sockets that JS was told are done (core/stream.h) may still wait for the next poll.
     */
    if (env->loop) ur_loop_submit(env->loop);
    rt_tty_restore();
}
