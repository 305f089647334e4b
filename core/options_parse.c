/* core/options_parse.c: Node's rules for reading options from argv and from NODE_OPTIONS.
 *
 * Options end at the first word that is no option, at "-" (stdin) or after "--". A word may be
 * "--name", "--name=value",
 * "--name value" or "--no-name", with "_" for "-" in names; one-letter options don't combine, but
 * for "-pe". A name that is not in the table goes to V8, which rejects what it doesn't know either.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/options_priv.h"

/* Words still to be read; an alias puts its expansion in front. */
struct source {
    char **words;
    int count, next;
    const char *front[RT_ALIAS_WORDS];
    int front_count;
    bool from_env;
};

/* One option as it was typed and what it came to mean. */
struct word {
    const char *typed; /* whole */
    const char *shown; /* up to and with "=": how errors name it */
    const char *value; /* after "=", or NULL */
    char *name;        /* owned: normalised, without "no-", aliases resolved */
    bool negated;
};

static const char *peek(const struct source *s)
{
    if (s->front_count) return s->front[s->front_count - 1];
    return s->next < s->count ? s->words[s->next] : NULL;
}

static const char *take(struct source *s)
{
    if (s->front_count) return s->front[--s->front_count];
    return s->words[s->next++];
}

/* Options that switch others. when: the value of the first that does it; NOOP and STR options count
 * as true. */
static const struct {
    enum rt_opt from;
    bool when;
    enum rt_opt to;
    bool value;
} implications[] = {
    { RT_OPT_node_memory_debug, true, RT_OPT_debug_arraybuffer_allocations, true },
    { RT_OPT_node_memory_debug, true, RT_OPT_verify_base_objects, true },
    { RT_OPT_require_module, true, RT_OPT_experimental_require_module, true },
    { RT_OPT_require_module, false, RT_OPT_experimental_require_module, false },
    { RT_OPT_experimental_require_module, true, RT_OPT_require_module, true },
    { RT_OPT_experimental_require_module, false, RT_OPT_require_module, false },
    { RT_OPT_permission, true, RT_OPT_addons, false },
    { RT_OPT_permission_audit, true, RT_OPT_addons, false },
    { RT_OPT_trace_env_native_stack, true, RT_OPT_trace_env, true },
    { RT_OPT_trace_env_js_stack, true, RT_OPT_trace_env, true },
    { RT_OPT_experimental_transform_types, true, RT_OPT_enable_source_maps, true },
    { RT_OPT_eval, true, RT_OPT_has_eval_string, true },
    { RT_OPT_env_file, true, RT_OPT_has_env_file_string, true },
    { RT_OPT_env_file_if_exists, true, RT_OPT_has_env_file_string, true },
    { RT_OPT_test_random_seed, true, RT_OPT_has_test_random_seed, true },
    { RT_OPT_report_signal, true, RT_OPT_report_on_signal, true },
    { RT_OPT_harmony_shadow_realm, true, RT_OPT_experimental_shadow_realm, true },
    { RT_OPT_use_openssl_ca, true, RT_OPT_ssl_openssl_cert_store, true },
    { RT_OPT_use_bundled_ca, true, RT_OPT_ssl_openssl_cert_store, false },
    { RT_OPT_inspect_brk, true, RT_OPT_inspect, true },
    { RT_OPT_inspect_brk_node, true, RT_OPT_inspect, true },
    { RT_OPT_inspect_wait, true, RT_OPT_inspect, true },
    { RT_OPT_watch_path, true, RT_OPT_watch, true },
};

static void imply(struct rt_options *o, enum rt_opt opt, bool on)
{
    for (size_t i = 0; i < sizeof implications / sizeof implications[0]; i++) {
        if (implications[i].from == opt && implications[i].when == on) {
            o->values[implications[i].to].number = implications[i].value;
        }
    }
    if (opt == RT_OPT_experimental_shadow_realm && on)
        rt_list_push(&o->v8_flags, "--harmony-shadow-realm");
}

