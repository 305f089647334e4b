/* core/cjs_lexer.c: a tokenizer that knows regular expressions, templates and comments, and hands
 * each word that can begin a pattern to cjs_patterns.c. */
#include "core/cjs_lexer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cjs_lexer_priv.h"

/* What the last token was: decides whether a slash divides or begins a regular expression. */
enum previous {
    PREV_NONE,
    PREV_WORD,    /* a name, or a word after a dot */
    PREV_KEYWORD, /* one that an expression follows: return, typeof, ... */
    PREV_HEAD,    /* if, while, for, with */
    PREV_VALUE,   /* number, string, template, regular expression */
    PREV_CLOSE,   /* a bracket; lex.close_ends_statement tells more */
    PREV_PUNCT,
};

struct bracket {
    char open;           /* "([{", or '$' for the ${ of a template */
    bool ends_statement; /* what follows its end begins a new one */
};

struct lex {
    struct cjs_scan scan;
    struct cjs_patterns patterns;
    struct bracket *stack;
    uint32_t depth, cap;
    enum previous prev;
    char prev_punct;     /* for PREV_PUNCT */
    const char *prev_at; /* start of the last token */
    bool close_ends_statement;
    bool no_memory;
};

static bool is_one_of(struct cjs_word w, const char *const *words)
{
    for (; *words; words++) {
        if (cjs_word_is(w, *words)) return true;
    }
    return false;
}

static bool push(struct lex *l, char open, bool ends_statement)
{
    if (l->depth == l->cap) {
        uint32_t cap = l->cap ? l->cap * 2 : 64;
        struct bracket *stack = realloc(l->stack, cap * sizeof(*stack));
        if (!stack) {
            l->no_memory = true;
            return false;
        }
        l->stack = stack;
        l->cap = cap;
    }
    l->stack[l->depth++] = (struct bracket){ open, ends_statement };
    return true;
}

static bool slash_is_regexp(const struct lex *l)
{
    switch (l->prev) {
    case PREV_NONE:
    case PREV_KEYWORD:
    case PREV_HEAD: return true;
    case PREV_WORD:
    case PREV_VALUE: return false;
    case PREV_CLOSE: return l->close_ends_statement;
    case PREV_PUNCT: break;
    }
    /* After x++ and x-- it divides. */
    char c = l->prev_punct;
    bool doubled = l->prev_at > l->scan.start && l->prev_at[-1] == c;
    return !((c == '+' || c == '-') && doubled);
}

static bool skip_regexp(struct cjs_scan *s)
{
    bool in_class = false;
    for (s->at++; s->at < s->end && *s->at != '\n' && *s->at != '\r'; s->at++) {
        char c = *s->at;
        if (c == '\\') {
            s->at++;
        } else if (c == '[') {
            in_class = true;
        } else if (c == ']') {
            in_class = false;
        } else if (c == '/' && !in_class) {
            s->at++;
            return true;
        }
    }
    return false;
}

/* From behind the backquote, or behind the } of a substitution, to the end or the next ${. */
static bool skip_template(struct lex *l)
{
    struct cjs_scan *s = &l->scan;
    for (; s->at < s->end; s->at++) {
        if (*s->at == '\\') {
            s->at++;
        } else if (*s->at == '`') {
            s->at++;
            l->prev = PREV_VALUE;
            return true;
        } else if (*s->at == '$' && s->at + 1 < s->end && s->at[1] == '{') {
            s->at += 2;
            l->prev = PREV_PUNCT;
            l->prev_punct = '{';
            return push(l, '$', false);
        }
    }
    return false;
}

/* Does a brace opened here enclose statements (as opposed to an object literal)? */
static bool brace_is_block(const struct lex *l)
{
    switch (l->prev) {
    case PREV_NONE:
    case PREV_WORD:
    case PREV_CLOSE: return true;
    case PREV_PUNCT: return strchr(";{}>", l->prev_punct) != NULL;
    case PREV_KEYWORD:
    case PREV_HEAD:
    case PREV_VALUE: break;
    }
    return false;
}

static bool open_bracket(struct lex *l, char c)
{
    bool ends = c == '(' ? l->prev == PREV_HEAD : c == '{' && brace_is_block(l);
    l->prev = PREV_PUNCT;
    l->prev_punct = c;
    l->scan.at++;
    return push(l, c, ends);
}

