/* uring/stash.c: a queue of completions. */
#include "uring/stash_priv.h"

#include <stdlib.h>
#include <string.h>

#include "uring/base_priv.h"

#define FIRST_CAP 64u

void ur_stash_put(struct ur_stash *s, const struct ur_completion *c)
{
    if (s->count == s->cap) {
        s->cap = s->cap ? s->cap * 2 : FIRST_CAP;
        s->item = ur_grow(s->item, s->cap, sizeof *s->item);
    }
    s->item[s->count++] = *c;
}

uint32_t ur_stash_take(struct ur_stash *s, struct ur_completion *out, uint32_t max)
{
    uint32_t count = ur_stash_len(s);
    if (count > max) count = max;
    if (count) /* there is no memory before the first use */
        memcpy(out, s->item + s->first, count * sizeof *out);
    s->first += count;
    if (s->first == s->count) s->first = s->count = 0;
    return count;
}

void ur_stash_reset(struct ur_stash *s)
{
    free(s->item);
    *s = (struct ur_stash){ 0 };
}
