/* The shim's face is C11: this compiles, and the inline functions agree with V8 on a value. */
#include <assert.h>

#include "test/c/vs_world.h"

static int32_t sum;

static void add(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    assert(vs_argc(a) == 3);
    assert(vs_is_smi(vs_arg(a, 0)) && vs_is_smi(vs_arg(a, 1)));
    sum = vs_smi(vs_arg(a, 0)) + vs_smi(vs_arg(a, 1));
    assert(vs_is_true(cx, vs_arg(a, 2)));
    assert(vs_is_undefined(cx, vs_arg(a, 3)));
    assert(!vs_is_construct_call(a));
    assert(vs_is_undefined(cx, vs_new_target(a)));
    assert(vs_is_obj(vs_this(a)));
    vs_ret_i32(a, sum);
}

static void echo(const struct vs_args *a)
{
    vs_ret_f64(a, vs_f64(vs_arg(a, 0)));
}

int main(void)
{
    struct world w;
    world_open(&w);
    vs_put_fn(w.cx, vs_global(w.cx), "add", add);
    vs_put_fn(w.cx, vs_global(w.cx), "echo", echo);

    vs_val r = world_run(&w, "add(-7, 2147483647, true)");
    assert(sum == 2147483640 && vs_is_smi(r) && vs_smi(r) == sum);
    assert(vs_is_true(w.cx, world_run(&w, "echo(0.5) === 0.5 && Object.is(echo(-0), -0)")));
    assert(vs_is_null(w.cx, world_run(&w, "null")));
    assert(vs_is_false(w.cx, world_run(&w, "false")));
    assert(vs_is_undefined(w.cx, world_run(&w, "undefined")));
    assert(vs_same_word(vs_empty_str(w.cx), world_run(&w, "''")));
    assert(vs_is_smi(world_run(&w, "-2147483648")));
    assert(!vs_is_smi(world_run(&w, "2147483648")));
    world_close(&w);
    return 0;
}
