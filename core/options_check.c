/* core/options_check.c: variables that stand for options, and options that make no sense, alone or
 * together. */
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "core/error.h"
#include "core/listeners.h"
#include "core/options_priv.h"
#include "core/vars.h"

void rt_options_read_switches(struct rt_options *o, struct rt_vars *vars)
{
    static const struct {
        const char *variable;
        enum rt_opt opt;
    } switches[] = {
        { "NODE_PENDING_DEPRECATION", RT_OPT_pending_deprecation },
        { "NODE_PRESERVE_SYMLINKS", RT_OPT_preserve_symlinks },
        { "NODE_PRESERVE_SYMLINKS_MAIN", RT_OPT_preserve_symlinks_main },
        { "NODE_USE_ENV_PROXY", RT_OPT_use_env_proxy },
        { "NODE_USE_SYSTEM_CA", RT_OPT_use_system_ca },
    };
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        char *value = rt_vars_get(vars, switches[i].variable);
        if (value && value[0] == '1') o->values[switches[i].opt].number = 1;
        free(value);
    }
}

void rt_options_read_variables(struct rt_options *o)
{
    static const struct {
        const char *variable;
        enum rt_opt opt;
    } texts[] = {
        { "NODE_ICU_DATA", RT_OPT_icu_data_dir },
        { "NODE_REDIRECT_WARNINGS", RT_OPT_redirect_warnings },
        { "TORC_IO", RT_OPT_io },
    };
    if (getauxval(AT_SECURE)) return; /* setuid: who started it must not decide */
    struct rt_vars *vars = rt_vars_process();
    rt_options_read_switches(o, vars);
    rt_vars_drop(vars);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *value = getenv(texts[i].variable);
        /* A copy: setenv() may free the variable's memory. */
        if (value && *value)
            o->values[texts[i].opt].text = rt_options_keep(o, value, strlen(value));
    }
}

static void check_exclusive(struct rt_options *o)
{
    static const enum rt_opt pairs[][2] = {
        { RT_OPT_use_openssl_ca, RT_OPT_use_bundled_ca },
        { RT_OPT_use_openssl_ca, RT_OPT_use_system_ca },
        { RT_OPT_tls_min_v1_3, RT_OPT_tls_max_v1_2 },
        { RT_OPT_test, RT_OPT_check },
        { RT_OPT_test, RT_OPT_interactive },
        { RT_OPT_watch, RT_OPT_check },
        { RT_OPT_watch, RT_OPT_interactive },
        { RT_OPT_watch, RT_OPT_test_force_exit },
    };
    static const enum rt_opt no_eval[] = { RT_OPT_check, RT_OPT_test, RT_OPT_watch };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (!rt_option_bool(o, pairs[i][0]) || !rt_option_bool(o, pairs[i][1])) continue;
        rt_options_fail(o, "either %s or %s can be used, not both", rt_opt_info(pairs[i][0])->name,
                        rt_opt_info(pairs[i][1])->name);
    }
    for (size_t i = 0; i < sizeof no_eval / sizeof no_eval[0]; i++) {
        if (!rt_option_bool(o, no_eval[i]) || !rt_option_bool(o, RT_OPT_has_eval_string)) continue;
        rt_options_fail(o, "either %s or --eval can be used, not both",
                        rt_opt_info(no_eval[i])->name);
    }
    if (rt_option_bool(o, RT_OPT_test) && rt_option_list(o, RT_OPT_watch_path)->count > 0) {
        rt_options_fail(o, "--watch-path cannot be used in combination with --test");
    }
}

static void check_values(struct rt_options *o)
{
    static const struct {
        enum rt_opt opt;
        const char *allowed[6];
    } choices[] = {
        { RT_OPT_unhandled_rejections,
          { "throw", "strict", "warn", "warn-with-error-code", "none" } },
        { RT_OPT_trace_require_module, { "all", "no-node-modules" } },
        { RT_OPT_use_largepages, { "off", "on", "silent" } },
        { RT_OPT_io, { "auto", "uring", "epoll", "fake" } },
        { RT_OPT_test_isolation, { "process", "none" } },
    };
    static const char *const input_types[] = { "commonjs", "module", "commonjs-typescript",
                                               "module-typescript" };
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        const char *value = rt_option_str(o, choices[i].opt);
        bool ok =
            !*value || (choices[i].opt == RT_OPT_test_isolation && !rt_option_bool(o, RT_OPT_test));
        for (const char *const *a = choices[i].allowed; !ok && *a; a++) ok = strcmp(value, *a) == 0;
        if (!ok) rt_options_fail(o, "invalid value for %s", rt_opt_info(choices[i].opt)->name);
    }
    const char *type = rt_option_str(o, RT_OPT_input_type);
    bool known = !*type;
    for (size_t i = 0; i < sizeof input_types / sizeof input_types[0]; i++)
        known |= strcmp(type, input_types[i]) == 0;
    if (!known) {
        rt_options_fail(o, "--input-type must be \"module\",\"commonjs\", \"module-typescript\" or "
                           "\"commonjs-typescript\"");
    }
    if (rt_option_int(o, RT_OPT_heapsnapshot_near_heap_limit) < 0) {
        rt_options_fail(o, "--heapsnapshot-near-heap-limit must not be negative");
    }
}

static bool power_of_two(int64_t n)
{
    return (n & (n - 1)) == 0;
}

