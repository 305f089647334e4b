/* core/bind/worker.c: internalBinding('worker'), as the main thread sees it. */
#include "core/env.h"

/* Indices into a worker's resourceLimits. */
enum { MAX_YOUNG_MB, MAX_OLD_MB, CODE_RANGE_MB, STACK_MB, LIMIT_COUNT };

/* The port to the parent thread: the main thread has none. */
static void get_env_message_port(const struct vs_args *a)
{
    vs_ret(a, vs_undefined(vs_args_cx(a)));
}

void rt_bind_worker(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    rt_put_missing(env, target, "worker", "Worker");
    vs_put_fn(cx, target, "getEnvMessagePort", get_env_message_port);
    vs_put_int(cx, target, "threadId", 0);
    vs_put_str(cx, target, "threadName", "");
    vs_put(cx, target, "isMainThread", vs_bool(cx, true));
    vs_put(cx, target, "isInternalThread", vs_bool(cx, false));
    vs_put(cx, target, "ownsProcessState", vs_bool(cx, true));
    vs_put_int(cx, target, "kMaxYoungGenerationSizeMb", MAX_YOUNG_MB);
    vs_put_int(cx, target, "kMaxOldGenerationSizeMb", MAX_OLD_MB);
    vs_put_int(cx, target, "kCodeRangeSizeMb", CODE_RANGE_MB);
    vs_put_int(cx, target, "kStackSizeMb", STACK_MB);
    vs_put_int(cx, target, "kTotalResourceLimitCount", LIMIT_COUNT);
}
