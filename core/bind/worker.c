/* core/bind/worker.c: internalBinding('worker'): Worker objects for the thread that makes them, and
 * who the present thread is. The threads themselves are core/worker.c's. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/worker_priv.h"
#include "core/container.h"
#include "core/error.h"
#include "core/message_port.h"
#include "core/options.h"
#include "core/vars.h"

#define NS_PER_MS 1e6

/* Arguments of the constructor. */
enum { ARG_URL, ARG_ENV, ARG_EXEC_ARGV, ARG_LIMITS, ARG_TRACK_FDS, ARG_INTERNAL, ARG_NAME };

static void handle_free(struct worker_handle *h)
{
    struct workers *state = workers_of(h->async.env);
    *(h->prev ? &h->prev->next : &state->handles) = h->next;
    if (h->next) h->next->prev = h->prev;
    rt_worker_reset(&h->worker);
    free(h);
}

/* The env stops its threads before it drops its state. */
static void state_drop(struct rt_env *env)
{
    struct workers *state = env->binding_state[RT_STATE_worker];
    worker_drop_queries(state);
    while (state->handles) {
        rt_async_reset(&state->handles->async);
        handle_free(state->handles);
    }
    free(state);
}

struct workers *workers_of(struct rt_env *env)
{
    if (!env->binding_state[RT_STATE_worker]) {
        struct workers *state = calloc(1, sizeof *state);
        CHECK(state);
        env->binding_state[RT_STATE_worker] = state;
        env->binding_drop[RT_STATE_worker] = state_drop;
    }
    return env->binding_state[RT_STATE_worker];
}

struct worker_handle *worker_of(const struct vs_args *a)
{
    return vs_native_get(vs_this(a), 0);
}

static void sync_ref(struct worker_handle *h)
{
    ur_loop_hold(h->async.env->loop, &h->counted, h->ref && h->worker.started);
}

static vs_val text_or_null(struct vs_cx *cx, const char *text)
{
    return text ? vs_str_latin1(cx, text, -1) : vs_null(cx);
}

static void ended(struct rt_note *n)
{
    struct worker_handle *h = container_of(n, struct worker_handle, worker.end);
    struct rt_env *env = h->async.env;
    struct vs_scope scope;
    rt_worker_join(&h->worker);
    sync_ref(h);
    worker_drop_unanswered(h);
    vs_scope_open(env->cx, &scope);
    vs_put(env->cx, rt_async_object(&h->async), "messagePort", vs_undefined(env->cx));
    vs_val argv[] = { vs_i32(env->cx, h->worker.exit_code), text_or_null(env->cx, h->worker.error),
                      text_or_null(env->cx, h->worker.reason) };
    rt_call_name(&h->async, vs_str_intern(env->cx, "onexit"), 3, argv);
    vs_scope_close(&scope);
    rt_async_reset(&h->async);
    handle_free(h);
}

/* Its object was collected: it was never started. */
static void object_gone(void *data)
{
    struct worker_handle *h = data;
    rt_async_gone(&h->async);
    handle_free(h);
}

/* The variables of an object whose values are strings. NULL: an exception is pending. */
static struct rt_vars *read_vars(struct vs_cx *cx, vs_val object)
{
    vs_val keys = vs_own_keys(cx, object, VS_KEYS_ENUMERABLE | VS_KEYS_NO_SYMBOLS, true);
    struct rt_vars *vars = keys ? rt_vars_new() : NULL;
    for (uint32_t i = 0; vars && i < vs_arr_len(keys); i++) {
        struct vs_text name, value;
        vs_val key = vs_get_index(cx, keys, i), v = key ? vs_get(cx, object, key) : NULL;
        if (!v || !vs_text_read(cx, key, &name)) goto fail;
        if (!vs_text_read(cx, v, &value)) {
            vs_text_reset(&name);
            goto fail;
        }
        rt_vars_set(vars, name.ptr, value.ptr);
        vs_text_reset(&name);
        vs_text_reset(&value);
    }
    return vars;
fail:
    rt_vars_drop(vars);
    return NULL;
}

/* null: a copy of this env's; undefined: the very same. */
static struct rt_vars *vars_of(struct rt_env *env, vs_val arg)
{
    if (vs_is_obj(arg)) return read_vars(env->cx, arg);
    return vs_is_undefined(env->cx, arg) ? rt_vars_hold(env->vars) : rt_vars_copy(env->vars);
}

static bool read_list(struct vs_cx *cx, vs_val array, struct rt_list *out)
{
    uint32_t count = vs_arr_len(array);
    out->items = calloc((size_t)count + 1, sizeof *out->items);
    CHECK(out->items);
    while (out->count < count) {
        struct vs_text text;
        vs_val item = vs_get_index(cx, array, out->count);
        if (!item || !vs_text_read(cx, item, &text)) return false;
        out->items[out->count] = strdup(text.ptr);
        CHECK(out->items[out->count++]);
        vs_text_reset(&text);
    }
    return true;
}

