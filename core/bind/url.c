/* core/bind/url.c: internalBinding('url'): WHATWG URLs, parsed and changed by ada. A URL is its
 * href on the JS side; where its parts lie goes through an array that both sides share. */
#include <ada_c.h>
#include <stdlib.h>
#include <string.h>

#include "core/env.h"
#include "core/error.h"
#include "core/snapshot.h"

/* The order in which the library reads the shared Uint32Array; ada's own fields, then the kind of
 * scheme. */
struct url_parts {
    ada_url_components ada;
    uint32_t scheme_type;
};

static struct url_parts *parts_of(struct rt_env *env)
{
    return (void *)vs_bytes(vs_ref_get(env->binding_state[RT_STATE_url])).ptr;
}

/* The library's numbers for what update() changes. */
enum url_action {
    SET_PROTOCOL,
    SET_HOST,
    SET_HOSTNAME,
    SET_PORT,
    SET_USERNAME,
    SET_PASSWORD,
    SET_PATHNAME,
    SET_SEARCH,
    SET_HASH,
    SET_HREF,
};

/* Returns the href (which is ASCII) and leaves its parts in the shared array. */
static void ret_url(const struct vs_args *a, ada_url url)
{
    struct rt_env *env = rt_env_of(a);
    ada_string href = ada_get_href(url);
    struct url_parts *parts = parts_of(env);
    parts->ada = *ada_get_components(url);
    parts->scheme_type = ada_get_scheme_type(url);
    vs_ret_maybe(a, vs_str_latin1(env->cx, href.data, (ptrdiff_t)href.length));
}

/* TypeError ERR_INVALID_URL with the texts that did not parse; both may be NULL. */
static void throw_invalid(struct rt_env *env, const struct vs_text *input,
                          const struct vs_text *base)
{
    struct vs_cx *cx = env->cx;
    const struct {
        const char *name;
        const struct vs_text *text;
    } details[] = { { "input", input }, { "base", base } };
    vs_val error = rt_error_code(env, VS_TYPE_ERROR, "ERR_INVALID_URL", "Invalid URL");
    for (size_t i = 0; error && i < sizeof details / sizeof details[0]; i++) {
        if (!details[i].text) continue;
        vs_val v = vs_str_utf8(cx, details[i].text->ptr, (ptrdiff_t)details[i].text->len);
        if (!v || !vs_set(cx, error, vs_str_intern(cx, details[i].name), v)) return;
    }
    if (error) vs_throw(cx, error);
}

/* A string argument and an optional one after it. Pair: read_texts / reset_texts. */
struct texts {
    struct vs_text input, base;
    bool has_base;
};

static bool read_texts(const struct vs_args *a, struct texts *t)
{
    struct vs_cx *cx = vs_args_cx(a);
    CHECK(vs_is_str(vs_arg(a, 0)));
    t->has_base = vs_is_str(vs_arg(a, 1));
    if (!vs_text_read(cx, vs_arg(a, 0), &t->input)) return false;
    if (!t->has_base || vs_text_read(cx, vs_arg(a, 1), &t->base)) return true;
    vs_text_reset(&t->input);
    return false;
}

static void reset_texts(struct texts *t)
{
    vs_text_reset(&t->input);
    if (t->has_base) vs_text_reset(&t->base);
}

/* (input, base, throw when it is not a URL): the href, or undefined. */
static void parse(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct texts t;
    if (!read_texts(a, &t)) return;
    ada_url url = t.has_base ? ada_parse_with_base(t.input.ptr, t.input.len, t.base.ptr, t.base.len)
                             : ada_parse(t.input.ptr, t.input.len);
    if (ada_is_valid(url)) {
        ret_url(a, url);
    } else if (vs_is_true(env->cx, vs_arg(a, 2))) {
        throw_invalid(env, &t.input, t.has_base ? &t.base : NULL);
    }
    ada_free(url);
    reset_texts(&t);
}

static void can_parse(const struct vs_args *a)
{
    struct texts t;
    if (!read_texts(a, &t)) return;
    vs_ret_bool(a, t.has_base
                       ? ada_can_parse_with_base(t.input.ptr, t.input.len, t.base.ptr, t.base.len)
                       : ada_can_parse(t.input.ptr, t.input.len));
    reset_texts(&t);
}

