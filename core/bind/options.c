/* core/bind/options.c: internalBinding('options'): the command line as the library reads it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/env.h"
#include "core/error.h"
#include "core/options.h"

static vs_val list_value(struct vs_cx *cx, const struct rt_list *list)
{
    vs_val array = vs_arr_new(cx, NULL, 0);
    for (uint32_t i = 0; i < list->count; i++) {
        CHECK(vs_set_index(cx, array, i, vs_str_utf8(cx, list->items[i], -1)));
    }
    return array;
}

static vs_val host_port_value(struct rt_env *env, enum rt_opt opt)
{
    vs_val v = vs_obj_new_null(env->cx);
    vs_put_str(env->cx, v, "host", rt_option_host(env->options, opt));
    vs_put_int(env->cx, v, "port", (double)rt_option_int(env->options, opt));
    return v;
}

/* Undefined: JS sees that there is such an option, and no more. */
static vs_val option_value(struct rt_env *env, enum rt_opt opt)
{
    struct vs_cx *cx = env->cx;
    switch (rt_opt_info(opt)->type) {
    case RT_TYPE_V8: /* the one flag that the library asks for */
        if (opt != RT_OPT_abort_on_uncaught_exception) return vs_undefined(cx);
        return vs_bool(cx, rt_option_bool(env->options, opt));
    case RT_TYPE_BOOL: return vs_bool(cx, rt_option_bool(env->options, opt));
    case RT_TYPE_INT:
    case RT_TYPE_UINT: return vs_num(cx, (double)rt_option_int(env->options, opt));
    case RT_TYPE_STR: return vs_str_utf8(cx, rt_option_str(env->options, opt), -1);
    case RT_TYPE_HOST_PORT: return host_port_value(env, opt);
    case RT_TYPE_LIST: return list_value(cx, rt_option_list(env->options, opt));
    default: return vs_undefined(cx);
    }
}

/* "--no-" forms too: the library asks for either. */
static void get_values(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val values = vs_obj_new_null(env->cx);
    char negated[128];
    for (int i = 0; i < RT_OPT_COUNT; i++) {
        const struct rt_opt_info *info = rt_opt_info(i);
        vs_val v = option_value(env, i);
        vs_put(env->cx, values, info->name, v);
        if (info->type != RT_TYPE_BOOL || info->name[0] != '-') continue;
        int len = snprintf(negated, sizeof negated, "--no-%s", info->name + 2);
        CHECK(len < (int)sizeof negated);
        vs_put(env->cx, values, negated, vs_bool(env->cx, vs_is_false(env->cx, v)));
    }
    vs_ret(a, values);
}

static vs_val alias_words(struct vs_cx *cx, const struct rt_alias *alias)
{
    vs_val words[RT_ALIAS_WORDS];
    size_t count = 0;
    while (count < RT_ALIAS_WORDS && alias->to[count]) {
        words[count] = vs_str_utf8(cx, alias->to[count], -1);
        count++;
    }
    return vs_arr_new(cx, words, count);
}

static void get_info(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    vs_val options = vs_map_new(cx), aliases = vs_map_new(cx), out = vs_obj_new_null(cx);
    for (int i = 0; i < RT_OPT_COUNT; i++) {
        const struct rt_opt_info *info = rt_opt_info(i);
        vs_val v = vs_obj_new_null(cx);
        vs_put_str(cx, v, "helpText", info->help);
        vs_put_int(cx, v, "envVarSettings", !(info->flags & RT_ENV));
        vs_put_int(cx, v, "type", info->type);
        vs_put(cx, v, "defaultIsTrue", vs_bool(cx, info->flags & RT_NEG));
        if (!vs_map_set(cx, options, vs_str_utf8(cx, info->name, -1), v)) return;
    }
    size_t count;
    const struct rt_alias *all = rt_opt_aliases(&count);
    for (size_t i = 0; i < count; i++) {
        if (!vs_map_set(cx, aliases, vs_str_utf8(cx, all[i].from, -1), alias_words(cx, &all[i])))
            return;
    }
    vs_put(cx, out, "options", options);
    vs_put(cx, out, "aliases", aliases);
    vs_ret(a, out);
}

static void push_flag(struct vs_cx *cx, vs_val array, const char *name, const char *value)
{
    char *flag;
    CHECK(asprintf(&flag, "%s%s%s", name, value ? "=" : "", value ? value : "") >= 0);
    CHECK(vs_set_index(cx, array, vs_arr_len(array), vs_str_utf8(cx, flag, -1)));
    free(flag);
}

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static void push_option_flags(struct rt_env *env, vs_val array, enum rt_opt opt)
{
    const struct rt_opt_info *info = rt_opt_info(opt);
    char text[128];
    switch (info->type) {
    case RT_TYPE_BOOL: {
        bool on = rt_option_bool(env->options, opt);
        if (on == !!(info->flags & RT_NEG)) return;
        snprintf(text, sizeof text, "%s%s", on ? "--" : "--no-", info->name + 2);
        push_flag(env->cx, array, text, NULL);
        return;
    }
    case RT_TYPE_INT:
    case RT_TYPE_UINT:
        snprintf(text, sizeof text, "%lld", (long long)rt_option_int(env->options, opt));
        push_flag(env->cx, array, info->name, text);
        return;
    case RT_TYPE_STR:
        if (*rt_option_str(env->options, opt))
            push_flag(env->cx, array, info->name, rt_option_str(env->options, opt));
        return;
    case RT_TYPE_HOST_PORT:
        snprintf(text, sizeof text, "%s:%lld", rt_option_host(env->options, opt),
                 (long long)rt_option_int(env->options, opt));
        push_flag(env->cx, array, info->name, text);
        return;
    case RT_TYPE_LIST: {
        const struct rt_list *list = rt_option_list(env->options, opt);
        for (uint32_t i = 0; i < list->count; i++)
            push_flag(env->cx, array, info->name, list->items[i]);
        return;
    }
    default: return;
    }
}

