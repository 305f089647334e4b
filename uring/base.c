/* uring/base.c: what happens when an invariant breaks or memory is gone. */
#include "uring/base_priv.h"

#include <stdio.h>
#include <stdlib.h>

void ur_check_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "uring: check failed: %s (%s:%d)\n", what, file, line);
    abort();
}

void *ur_alloc(size_t len)
{
    void *p = malloc(len);
    UR_CHECK(p);
    return p;
}

void *ur_grow(void *old, size_t count, size_t item_len)
{
    void *p = reallocarray(old, count, item_len);
    UR_CHECK(p);
    return p;
}
