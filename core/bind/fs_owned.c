/* core/bind/fs_owned.c: JS objects that own something open. One that is collected while it is open
 * gets it closed, and the program a warning. */
#include <stdio.h>
#include <stdlib.h>

#include "core/bind/fs_priv.h"
#include "core/container.h"
#include "core/error.h"

/* A warning on its way from the collector to a moment when JS may run. */
struct late_warning {
    struct ur_op op;
    struct rt_env *env;
    int fd;
};

static void emit_warning(struct rt_callback *cb, int argc, const char *const *texts)
{
    struct rt_env *env = cb->env;
    vs_val argv[3];
    for (int i = 0; i < argc; i++) argv[i] = vs_str_utf8(env->cx, texts[i], -1);
    vs_val process = vs_ref_get(env->process);
    vs_val fn = vs_get_name(env->cx, process, "emitWarning");
    if (fn && vs_is_fn(fn)) rt_call_in(cb, fn, process, argc, argv);
}

static void warn(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct late_warning *w = container_of(op, struct late_warning, op);
    struct rt_env *env = w->env;
    if (env->can_call_js) {
        char text[64];
        snprintf(text, sizeof text, "Closing file descriptor %d on garbage collection", w->fd);
        const char *first[] = { text };
        const char *second[] = {
            "Closing a FileHandle object on garbage collection is deprecated. Please close "
            "FileHandle objects explicitly using FileHandle.prototype.close(). In the future, an "
            "error will be thrown if a file descriptor is closed during garbage collection.",
            "DeprecationWarning", "DEP0137"
        };
        struct rt_callback cb;
        rt_callback_open(&cb, env, NULL);
        emit_warning(&cb, 1, first);
        if (!fs_state_of(env)->told_of_collected) emit_warning(&cb, 3, second);
        fs_state_of(env)->told_of_collected = true;
        rt_callback_close(&cb);
    }
    free(w);
}

static void warn_later(struct rt_env *env, int fd)
{
    struct late_warning *w = calloc(1, sizeof *w);
    CHECK(w);
    w->env = env;
    w->fd = fd;
    ur_op_init(&w->op, warn);
    ur_op_unref(env->loop, &w->op);
    ur_nop(env->loop, &w->op);
}

static void list_remove(struct fs_owned *o)
{
    if (o->prev) {
        o->prev->next = o->next;
    } else {
        fs_state_of(o->async.env)->owned = o->next;
    }
    if (o->next) o->next->prev = o->prev;
}

static void object_gone(void *data)
{
    struct fs_owned *o = data;
    struct rt_env *env = o->async.env;
    list_remove(o);
    rt_async_gone(&o->async);
    int fd = o->drop(o);
    if (fd >= 0) warn_later(env, fd);
}

void fs_owned_init(struct fs_owned *o, struct rt_env *env, vs_val object, int provider,
                   int (*drop)(struct fs_owned *o))
{
    struct fs_state *s = fs_state_of(env);
    o->drop = drop;
    o->tasks = 0;
    o->prev = NULL;
    o->next = s->owned;
    if (o->next) o->next->prev = o;
    s->owned = o;
    rt_async_init(&o->async, env, object, provider, o);
    rt_async_weaken(&o->async, object_gone, o);
}

void fs_owned_hold(struct fs_owned *o)
{
    if (o->tasks++ == 0) rt_async_strengthen(&o->async);
}

void fs_owned_release(struct fs_owned *o)
{
    CHECK(o->tasks > 0);
    if (--o->tasks == 0) rt_async_weaken(&o->async, object_gone, o);
}

void fs_owned_drop_all(struct rt_env *env)
{
    struct fs_state *s = fs_state_of(env);
    while (s->owned) {
        struct fs_owned *o = s->owned;
        list_remove(o);
        rt_async_reset(&o->async);
        o->drop(o);
    }
}
