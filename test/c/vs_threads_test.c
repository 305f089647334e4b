/* Isolates on several threads at once; one is stopped from another thread. */
#include <pthread.h>

#include "test/c/vs_world.h"

#define THREADS 3
#define ROUNDS 5

static void wake(void *user)
{
}

static void *worker(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct world w = { 0 };
        struct vs_host host = { .user = &w, .wake = wake, .uncaught = world_uncaught };
        struct vs_limits limits = { .stack = 256 * 1024 };
        w.cx = vs_isolate_open(&host, &limits);
        vs_scope_open(w.cx, &w.scope);
        assert(world_true(&w, "[3, 1, 2].sort().join('') === '123'"));
        assert(world_true(&w, "(function f() { try { return f() } catch (e) { return e } })()"
                              " instanceof RangeError"));
        vs_scope_close(&w.scope);
        vs_isolate_close(w.cx);
    }
    return NULL;
}

static void *stop(void *cx)
{
    vs_terminate(cx);
    return NULL;
}

static void start_stopping(const struct vs_args *a)
{
    pthread_t thread;
    pthread_create(&thread, NULL, stop, vs_args_cx(a));
    pthread_join(thread, NULL);
}

static void terminates(struct world *w)
{
    struct vs_try t;
    vs_put_fn(w->cx, vs_global(w->cx), "startStopping", start_stopping);
    vs_try_open(w->cx, &t);
    assert(world_try(w, "startStopping(); for (;;);") == NULL);
    assert(vs_try_caught(&t) && vs_try_terminated(&t) && vs_terminating(w->cx));
    vs_try_close(&t);
    vs_terminate_cancel(w->cx);
    assert(!vs_terminating(w->cx) && world_true(w, "1 === 1"));
}

int main(void)
{
    struct world w;
    pthread_t threads[THREADS];
    world_open(&w);
    for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, worker, NULL);
    terminates(&w);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    world_close(&w);
    return 0;
}
