/* core/spawn.c: start a program. */
#include "core/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/env.h"
#include "core/error.h"
#include "uring/loop.h"

/* How often a program that is being written is asked for again, and how long after. */
#define BUSY_TRIES 50
#define BUSY_NAP_NS 1000000

/* What the child needs beyond rt_spawn, made before it starts since it must not allocate. */
struct plan {
    const struct rt_spawn *sp;
    const char *search; /* the child's PATH */
    int *fds;           /* a copy to work on */
    char **shell_argv;  /* for a script without #! */
    char path[PATH_MAX];
    volatile int err; /* written by the child, in our memory */
};

/* ---- in the child: system calls only ---- */

static _Noreturn void fail(struct plan *p, int err)
{
    p->err = err;
    _exit(127);
}

static void reset_signals(void)
{
    struct sigaction action = { .sa_handler = SIG_DFL };
    for (int i = 1; i < NSIG; i++)
        if (i != SIGKILL && i != SIGSTOP) sigaction(i, &action, NULL);
}

/* Descriptors that others will take the place of move away first. */
static void move_fds(struct plan *p)
{
    int count = (int)p->sp->fd_count;
    for (int i = 0; i < count; i++) {
        if (p->fds[i] < 0 || p->fds[i] >= count || p->fds[i] == i) continue;
        p->fds[i] = fcntl(p->fds[i], F_DUPFD_CLOEXEC, count);
        if (p->fds[i] < 0) fail(p, errno);
    }
}

/* A program expects its stdio to block. */
static void set_blocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK)) fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

static void place_fds(struct plan *p)
{
    for (int i = 0; i < (int)p->sp->fd_count; i++) {
        int fd = p->fds[i];
        if (fd < 0 && i > STDERR_FILENO) continue;
        if (fd < 0) {
            fd = open("/dev/null", i == STDIN_FILENO ? O_RDONLY : O_RDWR);
            if (fd < 0) fail(p, errno);
            if (fd == i) continue;
            if (dup2(fd, i) < 0) fail(p, errno);
            close(fd);
            continue;
        }
        if (fd == i ? fcntl(i, F_SETFD, 0) < 0 : dup2(fd, i) < 0) fail(p, errno);
        if (i <= STDERR_FILENO) set_blocking(i);
    }
}

static void set_ids(struct plan *p)
{
    const struct rt_spawn *sp = p->sp;
    /* Without the right to it the groups stay, as in libuv: setgid() below then says EPERM. */
    if (sp->set_uid || sp->set_gid) (void)!setgroups(0, NULL);
    if (sp->set_gid && setgid(sp->gid) < 0) fail(p, errno);
    if (sp->set_uid && setuid(sp->uid) < 0) fail(p, errno);
}

static int execute_path(struct plan *p, const char *path)
{
    execve(path, p->sp->argv, p->sp->envp);
    if (errno == ENOEXEC) {
        p->shell_argv[1] = (char *)(uintptr_t)path;
        execve("/bin/sh", p->shell_argv, p->sp->envp);
    }
    return errno;
}

static int execute(struct plan *p)
{
    const char *file = p->sp->file;
    size_t len = strlen(file);
    int err = ENOENT;
    if (strchr(file, '/')) return execute_path(p, file);
    if (len == 0) return ENOENT;
    for (const char *dir = p->search;; dir = strchr(dir, ':') + 1) {
        size_t dir_len = strcspn(dir, ":");
        if (dir_len + len + 2 <= sizeof p->path) {
            char *end = mempcpy(p->path, dir, dir_len);
            if (dir_len > 0) *end++ = '/';
            memcpy(end, file, len + 1);
            int now = execute_path(p, p->path);
            if (now == EACCES)
                err = EACCES; /* unless a later directory has it */
            else if (now != ENOENT && now != ENOTDIR)
                return now;
        }
        if (dir[dir_len] == '\0') return err;
    }
}

static _Noreturn void run_child(struct plan *p)
{
    sigset_t none;
    const struct rt_spawn *sp = p->sp;
    reset_signals();
    if (sp->detached) setsid();
    move_fds(p);
    place_fds(p);
    if (sp->cwd && chdir(sp->cwd) < 0) fail(p, errno);
    set_ids(p);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    fail(p, execute(p));
}

/* ---- in the parent ---- */

static const char *path_of(char **envp)
{
    for (; *envp; envp++)
        if (!strncmp(*envp, "PATH=", 5)) return *envp + 5;
    return "/usr/local/bin:/bin:/usr/bin"; /* as libc, when there is no PATH */
}

static void make_plan(struct plan *p, const struct rt_spawn *sp)
{
    p->sp = sp;
    p->search = path_of(sp->envp);
    p->fds = calloc(sp->fd_count + 1, sizeof *p->fds);
    p->shell_argv = calloc(sp->argc + 2, sizeof *p->shell_argv);
    CHECK(p->fds && p->shell_argv);
    p->shell_argv[0] = (char *)(uintptr_t) "sh";
    for (uint32_t i = 1; i < sp->argc; i++) p->shell_argv[i + 1] = sp->argv[i];
}

/* Not inlined: what this frame holds across vfork() must not be anyone else's. */
static __attribute__((noinline)) pid_t start(struct plan *p)
{
    pid_t pid = vfork();
    if (pid == 0) run_child(p);
    return pid;
}

