/* core/strings.h: names and constants that natives use often, internalised once per env. */
#ifndef RT_STRINGS_H
#define RT_STRINGS_H

#include "v8shim/vs.h"

struct rt_env;

/* One reference per line of core/strings.def; read with rt_str(env, name). */
struct rt_strings {
#define RT_STRING(id, text) struct vs_ref *id;
#include "core/strings.def"
#undef RT_STRING
};

#define rt_str(env, id) vs_ref_get((env)->strings->id)

struct rt_strings *rt_strings_new(struct vs_cx *cx);
void rt_strings_drop(struct rt_strings *s);

#endif
