/* Debug builds abort on what corrupts V8 silently: scopes closed out of order, foreign threads. */
#include <pthread.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "test/c/vs_world.h"

#define SKIPPED 77

extern char **environ;

static void close_outer_first(struct world *w)
{
    struct vs_scope outer;
    struct vs_scope inner;
    vs_scope_open(w->cx, &outer);
    vs_scope_open(w->cx, &inner);
    vs_scope_close(&outer);
}

static void *call_from_thread(void *cx)
{
    vs_microtasks_run(cx);
    return NULL;
}

static void use_foreign_thread(struct world *w)
{
    pthread_t thread;
    pthread_create(&thread, NULL, call_from_thread, w->cx);
    pthread_join(thread, NULL);
}

static void misuse(const char *what)
{
    struct rlimit no_core = { 0, 0 };
    struct world w;
    setrlimit(RLIMIT_CORE, &no_core);
    world_open(&w);
    if (!strcmp(what, "scopes")) close_outer_first(&w);
    if (!strcmp(what, "thread")) use_foreign_thread(&w);
    world_close(&w);
}

/* A process of its own, because V8's heap does not survive fork(). */
static int status_of(char *self, char *what)
{
    char *argv[] = { self, what, NULL };
    pid_t pid;
    int status;
    assert(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ) == 0);
    assert(waitpid(pid, &status, 0) == pid);
    return status;
}

static bool aborts(char *self, char *what)
{
    int status = status_of(self, what);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        misuse(argv[1]);
        return 0;
    }
#ifdef VS_DEBUG
    assert(aborts(argv[0], "scopes"));
    assert(aborts(argv[0], "thread"));
    assert(status_of(argv[0], "nothing") == 0);
    return 0;
#else
    (void)aborts;
    return SKIPPED;
#endif
}
