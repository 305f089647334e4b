/* core/cjs_patterns.c: the forms in which CommonJS modules export names. Each function matches one
 * production from where the scan stands; on a mismatch the scan's place means nothing. */
#include <stdlib.h>

#include "core/cjs_lexer_priv.h"

/* For pattern functions that also record: a mismatch is no error. */
enum found { NOT_FOUND, FOUND, NO_MEMORY };

static void skip_line(struct cjs_scan *s)
{
    while (s->at < s->end && *s->at != '\n' && *s->at != '\r') s->at++;
}

static void skip_block_comment(struct cjs_scan *s)
{
    for (s->at += 2; s->at + 1 < s->end; s->at++) {
        if (s->at[0] == '*' && s->at[1] == '/') {
            s->at += 2;
            return;
        }
    }
    s->at = s->end;
    s->bad = true;
}

char cjs_peek(struct cjs_scan *s)
{
    while (s->at < s->end) {
        char c = *s->at;
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            s->at++;
        } else if (c == '/' && s->at + 1 < s->end && s->at[1] == '/') {
            skip_line(s);
        } else if (c == '/' && s->at + 1 < s->end && s->at[1] == '*') {
            skip_block_comment(s);
        } else {
            return c;
        }
    }
    return 0;
}

struct cjs_word cjs_take_word(struct cjs_scan *s)
{
    struct cjs_word w = { .ptr = s->at };
    while (s->at < s->end && cjs_is_word_char(*s->at)) s->at++;
    w.len = (size_t)(s->at - w.ptr);
    return w;
}

bool cjs_skip_string(struct cjs_scan *s)
{
    char quote = *s->at;
    for (s->at++; s->at < s->end && *s->at != '\n' && *s->at != '\r'; s->at++) {
        if (*s->at == quote) {
            s->at++;
            return true;
        }
        if (*s->at != '\\') continue;
        s->at++;
        if (s->end - s->at >= 2 && s->at[0] == '\r' && s->at[1] == '\n') s->at++;
    }
    return false;
}

static bool punct(struct cjs_scan *s, char c)
{
    if (cjs_peek(s) != c) return false;
    s->at++;
    return true;
}

/* Several characters in a row, each a token: "=>" is not asked for anywhere. */
static bool puncts(struct cjs_scan *s, const char *text)
{
    for (; *text; text++) {
        if (!punct(s, *text)) return false;
    }
    return true;
}

static bool any_word(struct cjs_scan *s, struct cjs_word *w)
{
    char c = cjs_peek(s);
    if (!cjs_is_word_char(c) || (c >= '0' && c <= '9')) return false;
    *w = cjs_take_word(s);
    return true;
}

static bool word(struct cjs_scan *s, const char *text)
{
    struct cjs_word w;
    return any_word(s, &w) && cjs_word_is(w, text);
}

static bool same_word(struct cjs_scan *s, struct cjs_word expected)
{
    struct cjs_word w;
    return any_word(s, &w) && w.len == expected.len && memcmp(w.ptr, expected.ptr, w.len) == 0;
}

/* A string literal with its quotes. */
static bool string(struct cjs_scan *s, struct cjs_word *literal)
{
    char c = cjs_peek(s);
    if (c != '"' && c != '\'') return false;
    literal->ptr = s->at;
    if (!cjs_skip_string(s)) return false;
    literal->len = (size_t)(s->at - literal->ptr);
    return true;
}

static bool string_is(struct cjs_scan *s, const char *text)
{
    struct cjs_word w;
    if (!string(s, &w)) return false;
    return strlen(text) == w.len - 2 && memcmp(w.ptr + 1, text, w.len - 2) == 0;
}

/* Copies the scan's place, so that something optional can be tried. */
static bool optional_punct(struct cjs_scan *s, char c)
{
    if (cjs_peek(s) == c) s->at++;
    return true;
}

/* exports, or module.exports */
static bool exports_object(struct cjs_scan *s)
{
    struct cjs_word w;
    if (!any_word(s, &w)) return false;
    if (cjs_word_is(w, "exports")) return true;
    return cjs_word_is(w, "module") && punct(s, '.') && word(s, "exports");
}