/* 0 or an errno. */
static int try_once(struct plan *p, pid_t *pid)
{
    const struct rt_spawn *sp = p->sp;
    sigset_t all, old;
    p->err = 0;
    if (sp->fd_count) memcpy(p->fds, sp->fds, sp->fd_count * sizeof *p->fds);
    /* Our handlers must not run in the child, which shares our memory. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    *pid = start(p);
    int err = *pid < 0 ? errno : p->err;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (*pid > 0 && err) waitpid(*pid, NULL, 0);
    return err;
}

int rt_spawn_run(struct ur_loop *loop, const struct rt_spawn *given, pid_t *pid)
{
    const struct timespec nap = { .tv_nsec = BUSY_NAP_NS };
    struct rt_spawn sp = *given;
    struct plan *p = calloc(1, sizeof *p);
    CHECK(p);
    if (!sp.envp) sp.envp = environ;
    make_plan(p, &sp);
    int err = try_once(p, pid);
    for (int i = 0; i < BUSY_TRIES && err == ETXTBSY; i++) {
        nanosleep(&nap, NULL);
        ur_loop_settle(loop);
        err = try_once(p, pid);
    }
    free(p->fds);
    free(p->shell_argv);
    free(p);
    return -err;
}

void rt_spawn_set_count(struct rt_spawn *sp, uint32_t fd_count)
{
    sp->fd_count = fd_count;
    sp->fds = calloc(fd_count + 1, sizeof *sp->fds);
    CHECK(sp->fds);
    for (uint32_t i = 0; i < fd_count; i++) sp->fds[i] = -1;
}

static void free_strings(char **list)
{
    for (char **i = list; i && *i; i++) free(*i);
    free(list);
}

void rt_spawn_reset(struct rt_spawn *sp)
{
    free(sp->file);
    free(sp->cwd);
    free(sp->fds);
    free_strings(sp->argv);
    free_strings(sp->envp);
    *sp = (struct rt_spawn){ 0 };
}

/* ---- from JS ---- */

static bool read_text(struct vs_cx *cx, vs_val v, char **out)
{
    struct vs_text text;
    if (!vs_text_read(cx, v, &text)) return false;
    *out = strdup(text.ptr);
    vs_text_reset(&text);
    CHECK(*out);
    return true;
}

static bool read_list(struct vs_cx *cx, vs_val array, char ***out, uint32_t *count)
{
    uint32_t len = vs_arr_len(array);
    char **list = calloc(len + 1, sizeof *list);
    CHECK(list);
    *out = list;
    for (uint32_t i = 0; i < len; i++) {
        vs_val item = vs_get_index(cx, array, i);
        if (!item || !read_text(cx, item, &list[i])) return false;
    }
    if (count) *count = len;
    return true;
}

bool rt_spawn_read(struct rt_env *env, struct rt_spawn *sp, vs_val file, vs_val args, vs_val cwd,
                   vs_val env_pairs)
{
    struct vs_cx *cx = env->cx;
    if (!read_text(cx, file, &sp->file)) return false;
    if (vs_is_arr(args)) {
        if (!read_list(cx, args, &sp->argv, &sp->argc)) return false;
    } else {
        sp->argv = calloc(2, sizeof *sp->argv);
        CHECK(sp->argv);
        sp->argv[0] = strdup(sp->file);
        sp->argc = 1;
    }
    if (!vs_is_nullish(cx, cwd) && !read_text(cx, cwd, &sp->cwd)) return false;
    /* An empty cwd is as good as none. */
    if (sp->cwd && !*sp->cwd) {
        free(sp->cwd);
        sp->cwd = NULL;
    }
    return !vs_is_arr(env_pairs) || read_list(cx, env_pairs, &sp->envp, NULL);
}

bool rt_spawn_read_ids(struct rt_env *env, struct rt_spawn *sp, vs_val uid, vs_val gid)
{
    int32_t id;
    sp->set_uid = !vs_is_nullish(env->cx, uid);
    sp->set_gid = !vs_is_nullish(env->cx, gid);
    if (sp->set_uid) {
        if (!vs_to_i32(env->cx, uid, &id)) return false;
        sp->uid = (uid_t)id;
    }
    if (sp->set_gid) {
        if (!vs_to_i32(env->cx, gid, &id)) return false;
        sp->gid = (gid_t)id;
    }
    return true;
}

const char *rt_signal_name(int signum)
{
    static const struct {
        int signum;
        const char *name;
    } names[] = {
#define NAME(signal) { signal, #signal }
        NAME(SIGHUP),    NAME(SIGINT),  NAME(SIGQUIT),  NAME(SIGILL),  NAME(SIGTRAP),
        NAME(SIGABRT),   NAME(SIGBUS),  NAME(SIGFPE),   NAME(SIGKILL), NAME(SIGUSR1),
        NAME(SIGSEGV),   NAME(SIGUSR2), NAME(SIGPIPE),  NAME(SIGALRM), NAME(SIGTERM),
        NAME(SIGSTKFLT), NAME(SIGCHLD), NAME(SIGCONT),  NAME(SIGSTOP), NAME(SIGTSTP),
        NAME(SIGTTIN),   NAME(SIGTTOU), NAME(SIGURG),   NAME(SIGXCPU), NAME(SIGXFSZ),
        NAME(SIGVTALRM), NAME(SIGPROF), NAME(SIGWINCH), NAME(SIGIO),   NAME(SIGPWR),
        NAME(SIGSYS),
#undef NAME
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].signum == signum) return names[i].name;
    return NULL;
}
