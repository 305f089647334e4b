/* uring/slot_priv.h: the table from completion tokens to ops.
 *
 * token = index:32 | generation:24 | tag:8. A slot's generation moves on when its op has had the
 * last completion, so a completion that arrives later finds no op. The tag holds what must be known
 * even then: whether the result is a descriptor (to be closed) and which group its buffer came from
 * (to be returned). */
#ifndef URING_SLOT_PRIV_H
#define URING_SLOT_PRIV_H

#include <stdint.h>

struct ur_op;

#define UR_TAG_OP 1u
#define UR_TAG_FD 2u      /* with OP: a result >= 0 is a descriptor */
#define UR_TAG_BACKEND 4u /* the back end's own; never comes out of reap() */
#define UR_TAG_CLOSE 8u   /* with OP: it closes a descriptor */
#define UR_TAG_GROUP_SHIFT 4u
#define UR_GROUPS_MAX 16u /* what four bits of tag can tell apart */

struct ur_slot {
    struct ur_op *op; /* NULL: free */
    uint32_t gen;
    uint32_t next_free;
};

struct ur_slots {
    struct ur_slot *slot;
    uint32_t cap;
    uint32_t used;
    uint32_t first_free;
};

void ur_slots_init(struct ur_slots *t);
void ur_slots_reset(struct ur_slots *t);
/* Take a slot for op, returning its token. */
uint64_t ur_slot_take(struct ur_slots *t, struct ur_op *op, uint32_t tag);
/* NULL when the token is of an older generation. */
struct ur_op *ur_slot_find(const struct ur_slots *t, uint64_t token);
void ur_slot_free(struct ur_slots *t, uint64_t token);

static inline uint32_t ur_token_group(uint64_t token)
{
    return (uint32_t)(token & 0xff) >> UR_TAG_GROUP_SHIFT;
}

#endif
