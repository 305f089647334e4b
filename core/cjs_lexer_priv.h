/* core/cjs_lexer_priv.h: what cjs_lexer.c (tokens) and cjs_patterns.c share. */
#ifndef RT_CJS_LEXER_PRIV_H
#define RT_CJS_LEXER_PRIV_H

#include <stdbool.h>
#include <string.h>

#include "core/cjs_lexer.h"

/* A place in the text; copy it to look ahead. */
struct cjs_scan {
    const char *start, *at, *end;
    bool bad; /* a comment without an end was met */
};

struct cjs_word {
    const char *ptr;
    size_t len;
};

/* var NAME = require(SPECIFIER): later loops over NAME re-export it. */
struct cjs_star {
    struct cjs_word name;
    struct rt_cjs_name specifier;
};

struct cjs_patterns {
    struct rt_cjs_exports *out;
    struct cjs_star *stars; /* owned by the lexer */
    uint32_t star_count, star_cap;
};

static inline bool cjs_word_is(struct cjs_word w, const char *text)
{
    return strlen(text) == w.len && memcmp(w.ptr, text, w.len) == 0;
}

/* Part of a name or number. Bytes of characters beyond ASCII are taken for letters. */
static inline bool cjs_is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (unsigned char)c >= 0x80;
}

/* The next character behind spaces and comments, 0 at the end. */
char cjs_peek(struct cjs_scan *s);
/* The word at s->at. */
struct cjs_word cjs_take_word(struct cjs_scan *s);
/* From a quote to behind its partner. false: the line ends first. */
bool cjs_skip_string(struct cjs_scan *s);

/* Word w, which ends at s.at, may begin a pattern: records what it exports. false: no memory. */
bool cjs_match(struct cjs_patterns *p, struct cjs_scan s, struct cjs_word w, bool after_dot);

#endif