/* The alias whose form is name followed by suffix, or NULL. */
static const struct rt_alias *find_alias(const char *name, const char *suffix)
{
    size_t count, len = strlen(name);
    const struct rt_alias *all = rt_opt_aliases(&count);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(all[i].from, name, len) == 0 && strcmp(all[i].from + len, suffix) == 0)
            return &all[i];
    }
    return NULL;
}

/* Replaces w->name once by the first word of its alias and puts the others in front of the source.
 * False: there is no (further) alias. */
static bool expand_alias(struct source *s, struct word *w)
{
    const struct rt_alias *found = NULL;
    const char *next = peek(s);
    if (w->value) found = find_alias(w->name, "=");
    if (!found && next && next[0] != '-') found = find_alias(w->name, " <arg>");
    if (!found) found = find_alias(w->name, "");
    if (!found) return false;
    for (int i = RT_ALIAS_WORDS - 1; i > 0; i--) {
        if (found->to[i]) s->front[s->front_count++] = found->to[i];
    }
    bool same = strcmp(found->to[0], w->name) == 0;
    free(w->name);
    w->name = strdup(found->to[0]);
    CHECK(w->name);
    return !same;
}

/* Splits one word that begins with "-"; false: it makes no sense and o has the error. */
static void split_word(struct rt_options *o, struct source *s, struct word *w)
{
    bool is_long = strncmp(w->typed, "--", 2) == 0;
    const char *equals = is_long ? strchr(w->typed, '=') : NULL;
    size_t len = equals ? (size_t)(equals - w->typed) : strlen(w->typed);
    w->shown = rt_options_keep(o, w->typed, equals ? len + 1 : len);
    w->value = equals ? equals + 1 : NULL;
    w->name = strndup(w->typed, len);
    CHECK(w->name);
    for (size_t i = 2; is_long && i < len; i++) {
        if (w->name[i] == '_') w->name[i] = '-';
    }
    w->negated = strncmp(w->name, "--no-", 5) == 0;
    if (w->negated) memmove(w->name + 2, w->name + 5, len - 5 + 1);
    while (expand_alias(s, w)) continue;
}

/* The value of an option that takes one; NULL: missing, o has the error. */
static const char *read_value(struct rt_options *o, struct source *s, const struct word *w)
{
    const char *value = w->value;
    if (value) {
        if (*value) return value;
    } else if (peek(s)) {
        value = take(s);
        if (value[0] != '-') return value[0] == '\\' && value[1] == '-' ? value + 1 : value;
    }
    rt_options_fail(o, "%s requires an argument", w->shown);
    return NULL;
}

#define PORT_MIN 1024
#define PORT_MAX 65535

/* "port", "host", "host:port" or "[v6]:port". */
static void set_host_port(struct rt_options *o, struct rt_opt_value *v, const char *value)
{
    size_t len = strlen(value);
    const char *host = value, *port = NULL;
    if (value[0] == '[' && value[len - 1] == ']') {
        host = value + 1;
        len -= 2;
    } else {
        const char *colon = strrchr(value, ':');
        bool digits = value[strspn(value, "0123456789")] == '\0';
        if (colon) {
            port = colon + 1;
            len = (size_t)(colon - value);
            if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
                host++;
                len -= 2;
            }
        } else if (digits) {
            port = value;
            len = 0;
        }
    }
    if (port) {
        char *end;
        errno = 0;
        long n = strtol(port, &end, 10);
        if (errno || end == port || *end || (n != 0 && n < PORT_MIN) || n > PORT_MAX) {
            rt_options_fail(o, "must be 0 or in range %d to %d.", PORT_MIN, PORT_MAX);
            return;
        }
        v->number = n;
    }
    if (len) v->text = rt_options_keep(o, host, len);
}

