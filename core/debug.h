/* core/debug.h: what people ask to be told on stderr by environment variables. */
#ifndef RT_DEBUG_H
#define RT_DEBUG_H

#include <stdbool.h>

/* Whether the comma-separated list in the variable has the word. */
bool rt_debug_asked(const char *variable, const char *word);

#endif
