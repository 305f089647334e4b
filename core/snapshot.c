/* core/snapshot.c: writing and opening the snapshot. */
#include "core/snapshot.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/async_wrap.h"
#include "core/builtins.h"
#include "core/code_cache.h"
#include "core/env.h"
#include "core/error.h"

#define SUFFIX ".snapshot"

/* Which is which in the file, and for v8shim. */
enum { MAIN, WORKER, COUNT };
_Static_assert(COUNT <= (int)VS_SNAPSHOTS, "v8shim can have them all in use");

struct rt_snap {
    struct vs_cx *cx;
    bool saving;
};

static rt_snap_fn *const functions[RT_STATE_COUNT] = {
#define RT_SNAPSHOT(name) [RT_STATE_##name] = rt_snap_##name,
#include "core/snapshots.def"
#undef RT_SNAPSHOT
};

static const char *const state_names[RT_STATE_COUNT] = {
#define RT_STATE(name) [RT_STATE_##name] = #name,
#include "core/states.def"
#undef RT_STATE
};

bool rt_snap_saving(const struct rt_snap *snap)
{
    return snap->saving;
}

void rt_snap_ref(struct rt_snap *snap, struct vs_ref **ref)
{
    struct vs_cx *cx = snap->cx;
    if (snap->saving) {
        vs_snapshot_add(cx, *ref ? vs_ref_get(*ref) : vs_undefined(cx));
        return;
    }
    vs_val v = vs_snapshot_get(cx);
    CHECK(v);
    *ref = vs_is_undefined(cx, v) ? NULL : vs_ref_new(cx, v);
}

void rt_snap_class(struct rt_snap *snap, struct vs_class **c)
{
    struct vs_cx *cx = snap->cx;
    if (snap->saving) {
        vs_snapshot_add(cx, vs_bool(cx, *c));
        if (*c) vs_snapshot_add_class(cx, *c);
        return;
    }
    *c = vs_is_true(cx, vs_snapshot_get(cx)) ? vs_snapshot_get_class(cx) : NULL;
}

void *rt_snap_bytes(struct rt_snap *snap, const struct vs_ref *view)
{
    return vs_bytes(vs_ref_get(view)).ptr;
}

static void list_refs(struct rt_snap *snap, void *refs, size_t size)
{
    struct vs_ref **list = refs;
    for (size_t i = 0; i < size / sizeof *list; i++) rt_snap_ref(snap, &list[i]);
}

static void list_env(struct rt_env *env, struct rt_snap *snap)
{
    if (!snap->saving) {
        env->symbols = malloc(sizeof *env->symbols);
        CHECK(env->symbols);
    }
    list_refs(snap, env->symbols, sizeof *env->symbols);
    list_refs(snap, &env->hooks, sizeof env->hooks);
    list_refs(snap, env->shared, sizeof env->shared);
    list_refs(snap, env->bindings, sizeof env->bindings);
    struct vs_ref **refs[] = {
        &env->process,          &env->primordials, &env->per_context,
        &env->internal_binding, &env->require,     &env->buffer_proto,
    };
    for (size_t i = 0; i < sizeof refs / sizeof refs[0]; i++) rt_snap_ref(snap, refs[i]);
    rt_snap_class(snap, &env->async_class);
    rt_snap_class(snap, &env->handle_class);
    rt_async_ids_snap(env, snap);
    for (int i = 0; i < RT_STATE_COUNT; i++) {
        if (functions[i]) functions[i](env, snap);
    }
}

static int file_path(char path[PATH_MAX])
{
    return rt_beside_executable(path, SUFFIX) ? 0 : -ENOENT;
}

static struct rt_code_cache_key file_key(void)
{
    return (struct rt_code_cache_key){ .v8_tag = vs_cache_tag(),
                                       .count = COUNT,
                                       .sources = rt_builtins_hash };
}

/* Mapped as long as the process lives; set before there is a second thread. */
static struct rt_code_cache the_file;

static bool use(unsigned number)
{
    size_t len;
    const uint8_t *data = rt_code_cache_get(&the_file, number, &len);
    return data && vs_snapshot_use(number, data, len);
}

bool rt_snapshot_use(void)
{
    char path[PATH_MAX];
    if (file_path(path)) return false;
    struct rt_code_cache_key key = file_key();
    rt_code_cache_open(&the_file, path, &key);
    if (use(MAIN)) return true;
    rt_code_cache_close(&the_file);
    return false;
}

bool rt_snapshot_use_worker(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static bool tried, usable;
    pthread_mutex_lock(&lock);
    if (!tried) usable = use(WORKER);
    tried = true;
    bool ok = usable;
    pthread_mutex_unlock(&lock);
    return ok;
}

unsigned rt_snapshot_number(const struct rt_env *env)
{
    return env->in_worker ? WORKER : MAIN;
}

void rt_snapshot_restore(struct rt_env *env)
{
    struct rt_snap snap = { .cx = env->cx };
    list_env(env, &snap);
}

/* What V8 cannot save, or C would not find again. */
static bool can_be_saved(struct rt_env *env)
{
    bool ok = !env->natives && !env->handles.first && !env->tick->has_tick;
    if (!ok) fprintf(stderr, "torc: no snapshot: the bootstrap left work to do\n");
    for (int i = 0; i < RT_STATE_COUNT; i++) {
        bool saved = env->binding_state[i] && i != RT_STATE_builtins;
        if (saved == (functions[i] != NULL)) continue;
        fprintf(stderr, "torc: no snapshot: core/snapshots.def %s state of '%s'\n",
                saved ? "does not list the" : "lists the unused", state_names[i]);
        ok = false;
    }
    return ok;
}

struct vs_cx *rt_snapshot_prepare(struct rt_env *env)
{
    bool ok = can_be_saved(env);
    struct rt_snap snap = { .cx = env->cx, .saving = true };
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    if (ok) list_env(env, &snap);
    vs_scope_close(&scope);
    struct vs_cx *cx = rt_env_close_but_isolate(env);
    return ok ? cx : NULL;
}

int rt_snapshot_write(struct vs_cx *main, struct vs_cx *worker, const char *path)
{
    struct rt_code_cache_item items[COUNT];
    uint8_t *worker_data = vs_snapshot_take(worker, &items[WORKER].len);
    uint8_t *main_data = vs_snapshot_take(main, &items[MAIN].len);
    items[WORKER].data = worker_data;
    items[MAIN].data = main_data;
    struct rt_code_cache_key key = file_key();
    int err = main_data && worker_data ? rt_code_cache_write(path, &key, items) : -EINVAL;
    free(main_data);
    free(worker_data);
    return err;
}