static void set_option(struct rt_options *o, struct source *s, const struct word *w,
                       enum rt_opt opt)
{
    const struct rt_opt_info *info = rt_opt_info(opt);
    struct rt_opt_value *v = &o->values[opt];
    const char *value = NULL;
    if (info->type >= RT_TYPE_INT) {
        value = read_value(o, s, w);
        if (!value) return;
    }
    switch (info->type) {
    case RT_TYPE_NOOP: break;
    case RT_TYPE_V8:
        v->number = !w->negated;
        rt_list_push(&o->v8_flags, w->typed);
        break;
    case RT_TYPE_BOOL: v->number = !w->negated; break;
    case RT_TYPE_INT: v->number = atoll(value); break;
    case RT_TYPE_UINT: v->number = (int64_t)strtoull(value, NULL, 10); break;
    case RT_TYPE_STR: v->text = value; break;
    case RT_TYPE_LIST: rt_list_push(&v->list, value); break;
    case RT_TYPE_HOST_PORT: set_host_port(o, v, value); break;
    }
    if (info->flags & RT_V8 && value[strspn(value, "-0123456789")])
        rt_options_fail(o, "bad option: %s", w->shown);
    imply(o, opt, !w->negated);
}

static void read_option(struct rt_options *o, struct source *s, const char *typed)
{
    struct word w = { .typed = typed };
    split_word(o, s, &w);
    enum rt_opt opt = w.name[0] == '-' ? rt_opt_find(w.name, -1) : RT_OPT_COUNT;
    const struct rt_opt_info *info = opt < RT_OPT_COUNT ? rt_opt_info(opt) : NULL;
    bool refused = info && o->for_worker && rt_opt_is_process(opt);
    if (s->from_env && (!info || !(info->flags & RT_ENV) || refused)) {
        rt_options_fail(o, "%s is not allowed in NODE_OPTIONS", w.shown);
    } else if (!info || refused || (o->for_worker && info->type == RT_TYPE_V8)) {
        rt_list_push(&o->v8_flags, typed);
    } else if (w.negated && info->type != RT_TYPE_BOOL && info->type != RT_TYPE_V8) {
        rt_options_fail(o, "%s is an invalid negation because it is not a boolean option", w.shown);
    } else {
        set_option(o, s, &w, opt);
    }
    free(w.name);
}

static void read_options(struct rt_options *o, struct source *s)
{
    const char *next;
    while (!o->exit_code && (next = peek(s)) && next[0] == '-' && next[1] != '\0') {
        take(s);
        if (strcmp(next, "--") == 0) {
            if (s->from_env) rt_options_fail(o, "-- is not allowed in NODE_OPTIONS");
            return;
        }
        read_option(o, s, next);
    }
}

void rt_options_read_argv(struct rt_options *o, int argc, char **argv)
{
    struct source s = { .words = argv, .count = argc, .next = 1 };
    read_options(o, &s);
    int end = s.next;
    if (end > 1 && strcmp(argv[end - 1], "--") == 0) end--;
    for (int i = 1; i < end; i++) rt_list_push(&o->exec_argv, argv[i]);
    rt_list_push(&o->argv, o->program);
    for (int i = s.next; i < argc; i++) rt_list_push(&o->argv, argv[i]);
}

/* Words are separated by spaces; "..." joins, and within it "\" takes the next character as it is.
 * buf has room for all of text. Returns NULL, or what is wrong. */
static const char *split_env(struct rt_options *o, const char *text, char *buf,
                             struct rt_list *words)
{
    size_t len = 0;
    bool quoted = false, in_word = false;
    for (const char *p = text; *p; p++) {
        if (*p == ' ' && !quoted) {
            if (in_word) rt_list_push(words, rt_options_keep(o, buf, len));
            in_word = false;
            len = 0;
            continue;
        }
        in_word = true;
        if (*p == '"') {
            quoted = !quoted;
            continue;
        }
        if (*p == '\\' && quoted && *++p == '\0') return "invalid escape";
        buf[len++] = *p;
    }
    if (quoted) return "unterminated string";
    if (in_word) rt_list_push(words, rt_options_keep(o, buf, len));
    return NULL;
}

void rt_options_read_env(struct rt_options *o, const char *text)
{
    struct rt_list words = { 0 };
    char *buf = malloc(strlen(text) + 1);
    CHECK(buf);
    const char *wrong = split_env(o, text, buf, &words);
    if (wrong) {
        rt_options_fail(o, "invalid value for NODE_OPTIONS (%s)\n", wrong);
    } else {
        struct source s = { .words = (char **)words.items,
                            .count = (int)words.count,
                            .from_env = true };
        read_options(o, &s);
    }
    free(words.items);
    free(buf);
}
