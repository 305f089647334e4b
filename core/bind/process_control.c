/* core/bind/process_control.c: what a program does to its process and to others: directory, umask,
 * signals, exec, exit, title. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/bind/process_state.h"
#include "core/dotenv.h"
#include "core/env.h"
#include "core/error.h"
#include "core/js_stack.h"
#include "core/options.h"
#include "core/process.h"

#define CWD_GONE                                                                    \
    "ENOENT: process.cwd failed with error no such file or directory, the current " \
    "working directory was likely removed without changing the working directory, uv_cwd"

/* The plain message leaves people wondering which file is meant. */
static void throw_cwd_gone(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    vs_val error = rt_uv_exception(env, -ENOENT, "uv_cwd", NULL, NULL);
    vs_val message = error ? vs_str_latin1(cx, CWD_GONE, -1) : NULL;
    if (message && vs_set(cx, error, vs_str_intern(cx, "message"), message)) vs_throw(cx, error);
}

static void cwd(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    char path[PATH_MAX];
    if (getcwd(path, sizeof path)) {
        vs_ret_maybe(a, vs_str_utf8(env->cx, path, -1));
    } else if (errno == ENOENT) {
        throw_cwd_gone(env);
    } else {
        rt_throw_uv(env, -errno, "uv_cwd", NULL, NULL);
    }
}

static void change_dir(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text path;
    if (!vs_text_read(env->cx, vs_arg(a, 0), &path)) return;
    if (chdir(path.ptr) != 0) {
        int err = -errno;
        char from[PATH_MAX];
        rt_throw_uv(env, err, "chdir", getcwd(from, sizeof from), path.ptr);
    }
    vs_text_reset(&path);
}

/* umask(undefined) reads: the kernel has no call for that. */
static void set_umask(const struct vs_args *a)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* workers may read it, too */
    mode_t old;
    pthread_mutex_lock(&lock);
    if (vs_is_undefined(vs_args_cx(a), vs_arg(a, 0))) {
        old = umask(0);
        umask(old);
    } else {
        old = umask((mode_t)vs_uint(vs_arg(a, 0)));
    }
    pthread_mutex_unlock(&lock);
    vs_ret_i32(a, (int32_t)old);
}

static void send_signal(const struct vs_args *a)
{
    int32_t pid, signal;
    struct vs_cx *cx = vs_args_cx(a);
    if (!vs_to_i32(cx, vs_arg(a, 0), &pid) || !vs_to_i32(cx, vs_arg(a, 1), &signal)) return;
    vs_ret_i32(a, kill(pid, signal) == 0 ? 0 : -errno);
}

static void really_exit(const struct vs_args *a)
{
    int32_t code;
    struct rt_env *env = rt_env_of(a);
    if (!vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &code)) return;
    if (rt_option_bool(env->options, RT_OPT_trace_exit))
        rt_stack_warn(env, "Exited the environment with code %d", (int)code);
    rt_exit(env, code);
}

static void abort_now(const struct vs_args *a)
{
    (void)a;
    fflush(stdout);
    abort();
}

static void cause_segfault(const struct vs_args *a)
{
    (void)a;
    raise(SIGSEGV);
}

static void raw_debug(const struct vs_args *a)
{
    struct vs_text text;
    if (!vs_text_read(vs_args_cx(a), vs_arg(a, 0), &text)) return;
    fprintf(stderr, "%s\n", text.ptr);
    vs_text_reset(&text);
}

static void free_strings(char **strings)
{
    for (char **s = strings; s && *s; s++) free(*s);
    free(strings);
}

/* An array of strings as exec wants it; the caller frees it. NULL: an exception is pending. */
static char **read_strings(struct vs_cx *cx, vs_val array)
{
    uint32_t count = vs_arr_len(array);
    char **out = calloc((size_t)count + 1, sizeof *out);
    CHECK(out);
    for (uint32_t i = 0; i < count; i++) {
        struct vs_text text;
        vs_val item = vs_get_index(cx, array, i);
        if (!item || !vs_text_read(cx, item, &text)) {
            free_strings(out);
            return NULL;
        }
        out[i] = strdup(text.ptr);
        CHECK(out[i]);
        vs_text_reset(&text);
    }
    return out;
}

static void keep_stdio_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0) fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
    }
}

/* execve(file, argv, env): everything but stdio is close-on-exec already. There is no way back once
 * the terminal has been given up, hence the abort, as in Node. */
static void exec_file(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text file;
    if (!vs_text_read(env->cx, vs_arg(a, 0), &file)) return;
    char **argv = read_strings(env->cx, vs_arg(a, 1));
    char **envp = argv ? read_strings(env->cx, vs_arg(a, 2)) : NULL;
    if (envp) {
        fflush(stdout);
        rt_process_at_exit(env);
        keep_stdio_open();
        execve(file.ptr, argv, envp);
        fprintf(stderr, "process.execve failed with error code %s\n", rt_err_name(-errno));
        rt_stack_print_now(env, stderr);
        abort();
    }
    free_strings(argv);
    vs_text_reset(&file);
}

