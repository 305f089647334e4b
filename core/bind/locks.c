/* core/bind/locks.c: internalBinding('locks'): navigator.locks. Who gets a lock when is
 * lock_manager.c's; here its callback is called, and what it returns is waited for.
 */
#include <stdlib.h>
#include <string.h>

#include "core/bind/locks_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/worker.h"

#define STOLEN "LOCK_STOLEN"

/* Arguments of request(). */
enum { ARG_NAME, ARG_CLIENT, ARG_MODE, ARG_STEAL, ARG_IF_AVAILABLE, ARG_CALLBACK, ARG_COUNT };

struct lock_job;
TAILQ_HEAD(job_list, lock_job);

struct locks_state {
    struct rt_env *env;
    struct lock_client client;
    struct job_list jobs;
};

/* One request(). Freed by job_free() when what its callback returned is settled, or when it was
 * stolen before the callback was called. */
struct lock_job {
    struct lock lock;
    struct locks_state *state;
    TAILQ_ENTRY(lock_job) in_jobs;
    char *client_id;         /* owned */
    struct vs_ref *name;     /* owned */
    struct vs_ref *callback; /* owned */
    struct vs_ref *released; /* owned: the resolver of the promise that request() returned */
    struct vs_ref *context;  /* owned: the async context of request(), or NULL */
    bool called;             /* the callback has been */
};

static void job_free(struct lock_job *job)
{
    TAILQ_REMOVE(&job->state->jobs, job, in_jobs);
    vs_ref_drop(job->name);
    vs_ref_drop(job->callback);
    vs_ref_drop(job->released);
    vs_ref_drop(job->context);
    free(job->client_id);
    free(job);
}

static void state_drop(struct rt_env *env)
{
    struct locks_state *s = env->binding_state[RT_STATE_locks];
    lock_client_reset(&s->client);
    while (!TAILQ_EMPTY(&s->jobs)) job_free(TAILQ_FIRST(&s->jobs));
    free(s);
}

static void read_note(struct rt_note *n);

static struct locks_state *state_of(struct rt_env *env)
{
    if (!env->binding_state[RT_STATE_locks]) {
        struct locks_state *s = calloc(1, sizeof *s);
        CHECK(s);
        s->env = env;
        s->client.note.read = read_note;
        lock_client_init(&s->client, env->inbox);
        TAILQ_INIT(&s->jobs);
        env->binding_state[RT_STATE_locks] = s;
        env->binding_drop[RT_STATE_locks] = state_drop;
    }
    return env->binding_state[RT_STATE_locks];
}

/* The callback is through. */
static void finish(struct lock_job *job, vs_val value, bool failed)
{
    struct vs_cx *cx = job->state->env->cx;
    vs_val released = vs_ref_get(job->released);
    /* Of a stolen one it is settled already. The only reason to fail is a termination. */
    bool ok =
        failed ? vs_resolver_reject(cx, released, value) : vs_resolver_resolve(cx, released, value);
    lock_release(&job->lock);
    if (ok) job_free(job);
}

static void read_news(struct locks_state *s);

static void on_settled(const struct vs_args *a, bool failed)
{
    struct lock_job *job = vs_external_ptr(vs_args_data(a));
    struct locks_state *s = job->state;
    finish(job, vs_arg(a, 0), failed);
    read_news(s);
}

static void on_fulfilled(const struct vs_args *a)
{
    on_settled(a, false);
}

static void on_rejected(const struct vs_args *a)
{
    on_settled(a, true);
}

/* result: of the callback. NULL: a termination. */
static vs_val wait_for(struct lock_job *job, vs_val result)
{
    struct vs_cx *cx = job->state->env->cx;
    if (!vs_is_promise(result)) {
        vs_val resolver = vs_resolver_new(cx);
        if (!resolver || !vs_resolver_resolve(cx, resolver, result)) return NULL;
        result = vs_resolver_promise(resolver);
    }
    vs_val data = vs_external_new(cx, job);
    return vs_promise_then(cx, result, vs_fn_new_data(cx, on_fulfilled, "", data),
                           vs_fn_new_data(cx, on_rejected, "", data));
}

/* The caller reads the news then: others may have the lock. */
static void call(struct lock_job *job, vs_val lock)
{
    struct vs_cx *cx = job->state->env->cx;
    struct vs_try t;
    vs_val before = vs_continuation(cx), error = NULL;
    job->called = true;
    vs_continuation_set(cx, job->context ? vs_ref_get(job->context) : vs_undefined(cx));
    vs_try_open(cx, &t);
    vs_val result = vs_call(cx, vs_ref_get(job->callback), vs_undefined(cx), 1, &lock);
    if (result && vs_is_obj(result) && !wait_for(job, result)) result = NULL;
    if (!result && !vs_try_terminated(&t)) error = vs_try_exception(&t);
    vs_try_close(&t);
    vs_continuation_set(cx, before);
    if (error) {
        finish(job, error, true);
    } else if (result && !vs_is_obj(result)) {
        finish(job, result, false);
    }
}

static vs_val describe(struct vs_cx *cx, vs_val name, bool exclusive, vs_val client_id)
{
    vs_val object = vs_obj_new(cx);
    vs_put(cx, object, "name", name);
    vs_put_str(cx, object, "mode", exclusive ? "exclusive" : "shared");
    vs_put(cx, object, "clientId", client_id);
    return object;
}

static void call_with_lock(struct lock_job *job)
{
    struct vs_cx *cx = job->state->env->cx;
    vs_val id = vs_str_utf8(cx, job->client_id, -1);
    if (id) call(job, describe(cx, vs_ref_get(job->name), job->lock.exclusive, id));
}