static void check_secure_heap(struct rt_options *o)
{
    int64_t heap = rt_option_int(o, RT_OPT_secure_heap),
            least = rt_option_int(o, RT_OPT_secure_heap_min);
    if (heap < 2) return;
    if (!power_of_two(heap)) rt_options_fail(o, "--secure-heap must be a power of 2");
    if (least > heap) least = heap;
    if (least < 2) least = 2;
    if (!power_of_two(least)) rt_options_fail(o, "--secure-heap-min must be a power of 2");
}

/* Options of a profiler without the profiler. */
static void check_profilers(struct rt_options *o)
{
    static const struct {
        enum rt_opt profiler, name, dir, interval;
    } profilers[] = {
        { RT_OPT_cpu_prof, RT_OPT_cpu_prof_name, RT_OPT_cpu_prof_dir, RT_OPT_cpu_prof_interval },
        { RT_OPT_heap_prof, RT_OPT_heap_prof_name, RT_OPT_heap_prof_dir,
          RT_OPT_heap_prof_interval },
    };
    for (size_t i = 0; i < sizeof profilers / sizeof profilers[0]; i++) {
        if (rt_option_bool(o, profilers[i].profiler)) continue;
        const char *name = rt_opt_info(profilers[i].profiler)->name;
        if (*rt_option_str(o, profilers[i].name))
            rt_options_fail(o, "%s-name must be used with %s", name, name);
        if (*rt_option_str(o, profilers[i].dir))
            rt_options_fail(o, "%s-dir must be used with %s", name, name);
        if (rt_option_int(o, profilers[i].interval) !=
            atoll(rt_opt_info(profilers[i].interval)->initial)) {
            rt_options_fail(o, "%s-interval must be used with %s", name, name);
        }
    }
}

/* Node reports these two only after the options have been read, with an exit code of its own. */
static void check_late(struct rt_options *o)
{
    if (o->exit_code) return;
    const struct rt_list *reverts = rt_option_list(o, RT_OPT_security_revert);
    const char *proto = rt_option_str(o, RT_OPT_disable_proto);
    if (reverts->count) {
        rt_options_fail(o, "Error: Attempt to revert an unknown CVE [%s]", reverts->items[0]);
    } else if (*proto && strcmp(proto, "delete") != 0 && strcmp(proto, "throw") != 0) {
        rt_options_fail(o, "invalid mode passed to --disable-proto");
    }
    if (o->exit_code) o->exit_code = RT_EXIT_BAD_OPTION_VALUE;
}

/* --threads is for the script of a server. */
static void check_threads(struct rt_options *o)
{
    static const enum rt_opt others[] = { RT_OPT_check, RT_OPT_test, RT_OPT_watch,
                                          RT_OPT_interactive };
    const char *text = rt_option_str(o, RT_OPT_threads);
    const char *script = o->argv.count > 1 ? o->argv.items[1] : "-";
    char *end;
    if (!*text) return;
    unsigned long count = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || count < 1 || count > RT_THREADS_MAX) {
        rt_options_fail(o, "--threads must be a whole number from 1 to %u, not '%s'",
                        RT_THREADS_MAX, text);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (!rt_option_bool(o, others[i])) continue;
        rt_options_fail(o, "either --threads or %s can be used, not both",
                        rt_opt_info(others[i])->name);
    }
    if (rt_option_bool(o, RT_OPT_has_eval_string)) {
        rt_options_fail(o, "either --threads or --eval can be used, not both");
    } else if (*rt_option_str(o, RT_OPT_run)) {
        rt_options_fail(o, "either --threads or --run can be used, not both");
    } else if (!o->exit_code && strcmp(script, "-") == 0) {
        rt_options_fail(o, "--threads needs the file of a script");
    }
}

/* What Node can do and torc can't yet must not look as if it had worked. */
static void check_missing(struct rt_options *o)
{
    static const enum rt_opt missing[] = {
        RT_OPT_build_snapshot,
        RT_OPT_build_snapshot_config,
        RT_OPT_cpu_prof,
        RT_OPT_enable_fips,
        RT_OPT_experimental_config_file,
        RT_OPT_experimental_sea_config,
        RT_OPT_force_fips,
        RT_OPT_heap_prof,
        RT_OPT_icu_data_dir,
        RT_OPT_inspect,
        RT_OPT_max_old_space_size_percentage,
        RT_OPT_openssl_legacy_provider,
        RT_OPT_permission,
        RT_OPT_permission_audit,
        RT_OPT_report_on_fatalerror,
        RT_OPT_report_uncaught_exception,
        RT_OPT_secure_heap,
        RT_OPT_snapshot_blob,
        RT_OPT_trace_env,
        RT_OPT_trace_event_categories,
    };
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        if (rt_option_int(o, missing[i]) == 0 && !*rt_option_str(o, missing[i])) continue;
        rt_options_fail(o, "torc has no %s yet", rt_opt_info(missing[i])->name);
    }
}

void rt_options_check(struct rt_options *o)
{
    if (rt_option_bool(o, RT_OPT_debug) || rt_option_bool(o, RT_OPT_debug_brk)) {
        rt_options_fail(o,
                        "[DEP0062]: `node --debug` and `node --debug-brk` are invalid. Please use "
                        "`node --inspect` and `node --inspect-brk` instead.");
    }
    check_exclusive(o);
    check_values(o);
    check_threads(o);
    check_secure_heap(o);
    check_profilers(o);
    check_late(o);
    if (!o->exit_code) check_missing(o);
}
