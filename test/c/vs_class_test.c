/* Classes: natives, inheritance, and V8's refusal of foreign receivers. */
#include "test/c/vs_world.h"

static int shape_state = 1;
static int circle_state = 2;
static struct vs_class *shape;
static struct vs_class *circle;

static void circle_ctor(const struct vs_args *a)
{
    assert(vs_is_construct_call(a));
    assert(vs_native_get(vs_this(a), 0) == NULL);
    assert(vs_native_get(vs_this(a), 1) == NULL);
    vs_native_set(vs_this(a), 0, &shape_state);
    vs_native_set(vs_this(a), 1, &circle_state);
}

static void area(const struct vs_args *a)
{
    assert(vs_native_get(vs_this(a), 0) == &shape_state);
    vs_ret_i32(a, *(int *)vs_native_get(vs_this(a), 0));
}

static void radius(const struct vs_args *a)
{
    vs_ret_i32(a, *(int *)vs_native_get(vs_this(a), 1));
}

static void unit(const struct vs_args *a)
{
    vs_ret_i32(a, 7);
}

static void define_classes(struct world *w)
{
    shape = vs_class_new(w->cx, "Shape", NULL, NULL, 1);
    vs_class_method(shape, "area", area);
    circle = vs_class_new(w->cx, "Circle", circle_ctor, shape, 2);
    vs_class_accessor(circle, "radius", radius, NULL);
    vs_class_static(circle, "unit", unit);
    vs_class_const(circle, "CORNERS", vs_i32(w->cx, 0));
    vs_put(w->cx, vs_global(w->cx), "Shape", vs_class_fn(shape));
    vs_put(w->cx, vs_global(w->cx), "Circle", vs_class_fn(circle));
}

static void made_by_c(struct world *w)
{
    vs_val made = vs_class_make(circle);
    assert(made && vs_native_count(made) == 2);
    assert(vs_native_get(made, 0) == NULL && vs_native_get(made, 1) == NULL);
    assert(vs_class_is(circle, made) && vs_class_is(shape, made));
    assert(!vs_class_is(circle, vs_class_make(shape)));
    assert(!vs_class_is(circle, vs_obj_new(w->cx)));
    assert(vs_native_count(vs_obj_new(w->cx)) == 0);
    assert(vs_native_count(vs_i32(w->cx, 1)) == 0);
}

int main(void)
{
    struct world w;
    world_open(&w);
    define_classes(&w);
    made_by_c(&w);

    assert(world_true(&w, "const c = new Circle(); c.area() === 1 && c.radius === 2"));
    assert(world_true(&w, "c instanceof Shape && c.constructor === Circle"));
    assert(world_true(&w, "Circle.name === 'Circle' && c.area.name === 'area'"));
    assert(world_true(&w, "Circle.unit() === 7 && c.CORNERS === 0"));
    assert(world_true(&w, "class Ring extends Circle {}; new Ring().area() === 1"));

    assert(world_try(&w, "new Shape()") == NULL);
    assert(!strcmp(w.uncaught_text, "TypeError: Illegal constructor"));
    assert(world_try(&w, "c.area.call({})") == NULL);
    assert(!strcmp(w.uncaught_text, "TypeError: Illegal invocation"));
    assert(world_try(&w, "Circle.prototype.radius") == NULL);
    assert(!strcmp(w.uncaught_text, "TypeError: Illegal invocation"));
    assert(world_try(&w, "new c.area()") == NULL);
    assert(w.uncaught == 4);
    world_close(&w);
    return 0;
}