static void reset_list(struct rt_list *l)
{
    for (uint32_t i = 0; i < l->count; i++) free((char *)l->items[i]);
    free(l->items);
}

/* this[name] = the lines of text. Takes it over. Returns whether there were any. */
static bool put_errors_take(const struct vs_args *a, const char *name, char *text)
{
    struct vs_cx *cx = vs_args_cx(a);
    if (!text) return false;
    vs_val lines = vs_arr_new(cx, NULL, 0);
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        vs_val v = vs_str_utf8(cx, line, -1);
        if (!v || !vs_set_index(cx, lines, vs_arr_len(lines), v)) break;
    }
    vs_put(cx, vs_this(a), name, lines);
    free(text);
    return true;
}

/* Sets w->options and w->vars. false: an exception is pending, or the object says what is wrong. */
static bool read_options(const struct vs_args *a, struct rt_worker *w)
{
    struct rt_env *env = rt_env_of(a);
    struct rt_list words = { 0 };
    vs_val exec_argv = vs_arg(a, ARG_EXEC_ARGV);
    w->vars = vars_of(env, vs_arg(a, ARG_ENV));
    if (!w->vars) return false;
    w->options = env->options;
    if (!vs_is_arr(exec_argv) && !vs_is_obj(vs_arg(a, ARG_ENV))) return true;
    bool ok = !vs_is_arr(exec_argv) || read_list(env->cx, exec_argv, &words);
    if (ok) {
        char *text = rt_vars_get(w->vars, "NODE_OPTIONS"), *env_error, *argv_error;
        char *own = rt_vars_get(env->vars, "NODE_OPTIONS");
        struct rt_worker_words in = {
            .vars = w->vars,
            .node_options = text,
            .known_env = text && own && strcmp(text, own) == 0,
            .exec_argv = vs_is_arr(exec_argv) ? &words : NULL,
        };
        w->options = rt_options_new_worker(env->options, &in, &env_error, &argv_error);
        w->own_options = true;
        ok &= !put_errors_take(a, "invalidNodeOptions", env_error);
        ok &= !put_errors_take(a, "invalidExecArgv", argv_error);
        free(text);
        free(own);
    }
    reset_list(&words);
    return ok;
}

static bool read_name(const struct vs_args *a, struct rt_worker *w)
{
    struct vs_text name;
    if (!vs_text_read(vs_args_cx(a), vs_arg(a, ARG_NAME), &name)) return false;
    w->name = strdup(name.ptr);
    CHECK(w->name);
    vs_text_reset(&name);
    return true;
}

/* The channel's ends: this.messagePort, and what the worker will make its port of. */
static bool put_port(const struct vs_args *a, struct rt_worker *w)
{
    struct rt_env *env = rt_env_of(a);
    struct mailbox *ends[2];
    rt_channel_new(ends);
    w->port = ends[1];
    vs_val port = rt_message_port_make(env, ends[0]);
    if (port) vs_put(env->cx, vs_this(a), "messagePort", port);
    return port;
}

static void construct(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    CHECK(vs_is_construct_call(a));
    struct worker_handle *h = calloc(1, sizeof *h);
    CHECK(h);
    rt_worker_init(&h->worker, env);
    h->worker.ended = ended;
    struct vs_bytes limits = vs_bytes(vs_arg(a, ARG_LIMITS));
    CHECK(limits.len == sizeof h->worker.limits);
    memcpy(h->worker.limits, limits.ptr, limits.len);
    h->worker.tracks_fds = vs_is_true(env->cx, vs_arg(a, ARG_TRACK_FDS));
    h->worker.internal = vs_is_true(env->cx, vs_arg(a, ARG_INTERNAL));
    if (!read_options(a, &h->worker) || !read_name(a, &h->worker) || !put_port(a, &h->worker)) {
        rt_worker_reset(&h->worker);
        free(h);
        return;
    }
    struct workers *state = workers_of(env);
    h->next = state->handles;
    if (h->next) h->next->prev = h;
    state->handles = h;
    h->ref = true;
    rt_async_init(&h->async, env, vs_this(a), RT_PROVIDER_WORKER, h);
    rt_async_weaken(&h->async, object_gone, h);
    vs_put_int(env->cx, vs_this(a), "threadId", h->worker.id);
    vs_put(env->cx, vs_this(a), "threadName", vs_arg(a, ARG_NAME));
}

static void start_thread(const struct vs_args *a)
{
    struct worker_handle *h = worker_of(a);
    if (!h || h->worker.started) return;
    int err = rt_worker_start(&h->worker);
    if (err) {
        rt_throw_code(rt_env_of(a), VS_ERROR, "ERR_WORKER_INIT_FAILED",
                      "Worker initialization failure: %s", rt_err_name(err));
        return;
    }
    rt_async_strengthen(&h->async);
    sync_ref(h);
}

