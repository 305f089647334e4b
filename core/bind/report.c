/* core/bind/report.c: internalBinding('report'): the settings of diagnostic reports, which start
 * from the --report-* options. Writing one is not there yet. */
#include <stdlib.h>

#include "core/env.h"
#include "core/error.h"
#include "core/options.h"

/* The library's getter and setter of one setting; which one it is comes as the function's data. */
struct setting {
    const char *getter, *setter;
    enum rt_opt option;
};

static const struct setting flags[] = {
    { "getCompact", "setCompact", RT_OPT_report_compact },
    { "getExcludeNetwork", "setExcludeNetwork", RT_OPT_report_exclude_network },
    { "getExcludeEnv", "setExcludeEnv", RT_OPT_report_exclude_env },
    { "shouldReportOnFatalError", "setReportOnFatalError", RT_OPT_report_on_fatalerror },
    { "shouldReportOnSignal", "setReportOnSignal", RT_OPT_report_on_signal },
    { "shouldReportOnUncaughtException", "setReportOnUncaughtException",
      RT_OPT_report_uncaught_exception },
};
#define FLAG_COUNT (sizeof(flags) / sizeof(flags[0]))

static const struct setting texts[] = {
    { "getDirectory", "setDirectory", RT_OPT_report_dir },
    { "getFilename", "setFilename", RT_OPT_report_filename },
    { "getSignal", "setSignal", RT_OPT_report_signal },
};
#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

/* Per-env state, in RT_STATE_report. */
struct report {
    bool flags[FLAG_COUNT];
    struct vs_ref *texts[TEXT_COUNT]; /* owned: strings */
};

static struct report *report_of(struct rt_env *env)
{
    return env->binding_state[RT_STATE_report];
}

static int setting_index(const struct vs_args *a)
{
    return vs_smi(vs_args_data(a));
}

static void get_flag(const struct vs_args *a)
{
    vs_ret_bool(a, report_of(rt_env_of(a))->flags[setting_index(a)]);
}

static void set_flag(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    report_of(env)->flags[setting_index(a)] = vs_is_true(env->cx, vs_arg(a, 0));
}

static void get_text(const struct vs_args *a)
{
    vs_ret(a, vs_ref_get(report_of(rt_env_of(a))->texts[setting_index(a)]));
}

static void set_text(const struct vs_args *a)
{
    struct vs_ref **text = &report_of(rt_env_of(a))->texts[setting_index(a)];
    CHECK(vs_is_str(vs_arg(a, 0)));
    vs_ref_drop(*text);
    *text = vs_ref_new(vs_args_cx(a), vs_arg(a, 0));
}

static void put(struct vs_cx *cx, vs_val target, const char *name, vs_fn *fn, size_t index)
{
    vs_put(cx, target, name, vs_fn_new_data(cx, fn, name, vs_i32(cx, (int32_t)index)));
}

static void state_drop(struct rt_env *env)
{
    struct report *r = report_of(env);
    for (size_t i = 0; i < TEXT_COUNT; i++) vs_ref_drop(r->texts[i]);
    free(r);
}

void rt_bind_report(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct report *r = calloc(1, sizeof(*r));
    CHECK(r);
    env->binding_state[RT_STATE_report] = r;
    env->binding_drop[RT_STATE_report] = state_drop;
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        r->flags[i] = rt_option_bool(env->options, flags[i].option);
        put(cx, target, flags[i].getter, get_flag, i);
        put(cx, target, flags[i].setter, set_flag, i);
    }
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        const char *text = rt_option_str(env->options, texts[i].option);
        r->texts[i] = vs_ref_new(cx, vs_str_utf8(cx, text, -1));
        put(cx, target, texts[i].getter, get_text, i);
        put(cx, target, texts[i].setter, set_text, i);
    }
    rt_put_missing(env, target, "report", "writeReport getReport");
}
