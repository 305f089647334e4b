/* Kinds, conversions, properties and collections. */
#include "test/c/vs_world.h"

static void numbers(struct world *w)
{
    struct vs_cx *cx = w->cx;
    int64_t i;
    double d;
    int32_t n;
    uint32_t u;
    assert(vs_to_f64(cx, world_run(w, "({ valueOf: () => 1.5 })"), &d) && d == 1.5);
    assert(vs_to_i32(cx, vs_num(cx, 4294967295.0), &n) && n == -1);
    assert(vs_to_u32(cx, vs_i32(cx, -1), &u) && u == UINT32_MAX);
    assert(vs_to_i64(cx, vs_num(cx, 9007199254740991.0), &i) && i == 9007199254740991);
    assert(!vs_to_i32(cx, world_run(w, "1n"), &n));
    assert(vs_int64(vs_num(cx, 1e300)) == INT64_MAX && vs_int64(world_run(w, "NaN")) == 0);
    assert(vs_int64(world_run(w, "-5n")) == -5 && vs_f64(world_run(w, "'7'")) == 0);
    assert(vs_uint(vs_num(cx, 4294967295.0)) == UINT32_MAX && vs_int(vs_num(cx, -3.9)) == -3);
    bool exact;
    assert(vs_bigint_to_u64(vs_bigint_u64(cx, UINT64_MAX), &exact) == UINT64_MAX && exact);
    assert(vs_bigint_to_i64(world_run(w, "2n ** 64n"), &exact) == 0 && !exact);
    assert(vs_is_u32(vs_num(cx, 4294967295.0)) && !vs_is_u32(vs_i32(cx, -1)));
    assert(vs_is_i32(vs_i32(cx, -1)) && vs_is_num(vs_num(cx, 0.5)) && !vs_is_i32(vs_num(cx, 0.5)));
}

static void kinds(struct world *w)
{
    static const struct {
        const char *code;
        enum vs_kind kind;
    } table[] = {
        { "new Date", VS_KIND_DATE },
        { "/r/", VS_KIND_REGEXP },
        { "new Map().keys()", VS_KIND_MAP_ITERATOR },
        { "new Proxy({}, {})", VS_KIND_PROXY },
        { "async () => {}", VS_KIND_ASYNC_FUNCTION },
        { "(function () { return arguments })()", VS_KIND_ARGUMENTS },
        { "Object(1n)", VS_KIND_BIGINT_OBJECT },
        { "new BigUint64Array(1)", VS_KIND_BIGUINT64_ARRAY },
        { "new WeakRef({})", VS_KIND_WEAK_REF },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (size_t j = 0; j < sizeof table / sizeof *table; j++)
            assert(vs_is_kind(world_run(w, table[i].code), table[j].kind) == (i == j));
    }
    assert(vs_strict_equals(vs_typeof(w->cx, vs_null(w->cx)), vs_str_intern(w->cx, "object")));
}

static void properties(struct world *w)
{
    struct vs_cx *cx = w->cx;
    vs_val o = world_run(w, "({ get bad() { throw 1 }, 1: 'one', b: 2, [Symbol('s')]: 3 })");
    bool has;
    int before = w->uncaught;
    assert(vs_get_name(cx, o, "bad") == NULL && w->uncaught == before + 1);
    assert(vs_arr_len(vs_own_keys(cx, o, VS_KEYS_ALL, true)) == 4);
    assert(vs_arr_len(vs_own_keys(cx, o, VS_KEYS_NO_SYMBOLS, false)) == 2);
    assert(vs_has_own(cx, o, vs_str_intern(cx, "b"), &has) && has);
    assert(vs_delete(cx, o, vs_str_intern(cx, "b")));
    assert(vs_has_own(cx, o, vs_str_intern(cx, "b"), &has) && !has);
    assert(vs_define(cx, o, vs_str_intern(cx, "c"), vs_i32(cx, 1), VS_READ_ONLY | VS_DONT_ENUM));
    vs_put(cx, vs_global(cx), "o", o);
    assert(world_true(w, "o.c = 2; o.c === 1 && !Object.keys(o).includes('c')"));
    vs_val secret = vs_private_new(cx, "secret");
    assert(vs_is_undefined(cx, vs_private_get(cx, o, secret)));
    assert(vs_private_set(cx, o, secret, o) && vs_strict_equals(vs_private_get(cx, o, secret), o));
    assert(vs_arr_len(vs_own_keys(cx, o, VS_KEYS_ALL, true)) == 4);
    assert(vs_freeze(cx, o) && world_true(w, "Object.isFrozen(o)"));
    assert(vs_is_null(cx, vs_proto(cx, vs_obj_new_null(cx))));
    assert(vs_instance_of(cx, o, world_run(w, "Object"), &has) && has);
}

static void inspection(struct world *w)
{
    vs_val target;
    vs_val handler;
    bool key_value;
    vs_val proxy = world_run(w, "new Proxy(o, { get() { throw 1 } })");
    assert(vs_proxy_parts(proxy, &target, &handler) && vs_is_obj(handler));
    assert(vs_strict_equals(target, world_run(w, "o")));
    assert(!vs_proxy_parts(target, &target, &handler));
    vs_val entries =
        vs_preview_entries(w->cx, world_run(w, "new Map([[1, 2], [3, 4]])"), &key_value);
    assert(key_value && vs_arr_len(entries) == 4);
    assert(vs_preview_entries(w->cx, vs_obj_new(w->cx), &key_value) == NULL);
    vs_val name = vs_constructor_name(w->cx, world_run(w, "new (class Foo {})"));
    assert(vs_strict_equals(name, vs_str_intern(w->cx, "Foo")));
}

static void external(struct world *w)
{
    vs_val e = vs_external_new(w->cx, w);
    assert(vs_is_external(e) && vs_external_ptr(e) == w);
    assert(vs_strict_equals(vs_symbol_known(w->cx, "iterator"), world_run(w, "Symbol.iterator")));
    assert(vs_symbol_known(w->cx, "other") == NULL);
    assert(vs_strict_equals(vs_symbol_for(w->cx, "k"), world_run(w, "Symbol.for('k')")));
}

int main(void)
{
    struct world w;
    world_open(&w);
    numbers(&w);
    kinds(&w);
    properties(&w);
    inspection(&w);
    external(&w);
    world_close(&w);
    return 0;
}
