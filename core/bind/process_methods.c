/* core/bind/process_methods.c: internalBinding('process_methods'), in parts: process_usage.c and
 * process_control.c; here its state, active resources, and what changes with each start. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/bind/process_state.h"
#include "core/env.h"
#include "core/error.h"
#include "core/options.h"
#include "core/snapshot.h"

#define PORT_MIN 1024
#define PORT_MAX 65535

static void drop_state(struct rt_env *env)
{
    struct rt_process *p = env->binding_state[RT_STATE_process];
    vs_ref_drop(p->hrtime_buffer);
    free(p);
}

static struct rt_process *new_state(struct rt_env *env)
{
    struct rt_process *p = calloc(1, sizeof *p);
    CHECK(p);
    p->debug_port = rt_option_int(env->options, RT_OPT_inspect_port);
    env->binding_state[RT_STATE_process] = p;
    env->binding_drop[RT_STATE_process] = drop_state;
    return p;
}

struct rt_process *rt_process_state(struct rt_env *env)
{
    struct rt_process *p = env->binding_state[RT_STATE_process];
    if (p) return p;
    p = new_state(env);
    vs_val ab = vs_ab_new(env->cx, HRTIME_WORDS * sizeof(uint32_t));
    p->hrtime = (uint32_t *)vs_bytes(ab).ptr;
    p->hrtime_buffer = vs_ref_new(env->cx, vs_typed_new(env->cx, VS_U32, ab, 0, HRTIME_WORDS));
    return p;
}

void rt_snap_process(struct rt_env *env, struct rt_snap *snap)
{
    struct rt_process *p = rt_snap_saving(snap) ? rt_process_state(env) : new_state(env);
    rt_snap_ref(snap, &p->hrtime_buffer);
    p->hrtime = rt_snap_bytes(snap, p->hrtime_buffer);
}

static void get_debug_port(const struct vs_args *a)
{
    vs_ret_f64(a, (double)rt_process_state(rt_env_of(a))->debug_port);
}

static void set_debug_port(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    int32_t port;
    if (!vs_to_i32(env->cx, vs_arg(a, 0), &port)) return;
    if ((port != 0 && port < PORT_MIN) || port > PORT_MAX) {
        rt_throw_code(env, VS_RANGE_ERROR, "ERR_OUT_OF_RANGE",
                      "process.debugPort must be 0 or in range %d to %d", PORT_MIN, PORT_MAX);
        return;
    }
    rt_process_state(env)->debug_port = port;
}

static void get_parent_pid(const struct vs_args *a)
{
    vs_ret_i32(a, getppid());
}

static vs_val strings_new(struct vs_cx *cx, int argc, char **argv)
{
    vs_val array = vs_arr_new(cx, NULL, 0);
    for (int i = 0; i < argc; i++) {
        CHECK(vs_set_index(cx, array, (uint32_t)i, vs_str_utf8(cx, argv[i], -1)));
    }
    return array;
}

static vs_val exec_path_new(struct rt_env *env)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path);
    return len > 0 ? vs_str_utf8(env->cx, path, len) : vs_str_utf8(env->cx, env->argv[0], -1);
}

/* patchProcessObject(process): what differs from start to start. */
static void patch_process_object(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    vs_val process = vs_arg(a, 0);
    rt_process_put_title(env, process);
    vs_put(cx, process, "argv", strings_new(cx, env->argc, env->argv));
    vs_put(cx, process, "execArgv", strings_new(cx, env->exec_argc, env->exec_argv));
    CHECK(vs_define(cx, process, vs_str_intern(cx, "pid"), vs_i32(cx, getpid()), VS_READ_ONLY));
    vs_put_accessor(cx, process, "ppid", get_parent_pid, NULL);
    vs_put(cx, process, "execPath", exec_path_new(env));
    if (env->in_worker) {
        int64_t port = rt_option_int(env->options, RT_OPT_inspect_port);
        vs_put_int(cx, process, "debugPort", (double)port);
    } else {
        vs_put_accessor(cx, process, "debugPort", get_debug_port, set_debug_port);
    }
}

/* Handles that keep the loop alive. */
static bool is_active(const struct rt_handle *h)
{
    return h->state == RT_HANDLE_OPEN && h->ref;
}

/* The public object behind a handle, for _getActiveHandles(): its owner, such as a net.Socket. */
static vs_val handle_owner(struct rt_env *env, const struct rt_handle *h)
{
    vs_val object = rt_async_object(&h->async);
    vs_val owner = vs_get(env->cx, object, rt_symbol(env, owner_symbol));
    if (!owner) return NULL;
    return vs_is_undefined(env->cx, owner) ? object : owner;
}

static void get_active_handles(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val out = vs_arr_new(env->cx, NULL, 0);
    uint32_t count = 0;
    for (struct rt_handle *h = env->handles.first; h; h = h->next) {
        if (!is_active(h)) continue;
        vs_val owner = handle_owner(env, h);
        if (!owner || !vs_set_index(env->cx, out, count++, owner)) return;
    }
    vs_ret(a, out);
}

static const char *resource_name(int provider)
{
    static const char *const names[RT_PROVIDER_COUNT] = {
        [RT_PROVIDER_TCPWRAP] = "TCPSocketWrap",   [RT_PROVIDER_TCPSERVERWRAP] = "TCPServerWrap",
        [RT_PROVIDER_PIPEWRAP] = "PipeWrap",       [RT_PROVIDER_PIPESERVERWRAP] = "PipeWrap",
        [RT_PROVIDER_TTYWRAP] = "TTYWrap",         [RT_PROVIDER_UDPWRAP] = "UDPWrap",
        [RT_PROVIDER_PROCESSWRAP] = "ProcessWrap", [RT_PROVIDER_SIGNALWRAP] = "SignalWrap",
        [RT_PROVIDER_FSEVENTWRAP] = "FSEventWrap", [RT_PROVIDER_STATWATCHER] = "StatWatcher",
        [RT_PROVIDER_MESSAGEPORT] = "MessagePort",
    };
    return names[provider];
}

static bool push_name(struct rt_env *env, vs_val out, const char *name, uint32_t times)
{
    vs_val v = vs_str_latin1(env->cx, name, -1);
    for (uint32_t i = 0; i < times; i++) {
        if (!vs_set_index(env->cx, out, vs_arr_len(out), v)) return false;
    }
    return true;
}

static void get_active_resources(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val out = vs_arr_new(env->cx, NULL, 0);
    for (struct rt_handle *h = env->handles.first; h; h = h->next) {
        const char *name = resource_name(h->async.provider);
        if (is_active(h) && !push_name(env, out, name ? name : "Handle", 1)) return;
    }
    if (!push_name(env, out, "Timeout", (uint32_t)*env->timeouts)) return;
    if (!push_name(env, out, "Immediate", env->immediate->ref_count)) return;
    vs_ret(a, out);
}

void rt_bind_process_methods(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    rt_process_put_usage(env, target);
    rt_process_put_control(env, target);
    vs_put_fn(cx, target, "patchProcessObject", patch_process_object);
    vs_put_fn(cx, target, "_getActiveHandles", get_active_handles);
    vs_put_fn(cx, target, "getActiveResourcesInfo", get_active_resources);
    rt_put_missing(env, target, "process_methods", "_getActiveRequests");
}
