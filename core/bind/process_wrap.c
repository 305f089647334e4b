/* core/bind/process_wrap.c: internalBinding('process_wrap'): child processes. Not there yet: making
 * one says so. */
#include "core/env.h"
#include "core/error.h"

static void process_new(const struct vs_args *a)
{
    rt_throw_missing(rt_env_of(a), "process_wrap.Process");
}

/* The numbers are the library's. */
enum process_flag { PROCESS_DETACHED = 1, PROCESS_HIDE = 2, PROCESS_VERBATIM_ARGUMENTS = 4 };

void rt_bind_process_wrap(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct vs_class *c = vs_class_new(cx, "Process", process_new, rt_handle_class(env), 1);
    vs_put(cx, target, "Process", vs_class_fn(c));
    vs_val constants = vs_obj_new(cx);
    vs_put_int(cx, constants, "kProcessFlagDetached", PROCESS_DETACHED);
    vs_put_int(cx, constants, "kProcessFlagWindowsHide", PROCESS_HIDE);
    vs_put_int(cx, constants, "kProcessFlagWindowsVerbatimArguments", PROCESS_VERBATIM_ARGUMENTS);
    vs_put(cx, target, "constants", constants);
}
