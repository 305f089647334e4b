/* core/main.c: the command `torc`: process set-up, then one env from boot to exit. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "core/bench/load.h"
#include "core/boot.h"
#include "core/builtins.h"
#include "core/compile_cache.h"
#include "core/env.h"
#include "core/error.h"
#include "core/options.h"
#include "core/process.h"
#include "core/run_script.h"
#include "core/snapshot.h"

/* Hidden, for the build: `torc --build-code-cache CACHE PROGRAM [ARGUMENTS]` runs the program, then
 * writes the library's code cache with what was compiled for it. */
#define BUILD_CACHE "--build-code-cache"

/* Hidden likewise: the same, but the workers write it that the program starts. Of what is in the
 * present code cache nothing is lost. */
#define BUILD_WORKER_CACHE "--build-worker-code-cache"

/* Hidden likewise: `torc --build-start-snapshot FILE` writes the snapshot (core/snapshot.h). */
#define BUILD_SNAPSHOT "--build-start-snapshot"

static int64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* A program started without stdio must not get its first file as fd 1. */
static void open_stdio(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            if (open("/dev/null", O_RDWR) != fd) abort();
        }
    }
}

/* What Node does for its programs: writes to a closed peer, or beyond the limit on file sizes, fail
 * instead of killing, and the soft limit on descriptors is the hard one. */
static void setup_process(void)
{
    open_stdio();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit lim;
    if (getrlimit(RLIMIT_NOFILE, &lim) == 0 && lim.rlim_cur != lim.rlim_max) {
        lim.rlim_cur = lim.rlim_max;
        setrlimit(RLIMIT_NOFILE, &lim);
    }
}

/* V8's own threads (garbage collection, optimising compiler) start as tasks need them. More of them
 * than processors are only more to wake: on one core, four made two system calls for three of the
 * loop's in a busy server. */
static int v8_threads(const struct rt_options *options)
{
    cpu_set_t allowed;
    int cpus = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
    int64_t wanted = rt_option_int(options, RT_OPT_v8_pool_size);
    /* 0: as many as help. The isolate's own thread has one processor. */
    if (wanted <= 0) wanted = cpus - 1;
    return wanted < 1 ? 1 : wanted < cpus ? (int)wanted : cpus;
}

static struct rt_env *open_env(struct rt_options *options, int64_t start_ns, enum vs_heap_kind heap)
{
    const char *why = vs_platform_open(v8_threads(options));
    struct rt_env_options eo = { .options = options, .start_ns = start_ns };
    bool have_snapshot = !why && heap != VS_HEAP_SAVE && rt_snapshot_use();
    bool want_snapshot = rt_option_bool(options, RT_OPT_node_snapshot);
    if (heap == VS_HEAP_SAVED && !(have_snapshot && want_snapshot)) heap = VS_HEAP_NEW;
    eo.heap = heap;
    eo.argv = rt_options_argv(options, &eo.argc);
    eo.exec_argv = rt_options_exec_argv(options, &eo.exec_argc);
    struct rt_env *env = NULL;
    int err = why ? -ENOTSUP : rt_env_open(&env, &eo, &why);
    if (err) {
        fprintf(stderr, "torc: cannot start: %s (%s)\n", why, strerror(-err));
        return NULL;
    }
    const char *title = rt_option_str(options, RT_OPT_title);
    if (*title) rt_process_set_title(env, title);
    return env;
}

static int run_program(struct rt_env *env)
{
    if (!env->booted && !rt_boot(env)) return RT_EXIT_BOOTSTRAP;
    rt_compile_cache_start(env);
    /* An exception has been to process 'uncaughtException' by now: if it was handled, the program
     * goes on. */
    rt_boot_main(env, rt_options_main(env->options));
    return rt_boot_run(env);
}

