/* core/binding.c: finds a native binding by name; what is not there yet says so. */
#include "core/binding.h"

#include <string.h>

#include "core/env.h"
#include "core/error.h"

/* Longest "binding.function" name of a missing function. */
#define MISSING_NAME_MAX 96

static const struct {
    const char *name;
    rt_bind_fn *init;
} bindings[] = {
#define RT_BINDING(name) { #name, rt_bind_##name },
#include "core/bindings.def"
#undef RT_BINDING
};

vs_val rt_binding_get(struct rt_env *env, const char *name)
{
    for (size_t i = 0; i < sizeof bindings / sizeof bindings[0]; i++) {
        if (strcmp(bindings[i].name, name) != 0) continue;
        if (env->bindings[i]) return vs_ref_get(env->bindings[i]);
        vs_val target = vs_obj_new(env->cx);
        env->bindings[i] = vs_ref_new(env->cx, target);
        bindings[i].init(env, target);
        return target;
    }
    rt_throw_code(env, VS_ERROR, "ERR_TORC_MISSING", "torc has no native binding '%s' yet", name);
    return NULL;
}

static void throw_missing(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text name;
    if (!vs_text_read(env->cx, vs_args_data(a), &name)) return;
    rt_throw_missing(env, name.ptr);
    vs_text_reset(&name);
}

void rt_put_missing(struct rt_env *env, vs_val target, const char *binding, const char *names)
{
    struct vs_cx *cx = env->cx;
    while (*names) {
        size_t len = strcspn(names, " ");
        char what[MISSING_NAME_MAX];
        size_t prefix = strlen(binding) + 1;
        CHECK(prefix + len < sizeof what);
        memcpy(what, binding, prefix - 1);
        what[prefix - 1] = '.';
        memcpy(what + prefix, names, len);
        what[prefix + len] = '\0';
        vs_val fn = vs_fn_new_any(cx, throw_missing, what + prefix, vs_str_utf8(cx, what, -1));
        vs_put(cx, target, what + prefix, fn);
        names += len;
        names += strspn(names, " ");
    }
}
