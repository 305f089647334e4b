/* core/bind/heap_stream.h: a heap snapshot, in memory, as a stream for the library. */
#ifndef RT_BIND_HEAP_STREAM_H
#define RT_BIND_HEAP_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "v8shim/vs.h"

struct rt_env;

/* Text that grows; zeroed at first. ptr is the owner's to free(). */
struct heap_text {
    char *ptr;
    size_t len, cap;
};

/* A vs_text_fn; user: a struct heap_text. Always true. */
bool rt_heap_text_write(void *user, const char *text, size_t len);
/* A handle whose readStart() delivers the text and then the end. Takes text->ptr over. NULL: an
 * exception is pending. */
vs_val rt_heap_stream_new_take(struct rt_env *env, struct heap_text *text);

#endif
