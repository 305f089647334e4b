/* core/bind/fs_task.c: fs operations on the loop. A task is one of them: arguments, pinned memory,
 * the ring operation or job, and whom to tell: an FSReqCallback that the library made, or a
 * promise. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/fs_priv.h"
#include "core/container.h"
#include "core/error.h"
#include "core/req.h"
#include "uring/job.h"

struct fs_task {
    struct rt_async async;   /* first */
    struct vs_ref *resolver; /* owned; NULL: the object has an oncomplete function */
    struct fs_call call;
    union {
        struct ur_file_op file;
        struct ur_job job;
    } u;
    char text[]; /* path and dest */
};

static void settle_promise(struct fs_task *t, vs_val error, vs_val value)
{
    struct vs_cx *cx = t->async.env->cx;
    vs_val resolver = vs_ref_get(t->resolver);
    bool ok = error ? vs_resolver_reject(cx, resolver, error)
                    : vs_resolver_resolve(cx, resolver, value ? value : vs_undefined(cx));
    /* Only fails while execution is being terminated, and then nobody waits any more. */
    (void)ok;
}

/* Node passes one argument when the result is undefined. */
static void call_oncomplete(struct fs_task *t, struct rt_callback *cb, vs_val error, vs_val value)
{
    struct rt_env *env = t->async.env;
    vs_val object = rt_async_object(&t->async);
    vs_val argv[] = { error ? error : vs_null(env->cx), value };
    vs_val fn = vs_get(env->cx, object, rt_str(env, oncomplete));
    int argc = value && !vs_is_undefined(env->cx, value) ? 2 : 1;
    if (fn && vs_is_fn(fn)) rt_call_in(cb, fn, object, argc, argv);
}

/* The result, or the error: exactly one of them. A result that can't be made (a string that is too
 * long) is an error. */
static vs_val task_result(struct fs_call *c, vs_val *error)
{
    struct vs_try try;
    vs_val value = NULL;
    *error = NULL;
    vs_try_open(c->env->cx, &try);
    if (fs_call_missing(c)) {
        value = vs_undefined(c->env->cx);
    } else if (c->res < 0) {
        *error = fs_call_error(c);
    } else if (c->op->result) {
        value = c->op->result(c);
    }
    if (vs_try_caught(&try)) *error = vs_try_exception(&try);
    vs_try_close(&try);
    return *error ? NULL : value;
}

/* The object behind a promise, for async_hooks. Without memory for it there is none. */
static void attach_object(struct fs_task *t)
{
    struct rt_env *env = t->async.env;
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    vs_val object = vs_class_make(fs_state_of(env)->promise_class);
    if (object) rt_async_attach(&t->async, object, t);
    vs_scope_close(&scope);
}

static void task_deliver(struct fs_task *t)
{
    struct rt_callback cb;
    struct rt_env *env = t->async.env;
    if (t->resolver) {
        if (!t->async.object && env->ids.fields[RT_HOOK_TOTALS] > 0) attach_object(t);
        rt_callback_open_settling(&cb, &t->async);
    } else {
        rt_callback_open(&cb, env, &t->async);
    }
    vs_val error;
    vs_val value = task_result(&t->call, &error);
    fs_call_reset(&t->call, error != NULL);
    if (t->resolver) {
        settle_promise(t, error, value);
    } else {
        call_oncomplete(t, &cb, error, value);
    }
    rt_callback_close(&cb);
}

/* The only place where a task ends. */
static void task_end(struct fs_task *t)
{
    if (t->async.env->can_call_js) {
        task_deliver(t);
    } else {
        fs_call_reset(&t->call, true);
    }
    if (t->async.object) {
        rt_async_reset(&t->async);
    } else {
        rt_async_retire(&t->async);
    }
    vs_ref_drop(t->resolver);
    free(t);
}

static void file_done(struct ur_file_op *f, int64_t res)
{
    struct fs_task *t = container_of(f, struct fs_task, u.file);
    t->call.res = res;
    task_end(t);
}

static void job_work(struct ur_job *j)
{
    struct fs_task *t = container_of(j, struct fs_task, u.job);
    t->call.op->work(&t->call);
}

static void job_done(struct ur_job *j, int32_t res)
{
    struct fs_task *t = container_of(j, struct fs_task, u.job);
    if (res < 0) t->call.res = res;
    task_end(t);
}

/* The texts of a call live as long as the native function that read them; a task has its own. */
static struct fs_task *task_new_take(struct fs_call *c)
{
    size_t path_len = c->path ? strlen(c->path) + 1 : 0;
    size_t dest_len = c->dest ? strlen(c->dest) + 1 : 0;
    struct fs_task *t = malloc(sizeof *t + path_len + dest_len);
    CHECK(t);
    t->resolver = NULL;
    t->call = *c;
    if (c->path) t->call.path = memcpy(t->text, c->path, path_len);
    if (c->dest) t->call.dest = memcpy(t->text + path_len, c->dest, dest_len);
    if (c->iov == &c->one) t->call.iov = &t->call.one;
    return t;
}

static void task_start(struct fs_task *t)
{
    struct ur_loop *l = t->call.env->loop;
    if (t->call.op->start) {
        ur_file_op_init(&t->u.file, file_done);
        t->call.op->start(&t->call, l, &t->u.file);
    } else {
        t->u.job = (struct ur_job){ .work = job_work, .done = job_done, .priority = UR_JOB_SOON };
        ur_job_start(l, &t->u.job);
    }
}

static vs_val start_promise_take(struct fs_call *c)
{
    struct rt_env *env = c->env;
    bool init_hook = env->ids.fields[RT_HOOK_INIT] > 0;
    vs_val object = init_hook ? vs_class_make(fs_state_of(env)->promise_class) : NULL;
    vs_val resolver = object || !init_hook ? vs_resolver_new(env->cx) : NULL;
    if (!resolver) {
        fs_call_reset(c, true);
        return NULL;
    }
    struct fs_task *t = task_new_take(c);
    t->call.to_promise = true;
    t->resolver = vs_ref_new(env->cx, resolver);
    int provider = c->op->provider ? c->op->provider : RT_PROVIDER_FSREQPROMISE;
    if (object) {
        rt_async_init(&t->async, env, object, provider, t);
    } else {
        rt_async_init_bare(&t->async, env, provider);
    }
    task_start(t);
    return vs_resolver_promise(resolver);
}

vs_val fs_task_start_take(struct fs_call *c, vs_val req)
{
    struct rt_env *env = c->env;
    if (vs_is_symbol(req)) return start_promise_take(c);
    if (!rt_req_usable(req)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_VALUE",
                      "The request is not an FSReqCallback that is free");
        fs_call_reset(c, true);
        return NULL;
    }
    struct fs_task *t = task_new_take(c);
    rt_async_init(&t->async, env, req, RT_PROVIDER_FSREQCALLBACK, t);
    task_start(t);
    return vs_undefined(env->cx);
}

void fs_bind_task(struct rt_env *env, vs_val target)
{
    struct fs_state *s = fs_state_of(env);
    s->promise_class = vs_class_new(env->cx, "FSReqPromise", NULL, rt_async_class(env), 1);
    vs_put(env->cx, target, "FSReqCallback", vs_class_fn(rt_req_class_new(env, "FSReqCallback")));
}
