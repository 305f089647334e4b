/* core/bind/builtins.c: internalBinding('builtins'), how the library loads its own modules. */
#include "core/builtins.h"

#include <string.h>

#include "core/env.h"
#include "core/error.h"

static void compile_function(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text id;
    if (!vs_text_read(env->cx, vs_arg(a, 0), &id)) return;
    vs_ret_maybe(a, rt_builtin_compile(env, id.ptr));
    vs_text_reset(&id);
}

static void set_internal_loaders(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    CHECK(vs_is_fn(vs_arg(a, 0)) && vs_is_fn(vs_arg(a, 1)));
    vs_ref_drop(env->internal_binding);
    vs_ref_drop(env->require);
    env->internal_binding = vs_ref_new(env->cx, vs_arg(a, 0));
    env->require = vs_ref_new(env->cx, vs_arg(a, 1));
}

static void has_cached_builtins(const struct vs_args *a)
{
    vs_ret_bool(a, rt_builtins_cached(rt_env_of(a)));
}

/* id -> source text: process.binding('natives'). */
static vs_val load_natives(struct vs_cx *cx, vs_val key, vs_val data)
{
    struct rt_env *env = rt_env_from_cx(cx);
    vs_val natives = vs_obj_new(cx);
    for (uint32_t i = 0; i < rt_builtins_count; i++) {
        vs_val source = rt_builtin_source(env, (int)i);
        if (!source) return NULL;
        vs_put(cx, natives, rt_builtins[i].id, source);
    }
    return natives;
}

static bool has_prefix(const char *id, const char *const *prefixes)
{
    for (; *prefixes; prefixes++) {
        if (strncmp(id, *prefixes, strlen(*prefixes)) == 0) return true;
    }
    return false;
}

/* Modules that can't be loaded by require() alone: entry points, and those behind an option. */
static bool can_be_required(const char *id)
{
    static const char *const prefixes[] = { "internal/bootstrap/", "internal/deps/",
                                            "internal/main/", "internal/per_context/", NULL };
    static const char *const ids[] = { "internal/test/binding",
                                       "internal/v8_prof_polyfill",
                                       "quic",
                                       "sqlite",
                                       "stream/iter",
                                       "sys",
                                       "wasi",
                                       "zlib/iter" };
    if (has_prefix(id, prefixes)) return false;
    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
        if (strcmp(id, ids[i]) == 0) return false;
    }
    return true;
}

static vs_val load_categories(struct vs_cx *cx, vs_val key, vs_val data)
{
    vs_val yes = vs_set_new(cx), no = vs_set_new(cx);
    for (uint32_t i = 0; i < rt_builtins_count; i++) {
        const char *id = rt_builtins[i].id;
        if (!vs_set_add(cx, can_be_required(id) ? yes : no, vs_str_intern(cx, id))) return NULL;
    }
    vs_val categories = vs_obj_new(cx);
    vs_put(cx, categories, "cannotBeRequired", no);
    vs_put(cx, categories, "canBeRequired", yes);
    return categories;
}

static void get_cache_usage(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    vs_val with = vs_set_new(cx), without = vs_set_new(cx);
    for (uint32_t i = 0; i < rt_builtins_count; i++) {
        enum rt_builtin_usage usage = rt_builtin_usage(env, (int)i);
        if (usage == RT_BUILTIN_UNUSED) continue;
        vs_val set = usage == RT_BUILTIN_FROM_CACHE ? with : without;
        if (!vs_set_add(cx, set, vs_str_intern(cx, rt_builtins[i].id))) return;
    }
    vs_val usage = vs_obj_new(cx);
    vs_put(cx, usage, "compiledWithCache", with);
    vs_put(cx, usage, "compiledWithoutCache", without);
    vs_put(cx, usage, "compiledInSnapshot", vs_arr_new(cx, NULL, 0));
    vs_ret(a, usage);
}

static vs_val builtin_ids(struct vs_cx *cx)
{
    vs_val ids = vs_arr_new(cx, NULL, 0);
    for (uint32_t i = 0; i < rt_builtins_count; i++) {
        CHECK(vs_set_index(cx, ids, i, vs_str_intern(cx, rt_builtins[i].id)));
    }
    return ids;
}

static void put_lazy(struct vs_cx *cx, vs_val target, const char *name, vs_lazy_fn *load)
{
    CHECK(
        vs_define_lazy(cx, target, vs_str_intern(cx, name), load, vs_undefined(cx), VS_ATTR_NONE));
}

void rt_bind_builtins(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    put_lazy(cx, target, "natives", load_natives);
    put_lazy(cx, target, "builtinCategories", load_categories);
    vs_put(cx, target, "builtinIds", builtin_ids(cx));
    vs_put(cx, target, "config",
           vs_str_static_latin1(cx, rt_node_config_json, strlen(rt_node_config_json)));
    vs_put_fn(cx, target, "getCacheUsage", get_cache_usage);
    vs_put_fn(cx, target, "compileFunction", compile_function);
    vs_put_fn(cx, target, "hasCachedBuiltins", has_cached_builtins);
    vs_put_fn(cx, target, "setInternalLoaders", set_internal_loaders);
    rt_put_missing(env, target, "builtins", "importBuiltinSourceTextModule");
}
