/* Contexts: globals of their own, shared objects, microtask queues that outlive the reference. */
#include "test/c/vs_world.h"

int main(void)
{
    struct world w;
    world_open(&w);
    struct vs_cx *cx = w.cx;
    vs_val main_global = vs_global(cx);
    world_run(&w, "var shared = { n: 1 }");

    struct vs_context *other = vs_context_new(cx, NULL, false);
    vs_val global = vs_context_global(cx, other);
    assert(global && !vs_strict_equals(global, main_global));
    vs_put(cx, global, "shared", vs_get_name(cx, main_global, "shared"));
    vs_context_enter(cx, other);
    assert(vs_strict_equals(vs_global(cx), global));
    assert(world_true(&w, "shared.n++; !(shared instanceof Object)"));
    vs_context_leave(cx, other);
    assert(vs_strict_equals(vs_global(cx), main_global) && world_true(&w, "shared.n === 2"));
    vs_context_drop(other);

    struct vs_context *own = vs_context_new(cx, NULL, true);
    vs_context_enter(cx, own);
    vs_val fn = world_run(&w, "(() => { Promise.resolve().then(() => {}); return 3 })");
    vs_context_leave(cx, own);
    vs_context_drop(own);
    vs_gc(cx);
    assert(vs_smi(vs_call(cx, fn, vs_undefined(cx), 0, NULL)) == 3);
    world_close(&w);
    return 0;
}
