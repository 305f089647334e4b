/* Memory of buffers: a pin keeps it whatever JS does; pointers of small arrays stay where they are.
 */
#include "test/c/vs_world.h"

#define LEN 100000

static int dropped;

static void drop(void *ptr, size_t len, void *data)
{
    assert(len == 4 && data == &dropped);
    free(ptr);
    dropped++;
}

static void survives_detach(struct world *w)
{
    vs_val view = world_run(w, "var u8 = new Uint8Array(100000).fill(7, 10); u8.subarray(10)");
    struct vs_pin *pin = vs_pin_new(view);
    struct vs_bytes before = vs_pin_bytes(pin);
    assert(before.len == LEN - 10 && before.ptr == vs_bytes(view).ptr);
    assert(vs_view_off(view) == 10 && vs_view_len(view) == LEN - 10);

    vs_val ab = vs_view_buffer(view);
    assert(vs_is_ab(ab) && vs_ab_detachable(ab) && vs_ab_detach(w->cx, ab));
    assert(vs_bytes(view).ptr == NULL && vs_bytes(view).len == 0);
    assert(vs_pin_new(view) == NULL && vs_pin_new(ab) == NULL);
    vs_gc(w->cx);
    for (size_t i = 0; i < before.len; i++) assert(before.ptr[i] == 7);
    memset(before.ptr, 1, before.len);
    vs_pin_drop(pin);
}

static void small_arrays_stay(struct world *w)
{
    vs_val small = world_run(w, "globalThis.small = new Uint8Array([1, 2, 3])");
    struct vs_bytes b = vs_bytes(small);
    assert(b.len == 3 && b.ptr[2] == 3);
    vs_gc(w->cx);
    vs_gc(w->cx);
    assert(vs_bytes(small).ptr == b.ptr);
    b.ptr[0] = 9;
    assert(world_true(w, "small[0] === 9"));
}

static void external_is_dropped(struct world *w)
{
    struct vs_scope s;
    vs_scope_open(w->cx, &s);
    uint8_t *mem = calloc(1, 4);
    vs_val ab = vs_ab_new_external(w->cx, mem, 4, drop, &dropped);
    assert(vs_bytes(ab).ptr == mem);
    struct vs_pin *pin = vs_pin_new(ab);
    vs_scope_close(&s);
    vs_gc(w->cx);
    assert(dropped == 0);
    vs_pin_drop(pin);
    /* V8 may let go of its own share on another thread. */
    while (dropped == 0) vs_gc(w->cx);
    assert(dropped == 1);
}

static void all_kinds(struct world *w)
{
    struct vs_cx *cx = w->cx;
    vs_val ab = vs_ab_new(cx, 16);
    vs_put(cx, vs_global(cx), "f64", vs_typed_new(cx, VS_F64, ab, 8, 1));
    assert(world_true(w, "f64 instanceof Float64Array && f64.byteOffset === 8 && f64[0] === 0"));
    vs_val sab = vs_sab_new(cx, 16);
    assert(vs_is_sab(sab) && vs_bytes(sab).len == 16);
    vs_put(cx, vs_global(cx), "shared", vs_typed_new(cx, VS_U16, sab, 2, 7));
    assert(world_true(w, "shared.buffer instanceof SharedArrayBuffer && shared.length === 7"));
    vs_val shared = vs_get_name(cx, vs_global(cx), "shared");
    assert(vs_bytes(shared).ptr == vs_bytes(sab).ptr + 2 && vs_bytes(shared).len == 14);
    struct vs_pin *pin = vs_pin_new(shared);
    assert(vs_pin_bytes(pin).ptr == vs_bytes(shared).ptr);
    vs_pin_drop(pin);
    assert(vs_bytes(vs_ab_new_uninit(cx, 8)).len == 8);
    assert(vs_bytes(vs_ab_new(cx, 0)).ptr == NULL);
    assert(vs_bytes(vs_i32(cx, 3)).ptr == NULL && vs_pin_new(vs_i32(cx, 3)) == NULL);
    assert(vs_bytes(world_run(w, "new DataView(new ArrayBuffer(5), 1)")).len == 4);
}

static void too_big_is_an_error(struct world *w)
{
    struct vs_try t;
    vs_try_open(w->cx, &t);
    assert(vs_ab_new(w->cx, (size_t)1 << 60) == NULL && vs_try_caught(&t));
    vs_try_close(&t);
    vs_try_open(w->cx, &t);
    assert(vs_ab_new_uninit(w->cx, (size_t)1 << 52) == NULL && vs_try_caught(&t));
    vs_try_close(&t);
    vs_try_open(w->cx, &t);
    assert(vs_sab_new(w->cx, (size_t)1 << 52) == NULL && vs_try_caught(&t));
    vs_try_close(&t);
}

int main(void)
{
    struct world w;
    world_open(&w);
    survives_detach(&w);
    small_arrays_stay(&w);
    external_is_dropped(&w);
    all_kinds(&w);
    too_big_is_an_error(&w);
    world_close(&w);
    return 0;
}
