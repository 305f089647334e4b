/* test/c/vs_world.h: what a test of v8shim/ needs: one isolate with a host that records what it is
 * told, and a way to run JavaScript in it.
 */
#ifndef TEST_C_VS_WORLD_H
#define TEST_C_VS_WORLD_H

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "v8shim/vs.h"

#ifdef __SANITIZE_ADDRESS__
/* Sizes that only fail are tested, too. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}
#endif

struct world {
    struct vs_cx *cx;
    struct vs_scope scope;
    atomic_int wakes;
    int uncaught;            /* exceptions that nobody caught */
    char uncaught_text[256]; /* of the last one */
    int rejects[4];          /* by enum vs_reject */
};

static inline void world_wake(void *user)
{
    atomic_fetch_add(&((struct world *)user)->wakes, 1);
}

static inline void world_uncaught(struct vs_cx *cx, vs_val err, vs_val message)
{
    struct world *w = cx->user;
    w->uncaught++;
    struct vs_text t;
    if (!vs_text_read(cx, err, &t)) abort();
    snprintf(w->uncaught_text, sizeof w->uncaught_text, "%s", t.ptr);
    vs_text_reset(&t);
}

static inline void world_reject(struct vs_cx *cx, int kind, vs_val promise, vs_val value)
{
    assert(vs_is_promise(promise) && value);
    ((struct world *)cx->user)->rejects[kind]++;
}

static inline void world_fatal(const char *where, const char *what, bool oom)
{
    fprintf(stderr, "%s: %s\n", where, what);
    abort();
}

/* With the platform open. */
static inline void world_enter(struct world *w, struct vs_host *host)
{
    memset(w, 0, sizeof *w);
    host->user = w;
    host->wake = world_wake;
    host->uncaught = world_uncaught;
    host->promise_reject = world_reject;
    host->fatal = world_fatal;
    w->cx = vs_isolate_open(host, NULL);
    assert(w->cx && w->cx->user == w);
    vs_scope_open(w->cx, &w->scope);
}

static inline void world_open_host(struct world *w, struct vs_host *host)
{
    const char *refused = vs_platform_open(1);
    if (refused) {
        fprintf(stderr, "%s\n", refused);
        abort();
    }
    world_enter(w, host);
}

static inline void world_open(struct world *w)
{
    struct vs_host host = { 0 };
    world_open_host(w, &host);
}

static inline void world_close(struct world *w)
{
    vs_scope_close(&w->scope);
    vs_isolate_close(w->cx);
    vs_platform_close();
}

/* The completion value, NULL when it threw. */
static inline vs_val world_try(struct world *w, const char *code)
{
    struct vs_source src = {
        .code = vs_str_utf8(w->cx, code, -1),
        .name = vs_str_utf8(w->cx, "test.js", -1),
    };
    vs_val script = vs_compile_script(w->cx, &src);
    return script ? vs_script_run(w->cx, script) : NULL;
}

static inline vs_val world_run(struct world *w, const char *code)
{
    vs_val v = world_try(w, code);
    if (v) return v;
    fprintf(stderr, "threw %s: %s\n", w->uncaught_text, code);
    abort();
}

static inline bool world_true(struct world *w, const char *code)
{
    return vs_is_true(w->cx, world_run(w, code));
}

#endif
