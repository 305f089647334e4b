/* core/cjs_lexer.h: finds the names a CommonJS module exports, from its text alone, so that ES
 * modules can import them by name.
 *
 * It recognises what people and transpilers write, not what programs could do: assignments to
 * exports.NAME and module.exports.NAME, module.exports = { ... } and = require(...),
 * Object.defineProperty(exports, ...), and the export-star helpers of TypeScript and Babel. The
 * grammar is the one that Node documents for named exports of CommonJS modules.
 */
#ifndef RT_CJS_LEXER_H
#define RT_CJS_LEXER_H

#include <stddef.h>
#include <stdint.h>

/* UTF-8, not terminated; points into the owner's text. */
struct rt_cjs_name {
    uint32_t off, len;
};

struct rt_cjs_names {
    struct rt_cjs_name *items;
    uint32_t count, cap;
};

struct rt_cjs_exports {
    struct rt_cjs_names exports;   /* in order of appearance, with duplicates */
    struct rt_cjs_names reexports; /* specifiers whose exports belong to this module, too */
    char *text;                    /* private: decoded strings */
    uint32_t text_len, text_cap;
};

/* source: UTF-8. Returns 0, or -EINVAL for text that is no CommonJS module (brackets or quotes that
 * don't match, import and export statements); *out is empty then. -ENOMEM. Pair:
 * rt_cjs_exports_reset. ANY THREAD. */
int rt_cjs_lex(struct rt_cjs_exports *out, const char *source, size_t len);
void rt_cjs_exports_reset(struct rt_cjs_exports *e);

static inline const char *rt_cjs_text(const struct rt_cjs_exports *e, struct rt_cjs_name n)
{
    return e->text + n.off;
}

#endif
