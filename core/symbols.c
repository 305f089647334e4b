/* core/symbols.c: makes the symbols of core/symbols.def. */
#include "core/symbols.h"

#include <stdlib.h>

#include "core/env.h"
#include "core/error.h"

struct rt_symbols *rt_symbols_new(struct vs_cx *cx)
{
    struct rt_symbols *s = malloc(sizeof *s);
    CHECK(s);
#define RT_SYMBOL(name) s->name = vs_ref_new(cx, vs_symbol_new(cx, vs_str_intern(cx, #name)));
#define RT_PRIVATE(name) s->name = vs_ref_new(cx, vs_private_new(cx, "node:" #name));
#include "core/symbols.def"
#undef RT_SYMBOL
#undef RT_PRIVATE
    return s;
}

void rt_symbols_drop(struct rt_symbols *s)
{
#define RT_SYMBOL(name) vs_ref_drop(s->name);
#define RT_PRIVATE(name) vs_ref_drop(s->name);
#include "core/symbols.def"
#undef RT_SYMBOL
#undef RT_PRIVATE
    free(s);
}

vs_val rt_per_isolate_symbols(struct rt_env *env)
{
    vs_val o = vs_obj_new_null(env->cx);
#define RT_SYMBOL(name) vs_put(env->cx, o, #name, rt_symbol(env, name));
#define RT_PRIVATE(name)
#include "core/symbols.def"
#undef RT_SYMBOL
#undef RT_PRIVATE
    return o;
}

vs_val rt_private_symbols(struct rt_env *env)
{
    vs_val o = vs_obj_new_null(env->cx);
#define RT_SYMBOL(name)
#define RT_PRIVATE(name) vs_put(env->cx, o, #name, rt_private(env, name));
#include "core/symbols.def"
#undef RT_SYMBOL
#undef RT_PRIVATE
    return o;
}
