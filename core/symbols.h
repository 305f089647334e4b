/* core/symbols.h: symbols that C and the library share, one set per env; the names are in
 * core/symbols.def. */
#ifndef RT_SYMBOLS_H
#define RT_SYMBOLS_H

#include "v8shim/vs.h"

struct rt_env;

struct rt_symbols {
#define RT_SYMBOL(name) struct vs_ref *name;
#define RT_PRIVATE(name) struct vs_ref *name;
#include "core/symbols.def"
#undef RT_SYMBOL
#undef RT_PRIVATE
};

/* A symbol as a handle that lives as long as the env: rt_symbol(env, owner_symbol), for
 * vs_get/vs_set; and rt_private(env, arrow_message_private_symbol), for
 * vs_private_get/vs_private_set. Needs core/env.h. */
#define rt_symbol(env, name) vs_ref_get((env)->symbols->name)
#define rt_private(env, name) vs_ref_get((env)->symbols->name)

struct rt_symbols *rt_symbols_new(struct vs_cx *cx);
void rt_symbols_drop(struct rt_symbols *s);

/* New objects with all of them by name. */
vs_val rt_per_isolate_symbols(struct rt_env *env);
vs_val rt_private_symbols(struct rt_env *env);

#endif
