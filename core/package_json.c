/* core/package_json.c: a scanner for package.json; see the header for what it is for. */
#include "core/package_json.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* JSON.parse() has to follow with its own recursion. */
#define MAX_DEPTH 500

struct scan {
    const char *at, *end;
};

static void skip_space(struct scan *s)
{
    while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at) s->at++;
}

/* The next character that is no space, 0 at the end. */
static char peek(struct scan *s)
{
    skip_space(s);
    return s->at < s->end ? *s->at : 0;
}

static bool take(struct scan *s, char c)
{
    if (peek(s) != c) return false;
    s->at++;
    return true;
}

/* From the opening quote to behind the closing one. */
static bool skip_string(struct scan *s)
{
    for (s->at++; s->at < s->end; s->at++) {
        if (*s->at == '"') {
            s->at++;
            return true;
        }
        if ((unsigned char)*s->at < ' ') return false;
        if (*s->at == '\\') s->at++;
    }
    return false;
}

/* A value nobody looks at: brackets and quotes have to match, no more. */
static bool skip_loosely(struct scan *s)
{
    int depth = 0;
    const char *start = s->at;
    while (peek(s)) {
        char c = *s->at;
        if (c == '"') {
            if (!skip_string(s)) return false;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}')) return s->at > start;
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') depth--;
        if (depth < 0) return false;
        s->at++;
    }
    return false;
}

static int hex4(const char *p)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
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
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out;
}