/* What a child process must be given to have the same options (node --test). */
static void get_flags(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val array = vs_arr_new(env->cx, NULL, 0);
    for (int i = 0; i < RT_OPT_COUNT; i++) {
        if (rt_opt_info(i)->name[0] == '-') push_option_flags(env, array, i);
    }
    vs_ret(a, array);
}

static void get_embedder_options(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val out = vs_obj_new_null(cx);
    static const char *const names[] = {
        "shouldNotRegisterESMLoader",
        "noGlobalSearchPaths",
        "noBrowserGlobals",
        "hasEmbedderPreload",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        vs_put(cx, out, names[i], vs_bool(cx, false));
    vs_ret(a, out);
}

/* JSON type of an option in a configuration file; NULL: it can't be there. */
static const char *input_type(const struct rt_opt_info *info)
{
    static const char *const types[RT_TYPE_COUNT] = {
        [RT_TYPE_BOOL] = "boolean", [RT_TYPE_INT] = "number",       [RT_TYPE_UINT] = "number",
        [RT_TYPE_STR] = "string",   [RT_TYPE_HOST_PORT] = "number", [RT_TYPE_LIST] = "array",
    };
    return info->name[0] == '-' ? types[info->type] : NULL;
}

static void put_input_type(struct vs_cx *cx, vs_val target, const struct rt_opt_info *info)
{
    vs_val v = vs_obj_new_null(cx);
    vs_put_str(cx, v, "type", input_type(info));
    vs_put_str(cx, v, "description", info->help);
    vs_put(cx, target, info->name, v);
}

static void get_env_input_types(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val out = vs_obj_new(cx);
    for (int i = 0; i < RT_OPT_COUNT; i++) {
        const struct rt_opt_info *info = rt_opt_info(i);
        if ((info->flags & RT_ENV) && input_type(info)) put_input_type(cx, out, info);
    }
    vs_ret(a, out);
}

/* Sections of a configuration file, by what the names of their options begin with. */
static void get_namespace_input_types(const struct vs_args *a)
{
    static const struct {
        const char *name;
        const char *prefixes[4];
    } sections[] = {
        { "permission", { "--allow-" } },
        { "test", { "--test", "--experimental-test-" } },
        { "watch", { "--watch" } },
    };
    struct vs_cx *cx = vs_args_cx(a);
    vs_val out = vs_map_new(cx);
    for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++) {
        vs_val section = vs_obj_new(cx);
        for (int i = 0; i < RT_OPT_COUNT; i++) {
            const struct rt_opt_info *info = rt_opt_info(i);
            bool ours = false;
            for (int p = 0; sections[s].prefixes[p]; p++)
                ours |= starts_with(info->name, sections[s].prefixes[p]);
            if (ours && i != RT_OPT_test_udp_no_try_send && input_type(info))
                put_input_type(cx, section, info);
        }
        if (!vs_map_set(cx, out, vs_str_utf8(cx, sections[s].name, -1), section)) return;
    }
    vs_ret(a, out);
}

void rt_bind_options(struct rt_env *env, vs_val target)
{
    static const char *const types[RT_TYPE_COUNT] = {
        [RT_TYPE_NOOP] = "kNoOp",       [RT_TYPE_V8] = "kV8Option",
        [RT_TYPE_BOOL] = "kBoolean",    [RT_TYPE_INT] = "kInteger",
        [RT_TYPE_UINT] = "kUInteger",   [RT_TYPE_STR] = "kString",
        [RT_TYPE_LIST] = "kStringList", [RT_TYPE_HOST_PORT] = "kHostPort",
    };
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "getCLIOptionsValues", get_values);
    vs_put_fn(cx, target, "getCLIOptionsInfo", get_info);
    vs_put_fn(cx, target, "getOptionsAsFlags", get_flags);
    vs_put_fn(cx, target, "getEmbedderOptions", get_embedder_options);
    vs_put_fn(cx, target, "getEnvOptionsInputType", get_env_input_types);
    vs_put_fn(cx, target, "getNamespaceOptionsInputType", get_namespace_input_types);
    vs_val settings = vs_obj_new(cx), type_numbers = vs_obj_new(cx);
    vs_put_int(cx, settings, "kAllowedInEnvvar", 0);
    vs_put_int(cx, settings, "kDisallowedInEnvvar", 1);
    for (int i = 0; i < RT_TYPE_COUNT; i++) vs_put_int(cx, type_numbers, types[i], i);
    vs_put(cx, target, "envSettings", settings);
    vs_put(cx, target, "types", type_numbers);
}
