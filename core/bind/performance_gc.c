/* core/bind/performance_gc.c: the 'gc' entries of PerformanceObserver. A collection is measured
 * where it happens; its entry is made in the check phase after it. */
#include <stdlib.h>

#include "core/bind/performance_priv.h"
#include "core/container.h"
#include "core/error.h"
#include "core/soon.h"

struct gc_entry {
    int64_t start_ns, end_ns;
    int kind, flags;
};

/* Per-env state, in RT_STATE_gc_tracking; made on first use. */
struct gc_tracking {
    struct rt_env *env;
    struct vs_gc_watch watch;
    struct rt_soon soon;
    bool on;
    int64_t start_ns; /* of the collection that runs */
    struct gc_entry *entries;
    size_t count, cap;
};

static void entry_add(struct gc_tracking *t, const struct gc_entry *e)
{
    if (t->count == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 16;
        t->entries = realloc(t->entries, t->cap * sizeof *t->entries);
        CHECK(t->entries);
    }
    t->entries[t->count++] = *e;
}

static void gc_seen(struct vs_gc_watch *w, bool end, enum vs_gc_kind kind, int flags)
{
    struct gc_tracking *t = container_of(w, struct gc_tracking, watch);
    if (!end) {
        t->start_ns = rt_performance_now_ns();
        return;
    }
    entry_add(t, &(struct gc_entry){ t->start_ns, rt_performance_now_ns(), (int)kind, flags });
    rt_soon(t->env, &t->soon);
}

static void emit(struct rt_env *env, const struct gc_entry *e)
{
    struct vs_cx *cx = env->cx;
    struct vs_scope scope;
    vs_scope_open(cx, &scope);
    vs_val details = vs_obj_new(cx);
    vs_put_int(cx, details, "kind", e->kind);
    vs_put_int(cx, details, "flags", e->flags);
    rt_performance_entry(env, "gc", "gc", e->start_ns, e->end_ns, details);
    vs_scope_close(&scope);
}

static void emit_all(struct rt_env *env, struct rt_soon *s)
{
    struct gc_tracking *t = container_of(s, struct gc_tracking, soon);
    /* Making an entry may collect, too. */
    for (size_t i = 0; i < t->count && t->on && env->can_call_js; i++) {
        struct gc_entry e = t->entries[i];
        emit(env, &e);
    }
    t->count = 0;
}

static void stop(struct gc_tracking *t)
{
    if (t->on) vs_gc_watch_remove(t->env->cx, &t->watch);
    t->on = false;
}

static void tracking_drop(struct rt_env *env)
{
    struct gc_tracking *t = env->binding_state[RT_STATE_gc_tracking];
    stop(t);
    free(t->entries);
    free(t);
}

static struct gc_tracking *tracking_of(struct rt_env *env)
{
    struct gc_tracking *t = env->binding_state[RT_STATE_gc_tracking];
    if (t) return t;
    t = calloc(1, sizeof *t);
    CHECK(t);
    t->env = env;
    t->watch.fn = gc_seen;
    t->soon.fn = emit_all;
    env->binding_state[RT_STATE_gc_tracking] = t;
    env->binding_drop[RT_STATE_gc_tracking] = tracking_drop;
    return t;
}

static void install(const struct vs_args *a)
{
    struct gc_tracking *t = tracking_of(rt_env_of(a));
    if (t->on) return;
    t->on = true;
    vs_gc_watch_add(t->env->cx, &t->watch);
}

static void uninstall(const struct vs_args *a)
{
    stop(tracking_of(rt_env_of(a)));
}

void rt_performance_put_gc(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "installGarbageCollectionTracking", install);
    vs_put_fn(env->cx, target, "removeGarbageCollectionTracking", uninstall);
}
