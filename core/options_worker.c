/* core/options_worker.c: the options of a worker: its parent's, or its own where it has some. */
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/options_priv.h"

static const enum rt_opt process_wide[] = {
    RT_OPT_completion_bash,
    RT_OPT_debug_arraybuffer_allocations,
    RT_OPT_disable_proto,
    RT_OPT_disable_wasm_trap_handler,
    RT_OPT_enable_fips,
    RT_OPT_experimental_sea_config,
    RT_OPT_force_fips,
    RT_OPT_help,
    RT_OPT_icu_data_dir,
    RT_OPT_io,
    RT_OPT_io_stats,
    RT_OPT_io_trace,
    RT_OPT_node_memory_debug,
    RT_OPT_node_snapshot,
    RT_OPT_openssl_config,
    RT_OPT_openssl_legacy_provider,
    RT_OPT_openssl_shared_config,
    RT_OPT_run,
    RT_OPT_secure_heap,
    RT_OPT_secure_heap_min,
    RT_OPT_security_revert,
    RT_OPT_threads,
    RT_OPT_title,
    RT_OPT_tls_cipher_list,
    RT_OPT_trace_event_categories,
    RT_OPT_trace_event_file_pattern,
    RT_OPT_use_bundled_ca,
    RT_OPT_use_largepages,
    RT_OPT_use_openssl_ca,
    RT_OPT_v8_options,
    RT_OPT_v8_pool_size,
    RT_OPT_version,
    RT_OPT_zero_fill_buffers,
};

bool rt_opt_is_process(enum rt_opt opt)
{
    for (size_t i = 0; i < sizeof process_wide / sizeof process_wide[0]; i++) {
        if (process_wide[i] == opt) return true;
    }
    return false;
}

static void copy_list(struct rt_list *to, const struct rt_list *from)
{
    free(to->items);
    *to = (struct rt_list){ 0 };
    for (uint32_t i = 0; i < from->count; i++) rt_list_push(to, from->items[i]);
}

/* Texts stay the parent's, which lives longer. */
static void copy_value(struct rt_opt_value *to, const struct rt_opt_value *from)
{
    to->number = from->number;
    to->text = from->text;
    copy_list(&to->list, &from->list);
}

/* What was refused, as it was typed, and what was wrong otherwise; a line each. Clears both. */
static char *take_errors(struct rt_options *o)
{
    for (uint32_t i = 0; i < o->v8_flags.count; i++) rt_options_note(o, "%s", o->v8_flags.items[i]);
    o->v8_flags.count = 0;
    o->exit_code = 0;
    o->error_len = 0;
    char *error = o->error;
    o->error = NULL;
    return error;
}

static void read_argv(struct rt_options *o, const struct rt_list *words)
{
    char **argv = calloc((size_t)words->count + 2, sizeof *argv);
    CHECK(argv);
    argv[0] = (char *)o->program;
    for (uint32_t i = 0; i < words->count; i++)
        argv[i + 1] = (char *)rt_options_keep(o, words->items[i], strlen(words->items[i]));
    rt_options_read_argv(o, (int)words->count + 1, argv);
    o->argv.count = 0;
    free(argv);
}

struct rt_options *rt_options_new_worker(const struct rt_options *parent,
                                         const struct rt_worker_words *words, char **env_error,
                                         char **argv_error)
{
    struct rt_options *o = calloc(1, sizeof *o);
    CHECK(o);
    o->for_worker = !words->known_env;
    o->program = parent->program;
    o->title = parent->title;
    o->title_cap = parent->title_cap;
    rt_options_set_defaults(o);
    for (int i = 0; i < RT_OPT_COUNT; i++) {
        if (!words->exec_argv || rt_opt_is_process(i) || rt_opt_info(i)->type == RT_TYPE_V8)
            copy_value(&o->values[i], &parent->values[i]);
    }
    rt_options_read_switches(o, words->vars);
    if (words->node_options) rt_options_read_env(o, words->node_options);
    /* Options of V8 are no error here, but have no effect. */
    o->v8_flags.count = 0;
    *env_error = take_errors(o);
    o->for_worker = true;
    if (words->exec_argv) {
        read_argv(o, words->exec_argv);
    } else {
        copy_list(&o->exec_argv, &parent->exec_argv);
    }
    rt_options_check(o);
    *argv_error = take_errors(o);
    return o;
}
