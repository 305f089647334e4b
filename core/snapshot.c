/* core/snapshot.c: writing and opening the snapshot. */
#include "core/snapshot.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/async_wrap.h"
#include "core/builtins.h"
#include "core/code_cache.h"
#include "core/env.h"
#include "core/error.h"

#define SUFFIX ".snapshot"

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
                                       .count = 1,
                                       .sources = rt_builtins_hash };
}

bool rt_snapshot_use(void)
{
    char path[PATH_MAX];
    if (file_path(path)) return false;
    struct rt_code_cache file;
    struct rt_code_cache_key key = file_key();
    rt_code_cache_open(&file, path, &key);
    size_t len;
    const uint8_t *data = rt_code_cache_get(&file, 0, &len);
    if (data && vs_snapshot_use(data, len)) return true; /* the file stays mapped */
    rt_code_cache_close(&file);
    return false;
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

int rt_snapshot_write(struct rt_env *env, const char *path)
{
    if (!can_be_saved(env)) return -EINVAL;
    struct rt_snap snap = { .cx = env->cx, .saving = true };
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    list_env(env, &snap);
    vs_scope_close(&scope);
    struct vs_cx *cx = rt_env_close_but_isolate(env);
    struct rt_code_cache_item item;
    uint8_t *data = vs_snapshot_take(cx, &item.len);
    if (!data) return -EINVAL;
    item.data = data;
    struct rt_code_cache_key key = file_key();
    int err = rt_code_cache_write(path, &key, &item);
    free(data);
    return err;
}
