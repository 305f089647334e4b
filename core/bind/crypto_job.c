/* core/bind/crypto_job.c: classes XJob: work that takes long, on a job thread or at once. */
#include <openssl/err.h>
#include <stdlib.h>

#include "core/bind/crypto_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"

#define ERROR_TEXT_MAX 256

static void work(struct rt_crypto_job *job)
{
    job->ok = job->ops->work(job);
    rt_crypto_errors_take(&job->errors);
}

static void work_on_thread(struct ur_job *thread)
{
    work(container_of(thread, struct rt_crypto_job, thread));
}

/* out: [error, result]. The error is undefined after success. False: an exception is pending. */
static bool outcome(struct rt_crypto_job *job, vs_val out[2])
{
    struct rt_env *env = job->async.env;
    out[0] = out[1] = vs_undefined(env->cx);
    if (job->ok) {
        out[1] = job->ops->result(job);
        return out[1] != NULL;
    }
    char text[ERROR_TEXT_MAX];
    if (job->errors.count > 0) ERR_error_string_n(job->errors.codes[0], text, sizeof text);
    out[0] = vs_error_new(env->cx, VS_ERROR, job->errors.count > 0 ? text : job->ops->failed);
    return true;
}

static void drop_job(struct rt_crypto_job *job)
{
    vs_ref_drop(job->resolver);
    rt_async_reset(&job->async);
    job->ops->drop(job);
}

/* DOMException "OperationError" with the native error as cause. */
static vs_val operation_error_new(struct rt_env *env, vs_val cause)
{
    struct vs_cx *cx = env->cx;
    vs_val class = vs_get_name(cx, vs_ref_get(env->per_context), "DOMException");
    if (!class) return NULL;
    vs_val options = vs_obj_new(cx);
    vs_put_str(cx, options, "name", "OperationError");
    vs_put(cx, options, "cause", cause);
    vs_val argv[] = {
        vs_str_latin1(cx, "The operation failed for an operation-specific reason", -1),
        options,
    };
    return vs_construct(cx, class, 2, argv);
}

static bool settle(struct rt_crypto_job *job, const vs_val outcome[2])
{
    struct rt_env *env = job->async.env;
    vs_val resolver = vs_ref_get(job->resolver);
    if (job->ok) return vs_resolver_resolve(env->cx, resolver, outcome[1]);
    vs_val error = operation_error_new(env, outcome[0]);
    return error && vs_resolver_reject(env->cx, resolver, error);
}

static void thread_done(struct ur_job *thread, int32_t res)
{
    struct rt_crypto_job *job = container_of(thread, struct rt_crypto_job, thread);
    struct rt_env *env = job->async.env;
    struct rt_callback cb;
    if (res == 0 && env->can_call_js) {
        vs_val result[2];
        rt_callback_open(&cb, env, &job->async);
        if (outcome(job, result)) {
            vs_val object = rt_async_object(&job->async);
            vs_val ondone = job->resolver ? NULL : vs_get(env->cx, object, rt_str(env, ondone));
            if (job->resolver) {
                settle(job, result);
            } else if (ondone && vs_is_fn(ondone)) {
                rt_call_in(&cb, ondone, object, 2, result);
            }
        }
        rt_callback_close(&cb);
    }
    drop_job(job);
}

static void run_sync(const struct vs_args *a, struct rt_crypto_job *job)
{
    vs_val result[2];
    work(job);
    if (outcome(job, result)) vs_ret_maybe(a, vs_arr_new(job->async.env->cx, result, 2));
    drop_job(job);
}

static void run(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct rt_crypto_job *job = vs_native_get(vs_this(a), 0);
    if (!job) {
        rt_throw_code(env, VS_ERROR, "ERR_INVALID_STATE", "The job has been started already");
        return;
    }
    if (job->mode == RT_CRYPTO_SYNC) {
        run_sync(a, job);
        return;
    }
    if (job->mode == RT_CRYPTO_WEB) {
        vs_val resolver = vs_resolver_new(env->cx);
        if (!resolver) return;
        job->resolver = vs_ref_new(env->cx, resolver);
        vs_ret(a, vs_resolver_promise(resolver));
    }
    job->thread.work = work_on_thread;
    job->thread.done = thread_done;
    ur_job_start(env->loop, &job->thread);
}

void rt_crypto_job_init(struct rt_crypto_job *job, const struct vs_args *a, int provider,
                        const struct rt_crypto_job_ops *ops)
{
    struct rt_env *env = rt_env_of(a);
    uint32_t mode = vs_uint(vs_arg(a, 0));
    CHECK(vs_is_construct_call(a) && mode < RT_CRYPTO_MODE_COUNT);
    job->ops = ops;
    job->mode = (uint8_t)mode;
    rt_crypto(env);
    rt_async_init(&job->async, env, vs_this(a), provider, job);
}

void rt_crypto_job_put(struct rt_env *env, vs_val target, const char *name, vs_fn *construct)
{
    struct vs_class *class = vs_class_new(env->cx, name, construct, rt_async_class(env), 1);
    vs_class_method(class, "run", run);
    vs_put(env->cx, target, name, vs_class_fn(class));
}
