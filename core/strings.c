/* core/strings.c: the interned names of core/strings.def. */
#include "core/strings.h"

#include <stdlib.h>

#include "core/error.h"

struct rt_strings *rt_strings_new(struct vs_cx *cx)
{
    struct rt_strings *s = malloc(sizeof *s);
    CHECK(s);
#define RT_STRING(id, text) s->id = vs_ref_new(cx, vs_str_intern(cx, text));
#include "core/strings.def"
#undef RT_STRING
    return s;
}

void rt_strings_drop(struct rt_strings *s)
{
#define RT_STRING(id, text) vs_ref_drop(s->id);
#include "core/strings.def"
#undef RT_STRING
    free(s);
}
