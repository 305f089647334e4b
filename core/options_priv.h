/* core/options_priv.h: shared by the files that read the command line, options*.c. */
#ifndef RT_OPTIONS_PRIV_H
#define RT_OPTIONS_PRIV_H

#include "core/options.h"

struct rt_opt_value {
    int64_t number;   /* BOOL, INT, UINT, port; 1 for a V8 flag that was given */
    const char *text; /* STR, host; never NULL */
    struct rt_list list;
};

struct rt_vars;

struct rt_options {
    struct rt_opt_value values[RT_OPT_COUNT];
    struct rt_list argv, exec_argv;
    struct rt_list v8_flags;
    struct rt_list texts; /* owned copies that values point to */
    struct rt_list words; /* argv, copied */
    char *title;          /* the kernel's memory of argv, title_cap bytes */
    size_t title_cap;
    char *error; /* lines for stderr; NULL: none */
    size_t error_len;
    const char *program; /* argv[0]: errors begin with it */
    int exit_code;
    bool
        for_worker; /* options of the process can't be named; errors don't begin with the program */
};

/* The process has one value, whatever its threads say. */
bool rt_opt_is_process(enum rt_opt opt);

void rt_list_push(struct rt_list *l, const char *item);
/* A copy that lives as long as o. */
const char *rt_options_keep(struct rt_options *o, const char *s, size_t len);

/* Adds "program: text\n" to the error and sets the exit code to "bad option" if it has none. */
void rt_options_fail(struct rt_options *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds a line and fails nothing. */
void rt_options_note(struct rt_options *o, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void rt_options_set_defaults(struct rt_options *o);
/* Options from argv, up to the script; sets argv and exec_argv. */
void rt_options_read_argv(struct rt_options *o, int argc, char **argv);
/* Options from the text of NODE_OPTIONS. */
void rt_options_read_env(struct rt_options *o, const char *text);
/* Variables that switch one option on each. */
void rt_options_read_switches(struct rt_options *o, struct rt_vars *vars);
/* The process's variables that stand for one option each. */
void rt_options_read_variables(struct rt_options *o);
/* Options and combinations that make no sense. */
void rt_options_check(struct rt_options *o);

#endif
