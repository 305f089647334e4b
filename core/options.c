/* core/options.c: the table of options, their values, and how the command line is put together from
 * its sources. */
#include "core/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/dotenv.h"
#include "core/error.h"
#include "core/options_priv.h"
#include "v8shim/vs.h"

static const struct rt_opt_info infos[RT_OPT_COUNT] = {
#define RT_OPTION(id, name, type, flags, initial, help) \
    [RT_OPT_##id] = { name, help, initial, RT_TYPE_##type, flags },
#include "core/options.def"
#undef RT_OPTION
};

static const struct rt_alias aliases[] = {
    { "--debug-brk=", { "--debug-brk" } },
    { "--debug-port", { "--inspect-port" } },
    { "--debug=", { "--debug" } },
    { "--enable-network-family-autoselection", { "--network-family-autoselection" } },
    { "--es-module-specifier-resolution", { "--experimental-specifier-resolution" } },
    { "--experimental-default-config-file", { "--experimental-config-file" } },
    { "--experimental-strip-types", { "--strip-types" } },
    { "--experimental-test-isolation", { "--test-isolation" } },
    { "--inspect-brk-node=", { "--inspect-port", "--inspect-brk-node" } },
    { "--inspect-brk=", { "--inspect-port", "--inspect-brk" } },
    { "--inspect-wait=", { "--inspect-port", "--inspect-wait" } },
    { "--inspect=", { "--inspect-port", "--inspect" } },
    { "--loader", { "--experimental-loader" } },
    { "--print <arg>", { "-pe" } },
    { "--prof-process", { "--prof-process", "--" } },
    { "--report-directory", { "--report-dir" } },
    { "--security-reverts", { "--security-revert" } },
    { "--trace-events-enabled", { "--trace-event-categories", "v8,node,node.async_hooks" } },
    { "-C", { "--conditions" } },
    { "-c", { "--check" } },
    { "-e", { "--eval" } },
    { "-h", { "--help" } },
    { "-i", { "--interactive" } },
    { "-p", { "--print" } },
    { "-pe", { "--print", "--eval" } },
    { "-r", { "--require" } },
    { "-v", { "--version" } },
};

const struct rt_opt_info *rt_opt_info(enum rt_opt opt)
{
    return &infos[opt];
}

enum rt_opt rt_opt_find(const char *name, ptrdiff_t len)
{
    size_t n = len < 0 ? strlen(name) : (size_t)len;
    for (int i = 0; i < RT_OPT_COUNT; i++) {
        if (strncmp(infos[i].name, name, n) == 0 && infos[i].name[n] == '\0') return i;
    }
    return RT_OPT_COUNT;
}

const struct rt_alias *rt_opt_aliases(size_t *count)
{
    *count = sizeof aliases / sizeof aliases[0];
    return aliases;
}

void rt_list_push(struct rt_list *l, const char *item)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 8;
        l->items = realloc(l->items, l->cap * sizeof *l->items);
        CHECK(l->items);
    }
    l->items[l->count++] = item;
}

const char *rt_options_keep(struct rt_options *o, const char *s, size_t len)
{
    char *copy = strndup(s, len);
    CHECK(copy);
    rt_list_push(&o->texts, copy);
    return copy;
}

static void add_line(struct rt_options *o, bool name_program, const char *format, va_list args)
{
    char *text, *line;
    CHECK(vasprintf(&text, format, args) >= 0);
    int len =
        asprintf(&line, "%s%s%s\n", name_program ? o->program : "", name_program ? ": " : "", text);
    CHECK(len >= 0);
    o->error = realloc(o->error, o->error_len + (size_t)len + 1);
    CHECK(o->error);
    memcpy(o->error + o->error_len, line, (size_t)len + 1);
    o->error_len += (size_t)len;
    free(line);
    free(text);
}

void rt_options_fail(struct rt_options *o, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_line(o, !o->for_worker, format, args);
    va_end(args);
    if (!o->exit_code) o->exit_code = RT_EXIT_BAD_OPTION;
}

void rt_options_note(struct rt_options *o, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_line(o, false, format, args);
    va_end(args);
}

