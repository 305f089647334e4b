/* core/bind/symbols.c: internalBinding('symbols'). */
#include "core/env.h"

void rt_bind_symbols(struct rt_env *env, vs_val target)
{
#define RT_SYMBOL(name) vs_put(env->cx, target, #name, rt_symbol(env, name));
#define RT_PRIVATE(name)
#include "core/symbols.def"
#undef RT_SYMBOL
#undef RT_PRIVATE
}
