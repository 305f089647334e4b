/* core/bind/trace_events.c: internalBinding('trace_events'): no category can be switched on, so
 * nothing is traced. */
#include "core/env.h"
#include "core/error.h"

static void get_enabled_categories(const struct vs_args *a)
{
    (void)a; /* undefined: none */
}

/* The library registers whom to tell when categories are switched; none ever is. */
static void set_state_update_handler(const struct vs_args *a)
{
    (void)a;
}

static void get_category_enabled_buffer(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_ret(a, vs_typed_new(cx, VS_U8, vs_ab_new(cx, 1), 0, 1));
}

/* What the library traces belongs to a category, and none is on. */
static void trace(const struct vs_args *a)
{
    (void)a;
}

static void is_category_enabled(const struct vs_args *a)
{
    vs_ret_bool(a, false);
}

void rt_bind_trace_events(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "getEnabledCategories", get_enabled_categories);
    vs_put_fn(cx, target, "setTraceCategoryStateUpdateHandler", set_state_update_handler);
    vs_put_fn(cx, target, "getCategoryEnabledBuffer", get_category_enabled_buffer);
    vs_put_fn(cx, target, "isTraceCategoryEnabled", is_category_enabled);
    vs_put_fn(cx, target, "trace", trace);
    rt_put_missing(env, target, "trace_events", "CategorySet");
}