void rt_options_set_defaults(struct rt_options *o)
{
    for (int i = 0; i < RT_OPT_COUNT; i++) {
        struct rt_opt_value *v = &o->values[i];
        const char *initial = infos[i].initial;
        v->text = "";
        if (!initial) continue;
        if (infos[i].type == RT_TYPE_HOST_PORT) {
            const char *colon = strrchr(initial, ':');
            v->text = rt_options_keep(o, initial, (size_t)(colon - initial));
            v->number = atoll(colon + 1);
        } else if (infos[i].type == RT_TYPE_STR) {
            v->text = initial;
        } else {
            v->number = atoll(initial);
        }
    }
}

/* Files named by --env-file set variables that are not set yet, NODE_OPTIONS among them. Node looks
 * for the option among all arguments up to "--", the script's own included. */
static void load_env_files(struct rt_options *o, int argc, char **argv)
{
    static const struct {
        const char *name;
        bool optional;
    } kinds[] = { { "--env-file", false }, { "--env-file-if-exists", true } };
    struct rt_dotenv files = { 0 };
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        size_t len = strcspn(argv[i], "=");
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            if (strlen(kinds[k].name) != len || strncmp(argv[i], kinds[k].name, len) != 0) continue;
            const char *file = argv[i][len] == '=' ? argv[i] + len + 1 : argv[i + 1];
            if (!file || rt_dotenv_add_file(&files, file) == 0) continue;
            if (kinds[k].optional) {
                rt_options_note(o, "%s not found. Continuing without it.", file);
            } else {
                rt_options_fail(o, "%s: not found", file);
            }
        }
    }
    rt_dotenv_apply(&files);
    rt_dotenv_reset(&files);
}

/* What Node switches on in V8, or leaves changeable. */
static const char node_v8_flags[] =
    "--js-source-phase-imports --experimental-wasm-jspi --no-freeze-flags-after-init";

/* V8 takes what it knows; what it leaves is unknown to both. */
static void set_v8_flags(struct rt_options *o)
{
    vs_flags_set(node_v8_flags);
    if (o->v8_flags.count == 0) return;
    int argc = (int)o->v8_flags.count + 1;
    char **argv = calloc((size_t)argc + 1, sizeof *argv);
    CHECK(argv);
    argv[0] = (char *)o->program;
    memcpy(argv + 1, o->v8_flags.items, o->v8_flags.count * sizeof *argv);
    vs_flags_set_argv(&argc, argv);
    for (int i = 1; i < argc; i++) rt_options_fail(o, "bad option: %s", argv[i]);
    free(argv);
}

/* Copies the arguments, since process.title writes over the originals, and notes where these are:
 * the kernel put them one after the other. */
static char **copy_argv(struct rt_options *o, int argc, char **argv)
{
    if (argc < 1) {
        rt_list_push(&o->words, "torc");
        return (char **)o->words.items;
    }
    o->title = argv[0];
    o->title_cap = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) + 1 - argv[0]);
    for (int i = 0; i < argc; i++) {
        rt_list_push(&o->words, rt_options_keep(o, argv[i], strlen(argv[i])));
    }
    rt_list_push(&o->words, NULL);
    return (char **)o->words.items;
}

int rt_options_parse(struct rt_options **out, int argc, char **argv)
{
    struct rt_options *o = calloc(1, sizeof *o);
    CHECK(o);
    *out = o;
    argv = copy_argv(o, argc, argv);
    o->program = argv[0];
    rt_options_set_defaults(o);
    load_env_files(o, argc, argv);
    if (o->exit_code) return o->exit_code;
    rt_options_read_variables(o);
    const char *env = secure_getenv("NODE_OPTIONS");
    if (env) rt_options_read_env(o, env);
    if (o->exit_code) return o->exit_code;
    rt_options_read_argv(o, argc, argv);
    if (o->exit_code) return o->exit_code;
    rt_options_check(o);
    if (o->exit_code) return o->exit_code;
    if (rt_option_bool(o, RT_OPT_v8_options)) rt_list_push(&o->v8_flags, "--help");
    set_v8_flags(o);
    return o->exit_code;
}

