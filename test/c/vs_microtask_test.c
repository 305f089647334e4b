/* Microtasks run when asked and not before; rejections are reported as they come and go. */
#include "test/c/vs_world.h"

static void throws_in_microtask(struct world *w)
{
    world_run(w, "queueMicrotask = f => Promise.resolve().then(f)");
    vs_val fn = world_run(w, "(() => { throw new Error('in a microtask') })");
    assert(vs_microtask_enqueue(w->cx, fn));
    int before = w->uncaught;
    vs_microtasks_run(w->cx);
    assert(w->uncaught == before + 1 && !strcmp(w->uncaught_text, "Error: in a microtask"));
}

static bool seen_running;

static void look(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    seen_running = vs_microtasks_running(cx);
    vs_microtasks_run(cx); /* nested: does nothing */
}

static void hooks(struct world *w)
{
    world_run(w, "var log = ''; var hook = n => () => { log += n }");
    vs_val h[4];
    for (int i = 0; i < 4; i++) {
        char code[] = "hook(0)";
        code[5] = (char)('0' + i);
        h[i] = world_run(w, code);
    }
    vs_promise_hooks(w->cx, h[0], h[1], h[2], h[3]);
    world_run(w, "Promise.resolve(1).then(() => {})");
    vs_microtasks_run(w->cx);
    vs_val off = vs_undefined(w->cx);
    vs_promise_hooks(w->cx, off, off, off, off);
    world_run(w, "Promise.resolve(1).then(() => {})");
    vs_microtasks_run(w->cx);
    assert(world_true(w, "log === '030132' || (console.log(log), false)"));
}

static void resolvers(struct world *w)
{
    struct vs_cx *cx = w->cx;
    vs_val r = vs_resolver_new(cx);
    vs_val p = vs_resolver_promise(r);
    vs_put(cx, vs_global(cx), "p", p);
    world_run(w, "var got; p.then(v => { got = v })");
    assert(vs_promise_state(p) == VS_PENDING && vs_resolver_resolve(cx, r, vs_i32(cx, 5)));
    assert(vs_promise_state(p) == VS_FULFILLED && vs_smi(vs_promise_result(p)) == 5);
    assert(world_true(w, "got === undefined"));
    vs_microtasks_run(cx);
    assert(world_true(w, "got === 5"));
}

int main(void)
{
    struct world w;
    world_open(&w);
    vs_put_fn(w.cx, vs_global(w.cx), "look", look);
    world_run(&w, "var order = []; Promise.resolve().then(() => { order.push('micro'); look() });"
                  "order.push('main')");
    assert(world_true(&w, "order.join() === 'main'") && !vs_microtasks_running(w.cx));
    vs_microtasks_run(w.cx);
    assert(seen_running && world_true(&w, "order.join() === 'main,micro'"));

    world_run(&w, "var bad = Promise.reject(new Error('nobody looks'))");
    assert(w.rejects[VS_REJECT_NO_HANDLER] == 1);
    world_run(&w, "bad.catch(() => {})");
    assert(w.rejects[VS_REJECT_HANDLER_ADDED] == 1);
    world_run(&w, "new Promise((y, n) => { y(); n() }); new Promise((y, n) => { y(); y() })");
    assert(w.rejects[VS_REJECT_AFTER_RESOLVED] == 1 && w.rejects[VS_RESOLVE_AFTER_RESOLVED] == 1);

    resolvers(&w);
    throws_in_microtask(&w);
    hooks(&w);
    world_close(&w);
    return 0;
}
