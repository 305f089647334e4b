/* Code cache: made after a run, taken by the next compilation, refused when it does not fit. */
#include "test/c/vs_world.h"

static const char code[] = "function inner(x) { return x * 2 }\nreturn inner(arg) + 1;";

static vs_val compile(struct world *w, const char *text, const uint8_t *cache, size_t len,
                      bool *rejected)
{
    vs_val param = vs_str_intern(w->cx, "arg");
    struct vs_source src = {
        .code = vs_str_utf8(w->cx, text, -1),
        .name = vs_str_intern(w->cx, "cached.js"),
        .cache = cache,
        .cache_len = len,
    };
    vs_val fn = vs_compile_function(w->cx, &src, &param, 1, NULL, 0);
    assert(fn && vs_is_fn(fn));
    *rejected = src.cache_rejected;
    vs_val arg = vs_i32(w->cx, 20);
    vs_val r = vs_call(w->cx, fn, vs_undefined(w->cx), 1, &arg);
    assert(r && vs_smi(r) == 41);
    return fn;
}

static void of_script(struct world *w)
{
    struct vs_source src = { .code = vs_str_utf8(w->cx, "6 * 7", -1),
                             .name = vs_str_intern(w->cx, "s.js") };
    vs_val script = vs_compile_script(w->cx, &src);
    assert(vs_smi(vs_script_run(w->cx, script)) == 42);
    size_t len;
    uint8_t *cache = vs_script_cache_new(script, &len);
    src.cache = cache;
    src.cache_len = len;
    script = vs_compile_script(w->cx, &src);
    assert(!src.cache_rejected && vs_smi(vs_script_run(w->cx, script)) == 42);
    free(cache);
}

/* Another isolate: nothing is left in memory of earlier compilations. */
static void reopen(struct world *w)
{
    struct vs_host host = { .user = w, .wake = world_wake, .uncaught = world_uncaught };
    vs_scope_close(&w->scope);
    vs_isolate_close(w->cx);
    w->cx = vs_isolate_open(&host, NULL);
    vs_scope_open(w->cx, &w->scope);
}

int main(void)
{
    struct world w;
    bool rejected;
    size_t len;
    world_open(&w);
    vs_val fn = compile(&w, code, NULL, 0, &rejected);
    assert(!rejected);
    uint8_t *cache = vs_fn_cache_new(fn, &len);
    assert(cache && len > 0 && vs_cache_tag() != 0);

    reopen(&w);
    compile(&w, code, cache, len, &rejected);
    assert(!rejected);
    compile(&w, "/* longer */ return 41;", cache, len, &rejected);
    assert(rejected);

    reopen(&w);
    cache[0] ^= 0xff;
    compile(&w, code, cache, len, &rejected);
    assert(rejected);
    free(cache);
    of_script(&w);
    world_close(&w);
    return 0;
}
