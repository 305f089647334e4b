/* core/bind/url_pattern.c: internalBinding('url_pattern'): the class URLPattern. */
#include <stdlib.h>
#include <string.h>

#include "core/env.h"
#include "core/error.h"
#include "core/native.h"

struct url_pattern {
    struct rt_native native;
    struct vs_url_pattern *pattern;
};

/* As members of a URLPatternInit. */
static const char *const part_names[VS_URL_INPUT_PARTS] = {
    [VS_URL_PROTOCOL] = "protocol", [VS_URL_USERNAME] = "username", [VS_URL_PASSWORD] = "password",
    [VS_URL_HOSTNAME] = "hostname", [VS_URL_PORT] = "port",         [VS_URL_PATHNAME] = "pathname",
    [VS_URL_SEARCH] = "search",     [VS_URL_HASH] = "hash",         [VS_URL_BASE] = "baseURL",
};

static void pattern_drop(struct rt_native *native)
{
    struct url_pattern *p = (struct url_pattern *)native;
    vs_url_pattern_drop(p->pattern);
    free(p);
}

static struct vs_url_pattern *pattern_of(const struct vs_args *a)
{
    return ((struct url_pattern *)vs_native_get(vs_this(a), 0))->pattern;
}

static bool is_absent(struct vs_cx *cx, vs_val v)
{
    return vs_is_undefined(cx, v) || vs_is_null(cx, v);
}

static void input_reset(struct vs_url_input *in)
{
    if (in->text.ptr) vs_text_reset(&in->text);
    for (int i = 0; i < VS_URL_INPUT_PARTS; i++) {
        if (in->parts[i].ptr) vs_text_reset(&in->parts[i]);
    }
}

/* Members that are no strings do not count. false: a getter threw. */
static bool read_parts(struct vs_cx *cx, vs_val object, struct vs_url_input *in)
{
    for (int i = 0; i < VS_URL_INPUT_PARTS; i++) {
        vs_val v = vs_get_name(cx, object, part_names[i]);
        if (!v) return false;
        if (vs_is_str(v) && !vs_text_read(cx, v, &in->parts[i])) return false;
    }
    return true;
}

/* A text, or an object of parts; nothing is an object without any. false: an exception is pending.
 * The caller resets *in in both cases. It must not move: a text may point into itself. */
static bool read_input(struct rt_env *env, vs_val v, const char *otherwise, struct vs_url_input *in)
{
    memset(in, 0, sizeof *in);
    in->in_parts = !vs_is_str(v);
    if (!in->in_parts) return vs_text_read(env->cx, v, &in->text);
    if (is_absent(env->cx, v)) return true;
    if (vs_is_obj(v)) return read_parts(env->cx, v, in);
    rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE", "%s", otherwise);
    return false;
}

/* { ignoreCase } */
static bool read_options(struct rt_env *env, vs_val v, bool *ignore_case)
{
    *ignore_case = false;
    if (is_absent(env->cx, v)) return true;
    if (!vs_is_obj(v)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE", "options must be an object");
        return false;
    }
    vs_val ignore = vs_get_name(env->cx, v, "ignoreCase");
    if (!ignore) return false;
    *ignore_case = vs_to_bool(env->cx, ignore);
    return true;
}

/* (input, base, options) or (input, options): which argument is which. false: an exception is
 * pending. */
static bool find_options(const struct vs_args *a, bool *has_base, vs_val *options)
{
    struct rt_env *env = rt_env_of(a);
    vs_val second = vs_arg(a, 1);
    *has_base = vs_is_str(second) || vs_argc(a) > 2;
    *options = vs_arg(a, *has_base ? 2 : 1);
    if (*has_base || is_absent(env->cx, second) || vs_is_obj(second)) return true;
    rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                  "second argument must be a string or object");
    return false;
}

static void pattern_attach(const struct vs_args *a, const struct vs_url_input *in,
                           const struct vs_text *base, bool ignore_case)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_url_pattern *pattern = vs_url_pattern_new(in, base, ignore_case);
    if (!pattern) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_URL_PATTERN",
                      "Failed to construct URLPattern");
        return;
    }
    struct url_pattern *p = calloc(1, sizeof *p);
    CHECK(p);
    p->pattern = pattern;
    rt_native_init(&p->native, env, vs_this(a), pattern_drop);
}

static void pattern_new(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_url_input in;
    struct vs_text base;
    bool has_base, ignore_case;
    vs_val options;
    if (!vs_is_construct_call(a)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "Cannot call constructor without `new`");
        return;
    }
    if (read_input(env, vs_arg(a, 0), "Input must be an object or a string", &in) &&
        find_options(a, &has_base, &options) && read_options(env, options, &ignore_case) &&
        (!has_base || vs_text_read(env->cx, vs_arg(a, 1), &base))) {
        pattern_attach(a, &in, has_base ? &base : NULL, ignore_case);
        if (has_base) vs_text_reset(&base);
    }
    input_reset(&in);
}

/* What exec() and test() are called with. false: an exception is pending. The caller calls
 * match_reset() in both cases. */
struct match_args {
    struct vs_url_input in;
    struct vs_text base;
    bool has_base;
};

static bool read_match(const struct vs_args *a, struct match_args *m)
{
    struct rt_env *env = rt_env_of(a);
    vs_val base = vs_arg(a, 1);
    m->has_base = false;
    if (!read_input(env, vs_arg(a, 0), "URLPattern input needs to be a string or an object",
                    &m->in))
        return false;
    if (vs_is_undefined(env->cx, base)) return true;
    if (!vs_is_str(base) && !vs_is_null(env->cx, base)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE", "baseURL must be a string");
        return false;
    }
    m->has_base = vs_text_read(env->cx, base, &m->base);
    return m->has_base;
}

