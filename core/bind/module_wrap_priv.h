/* core/bind/module_wrap_priv.h: what the files of the module_wrap binding share. */
#ifndef RT_BIND_MODULE_WRAP_PRIV_H
#define RT_BIND_MODULE_WRAP_PRIV_H

#include "core/env.h"
#include "v8shim/vs.h"

/* One ES module with its ModuleWrap object. Freed when that object has been collected. */
struct module_wrap {
    struct rt_env *env;
    struct vs_ref *object;    /* owned, weak; it holds the module */
    struct module_wrap *next; /* in its bucket */
    int hash;
    bool synthetic;
    bool linked; /* link() was called, or it is synthetic */
};

/* The fields of its objects. */
enum module_field { MODULE_FIELD_WRAP, MODULE_FIELD_MODULE, MODULE_FIELDS };

#define MODULE_BUCKETS 1024 /* a power of two */

/* Per-env state, in RT_STATE_module_wrap. */
struct module_state {
    struct vs_class *wrap_class;
    struct module_wrap *buckets[MODULE_BUCKETS]; /* by hash of the module */
    /* Private symbols: JS values that a ModuleWrap keeps alive. */
    struct vs_ref *key_linked;  /* array of ModuleWraps by request index */
    struct vs_ref *key_steps;   /* evaluation steps of a synthetic module */
    struct vs_ref *key_context; /* contextified object the module lives in */
    struct vs_ref *key_source;  /* object of a source phase import */
    vs_val facade_original;     /* a module: set while its facade is being linked */
};

struct module_state *module_state_of(struct rt_env *env);
/* NULL: the ModuleWrap was collected. */
struct module_wrap *module_wrap_find(struct rt_env *env, vs_val module);

static inline struct module_wrap *module_wrap_of(vs_val object)
{
    return (struct module_wrap *)vs_native_get(object, MODULE_FIELD_WRAP);
}

static inline vs_val module_of(const struct module_wrap *w)
{
    return vs_held_get(vs_ref_get(w->object), MODULE_FIELD_MODULE);
}

/* Methods, module_run.c. */
void module_link(const struct vs_args *a);
void module_instantiate(const struct vs_args *a);
void module_evaluate(const struct vs_args *a);
void module_evaluate_sync(const struct vs_args *a);
void module_create_facade(const struct vs_args *a);
extern const struct vs_module_host module_host;

/* What the library's loader is asked for: it knows the scheme of torc's own modules ("torc:jobs")
 * below that of Node's ("node:torc:jobs") only. NULL: an exception is pending. */
vs_val module_specifier(struct vs_cx *cx, vs_val specifier);

#endif
