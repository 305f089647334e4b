/* What V8 asks of its host: import(), stack formatting, code from strings. */
#include "test/c/vs_world.h"

static char specifier_seen[32];
static bool had_id;
static uint32_t attribute_count;
static int codegen_asked;

static vs_val import_dynamic(struct vs_cx *cx, const struct vs_import *import)
{
    struct vs_text t;
    had_id = vs_is_symbol(import->id);
    assert(had_id || vs_is_undefined(cx, import->id));
    assert(import->phase == VS_PHASE_EVALUATION);
    attribute_count = vs_arr_len(import->attributes);
    if (!vs_text_read(cx, import->specifier, &t)) return NULL;
    snprintf(specifier_seen, sizeof specifier_seen, "%s", t.ptr);
    vs_text_reset(&t);
    if (!strcmp(specifier_seen, "throws")) {
        vs_throw(cx, vs_error_new(cx, VS_ERROR, "no such module"));
        return NULL;
    }
    vs_val r = vs_resolver_new(cx);
    return vs_resolver_resolve(cx, r, vs_i32(cx, 77)) ? vs_resolver_promise(r) : NULL;
}

static vs_val prepare_stack(struct vs_cx *cx, vs_val global, vs_val error, vs_val callsites)
{
    assert(vs_is_obj(global) && vs_is_native_error(error) && vs_arr_len(callsites) > 0);
    return vs_str_intern(cx, "prepared");
}

static bool allow_codegen(struct vs_cx *cx, vs_val global, vs_val source)
{
    codegen_asked++;
    return vs_is_str(source) && vs_str_len(source) < 5;
}

static void imports(struct world *w)
{
    struct vs_source src = {
        .code = vs_str_utf8(w->cx,
                            "var got; import('mod', { with: { type: 'json' } })"
                            ".then(v => { got = v })",
                            -1),
        .name = vs_str_intern(w->cx, "importer.js"),
        .id = vs_symbol_new(w->cx, vs_str_intern(w->cx, "importer")),
    };
    assert(vs_script_run(w->cx, vs_compile_script(w->cx, &src)));
    assert(had_id && attribute_count == 2 && !strcmp(specifier_seen, "mod"));
    vs_microtasks_run(w->cx);
    assert(world_true(w, "got === 77"));

    world_run(w, "import('throws').catch(e => { got = e.message })");
    assert(!had_id && attribute_count == 0);
    vs_microtasks_run(w->cx);
    assert(world_true(w, "got === 'no such module'"));
}

int main(void)
{
    struct vs_host host = { .import_dynamic = import_dynamic,
                            .prepare_stack = prepare_stack,
                            .allow_codegen = allow_codegen };
    struct world w;
    world_open_host(&w, &host);
    imports(&w);
    assert(world_true(&w, "new Error('x').stack === 'prepared'"));
    assert(world_true(&w, "eval('1+1') === 2") && codegen_asked == 1);
    assert(world_try(&w, "eval('1+1+1')") == NULL && codegen_asked == 2);
    assert(!strncmp(w.uncaught_text, "EvalError", 9));
    world_close(&w);
    return 0;
}
