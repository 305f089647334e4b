/* core/tools/young.c: see young.h. */
#include "core/tools/young.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN "(0, "
#define CLOSE ")"

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\n') p++;
    return p;
}

/* Behind the string or comment that begins at p, or p. NULL: it does not end. */
static const char *skip_opaque(const char *p)
{
    if (*p == '\'' || *p == '"' || *p == '`') {
        char quote = *p++;
        while (*p && *p != quote) p += *p == '\\' && p[1] ? 2 : 1;
        return *p ? p + 1 : NULL;
    }
    if (p[0] == '/' && p[1] == '/') return strchr(p, '\n');
    if (p[0] == '/' && p[1] == '*') {
        p = strstr(p + 2, "*/");
        return p ? p + 2 : NULL;
    }
    return p;
}

/* The ';' that ends the statement that p is in. NULL: there is none. */
static const char *statement_end(const char *p)
{
    int depth = 0;
    while (p && *p) {
        const char *behind = skip_opaque(p);
        if (behind != p) {
            p = behind;
            continue;
        }
        if (*p == ';' && depth == 0) return p;
        if (strchr("([{", *p)) depth++;
        if (strchr(")]}", *p) && depth-- == 0) return NULL;
        p++;
    }
    return NULL;
}

/* The function that an assignment whose target has ended at p assigns. NULL: it is no assignment,
 * or of something else. */
static const char *assigned_function(const char *p)
{
    static const char async[] = "async ", function[] = "function";
    if (strncmp(p, " =", 2) != 0 || (p[2] != ' ' && p[2] != '\n')) return NULL;
    p = skip_space(p + 2);
    const char *from = p;
    if (!strncmp(p, async, strlen(async))) p += strlen(async);
    if (!strncmp(p, function, strlen(function))) return from;
    if (*p != '(') return NULL;
    p = strchr(p, ')');
    return p && !strncmp(p, ") =>", strlen(") =>")) ? from : NULL;
}

char *young_functions(const char *text, size_t *len, const char *target)
{
    char *out;
    size_t size;
    FILE *f = open_memstream(&out, &size);
    if (!f) return NULL;
    bool found = false, whole = true;
    const char *done = text;
    for (const char *p = text; whole && (p = strstr(p, target)); p++) {
        const char *from = assigned_function(p + strlen(target));
        if (!from) continue;
        const char *to = statement_end(from);
        whole = to != NULL;
        if (!whole) break;
        fprintf(f, "%.*s" OPEN "%.*s" CLOSE, (int)(from - done), done, (int)(to - from), from);
        done = to;
        found = true;
    }
    fputs(done, f);
    if (fclose(f)) whole = false;
    if (found && whole) {
        *len = size;
        return out;
    }
    free(out);
    return NULL;
}