static bool close_bracket(struct lex *l, char c)
{
    if (l->depth == 0) return false;
    struct bracket b = l->stack[--l->depth];
    l->scan.at++;
    if (c == '}' && b.open == '$') return skip_template(l);
    char open = c == ')' ? '(' : c == ']' ? '[' : '{';
    l->prev = PREV_CLOSE;
    l->close_ends_statement = b.ends_statement;
    return b.open == open;
}

/* The first letters of an import or export statement, which no CommonJS module has. */
static bool is_module_syntax(struct lex *l, struct cjs_word w, bool after_dot)
{
    if (after_dot) return false;
    struct cjs_scan ahead = l->scan;
    char next = cjs_peek(&ahead);
    if (cjs_word_is(w, "import"))
        return next == '.' || (l->depth == 0 && next != '(' && next != ':' && next != '=');
    return cjs_word_is(w, "export") && l->depth == 0 && next != ':' && next != '(';
}

/* A word: a name, or a keyword that tells what may follow. */
static bool read_word(struct lex *l)
{
    static const char *const keywords[] = { "return",     "typeof", "case",  "in",    "of",
                                            "delete",     "void",   "throw", "new",   "else",
                                            "instanceof", "do",     "yield", "await", NULL };
    static const char *const heads[] = { "if", "while", "for", "with", NULL };
    bool after_dot = l->prev == PREV_PUNCT && l->prev_punct == '.';
    struct cjs_word w = cjs_take_word(&l->scan);
    if (is_module_syntax(l, w, after_dot)) return false;
    if (!cjs_match(&l->patterns, l->scan, w, after_dot)) {
        l->no_memory = true;
        return false;
    }
    l->prev = after_dot                ? PREV_WORD
              : is_one_of(w, keywords) ? PREV_KEYWORD
              : is_one_of(w, heads)    ? PREV_HEAD
                                       : PREV_WORD;
    /* Blocks, not objects, follow these two. */
    if (l->prev == PREV_KEYWORD && (cjs_word_is(w, "else") || cjs_word_is(w, "do"))) {
        l->prev = PREV_PUNCT;
        l->prev_punct = ';';
    }
    return true;
}

static bool read_token(struct lex *l, char c)
{
    const char *at = l->scan.at;
    bool ok = true;
    if (cjs_is_word_char(c)) {
        bool number = c >= '0' && c <= '9';
        if (number) {
            while (l->scan.at < l->scan.end &&
                   (cjs_is_word_char(*l->scan.at) || *l->scan.at == '.'))
                l->scan.at++;
            l->prev = PREV_VALUE;
        } else {
            ok = read_word(l);
        }
    } else if (c == '"' || c == '\'') {
        ok = cjs_skip_string(&l->scan);
        l->prev = PREV_VALUE;
    } else if (c == '`') {
        l->scan.at++;
        ok = skip_template(l);
    } else if (c == '(' || c == '[' || c == '{') {
        ok = open_bracket(l, c);
    } else if (c == ')' || c == ']' || c == '}') {
        ok = close_bracket(l, c);
    } else if (c == '/' && slash_is_regexp(l)) {
        ok = skip_regexp(&l->scan);
        l->prev = PREV_VALUE;
    } else {
        l->scan.at++;
        l->prev = PREV_PUNCT;
        l->prev_punct = c;
    }
    l->prev_at = at;
    return ok;
}

static void skip_hashbang(struct cjs_scan *s)
{
    if (s->end - s->at < 2 || s->at[0] != '#' || s->at[1] != '!') return;
    while (s->at < s->end && *s->at != '\n') s->at++;
}

int rt_cjs_lex(struct rt_cjs_exports *out, const char *source, size_t len)
{
    *out = (struct rt_cjs_exports){ 0 };
    struct lex l = { .scan = { .start = source, .at = source, .end = source + len },
                     .patterns = { .out = out } };
    skip_hashbang(&l.scan);
    bool ok = true;
    while (ok && !l.scan.bad) {
        char c = cjs_peek(&l.scan);
        if (l.scan.at == l.scan.end || l.scan.bad) break;
        ok = read_token(&l, c);
    }
    ok = ok && !l.scan.bad && l.depth == 0;
    free(l.stack);
    free(l.patterns.stars);
    if (ok) return 0;
    rt_cjs_exports_reset(out);
    return l.no_memory ? -ENOMEM : -EINVAL;
}

void rt_cjs_exports_reset(struct rt_cjs_exports *e)
{
    free(e->exports.items);
    free(e->reexports.items);
    free(e->text);
    *e = (struct rt_cjs_exports){ 0 };
}