static void stop_thread(const struct vs_args *a)
{
    struct worker_handle *h = worker_of(a);
    if (h) rt_worker_stop(&h->worker, RT_EXIT_USER_ERROR, NULL, NULL);
}

static void set_ref(const struct vs_args *a, bool ref)
{
    struct worker_handle *h = worker_of(a);
    if (!h) return;
    h->ref = ref;
    sync_ref(h);
}

static void ref(const struct vs_args *a)
{
    set_ref(a, true);
}

static void unref(const struct vs_args *a)
{
    set_ref(a, false);
}

static void has_ref(const struct vs_args *a)
{
    struct worker_handle *h = worker_of(a);
    if (h) vs_ret_bool(a, h->ref);
}

static vs_val limits_array(struct vs_cx *cx, struct rt_worker *w)
{
    vs_val ab = vs_ab_new(cx, sizeof w->limits);
    if (!ab) return NULL;
    rt_worker_limits(w, (double *)(void *)vs_bytes(ab).ptr);
    return vs_typed_new(cx, VS_F64, ab, 0, RT_WORKER_LIMITS);
}

static void get_resource_limits(const struct vs_args *a)
{
    struct worker_handle *h = worker_of(a);
    if (h) vs_ret_maybe(a, limits_array(vs_args_cx(a), &h->worker));
}

/* In ms, as process.hrtime() counts; -1: not yet. */
static void loop_start_time(const struct vs_args *a)
{
    struct worker_handle *h = worker_of(a);
    double ns = h ? rt_worker_loop_start_ns(&h->worker) : -1;
    vs_ret_f64(a, ns < 0 ? -1 : ns / NS_PER_MS);
}

static void loop_idle_time(const struct vs_args *a)
{
    struct worker_handle *h = worker_of(a);
    vs_ret_f64(a, h ? rt_worker_idle_ns(&h->worker) / NS_PER_MS : -1);
}

static void put_methods(struct vs_class *c)
{
    vs_class_method(c, "startThread", start_thread);
    vs_class_method(c, "stopThread", stop_thread);
    vs_class_method(c, "hasRef", has_ref);
    vs_class_method(c, "ref", ref);
    vs_class_method(c, "unref", unref);
    vs_class_method(c, "getResourceLimits", get_resource_limits);
    vs_class_method(c, "loopIdleTime", loop_idle_time);
    vs_class_method(c, "loopStartTime", loop_start_time);
    vs_class_method(c, "getHeapStatistics", worker_get_heap_statistics);
    vs_class_method(c, "cpuUsage", worker_cpu_usage);
    worker_put_profiles(c);
}

/* The port to the parent thread: the main thread has none. */
static void get_env_message_port(const struct vs_args *a)
{
    struct vs_ref *port = rt_env_of(a)->message_port;
    vs_ret(a, port ? vs_ref_get(port) : vs_undefined(vs_args_cx(a)));
}

void rt_worker_put_self(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    struct rt_worker *w = env->worker;
    if (!w || !env->bindings[RT_BINDING_worker]) return;
    vs_val target = vs_ref_get(env->bindings[RT_BINDING_worker]);
    vs_put_int(cx, target, "threadId", w->id);
    vs_put_str(cx, target, "threadName", w->name);
    vs_put(cx, target, "isInternalThread", vs_bool(cx, w->internal));
    vs_put(cx, target, "resourceLimits", limits_array(cx, w));
}

void rt_bind_worker(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct vs_class *c = vs_class_new(cx, "Worker", construct, rt_async_class(env), 1);
    put_methods(c);
    vs_put(cx, target, "Worker", vs_class_fn(c));
    vs_put_fn(cx, target, "getEnvMessagePort", get_env_message_port);
    vs_put_int(cx, target, "threadId", 0);
    vs_put_str(cx, target, "threadName", "");
    vs_put(cx, target, "isMainThread", vs_bool(cx, !env->in_worker));
    vs_put(cx, target, "isInternalThread", vs_bool(cx, false));
    vs_put(cx, target, "ownsProcessState", vs_bool(cx, !env->in_worker));
    rt_worker_put_self(env);
    vs_put_int(cx, target, "kMaxYoungGenerationSizeMb", RT_WORKER_YOUNG);
    vs_put_int(cx, target, "kMaxOldGenerationSizeMb", RT_WORKER_OLD);
    vs_put_int(cx, target, "kCodeRangeSizeMb", RT_WORKER_CODE);
    vs_put_int(cx, target, "kStackSizeMb", RT_WORKER_STACK);
    vs_put_int(cx, target, "kTotalResourceLimitCount", RT_WORKER_LIMITS);
}