/* require("specifier") */
static bool require_call(struct cjs_scan *s, struct cjs_word *literal)
{
    return word(s, "require") && punct(s, '(') && string(s, literal) && punct(s, ')');
}

static bool names_push(struct rt_cjs_names *names, struct rt_cjs_name n)
{
    if (names->count == names->cap) {
        uint32_t cap = names->cap ? names->cap * 2 : 16;
        struct rt_cjs_name *items = realloc(names->items, cap * sizeof(*items));
        if (!items) return false;
        names->items = items;
        names->cap = cap;
    }
    names->items[names->count++] = n;
    return true;
}

static char *text_reserve(struct rt_cjs_exports *e, size_t len)
{
    if (e->text_cap - e->text_len < len) {
        size_t cap = (size_t)e->text_cap * 2 + len;
        char *text = cap <= UINT32_MAX ? realloc(e->text, cap) : NULL;
        if (!text) return NULL;
        e->text = text;
        e->text_cap = (uint32_t)cap;
    }
    return e->text + e->text_len;
}

/* Keeps text of the source. */
static bool text_add(struct rt_cjs_exports *e, const char *ptr, size_t len, struct rt_cjs_name *out)
{
    char *to = text_reserve(e, len);
    if (!to) return len == 0;
    memcpy(to, ptr, len);
    *out = (struct rt_cjs_name){ e->text_len, (uint32_t)len };
    e->text_len += (uint32_t)len;
    return true;
}

static int hex_digits(const char *p, const char *end, int count)
{
    int value = 0;
    if (end - p < count) return -1;
    for (int i = 0; i < count; i++) {
        char c = (char)(p[i] | 0x20);
        int digit = p[i] >= '0' && p[i] <= '9' ? p[i] - '0'
                    : c >= 'a' && c <= 'f'     ? c - 'a' + 10
                                               : -1;
        if (digit < 0) return -1;
        value = value << 4 | digit;
    }
    return value;
}

static char *put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
        return out;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = { 0, 0xc0, 0xe0, 0xf0 };
    *out++ = (char)(lead[more] | c >> (6 * more));
    while (more--) *out++ = (char)(0x80 | (c >> (6 * more) & 0x3f));
    return out;
}

/* The number in \u{...} or \uXXXX with *p behind the u; -1: malformed. */
static int64_t unicode_number(const char **p, const char *end)
{
    if (*p < end && **p == '{') {
        int64_t value = 0;
        for ((*p)++; *p < end && **p != '}'; (*p)++) {
            int digit = hex_digits(*p, end, 1);
            value = value << 4 | digit;
            if (digit < 0 || value > 0x10ffff) return -1;
        }
        return *p < end ? ((*p)++, value) : -1;
    }
    int unit = hex_digits(*p, end, 4);
    if (unit >= 0) *p += 4;
    return unit;
}

/* The character of the escape with *p behind the u, or of two that are the halves of a surrogate
 * pair; -1: malformed, or one half alone. */
