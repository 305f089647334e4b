/* core/bind/cjs_lexer.c: internalBinding('cjs_lexer'). */
#include "core/cjs_lexer.h"

#include <errno.h>

#include "core/env.h"
#include "core/error.h"

/* parse(source) -> [Set of export names, array of re-exported specifiers] */
static void parse(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text source;
    if (!vs_text_read(cx, vs_arg(a, 0), &source)) return;
    struct rt_cjs_exports found;
    /* Text that can't be told has no names, but can still be imported as a whole. */
    int err = rt_cjs_lex(&found, source.ptr, source.len);
    vs_text_reset(&source);
    CHECK(err != -ENOMEM);
    vs_val names = vs_set_new(cx), specifiers = vs_arr_new(cx, NULL, 0);
    bool ok = true;
    for (uint32_t i = 0; ok && i < found.exports.count; i++) {
        struct rt_cjs_name n = found.exports.items[i];
        vs_val name = vs_str_utf8(cx, rt_cjs_text(&found, n), n.len);
        ok = name && vs_set_add(cx, names, name);
    }
    for (uint32_t i = 0; ok && i < found.reexports.count; i++) {
        struct rt_cjs_name n = found.reexports.items[i];
        vs_val specifier = vs_str_utf8(cx, rt_cjs_text(&found, n), n.len);
        ok = specifier && vs_set_index(cx, specifiers, i, specifier);
    }
    rt_cjs_exports_reset(&found);
    vs_val result[] = { names, specifiers };
    if (ok) vs_ret(a, vs_arr_new(cx, result, 2));
}

void rt_bind_cjs_lexer(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "parse", parse);
}