static bool apply(ada_url url, enum url_action action, const char *value, size_t len)
{
    switch (action) {
    case SET_PROTOCOL: return ada_set_protocol(url, value, len);
    case SET_HOST: return ada_set_host(url, value, len);
    case SET_HOSTNAME: return ada_set_hostname(url, value, len);
    case SET_PORT: return ada_set_port(url, value, len);
    case SET_USERNAME: return ada_set_username(url, value, len);
    case SET_PASSWORD: return ada_set_password(url, value, len);
    case SET_PATHNAME: return ada_set_pathname(url, value, len);
    case SET_HREF: return ada_set_href(url, value, len);
    case SET_SEARCH: ada_set_search(url, value, len); return true;
    case SET_HASH: ada_set_hash(url, value, len); return true;
    }
    return false;
}

/* (href, action, value): the new href, or false when the URL can't have that value. */
static void update(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text href, value;
    CHECK(vs_is_str(vs_arg(a, 0)) && vs_is_i32(vs_arg(a, 1)) && vs_is_str(vs_arg(a, 2)));
    if (!vs_text_read(cx, vs_arg(a, 0), &href)) return;
    if (!vs_text_read(cx, vs_arg(a, 2), &value)) goto reset_href;
    ada_url url = ada_parse(href.ptr, href.len);
    /* A URL that ada itself has written may be one that it does not read again. */
    if (ada_is_valid(url) &&
        apply(url, (enum url_action)vs_int(vs_arg(a, 1)), value.ptr, value.len)) {
        ret_url(a, url);
    } else {
        vs_ret_bool(a, false);
    }
    ada_free(url);
    vs_text_reset(&value);
reset_href:
    vs_text_reset(&href);
}

/* The host as a URL would have it; "" when none can. */
static void convert_domain(const struct vs_args *a, bool to_unicode)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text domain;
    CHECK(vs_is_str(vs_arg(a, 0)));
    if (!vs_text_read(cx, vs_arg(a, 0), &domain)) return;
    static const char any[] = "ws://x"; /* a special scheme: other ones have opaque hosts */
    ada_url url = ada_parse(any, sizeof any - 1);
    vs_val result = vs_empty_str(cx);
    if (ada_set_hostname(url, domain.ptr, domain.len)) {
        ada_string host = ada_get_hostname(url);
        if (to_unicode) {
            ada_owned_string text = ada_idna_to_unicode(host.data, host.length);
            result = vs_str_utf8(cx, text.data, (ptrdiff_t)text.length);
            ada_free_owned_string(text);
        } else {
            result = vs_str_latin1(cx, host.data, (ptrdiff_t)host.length);
        }
    }
    vs_ret_maybe(a, result);
    ada_free(url);
    vs_text_reset(&domain);
}

static void domain_to_ascii(const struct vs_args *a)
{
    convert_domain(a, false);
}

static void domain_to_unicode(const struct vs_args *a)
{
    convert_domain(a, true);
}

/* The href with the host in Unicode, which is no URL any more: ada can't hold it. */
static vs_val unicode_href(struct vs_cx *cx, ada_url url)
{
    ada_string href = ada_get_href(url), host = ada_get_hostname(url);
    const ada_url_components *c = ada_get_components(url);
    size_t start = c->host_end - host.length;
    ada_owned_string text = ada_idna_to_unicode(host.data, host.length);
    size_t len = href.length - host.length + text.length;
    char *out = malloc(len + 1);
    CHECK(out);
    char *p = mempcpy(out, href.data, start);
    if (text.length > 0) p = mempcpy(p, text.data, text.length);
    memcpy(p, href.data + c->host_end, href.length - c->host_end);
    vs_val result = vs_str_utf8(cx, out, (ptrdiff_t)len);
    free(out);
    ada_free_owned_string(text);
    return result;
}

/* (href, with hash, host in Unicode, with search, with user and password) */
static void format(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text href;
    CHECK(vs_is_str(vs_arg(a, 0)));
    if (!vs_text_read(cx, vs_arg(a, 0), &href)) return;
    ada_url url = ada_parse(href.ptr, href.len);
    if (!ada_is_valid(url)) { /* see update() */
        vs_ret(a, vs_arg(a, 0));
        goto free_url;
    }
    if (!vs_is_true(cx, vs_arg(a, 1))) ada_clear_hash(url);
    if (!vs_is_true(cx, vs_arg(a, 3))) ada_clear_search(url);
    if (!vs_is_true(cx, vs_arg(a, 4)) && ada_has_credentials(url)) {
        ada_set_username(url, "", 0);
        ada_set_password(url, "", 0);
    }
    if (vs_is_true(cx, vs_arg(a, 2)) && ada_has_hostname(url)) {
        vs_ret_maybe(a, unicode_href(cx, url));
    } else {
        ada_string out = ada_get_href(url);
        vs_ret_maybe(a, vs_str_latin1(cx, out.data, (ptrdiff_t)out.length));
    }
free_url:
    ada_free(url);
    vs_text_reset(&href);
}

