/* uring/stash_priv.h: completions a back end knows and nobody has taken yet, in order. */
#ifndef URING_STASH_PRIV_H
#define URING_STASH_PRIV_H

#include "uring/backend.h"

struct ur_stash {
    struct ur_completion *item; /* owned; first..count-1 are not taken */
    uint32_t first, count, cap;
};

void ur_stash_put(struct ur_stash *s, const struct ur_completion *c);
/* Move the oldest, at most max, to out. Returns how many. */
uint32_t ur_stash_take(struct ur_stash *s, struct ur_completion *out, uint32_t max);
/* Free the memory. */
void ur_stash_reset(struct ur_stash *s);

static inline uint32_t ur_stash_len(const struct ur_stash *s)
{
    return s->count - s->first;
}

#endif
