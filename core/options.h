/* core/options.h: the command line, NODE_OPTIONS and the other variables that stand for options.
 *
 * Parsed once, before V8 starts, since V8 takes its flags from the same line. The result belongs to
 * the process and is read-only afterwards, from ANY THREAD. Options are named by enum rt_opt;
 * core/options.def has them all.
 */
#ifndef RT_OPTIONS_H
#define RT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rt_opt {
#define RT_OPTION(id, name, type, flags, initial, help) RT_OPT_##id,
#include "core/options.def"
#undef RT_OPTION
    RT_OPT_COUNT,
};

/* The numbers are those of internalBinding('options').types. */
enum rt_opt_type {
    RT_TYPE_NOOP,
    RT_TYPE_V8,
    RT_TYPE_BOOL,
    RT_TYPE_INT,
    RT_TYPE_UINT,
    RT_TYPE_STR,
    RT_TYPE_HOST_PORT,
    RT_TYPE_LIST,
    RT_TYPE_COUNT,
};

/* Bits of rt_opt_info.flags. */
enum rt_opt_flag {
    RT_ENV = 1, /* allowed in NODE_OPTIONS */
    RT_NEG = 2, /* on unless switched off */
    RT_V8 = 4,  /* V8's own, which it would read more strictly */
};

struct rt_opt_info {
    const char *name;
    const char *help;    /* "": not shown */
    const char *initial; /* as typed; NULL: off, 0, "", empty */
    uint8_t type;        /* enum rt_opt_type */
    uint8_t flags;       /* enum rt_opt_flag */
};

/* "-e" stands for "--eval". Forms: "-x" anywhere, "--x=" only with a value, "--x <arg>" only before
 * a word that is no option. to[] ends with NULL: words put in place of the alias. */
#define RT_ALIAS_WORDS 2
struct rt_alias {
    const char *from;
    const char *to[RT_ALIAS_WORDS + 1];
};

struct rt_list {
    const char **items;
    uint32_t count, cap;
};

/* What the process is to do, in Node's order of precedence. */
enum rt_mode {
    RT_MODE_VERSION,    /* print the version */
    RT_MODE_COMPLETION, /* rt_options_print_completion() */
    RT_MODE_V8_OPTIONS, /* V8 has printed them: not reached unless V8 returned */
    RT_MODE_RUN,        /* --run: a script of package.json */
    RT_MODE_JS,         /* start rt_options_main() */
};

struct rt_options;
struct rt_vars;

/* Reads argv and the environment (it may set variables from --env-file) and gives V8 its flags:
 * call it before vs_platform_open(). Returns 0, or the exit code of the process; then
 * rt_options_error() is to be printed to stderr. *out is set in both cases; the caller owns it. */
int rt_options_parse(struct rt_options **out, int argc, char **argv);
/* What a worker's options are made from. */
struct rt_worker_words {
    struct rt_vars *vars;            /* its environment */
    const char *node_options;        /* NULL: none */
    bool known_env;                  /* node_options is what the parent was started with */
    const struct rt_list *exec_argv; /* NULL: none given */
};
/* Those of a worker, which parent has to outlive: the parent's, or with exec_argv the defaults;
 * then the variables' switches, node_options and exec_argv. Options of the process can't be named
 * and keep its values, but with known_env node_options may name them. *env_error and *argv_error:
 * what was wrong in each, a line for each mistake; owned by the caller, NULL without any. */
struct rt_options *rt_options_new_worker(const struct rt_options *parent,
                                         const struct rt_worker_words *words, char **env_error,
                                         char **argv_error);
void rt_options_drop(struct rt_options *o);
/* Whole lines. "" without an error. Also notes that are no error, hence to be printed in any case.
 */
const char *rt_options_error(const struct rt_options *o);

enum rt_mode rt_options_mode(const struct rt_options *o);
/* Id of the library's main script ("internal/main/eval_string"); for RT_MODE_JS. */
const char *rt_options_main(const struct rt_options *o);
/* process.argv (argv[0] as typed, then script and arguments) and process.execArgv. Borrowed. */
char **rt_options_argv(const struct rt_options *o, int *argc);
char **rt_options_exec_argv(const struct rt_options *o, int *argc);

/* The memory of the original arguments, which `ps` shows: where a title goes, NUL included. */
char *rt_options_title(const struct rt_options *o, size_t *cap);

bool rt_option_bool(const struct rt_options *o, enum rt_opt opt);
/* "" when not given. */
const char *rt_option_str(const struct rt_options *o, enum rt_opt opt);
int64_t rt_option_int(const struct rt_options *o, enum rt_opt opt);
const struct rt_list *rt_option_list(const struct rt_options *o, enum rt_opt opt);
/* HOST_PORT: the host; the port is rt_option_int(). */
const char *rt_option_host(const struct rt_options *o, enum rt_opt opt);

const struct rt_opt_info *rt_opt_info(enum rt_opt opt);
/* The option of that full name ("--eval"), or RT_OPT_COUNT. len < 0: strlen. */
enum rt_opt rt_opt_find(const char *name, ptrdiff_t len);
/* All aliases; *count of them. */
const struct rt_alias *rt_opt_aliases(size_t *count);

void rt_options_print_completion(void);

#endif