void rt_options_drop(struct rt_options *o)
{
    if (!o) return;
    for (uint32_t i = 0; i < o->texts.count; i++) free((char *)o->texts.items[i]);
    for (int i = 0; i < RT_OPT_COUNT; i++) free(o->values[i].list.items);
    free(o->texts.items);
    free(o->words.items);
    free(o->argv.items);
    free(o->exec_argv.items);
    free(o->v8_flags.items);
    free(o->error);
    free(o);
}

const char *rt_options_error(const struct rt_options *o)
{
    return o->error ? o->error : "";
}

enum rt_mode rt_options_mode(const struct rt_options *o)
{
    if (rt_option_bool(o, RT_OPT_version)) return RT_MODE_VERSION;
    if (rt_option_bool(o, RT_OPT_completion_bash)) return RT_MODE_COMPLETION;
    if (rt_option_bool(o, RT_OPT_v8_options)) return RT_MODE_V8_OPTIONS;
    if (*rt_option_str(o, RT_OPT_run)) return RT_MODE_RUN;
    return RT_MODE_JS;
}

const char *rt_options_main(const struct rt_options *o)
{
    const char *script = o->argv.count > 1 ? o->argv.items[1] : NULL;
    if (script && strcmp(script, "inspect") == 0) return "internal/main/inspect";
    if (script && strcmp(script, "bench") == 0) return "internal/main/torc_bench";
    if (rt_option_bool(o, RT_OPT_help)) return "internal/main/print_help";
    if (rt_option_bool(o, RT_OPT_prof_process)) return "internal/main/prof_process";
    bool repl = rt_option_bool(o, RT_OPT_interactive);
    if (rt_option_bool(o, RT_OPT_has_eval_string) && !repl) return "internal/main/eval_string";
    if (rt_option_bool(o, RT_OPT_check)) return "internal/main/check_syntax";
    if (rt_option_bool(o, RT_OPT_test)) return "internal/main/test_runner";
    if (rt_option_bool(o, RT_OPT_watch)) return "internal/main/watch_mode";
    if (*rt_option_str(o, RT_OPT_threads)) return "internal/main/torc_threads";
    if (script && strcmp(script, "-") != 0) return "internal/main/run_main_module";
    if (repl || isatty(STDIN_FILENO)) return "internal/main/repl";
    return "internal/main/eval_stdin";
}

char **rt_options_argv(const struct rt_options *o, int *argc)
{
    *argc = (int)o->argv.count;
    return (char **)o->argv.items;
}

char **rt_options_exec_argv(const struct rt_options *o, int *argc)
{
    *argc = (int)o->exec_argv.count;
    return (char **)o->exec_argv.items;
}

char *rt_options_title(const struct rt_options *o, size_t *cap)
{
    *cap = o->title_cap;
    return o->title;
}

bool rt_option_bool(const struct rt_options *o, enum rt_opt opt)
{
    return o->values[opt].number != 0;
}

const char *rt_option_str(const struct rt_options *o, enum rt_opt opt)
{
    return o->values[opt].text;
}

int64_t rt_option_int(const struct rt_options *o, enum rt_opt opt)
{
    return o->values[opt].number;
}

const struct rt_list *rt_option_list(const struct rt_options *o, enum rt_opt opt)
{
    return &o->values[opt].list;
}

const char *rt_option_host(const struct rt_options *o, enum rt_opt opt)
{
    return o->values[opt].text;
}

void rt_options_print_completion(void)
{
    fputs("_torc_complete() {\n"
          "  local word=\"${COMP_WORDS[COMP_CWORD]}\"\n"
          "  if [[ \"$word\" == -* ]]; then\n"
          "    COMPREPLY=( $(compgen -W '",
          stdout);
    for (int i = 0; i < RT_OPT_COUNT; i++) {
        if (infos[i].name[0] == '-') printf("%s ", infos[i].name);
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (!strchr(aliases[i].from, ' ')) printf("%s ", aliases[i].from);
    }
    fputs("' -- \"$word\") )\n"
          "  else\n"
          "    COMPREPLY=( $(compgen -f \"$word\") )\n"
          "  fi\n"
          "}\n"
          "complete -o filenames -o nospace -o bashdefault -F _torc_complete torc\n",
          stdout);
}