static void match_reset(struct match_args *m)
{
    if (m->has_base) vs_text_reset(&m->base);
    input_reset(&m->in);
}

static void pattern_test(const struct vs_args *a)
{
    struct match_args m;
    if (read_match(a, &m)) {
        int matches = vs_url_pattern_test(pattern_of(a), &m.in, m.has_base ? &m.base : NULL);
        if (matches >= 0) {
            vs_ret_bool(a, matches);
        } else {
            rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_OPERATION_FAILED",
                          "Failed to test URLPattern");
        }
    }
    match_reset(&m);
}

static vs_val text_or_undefined(struct vs_cx *cx, const struct vs_text *text)
{
    return text->ptr ? vs_str_utf8(cx, text->ptr, (ptrdiff_t)text->len) : vs_undefined(cx);
}

/* What was matched, as the standard wants it: [input] or [input, base]. */
static vs_val inputs_new(struct vs_cx *cx, const struct match_args *m)
{
    vs_val items[2];
    if (m->in.in_parts) {
        items[0] = vs_obj_new(cx);
        for (int i = 0; i < VS_URL_INPUT_PARTS; i++)
            vs_put(cx, items[0], part_names[i], text_or_undefined(cx, &m->in.parts[i]));
    } else {
        items[0] = text_or_undefined(cx, &m->in.text);
    }
    if (m->has_base) items[1] = text_or_undefined(cx, &m->base);
    return vs_arr_new(cx, items, m->has_base ? 2 : 1);
}

static vs_val result_new(struct vs_cx *cx, const struct match_args *m,
                         const vs_val parts[VS_URL_PARTS])
{
    static const enum vs_url_part before[] = { VS_URL_HASH, VS_URL_HOSTNAME };
    static const enum vs_url_part after[] = { VS_URL_PASSWORD, VS_URL_PATHNAME, VS_URL_PORT,
                                              VS_URL_PROTOCOL, VS_URL_SEARCH,   VS_URL_USERNAME };
    vs_val out = vs_obj_new_null(cx);
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        vs_put(cx, out, part_names[before[i]], parts[before[i]]);
    vs_put(cx, out, "inputs", inputs_new(cx, m));
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++)
        vs_put(cx, out, part_names[after[i]], parts[after[i]]);
    return out;
}

static void pattern_exec(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct match_args m;
    vs_val parts[VS_URL_PARTS];
    if (read_match(a, &m)) {
        int matches =
            vs_url_pattern_exec(cx, pattern_of(a), &m.in, m.has_base ? &m.base : NULL, parts);
        if (matches < 0) {
            rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_OPERATION_FAILED",
                          "Failed to exec URLPattern");
        } else {
            vs_ret(a, matches ? result_new(cx, &m, parts) : vs_null(cx));
        }
    }
    match_reset(&m);
}

static void ret_part(const struct vs_args *a, enum vs_url_part part)
{
    size_t len;
    const char *text = vs_url_pattern_part(pattern_of(a), part, &len);
    vs_ret_maybe(a, vs_str_utf8(vs_args_cx(a), text, (ptrdiff_t)len));
}

static void get_protocol(const struct vs_args *a)
{
    ret_part(a, VS_URL_PROTOCOL);
}

static void get_username(const struct vs_args *a)
{
    ret_part(a, VS_URL_USERNAME);
}

static void get_password(const struct vs_args *a)
{
    ret_part(a, VS_URL_PASSWORD);
}

static void get_hostname(const struct vs_args *a)
{
    ret_part(a, VS_URL_HOSTNAME);
}

static void get_port(const struct vs_args *a)
{
    ret_part(a, VS_URL_PORT);
}

static void get_pathname(const struct vs_args *a)
{
    ret_part(a, VS_URL_PATHNAME);
}

static void get_search(const struct vs_args *a)
{
    ret_part(a, VS_URL_SEARCH);
}

static void get_hash(const struct vs_args *a)
{
    ret_part(a, VS_URL_HASH);
}

static void get_has_groups(const struct vs_args *a)
{
    vs_ret_bool(a, vs_url_pattern_has_groups(pattern_of(a)));
}

void rt_bind_url_pattern(struct rt_env *env, vs_val target)
{
    static vs_fn *const getters[VS_URL_PARTS] = {
        [VS_URL_PROTOCOL] = get_protocol, [VS_URL_USERNAME] = get_username,
        [VS_URL_PASSWORD] = get_password, [VS_URL_HOSTNAME] = get_hostname,
        [VS_URL_PORT] = get_port,         [VS_URL_PATHNAME] = get_pathname,
        [VS_URL_SEARCH] = get_search,     [VS_URL_HASH] = get_hash,
    };
    struct vs_class *c = vs_class_new(env->cx, "URLPattern", pattern_new, NULL, 1);
    for (int i = 0; i < VS_URL_PARTS; i++) vs_class_accessor(c, part_names[i], getters[i], NULL);
    vs_class_accessor(c, "hasRegExpGroups", get_has_groups, NULL);
    vs_class_method(c, "exec", pattern_exec);
    vs_class_method(c, "test", pattern_test);
    vs_put(env->cx, target, "URLPattern", vs_class_fn(c));
}