static int build_cache(struct rt_env *env, const char *path)
{
    rt_builtins_keep(env);
    int code = run_program(env);
    if (code) return code;
    int err = rt_builtins_cache_write(env, path);
    if (err) fprintf(stderr, "torc: cannot write the code cache '%s': %s\n", path, strerror(-err));
    return err ? RT_EXIT_USER_ERROR : RT_EXIT_OK;
}

/* env: the main thread's. It is used up. */
static int build_snapshot(struct rt_env *env, const char *path)
{
    struct rt_env_options eo = { .options = env->options,
                                 .argc = env->argc,
                                 .argv = env->argv,
                                 .start_ns = env->start_ns,
                                 .heap = env->heap,
                                 .in_worker = true };
    const char *why;
    if (!rt_boot(env)) return RT_EXIT_BOOTSTRAP;
    struct vs_cx *main = rt_snapshot_prepare(env);
    if (rt_env_open(&env, &eo, &why) || !rt_boot(env)) return RT_EXIT_BOOTSTRAP;
    struct vs_cx *worker = rt_snapshot_prepare(env);
    int err = main && worker ? rt_snapshot_write(main, worker, path) : -EINVAL;
    if (err) fprintf(stderr, "torc: cannot write the snapshot '%s': %s\n", path, strerror(-err));
    return err ? RT_EXIT_USER_ERROR : RT_EXIT_OK;
}

/* Takes the option name and its file from the arguments; NULL when they are not there. */
static const char *take_path(const char *name, int *argc, char ***argv)
{
    char **args = *argv;
    if (*argc < 3 || strcmp(args[1], name) != 0) return NULL;
    const char *path = args[2];
    args[2] = args[0];
    *argv += 2;
    *argc -= 2;
    return path;
}

/* The arguments after "--". */
static char **after_dashes(char **argv)
{
    while (*argv && strcmp(*argv, "--") != 0) argv++;
    return *argv ? argv + 1 : argv;
}

/* What needs no JavaScript. Returns the exit code. */
static int answer(const struct rt_options *options, char **argv)
{
    switch (rt_options_mode(options)) {
    case RT_MODE_VERSION: puts(rt_node_version()); break;
    case RT_MODE_COMPLETION: rt_options_print_completion(); break;
    case RT_MODE_RUN: return rt_run_script(rt_option_str(options, RT_OPT_run), after_dashes(argv));
    case RT_MODE_V8_OPTIONS:
    case RT_MODE_JS: break;
    }
    return RT_EXIT_OK;
}

int main(int argc, char **argv)
{
    int64_t start_ns = now_ns();
    const char *cache = take_path(BUILD_CACHE, &argc, &argv);
    const char *worker_cache = take_path(BUILD_WORKER_CACHE, &argc, &argv);
    const char *snapshot = take_path(BUILD_SNAPSHOT, &argc, &argv);
    setup_process();
    if (argc > 1 && strcmp(argv[1], RT_BENCH_LOAD) == 0) return rt_bench_load(argc - 2, argv + 2);
    struct rt_options *options;
    int code = rt_options_parse(&options, argc, argv);
    fputs(rt_options_error(options), stderr);
    if (code || rt_options_mode(options) != RT_MODE_JS) {
        if (!code) code = answer(options, argv);
        rt_options_drop(options);
        return code;
    }
    /* V8 takes a code cache only with the snapshot it was made with. Its maker uses that, too, but
     * runs the bootstrap, so that workers find it in the cache. */
    enum vs_heap_kind heap = snapshot                ? VS_HEAP_SAVE
                             : cache || worker_cache ? VS_HEAP_NEW
                                                     : VS_HEAP_SAVED;
    struct rt_env *env = open_env(options, start_ns, heap);
    if (!env) return RT_EXIT_USER_ERROR;
    if (snapshot) return build_snapshot(env, snapshot); /* the env is gone */
    env->workers_cache = worker_cache;
    code = cache ? build_cache(env, cache) : run_program(env);
    rt_exit(env, code);
    return code; /* not reached: this is the main thread */
}