static void get_origin(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text input;
    CHECK(vs_is_str(vs_arg(a, 0)));
    if (!vs_text_read(env->cx, vs_arg(a, 0), &input)) return;
    ada_url url = ada_parse(input.ptr, input.len);
    if (ada_is_valid(url)) {
        ada_owned_string origin = ada_get_origin(url);
        vs_ret_maybe(a, vs_str_utf8(env->cx, origin.data, (ptrdiff_t)origin.length));
        ada_free_owned_string(origin);
    } else {
        throw_invalid(env, NULL, NULL);
    }
    ada_free(url);
    vs_text_reset(&input);
}

/* Whether a byte of a path stands for itself in a file URL. Stricter than a URL's path has to be:
 * the path comes back unchanged whatever it holds. On Windows a backslash separates. */
static bool is_plain_in_path(uint8_t c, bool windows)
{
    if (c <= ' ' || c >= '~') return false;
    return c == '\\' ? windows : !strchr("\"#%<>?[]^`{|}", c);
}

static size_t escape_path(const struct vs_text *path, bool windows, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    char *p = out;
    for (size_t i = 0; i < path->len; i++) {
        uint8_t c = (uint8_t)path->ptr[i];
        if (is_plain_in_path(c, windows)) {
            *p++ = (char)c;
        } else {
            *p++ = '%';
            *p++ = digits[c >> 4];
            *p++ = digits[c & 15];
        }
    }
    return (size_t)(p - out);
}

/* (absolute path, by the rules of Windows, host = none) */
static void path_to_file_url(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct texts t;
    CHECK(vs_is_str(vs_arg(a, 0)));
    bool windows = vs_is_true(cx, vs_arg(a, 1));
    t.has_base = windows && vs_is_str(vs_arg(a, 2));
    if (!vs_text_read(cx, vs_arg(a, 0), &t.input)) return;
    if (t.has_base && !vs_text_read(cx, vs_arg(a, 2), &t.base)) {
        vs_text_reset(&t.input);
        return;
    }
    static const char empty[] = "file://";
    ada_url url = ada_parse(empty, sizeof empty - 1);
    char *escaped = malloc(3 * t.input.len + 1); /* "%XX" for each byte */
    CHECK(escaped);
    bool ok = ada_set_pathname(url, escaped, escape_path(&t.input, windows, escaped));
    if (ok && t.has_base) ok = ada_set_hostname(url, t.base.ptr, t.base.len);
    free(escaped);
    if (ok) {
        ret_url(a, url);
    } else {
        throw_invalid(rt_env_of(a), &t.input, t.has_base ? &t.base : NULL);
    }
    ada_free(url);
    reset_texts(&t);
}

static void state_drop(struct rt_env *env)
{
    vs_ref_drop(env->binding_state[RT_STATE_url]);
}

void rt_snap_url(struct rt_env *env, struct rt_snap *snap)
{
    struct vs_ref *array = env->binding_state[RT_STATE_url];
    rt_snap_ref(snap, &array);
    env->binding_state[RT_STATE_url] = array;
    env->binding_drop[RT_STATE_url] = state_drop;
}

void rt_bind_url(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_val ab = vs_ab_new(cx, sizeof(struct url_parts));
    CHECK(ab);
    vs_val parts = vs_typed_new(cx, VS_U32, ab, 0, sizeof(struct url_parts) / sizeof(uint32_t));
    CHECK(parts);
    env->binding_state[RT_STATE_url] = vs_ref_new(cx, parts);
    env->binding_drop[RT_STATE_url] = state_drop;
    vs_put(cx, target, "urlComponents", parts);
    vs_put_fn(cx, target, "domainToASCII", domain_to_ascii);
    vs_put_fn(cx, target, "domainToUnicode", domain_to_unicode);
    vs_put_fn(cx, target, "format", format);
    vs_put_fn(cx, target, "getOrigin", get_origin);
    vs_put_fn(cx, target, "parse", parse);
    vs_put_fn(cx, target, "pathToFileURL", path_to_file_url);
    vs_put_fn(cx, target, "update", update);
    vs_put_fn(cx, target, "canParse", can_parse);
}