static void stolen(struct lock_job *job)
{
    struct vs_cx *cx = job->state->env->cx;
    vs_val error = vs_error_new(cx, VS_ERROR, STOLEN);
    if (!error || !vs_resolver_reject(cx, vs_ref_get(job->released), error)) return;
    if (!job->called) job_free(job);
}

static void read_news(struct locks_state *s)
{
    enum lock_state state;
    struct lock *l;
    while (rt_can_call_js(s->env) && (l = lock_next_news(&s->client, &state))) {
        struct lock_job *job = container_of(l, struct lock_job, lock);
        struct vs_scope scope;
        vs_scope_open(s->env->cx, &scope);
        if (state == LOCK_STOLEN) {
            stolen(job);
        } else {
            call_with_lock(job);
        }
        vs_scope_close(&scope);
    }
}

static void read_note(struct rt_note *n)
{
    struct locks_state *s = container_of(n, struct locks_state, client.note);
    struct rt_callback cb;
    if (!rt_can_call_js(s->env)) return;
    rt_callback_open(&cb, s->env, NULL);
    read_news(s);
    rt_callback_close(&cb);
}

static struct lock_job *job_new(struct rt_env *env, const struct vs_args *a, char *client_id)
{
    struct vs_cx *cx = env->cx;
    struct lock_job *job = calloc(1, sizeof *job);
    CHECK(job);
    job->state = state_of(env);
    TAILQ_INSERT_TAIL(&job->state->jobs, job, in_jobs);
    job->client_id = client_id;
    job->name = vs_ref_new(cx, vs_arg(a, ARG_NAME));
    job->callback = vs_ref_new(cx, vs_arg(a, ARG_CALLBACK));
    vs_val context = vs_continuation(cx);
    if (!vs_is_undefined(cx, context)) job->context = vs_ref_new(cx, context);
    job->lock.client = &job->state->client;
    return job;
}

static enum lock_how how_of(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    if (vs_is_true(cx, vs_arg(a, ARG_STEAL))) return LOCK_STEAL;
    return vs_is_true(cx, vs_arg(a, ARG_IF_AVAILABLE)) ? LOCK_IF_AVAILABLE : LOCK_WAIT;
}

/* false: it was refused. */
static bool queue(struct lock_job *job, vs_val name, enum lock_how how)
{
    struct lock_name units = { .len = vs_str_len(name) };
    units.units = malloc((units.len + (size_t)1) * sizeof *units.units);
    CHECK(units.units);
    vs_str_write_utf16(job->state->env->cx, name, 0, units.len, units.units);
    bool queued = lock_request(&job->lock, &units, how);
    free(units.units);
    return queued;
}

/* request(name, clientId, mode, steal, ifAvailable, callback) -> a promise of what callback returns
 */
static void request(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text client_id, mode;
    CHECK(vs_argc(a) == ARG_COUNT && vs_is_str(vs_arg(a, ARG_NAME)));
    CHECK(vs_is_fn(vs_arg(a, ARG_CALLBACK)));
    vs_val resolver = vs_resolver_new(env->cx);
    if (!resolver || !vs_text_read(env->cx, vs_arg(a, ARG_MODE), &mode)) return;
    bool exclusive = strcmp(mode.ptr, "exclusive") == 0;
    vs_text_reset(&mode);
    if (!vs_text_read(env->cx, vs_arg(a, ARG_CLIENT), &client_id)) return;
    char *id = strdup(client_id.ptr);
    CHECK(id);
    vs_text_reset(&client_id);
    struct lock_job *job = job_new(env, a, id);
    job->lock.exclusive = exclusive;
    job->released = vs_ref_new(env->cx, resolver);
    if (!queue(job, vs_arg(a, ARG_NAME), how_of(a))) call(job, vs_null(env->cx));
    read_news(state_of(env));
    vs_ret(a, vs_resolver_promise(resolver));
}

static bool add(struct vs_cx *cx, vs_val list, const struct lock_job *job)
{
    vs_val id = vs_str_utf8(cx, job->client_id, -1);
    return id && vs_set_index(cx, list, vs_arr_len(list),
                              describe(cx, vs_ref_get(job->name), job->lock.exclusive, id));
}

/* NULL: an exception is pending. */
static vs_val snapshot(struct locks_state *s)
{
    struct vs_cx *cx = s->env->cx;
    vs_val held = vs_arr_new(cx, NULL, 0), pending = vs_arr_new(cx, NULL, 0);
    struct lock_job *job;
    TAILQ_FOREACH(job, &s->jobs, in_jobs)
    {
        enum lock_state state = lock_state(&job->lock);
        if (state == LOCK_GRANTED && !add(cx, held, job)) return NULL;
        if (state == LOCK_PENDING && !add(cx, pending, job)) return NULL;
    }
    vs_val result = vs_obj_new(cx);
    vs_put(cx, result, "held", held);
    vs_put(cx, result, "pending", pending);
    return result;
}

/* query() -> a promise of { held, pending }: as in Node, what this env has asked for */
static void query(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val resolver = vs_resolver_new(env->cx), result = resolver ? snapshot(state_of(env)) : NULL;
    if (!result || !vs_resolver_resolve(env->cx, resolver, result)) return;
    vs_ret(a, vs_resolver_promise(resolver));
}

void rt_bind_locks(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "request", request);
    vs_put_fn(env->cx, target, "query", query);
    vs_put_str(env->cx, target, "LOCK_MODE_SHARED", "shared");
    vs_put_str(env->cx, target, "LOCK_MODE_EXCLUSIVE", "exclusive");
    vs_put_str(env->cx, target, "LOCK_STOLEN_ERROR", STOLEN);
}