/* Whether v can be an object, as ToObject() sees it; if not, its TypeError is pending. */
static bool expect_objectlike(struct vs_cx *cx, vs_val v)
{
    if (!vs_is_undefined(cx, v) && !vs_is_null(cx, v)) return true;
    vs_throw(cx, vs_error_new(cx, VS_TYPE_ERROR, "Cannot convert undefined or null to object"));
    return false;
}

/* dlopen(module, filename[, flags]) */
static void load_addon(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    if (vs_argc(a) < 2) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_MISSING_ARGS",
                      "process.dlopen needs at least 2 arguments");
        return;
    }
    struct vs_cx *cx = env->cx;
    struct vs_text file;
    int32_t flags = RTLD_LAZY;
    vs_val module = vs_arg(a, 0);
    if (vs_argc(a) > 2 && !vs_to_i32(cx, vs_arg(a, 2), &flags)) return;
    if (!expect_objectlike(cx, module)) return;
    vs_val exports = vs_is_obj(module) ? vs_get_name(cx, module, "exports") : vs_undefined(cx);
    if (!exports || !expect_objectlike(cx, exports)) return;
    if (!vs_text_read(cx, vs_arg(a, 1), &file)) return;
    if (dlopen(file.ptr, flags)) {
        rt_throw_missing(env, "native addons (process.dlopen)");
    } else {
        rt_throw_code(env, VS_ERROR, "ERR_DLOPEN_FAILED", "%s", dlerror());
    }
    vs_text_reset(&file);
}

static void load_env_file(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text path = { .ptr = ".env" };
    bool given = vs_argc(a) > 0;
    if (given && !vs_text_read_path(env->cx, vs_arg(a, 0), &path)) return;
    struct rt_dotenv file = { 0 };
    int err = rt_dotenv_add_file(&file, path.ptr);
    if (err) {
        rt_throw_uv(env, err, "open", path.ptr, NULL);
    } else {
        rt_dotenv_apply(&file);
        for (size_t i = 0; i < file.count; i++) rt_process_env_changed(env, file.pairs[i].name);
    }
    rt_dotenv_reset(&file);
    if (given) vs_text_reset(&path);
}

/* _debugProcess(pid): SIGUSR1 starts the inspector of that process. */
static void debug_process(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    int32_t pid;
    if (vs_argc(a) < 1) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_MISSING_ARGS", "Invalid number of arguments.");
        return;
    }
    if (!vs_to_i32(env->cx, vs_arg(a, 0), &pid)) return;
    if (kill(pid, SIGUSR1) != 0) rt_throw_uv(env, -errno, "kill", NULL, NULL);
}

static void set_emit_warning_sync(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_ref_drop(env->hooks.emit_warning_sync);
    env->hooks.emit_warning_sync = vs_ref_new(env->cx, vs_arg(a, 0));
}

void rt_process_set_title(struct rt_env *env, const char *title)
{
    size_t cap;
    char *area = rt_options_title(env->options, &cap);
    if (cap == 0) return;
    size_t len = strnlen(title, cap - 1);
    memcpy(area, title, len);
    memset(area + len, 0, cap - len);
    prctl(PR_SET_NAME, area); /* cuts it to 15 bytes */
}

static void get_title(const struct vs_args *a)
{
    size_t cap;
    const char *title = rt_options_title(rt_env_of(a)->options, &cap);
    vs_ret_maybe(a, vs_str_utf8(vs_args_cx(a), cap ? title : "", -1));
}

static void set_title(const struct vs_args *a)
{
    struct vs_text title;
    if (!vs_text_read(vs_args_cx(a), vs_arg(a, 0), &title)) return;
    rt_process_set_title(rt_env_of(a), title.ptr);
    vs_text_reset(&title);
}

void rt_process_put_title(struct rt_env *env, vs_val process)
{
    struct vs_cx *cx = env->cx;
    size_t cap;
    const char *title = rt_options_title(env->options, &cap);
    /* The process has one title, which the main thread sets. */
    if (env->in_worker) {
        vs_put_str(cx, process, "title", cap ? title : "");
    } else {
        vs_put_accessor(cx, process, "title", get_title, set_title);
    }
}

void rt_process_put_control(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "cwd", cwd);
    vs_put_fn(cx, target, "chdir", change_dir);
    vs_put_fn(cx, target, "umask", set_umask);
    vs_put_fn(cx, target, "_kill", send_signal);
    vs_put_fn(cx, target, "reallyExit", really_exit);
    vs_put_fn(cx, target, "abort", abort_now);
    vs_put_fn(cx, target, "causeSegfault", cause_segfault);
    vs_put_fn(cx, target, "_rawDebug", raw_debug);
    vs_put_fn(cx, target, "execve", exec_file);
    vs_put_fn(cx, target, "dlopen", load_addon);
    vs_put_fn(cx, target, "loadEnvFile", load_env_file);
    vs_put_fn(cx, target, "_debugProcess", debug_process);
    vs_put_fn(cx, target, "setEmitWarningSync", set_emit_warning_sync);
    rt_put_missing(env, target, "process_methods", "_debugEnd resetStdioForTesting");
}
