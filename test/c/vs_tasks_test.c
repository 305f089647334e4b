/* Foreground tasks: V8 posting one wakes the owner, who runs it. */
#include <poll.h>
#include <time.h>

#include "test/c/vs_world.h"

static int after_calls;

static void after(void *user)
{
    after_calls++;
    vs_microtasks_run(((struct world *)user)->cx);
}

static void sleep_ms(int ms)
{
    poll(NULL, 0, ms);
}

static void wait_async_wakes(struct world *w)
{
    world_run(w, "var cell = new Int32Array(new SharedArrayBuffer(4)); var woken;"
                 "Atomics.waitAsync(cell, 0, 0).value.then(v => { woken = v })");
    assert(!vs_tasks_run(w->cx, after) && atomic_load(&w->wakes) == 0);
    world_run(w, "Atomics.notify(cell, 0)");
    assert(atomic_load(&w->wakes) == 1 && vs_tasks_next_ns(w->cx) == 0);
    assert(vs_tasks_run(w->cx, after) && after_calls > 0);
    assert(world_true(w, "woken === 'ok'"));
    assert(!vs_tasks_run(w->cx, after));
}

/* The timeout is a delayed task. */
static void delayed_task(struct world *w)
{
    atomic_store(&w->wakes, 0);
    world_run(w, "woken = ''; Atomics.waitAsync(cell, 0, 0, 2000).value.then(v => { woken = v })");
    assert(atomic_load(&w->wakes) == 1);
    int64_t ns = vs_tasks_next_ns(w->cx);
    assert(ns > 0 && ns <= 2000000000);
    assert(!vs_tasks_run(w->cx, after) && world_true(w, "woken === ''"));
    while ((ns = vs_tasks_next_ns(w->cx)) > 0) sleep_ms((int)(ns / 1000000) + 1);
    assert(vs_tasks_run(w->cx, after) && world_true(w, "woken === 'timed-out'"));
}

static void finalization_registry(struct world *w)
{
    atomic_store(&w->wakes, 0);
    world_run(w, "var held; var registry = new FinalizationRegistry(h => { held = h });"
                 "(() => { registry.register({}, 'token') })()");
    vs_microtasks_run(w->cx); /* ends the job that keeps the target alive */
    vs_gc(w->cx);
    assert(atomic_load(&w->wakes) > 0);
    while (vs_tasks_run(w->cx, after)) {
    }
    assert(world_true(w, "held === 'token'"));
}

/* Compiled on background threads, finished by a foreground task. */
static void async_wasm(struct world *w)
{
    world_run(w, "var mod; WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))"
                 ".then(m => { mod = m })");
    while (!world_true(w, "mod !== undefined")) {
        if (!vs_tasks_run(w->cx, after)) {
            assert(vs_tasks_pending(w->cx) || vs_tasks_next_ns(w->cx) >= 0);
            sleep_ms(1);
        }
    }
    assert(vs_is_kind(world_run(w, "mod"), VS_KIND_WASM_MODULE));
}

int main(void)
{
    struct world w;
    world_open(&w);
    assert(vs_tasks_next_ns(w.cx) == -1 || vs_tasks_next_ns(w.cx) >= 0);
    wait_async_wakes(&w);
    delayed_task(&w);
    finalization_registry(&w);
    async_wasm(&w);
    world_close(&w);
    return 0;
}
