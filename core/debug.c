/* core/debug.c: lists in environment variables. */
#include "core/debug.h"

#include <stdlib.h>
#include <string.h>

bool rt_debug_asked(const char *variable, const char *word)
{
    const char *at = getenv(variable);
    while (at && *at) {
        size_t len = strcspn(at, ",");
        if (len == strlen(word) && !strncmp(at, word, len)) return true;
        at += len + (at[len] == ',');
    }
    return false;
}
