/* An exception goes to the host when it leaves the outermost call with nobody to catch it. */
#include "test/c/vs_world.h"

static vs_val inner_result;

/* Native code between two JS frames. */
static void through(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    inner_result = vs_call(cx, vs_arg(a, 0), vs_undefined(cx), 0, NULL);
    vs_ret_maybe(a, inner_result);
}

static void caught_by_try(struct world *w)
{
    struct vs_try t;
    int before = w->uncaught;
    vs_try_open(w->cx, &t);
    assert(world_try(w, "throw new TypeError('mine')") == NULL);
    assert(vs_try_caught(&t) && !vs_try_terminated(&t));
    assert(vs_is_native_error(vs_try_exception(&t)) && vs_try_message(&t));
    vs_try_close(&t);
    assert(w->uncaught == before);

    /* Given back, it is nobody's again. */
    struct vs_try outer;
    vs_try_open(w->cx, &outer);
    vs_try_open(w->cx, &t);
    assert(world_try(w, "throw 5") == NULL);
    vs_try_rethrow(&t);
    vs_try_close(&t);
    assert(vs_try_caught(&outer) && vs_smi(vs_try_exception(&outer)) == 5);
    vs_try_close(&outer);
    assert(w->uncaught == before);
}

static void says_where(struct world *w)
{
    struct vs_try t;
    vs_try_open(w->cx, &t);
    assert(world_try(w, "\nfunction f() {\n  throw Error('here') }\nf()") == NULL);
    struct vs_message_info info;
    vs_message_info(w->cx, vs_try_message(&t), &info);
    assert(info.line == 3 && info.column_start == 2);
    assert(vs_strict_equals(info.text, vs_str_intern(w->cx, "Uncaught Error: here")));
    assert(vs_strict_equals(info.resource, vs_str_intern(w->cx, "test.js")));
    assert(vs_strict_equals(info.source_line, vs_str_intern(w->cx, "  throw Error('here') }")));
    assert(vs_stack_count(info.stack) == 2);
    struct vs_frame frame;
    vs_stack_frame(w->cx, info.stack, 0, &frame);
    assert(frame.line == 3 && frame.column == 9 && frame.script_id > 0 && !frame.eval);
    assert(vs_strict_equals(frame.function_name, vs_str_intern(w->cx, "f")));
    assert(vs_strict_equals(frame.script_name, vs_str_intern(w->cx, "test.js")));
    vs_stack_frame(w->cx, info.stack, 1, &frame);
    assert(vs_str_len(frame.function_name) == 0 && frame.line == 4);
    vs_try_close(&t);
}

int main(void)
{
    struct world w;
    world_open(&w);
    vs_put_fn(w.cx, vs_global(w.cx), "through", through);

    assert(world_try(&w, "throw new Error('one')") == NULL);
    assert(w.uncaught == 1 && !strcmp(w.uncaught_text, "Error: one"));
    assert(world_try(&w, "nonsense(") == NULL && w.uncaught == 2);

    /* Caught above the native frame: not reported, though the inner call failed. */
    assert(world_true(&w, "try { through(() => { throw 1 }) } catch (e) { e === 1 }"));
    assert(inner_result == NULL && w.uncaught == 2);
    /* Reported once, at the outermost frame. */
    assert(world_try(&w, "through(() => { throw new Error('two') })") == NULL);
    assert(w.uncaught == 3 && !strcmp(w.uncaught_text, "Error: two"));

    caught_by_try(&w);
    says_where(&w);
    assert(w.uncaught == 3);
    world_close(&w);
    return 0;
}