static int64_t unicode_escape(const char **p, const char *end)
{
    int64_t high = unicode_number(p, end);
    if (high < 0xd800 || high > 0xdfff) return high;
    if (high >= 0xdc00 || end - *p < 2 || (*p)[0] != '\\' || (*p)[1] != 'u') return -1;
    *p += 2;
    int64_t low = unicode_number(p, end);
    if (low < 0xdc00 || low > 0xdfff) return -1;
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* The character that the escape behind a backslash stands for, -1: malformed, -2: none (a line
 * continuation). */
static int64_t escaped(const char **p, const char *end)
{
    static const char from[] = "bfnrtv0", to[] = "\b\f\n\r\t\v\0";
    char c = *(*p)++;
    const char *simple = c ? strchr(from, c) : NULL;
    if (simple) return to[simple - from];
    if (c == '\n') return -2;
    if (c == '\r') {
        if (*p < end && **p == '\n') (*p)++;
        return -2;
    }
    if (c == 'u') return unicode_escape(p, end);
    if (c == 'x') {
        int value = hex_digits(*p, end, 2);
        *p += 2;
        return value;
    }
    return c;
}

/* The value of a literal. NOT_FOUND: it is no Unicode text, and can't be an export's name. */
static enum found literal_add(struct rt_cjs_exports *e, struct cjs_word literal,
                              struct rt_cjs_name *out)
{
    const char *p = literal.ptr + 1, *end = literal.ptr + literal.len - 1;
    char *start = text_reserve(e, literal.len), *to = start;
    if (!start) return NO_MEMORY;
    while (p < end) {
        if (*p != '\\') {
            *to++ = *p++;
            continue;
        }
        /* A character beyond ASCII stands for itself. */
        if ((unsigned char)*++p >= 0x80) continue;
        int64_t c = escaped(&p, end);
        if (c == -1) return NOT_FOUND;
        if (c >= 0) to = put_utf8(to, (uint32_t)c);
    }
    *out = (struct rt_cjs_name){ e->text_len, (uint32_t)(to - start) };
    e->text_len += (uint32_t)(to - start);
    return FOUND;
}

static enum found add_literal(struct cjs_patterns *p, struct rt_cjs_names *names,
                              struct cjs_word literal)
{
    struct rt_cjs_name n;
    enum found f = literal_add(p->out, literal, &n);
    if (f != FOUND) return f;
    return names_push(names, n) ? FOUND : NO_MEMORY;
}

static enum found add_word(struct cjs_patterns *p, struct cjs_word w)
{
    struct rt_cjs_name n;
    if (!text_add(p->out, w.ptr, w.len, &n)) return NO_MEMORY;
    return names_push(&p->out->exports, n) ? FOUND : NO_MEMORY;
}

static enum found add_export(struct cjs_patterns *p, struct cjs_word literal)
{
    return add_literal(p, &p->out->exports, literal);
}

static enum found add_reexport(struct cjs_patterns *p, struct cjs_word literal)
{
    return add_literal(p, &p->out->reexports, literal);
}

/* NAME[: value], of an object literal; *more: another may follow. Values are names, or calls of
 * require(), which end the list as any other value does. */
static enum found literal_named(struct cjs_patterns *p, struct cjs_scan *s, bool *more)
{
    struct cjs_word name, value, specifier;
    any_word(s, &name);
    struct cjs_scan ahead = *s;
    if (cjs_word_is(name, "get") && any_word(&ahead, &value)) return NOT_FOUND;
    if (punct(s, ':')) {
        struct cjs_scan at_value = *s;
        if (!any_word(s, &value)) return NOT_FOUND;
        enum found f = require_call(&at_value, &specifier) ? add_reexport(p, specifier) : FOUND;
        if (f == NO_MEMORY) return f;
    }
    *more = true;
    return add_word(p, name);
}

/* "name": value */
static enum found literal_quoted(struct cjs_patterns *p, struct cjs_scan *s, bool *more)
{
    struct cjs_word name, value, specifier;
    if (!string(s, &name)) return NOT_FOUND;
    *more = true;
    if (!punct(s, ':')) return NOT_FOUND;
    struct cjs_scan at_value = *s;
    *more = any_word(s, &value);
    if (!*more) return NOT_FOUND;
    enum found f = require_call(&at_value, &specifier) ? add_reexport(p, specifier) : FOUND;
    return f == NO_MEMORY ? f : add_export(p, name);
}

/* ...NAME, ...require("x") */
static enum found literal_spread(struct cjs_patterns *p, struct cjs_scan *s, bool *more)
{
    struct cjs_word w, specifier;
    if (!puncts(s, "...")) return NOT_FOUND;
    struct cjs_scan ahead = *s;
    if (require_call(&ahead, &specifier)) {
        *s = ahead;
        *more = true;
        return add_reexport(p, specifier);
    }
    *more = any_word(s, &w);
    return FOUND;
}

/* { a, b: c, "d": e, ...f, ...require("g") }, up to the first member of another form. */
static enum found object_literal(struct cjs_patterns *p, struct cjs_scan s)
{
    if (!punct(&s, '{')) return NOT_FOUND;
    for (bool more = true; more;) {
        more = false;
        char c = cjs_peek(&s);
        enum found f = NOT_FOUND;
        if (c == '"' || c == '\'') {
            f = literal_quoted(p, &s, &more);
        } else if (c == '.') {
            f = literal_spread(p, &s, &more);
        } else if (cjs_is_word_char(c) && !(c >= '0' && c <= '9')) {
            f = literal_named(p, &s, &more);
        }
        if (f == NO_MEMORY) return f;
        more = more && punct(&s, ',');
    }
    return FOUND;
}

/* Behind "module.exports =": the last such assignment decides what is re-exported. */
static enum found exports_assigned(struct cjs_patterns *p, struct cjs_scan s)
{
    struct cjs_word specifier;
    p->out->reexports.count = 0;
    struct cjs_scan ahead = s;
    if (require_call(&ahead, &specifier)) return add_reexport(p, specifier);
    return object_literal(p, s);
}

/* Behind "exports" or "module.exports": .NAME = and ["name"] = */
static enum found member_assigned(struct cjs_patterns *p, struct cjs_scan s)
{
    struct cjs_word name;
    if (punct(&s, '.'))
        return any_word(&s, &name) && punct(&s, '=') ? add_word(p, name) : NOT_FOUND;
    if (punct(&s, '[') && string(&s, &name) && puncts(&s, "]=")) return add_export(p, name);
    return NOT_FOUND;
}

static enum found after_module(struct cjs_patterns *p, struct cjs_scan s)
{
    if (!punct(&s, '.') || !word(&s, "exports")) return NOT_FOUND;
    struct cjs_scan ahead = s;
    if (punct(&ahead, '=')) return exports_assigned(p, ahead);
    return member_assigned(p, s);
}

/* enumerable: true, */
static void skip_enumerable(struct cjs_scan *s)
{
    struct cjs_scan ahead = *s;
    if (word(&ahead, "enumerable") && punct(&ahead, ':') && word(&ahead, "true") &&
        punct(&ahead, ',')) {
        *s = ahead;
    }
}

/* get() { return, get: function () { return, get: function name() { return */
static bool getter_head(struct cjs_scan *s)
{
    if (!word(s, "get")) return false;
    struct cjs_scan ahead = *s;
    if (punct(&ahead, ':')) {
        struct cjs_word name;
        *s = ahead;
        if (!word(s, "function")) return false;
        ahead = *s;
        if (any_word(&ahead, &name)) *s = ahead;
    }
    return puncts(s, "(){") && word(s, "return");
}

/* [;] } [,] }) */
static bool getter_tail(struct cjs_scan *s)
{
    return optional_punct(s, ';') && punct(s, '}') && optional_punct(s, ',') && puncts(s, "})");
}

/* A getter that returns NAME, NAME.NAME or NAME["name"]. */
static bool plain_getter(struct cjs_scan *s)
{
    struct cjs_word w;
    if (!getter_head(s) || !any_word(s, &w)) return false;
    struct cjs_scan ahead = *s;
    if (punct(&ahead, '.') && any_word(&ahead, &w)) *s = ahead;
    ahead = *s;
    if (punct(&ahead, '[') && string(&ahead, &w) && punct(&ahead, ']')) *s = ahead;
    return getter_tail(s);
}

/* Behind "Object.defineProperty(": EXPORTS, "name", { [enumerable: true,] value: | getter } */
static enum found define_property(struct cjs_patterns *p, struct cjs_scan s)
{
    struct cjs_word name;
    if (!exports_object(&s) || !punct(&s, ',') || !string(&s, &name) || !puncts(&s, ",{"))
        return NOT_FOUND;
    skip_enumerable(&s);
    struct cjs_scan ahead = s;
    bool value = word(&ahead, "value") && punct(&ahead, ':');
    return value || plain_getter(&s) ? add_export(p, name) : NOT_FOUND;
}

/* Object.prototype.hasOwnProperty.call(NAME, KEY), NAME.hasOwnProperty(KEY) */
static bool has_own(struct cjs_scan *s, struct cjs_word key)
{
    struct cjs_word w;
    if (!any_word(s, &w) || !punct(s, '.')) return false;
    if (cjs_word_is(w, "Object")) {
        return word(s, "prototype") && punct(s, '.') && word(s, "hasOwnProperty") &&
               punct(s, '.') && word(s, "call") && punct(s, '(') && any_word(s, &w) &&
               punct(s, ',') && same_word(s, key) && punct(s, ')');
    }
    return word(s, "hasOwnProperty") && punct(s, '(') && same_word(s, key) && punct(s, ')');
}

static bool returns(struct cjs_scan *s)
{
    return word(s, "return") && optional_punct(s, ';');
}

/* if (Object.prototype.hasOwnProperty.call(_exportNames, key)) return; */
static void skip_own_check(struct cjs_scan *s, struct cjs_word key)
{
    struct cjs_scan ahead = *s;
    if (word(&ahead, "if") && punct(&ahead, '(') && has_own(&ahead, key) && punct(&ahead, ')') &&
        returns(&ahead)) {
        *s = ahead;
    }
}

/* if (key in exports && exports[key] === NAME[key]) return; */
static void skip_same_check(struct cjs_scan *s, struct cjs_word name, struct cjs_word key)
{
    struct cjs_scan ahead = *s;
    if (word(&ahead, "if") && punct(&ahead, '(') && same_word(&ahead, key) && word(&ahead, "in") &&
        exports_object(&ahead) && puncts(&ahead, "&&") && exports_object(&ahead) &&
        punct(&ahead, '[') && same_word(&ahead, key) && puncts(&ahead, "]===") &&
        same_word(&ahead, name) && punct(&ahead, '[') && same_word(&ahead, key) &&
        puncts(&ahead, "])") && returns(&ahead)) {
        *s = ahead;
    }
}

/* === "default" || key === "__esModule") return;, and the checks that may follow it. */
static bool star_return_filter(struct cjs_scan *s, struct cjs_word name, struct cjs_word key)
{
    if (!puncts(s, "===") || !string_is(s, "default") || !puncts(s, "||") || !same_word(s, key) ||
        !puncts(s, "===") || !string_is(s, "__esModule") || !punct(s, ')') || !returns(s)) {
        return false;
    }
    skip_own_check(s, key);
    skip_same_check(s, name, key);
    return true;
}

/* !== "default" [&& !hasOwnProperty(...)]) */
static bool star_if_filter(struct cjs_scan *s, struct cjs_word key)
{
    if (!puncts(s, "!==") || !string_is(s, "default")) return false;
    struct cjs_scan ahead = *s;
    if (puncts(&ahead, "&&!") && has_own(&ahead, key)) *s = ahead;
    return punct(s, ')');
}

/* exports[key] = NAME[key]; or the same by Object.defineProperty() with a getter. */
static bool star_copy(struct cjs_scan *s, struct cjs_word name, struct cjs_word key)
{
    struct cjs_scan ahead = *s;
    if (exports_object(&ahead) && punct(&ahead, '[') && same_word(&ahead, key) &&
        puncts(&ahead, "]=") && same_word(&ahead, name) && punct(&ahead, '[') &&
        same_word(&ahead, key) && punct(&ahead, ']')) {
        *s = ahead;
        return optional_punct(s, ';');
    }
    return word(s, "Object") && punct(s, '.') && word(s, "defineProperty") && punct(s, '(') &&
           exports_object(s) && punct(s, ',') && same_word(s, key) && puncts(s, ",{") &&
           word(s, "enumerable") && punct(s, ':') && word(s, "true") && punct(s, ',') &&
           getter_head(s) && same_word(s, name) && punct(s, '[') && same_word(s, key) &&
           punct(s, ']') && getter_tail(s) && optional_punct(s, ';');
}

static bool star_body(struct cjs_scan *s, struct cjs_word name, struct cjs_word key)
{
    if (!word(s, "if") || !punct(s, '(') || !same_word(s, key)) return false;
    struct cjs_scan ahead = *s;
    if (!star_return_filter(&ahead, name, key)) {
        ahead = *s;
        if (!star_if_filter(&ahead, key)) return false;
    }
    *s = ahead;
    return star_copy(s, name, key) && puncts(s, "})");
}

/* Behind "Object.keys(": NAME).forEach(function (key) { ... }), as Babel writes export *. */
static enum found keys_loop(struct cjs_patterns *p, struct cjs_scan s)
{
    struct cjs_word name, key;
    if (!any_word(&s, &name) || !puncts(&s, ").") || !word(&s, "forEach") || !punct(&s, '(') ||
        !word(&s, "function") || !punct(&s, '(') || !any_word(&s, &key) || !puncts(&s, "){") ||
        !star_body(&s, name, key)) {
        return NOT_FOUND;
    }
    for (uint32_t i = p->star_count; i-- > 0;) {
        struct cjs_star *star = &p->stars[i];
        if (star->name.len != name.len || memcmp(star->name.ptr, name.ptr, name.len) != 0) continue;
        return names_push(&p->out->reexports, star->specifier) ? FOUND : NO_MEMORY;
    }
    return NOT_FOUND;
}

static enum found after_object(struct cjs_patterns *p, struct cjs_scan s)
{
    struct cjs_word method;
    if (!punct(&s, '.') || !any_word(&s, &method) || !punct(&s, '(')) return NOT_FOUND;
    if (cjs_word_is(method, "defineProperty")) return define_property(p, s);
    return cjs_word_is(method, "keys") ? keys_loop(p, s) : NOT_FOUND;
}

/* Behind var, let or const: NAME = [_interopRequireWildcard(]require("x") */
static enum found after_declaration(struct cjs_patterns *p, struct cjs_scan s)
{
    struct cjs_star star;
    struct cjs_word specifier;
    if (!any_word(&s, &star.name) || !punct(&s, '=')) return NOT_FOUND;
    struct cjs_scan ahead = s;
    if (word(&ahead, "_interopRequireWildcard") && punct(&ahead, '(')) s = ahead;
    if (!require_call(&s, &specifier)) return NOT_FOUND;
    enum found f = literal_add(p->out, specifier, &star.specifier);
    if (f != FOUND) return f;
    if (p->star_count == p->star_cap) {
        uint32_t cap = p->star_cap ? p->star_cap * 2 : 16;
        struct cjs_star *stars = realloc(p->stars, cap * sizeof(*stars));
        if (!stars) return NO_MEMORY;
        p->stars = stars;
        p->star_cap = cap;
    }
    p->stars[p->star_count++] = star;
    return FOUND;
}

/* Behind __export or __exportStar: (require("x") */
static enum found after_export_star(struct cjs_patterns *p, struct cjs_scan s)
{
    struct cjs_word specifier;
    if (!punct(&s, '(') || !require_call(&s, &specifier)) return NOT_FOUND;
    return add_reexport(p, specifier);
}

bool cjs_match(struct cjs_patterns *p, struct cjs_scan s, struct cjs_word w, bool after_dot)
{
    static const struct {
        const char *word;
        enum found (*match)(struct cjs_patterns *p, struct cjs_scan s);
        bool also_after_dot;
    } forms[] = {
        { "exports", member_assigned, false },       { "module", after_module, false },
        { "Object", after_object, false },           { "__export", after_export_star, true },
        { "__exportStar", after_export_star, true }, { "var", after_declaration, false },
        { "let", after_declaration, false },         { "const", after_declaration, false },
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (after_dot && !forms[i].also_after_dot) continue;
        if (cjs_word_is(w, forms[i].word)) return forms[i].match(p, s) != NO_MEMORY;
    }
    return true;
}