/* \uXXXX, a pair of them for a character beyond U+FFFF; p is at the u. NULL: malformed. */
static const char *unescape_unicode(const char *p, const char *end, char **out)
{
    int unit = end - p >= 5 ? hex4(p + 1) : -1;
    if (unit < 0) return NULL;
    p += 5;
    uint32_t c = (uint32_t)unit;
    if (unit >= 0xd800 && unit < 0xdc00) {
        int low = end - p >= 6 && p[0] == '\\' && p[1] == 'u' ? hex4(p + 2) : -1;
        if (low < 0xdc00 || low > 0xdfff) return NULL;
        c = 0x10000 + ((c - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
        p += 6;
    } else if (unit >= 0xdc00 && unit <= 0xdfff) {
        return NULL;
    }
    *out = put_utf8(*out, c);
    return p;
}

/* The string at s->at, decoded. NULL: malformed, or no memory. */
static char *read_string(struct scan *s)
{
    const char *p = s->at + 1;
    if (!skip_string(s)) return NULL;
    const char *end = s->at - 1;
    char *text = malloc((size_t)(end - p) + 1), *out = text;
    while (text && p < end) {
        if (*p != '\\') {
            *out++ = *p++;
            continue;
        }
        static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
        const char *simple = strchr(from, *++p);
        if (*p && simple) {
            *out++ = to[simple - from];
            p++;
        } else {
            p = *p == 'u' ? unescape_unicode(p, end, &out) : NULL;
        }
        if (!p) {
            free(text);
            return NULL;
        }
    }
    if (text) *out = 0;
    return text;
}

static bool check_value(struct scan *s, int depth);

static bool check_members(struct scan *s, bool object, int depth)
{
    char close = object ? '}' : ']';
    s->at++;
    if (take(s, close)) return true;
    do {
        if (object) {
            if (peek(s) != '"' || !skip_string(s) || !take(s, ':')) return false;
        }
        if (!check_value(s, depth + 1)) return false;
    } while (take(s, ','));
    return take(s, close);
}

static bool check_word(struct scan *s)
{
    static const char *const words[] = { "true", "false", "null" };
    for (int i = 0; i < 3; i++) {
        size_t len = strlen(words[i]);
        if ((size_t)(s->end - s->at) >= len && memcmp(s->at, words[i], len) == 0) {
            s->at += len;
            return true;
        }
    }
    const char *start = s->at;
    while (s->at < s->end && *s->at && strchr("+-.eE0123456789", *s->at)) s->at++;
    return s->at > start;
}

/* A value that will be parsed later must be well-formed. */
static bool check_value(struct scan *s, int depth)
{
    if (depth > MAX_DEPTH) return false;
    switch (peek(s)) {
    case '{': return check_members(s, true, depth);
    case '[': return check_members(s, false, depth);
    case '"': return skip_string(s);
    case 0: return false;
    default: return check_word(s);
    }
}

/* "exports", "imports": objects and arrays as they stand, strings decoded, others are ignored. */
static bool read_map(struct scan *s, char **field)
{
    free(*field);
    *field = NULL;
    char c = peek(s);
    if (c == '"') return (*field = read_string(s)) != NULL;
    const char *start = s->at;
    if (!check_value(s, 0)) return false;
    if (c == '{' || c == '[') {
        *field = strndup(start, (size_t)(s->at - start));
        return *field != NULL;
    }
    return true;
}

static bool read_text(struct scan *s, char **field)
{
    free(*field);
    *field = peek(s) == '"' ? read_string(s) : NULL;
    return *field != NULL;
}

static bool read_type(struct scan *s, struct rt_package *p)
{
    char *text = NULL;
    if (!read_text(s, &text)) return false;
    p->type = strcmp(text, "module") == 0     ? RT_PACKAGE_MODULE
              : strcmp(text, "commonjs") == 0 ? RT_PACKAGE_COMMONJS
                                              : RT_PACKAGE_NONE;
    free(text);
    return true;
}

static bool read_field(struct scan *s, struct rt_package *p, const char *key)
{
    if (strcmp(key, "name") == 0) return read_text(s, &p->name);
    if (strcmp(key, "main") == 0 && peek(s) == '"') return read_text(s, &p->main);
    if (strcmp(key, "type") == 0) return read_type(s, p);
    if (strcmp(key, "exports") == 0) return read_map(s, &p->exports);
    if (strcmp(key, "imports") == 0) return read_map(s, &p->imports);
    return skip_loosely(s);
}

static bool read_object(struct scan *s, struct rt_package *p)
{
    if (!take(s, '{')) return false;
    if (take(s, '}')) return peek(s) == 0;
    do {
        char *key = peek(s) == '"' ? read_string(s) : NULL;
        bool ok = key && take(s, ':') && read_field(s, p, key);
        free(key);
        if (!ok) return false;
    } while (take(s, ','));
    return take(s, '}') && peek(s) == 0;
}

static bool is_utf8(const char *text, size_t len)
{
    const uint8_t *p = (const uint8_t *)text, *end = p + len;
    while (p < end) {
        if (*p < 0x80) {
            p++;
            continue;
        }
        int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;
        if (*p < 0xc2 || *p > 0xf4 || end - p <= more) return false;
        uint8_t low = *p == 0xe0 ? 0xa0 : *p == 0xf0 ? 0x90 : 0x80;
        uint8_t high = *p == 0xed ? 0x9f : *p == 0xf4 ? 0x8f : 0xbf;
        if (p[1] < low || p[1] > high) return false;
        for (int i = 2; i <= more; i++) {
            if ((p[i] & 0xc0) != 0x80) return false;
        }
        p += more + 1;
    }
    return true;
}

int rt_package_parse(struct rt_package *out, const char *text, size_t len)
{
    static const char bom[] = "\xef\xbb\xbf";
    *out = (struct rt_package){ 0 };
    struct scan s = { .at = text, .end = text + len };
    if (len >= 3 && memcmp(text, bom, 3) == 0) s.at += 3;
    if (is_utf8(text, len) && read_object(&s, out)) return 0;
    rt_package_reset(out);
    return -EINVAL;
}

static bool read_script(struct scan *s, rt_package_script_fn *each, void *data)
{
    char *name = peek(s) == '"' ? read_string(s) : NULL;
    if (!name) return false;
    bool ok = take(s, ':');
    bool is_text = ok && peek(s) == '"';
    char *command = is_text ? read_string(s) : NULL;
    ok = is_text ? command != NULL : ok && check_value(s, 0);
    if (ok) each(data, name, command);
    free(name);
    free(command);
    return ok;
}

static bool read_scripts(struct scan *s, rt_package_script_fn *each, void *data)
{
    s->at++;
    if (take(s, '}')) return true;
    do {
        if (!read_script(s, each, data)) return false;
    } while (take(s, ','));
    return take(s, '}');
}

int rt_package_scripts(const char *text, size_t len, rt_package_script_fn *each, void *data)
{
    struct scan s = { .at = text, .end = text + len };
    int found = -ENOENT;
    if (!take(&s, '{')) return -EINVAL;
    if (take(&s, '}')) return found;
    do {
        char *key = peek(&s) == '"' ? read_string(&s) : NULL;
        bool ok = key && take(&s, ':');
        if (ok && strcmp(key, "scripts") == 0 && peek(&s) == '{') {
            found = 0;
            ok = read_scripts(&s, each, data);
        } else if (ok) {
            ok = skip_loosely(&s);
        }
        free(key);
        if (!ok) return -EINVAL;
    } while (take(&s, ','));
    return take(&s, '}') ? found : -EINVAL;
}

void rt_package_reset(struct rt_package *p)
{
    free(p->name);
    free(p->main);
    free(p->exports);
    free(p->imports);
    *p = (struct rt_package){ 0 };
}
