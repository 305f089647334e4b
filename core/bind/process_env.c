/* core/bind/process_env.c: process.env, a view of the env's variables: those of the C library in
 * the main thread, and in workers that share them.
 *
 * Values become strings; symbols are not accepted. getenv() in other threads (getaddrinfo() in a
 * job) may race with a change, as in any C program.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/bind/process_state.h"
#include "core/env.h"
#include "core/error.h"
#include "core/options.h"
#include "core/vars.h"

void rt_process_env_changed(struct rt_env *env, const char *name)
{
    if (strcmp(name, "TZ") != 0 || !rt_vars_are_process(env->vars)) return;
    tzset();
    vs_time_zone_changed(env->cx);
}

static vs_val get_var(struct vs_cx *cx, vs_val key)
{
    struct vs_text name;
    if (!vs_is_str(key) || !vs_text_read(cx, key, &name)) return NULL;
    char *value = rt_vars_get(rt_env_from_cx(cx)->vars, name.ptr);
    vs_text_reset(&name);
    vs_val v = value ? vs_str_utf8(cx, value, -1) : NULL;
    free(value);
    return v;
}

/* DEP0104, once, and only where deprecations to come are asked for. False: an exception is pending.
 */
static bool warn_of_conversion(struct rt_env *env, vs_val v)
{
    struct rt_process *state = rt_process_state(env);
    if (!rt_option_bool(env->options, RT_OPT_pending_deprecation) || state->warned_env) return true;
    if (vs_is_str(v) || vs_is_num(v) || vs_is_boolean(v)) return true;
    state->warned_env = true;
    return rt_emit_warning(env,
                           "Assigning any value other than a string, number, or boolean to a "
                           "process.env property is deprecated. Please make sure to convert the "
                           "value to a string before setting process.env with it.",
                           "DeprecationWarning", "DEP0104");
}

static bool set_var(struct vs_cx *cx, vs_val key, vs_val v)
{
    struct rt_env *env = rt_env_from_cx(cx);
    struct vs_text name, value;
    /* Text of a symbol: throws the TypeError that Node's does. */
    if (!warn_of_conversion(env, v) || !vs_text_read(cx, key, &name)) return false;
    if (!vs_text_read(cx, v, &value)) {
        vs_text_reset(&name);
        return false;
    }
    /* An empty name, or one with "=", can't be in an environment: nothing happens, as in Node. */
    rt_vars_set(env->vars, name.ptr, value.ptr);
    rt_process_env_changed(env, name.ptr);
    vs_text_reset(&name);
    vs_text_reset(&value);
    return true;
}

static int query_var(struct vs_cx *cx, vs_val key)
{
    struct vs_text name;
    if (!vs_is_str(key) || !vs_text_read(cx, key, &name)) return -1;
    char *value = rt_vars_get(rt_env_from_cx(cx)->vars, name.ptr);
    bool found = value != NULL;
    free(value);
    vs_text_reset(&name);
    return found ? VS_ATTR_NONE : -1;
}

static bool delete_var(struct vs_cx *cx, vs_val key)
{
    struct vs_text name;
    if (!vs_is_str(key)) return true;
    if (!vs_text_read(cx, key, &name)) return false;
    rt_vars_unset(rt_env_from_cx(cx)->vars, name.ptr);
    rt_process_env_changed(rt_env_from_cx(cx), name.ptr);
    vs_text_reset(&name);
    return true;
}

static vs_val list_vars(struct vs_cx *cx)
{
    vs_val names = vs_arr_new(cx, NULL, 0);
    uint32_t count = 0;
    char **list = rt_vars_list(rt_env_from_cx(cx)->vars);
    bool ok = true;
    for (char **e = list; ok && *e; e++) {
        vs_val name = vs_str_utf8(cx, *e, (ptrdiff_t)strcspn(*e, "="));
        ok = name && vs_set_index(cx, names, count++, name);
    }
    rt_vars_free_list(list);
    return ok ? names : NULL;
}

static void throw_define(struct vs_cx *cx, const char *text)
{
    rt_throw_code(rt_env_from_cx(cx), VS_TYPE_ERROR, "ERR_INVALID_OBJECT_DEFINE_PROPERTY",
                  "'process.env' %s", text);
}

/* Object.defineProperty(): only what plain assignment would give. */
static bool define_var(struct vs_cx *cx, vs_val key, const struct vs_descriptor *desc)
{
    if (desc->get || desc->set) {
        throw_define(cx, "does not accept an accessor(getter/setter) descriptor");
        return false;
    }
    if (desc->configurable != 1 || desc->writable != 1 || desc->enumerable != 1) {
        throw_define(cx, "only accepts a configurable, writable, and enumerable data descriptor");
        return false;
    }
    return set_var(cx, key, desc->value ? desc->value : vs_undefined(cx));
}

static const struct vs_interceptor interceptor = {
    .get = get_var,
    .set = set_var,
    .query = query_var,
    .del = delete_var,
    .keys = list_vars,
    .define = define_var,
};

vs_val rt_process_env_new(struct rt_env *env)
{
    vs_val v = vs_obj_new_intercepted(env->cx, &interceptor);
    CHECK(v);
    return v;
}
