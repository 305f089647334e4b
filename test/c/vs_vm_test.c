/* vm contexts: globals on a sandbox, objects shared, promise jobs of a queue that outlives its
 * owner. */
#include "test/c/vs_world.h"

static void own_globals(struct world *w)
{
    struct vs_cx *cx = w->cx;
    vs_val main_global = vs_global(cx);
    vs_val sandbox = world_run(w, "var shared = { n: 1 }; var sandbox = { shared }; sandbox");
    struct vs_vm_options options = { .sandbox = sandbox, .allow_strings = true };
    struct vs_vm *vm = vs_vm_new(cx, &options);
    vs_val global = vs_vm_global(cx, vm);
    assert(global && !vs_strict_equals(global, main_global));
    vs_vm_enter(cx, vm);
    assert(vs_strict_equals(vs_global(cx), global));
    assert(world_true(w, "shared.n++; var made = eval('1'); !(shared instanceof Object)"));
    vs_vm_leave(cx, vm);
    assert(vs_strict_equals(vs_global(cx), main_global));
    assert(world_true(w, "shared.n === 2 && sandbox.made === 1 && typeof made === 'undefined'"));
    vs_vm_drop(vm);
    vs_vm_drop(NULL);
}

static void own_jobs(struct world *w)
{
    struct vs_cx *cx = w->cx;
    struct vs_vm_options options = { .allow_strings = true, .own_microtasks = true };
    struct vs_vm *vm = vs_vm_new(cx, &options);
    vs_vm_enter(cx, vm);
    vs_val fn =
        world_run(w, "var n = 0; (() => { Promise.resolve().then(() => { n++ }); return n })");
    vs_vm_leave(cx, vm);
    assert(vs_smi(vs_call(cx, fn, vs_undefined(cx), 0, NULL)) == 0);
    vs_microtasks_run(cx);
    assert(vs_smi(vs_call(cx, fn, vs_undefined(cx), 0, NULL)) == 0);
    vs_vm_microtasks_run(cx, vm);
    assert(vs_smi(vs_call(cx, fn, vs_undefined(cx), 0, NULL)) == 2);

    vs_vm_drop(vm);
    vs_gc(cx);
    assert(vs_smi(vs_call(cx, fn, vs_undefined(cx), 0, NULL)) == 2);
}

static void hooks_reach_all(struct world *w)
{
    struct vs_cx *cx = w->cx;
    struct vs_vm_options options = { .allow_strings = true };
    struct vs_vm *before = vs_vm_new(cx, &options);
    vs_val hook = world_run(w, "var inits = 0; (() => { inits++ })");
    vs_val none = vs_undefined(cx);
    vs_promise_hooks(cx, hook, none, none, none);
    struct vs_vm *after = vs_vm_new(cx, &options);
    struct vs_vm *const all[] = { before, after };
    for (int i = 0; i < 2; i++) {
        vs_vm_enter(cx, all[i]);
        world_run(w, "Promise.resolve()");
        vs_vm_leave(cx, all[i]);
        vs_vm_drop(all[i]);
    }
    vs_promise_hooks(cx, none, none, none, none);
    assert(world_true(w, "inits === 2"));
}

int main(void)
{
    struct world w;
    world_open(&w);
    own_globals(&w);
    own_jobs(&w);
    hooks_reach_all(&w);
    world_close(&w);
    return 0;
}
