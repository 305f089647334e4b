/* uring/slot.c: slots and generations. */
#include "uring/slot_priv.h"

#include <stdlib.h>

#include "uring/base_priv.h"

#define NO_SLOT UINT32_MAX
#define FIRST_CAP 64u
#define GEN_MASK 0xffffffu

void ur_slots_init(struct ur_slots *t)
{
    *t = (struct ur_slots){ .first_free = NO_SLOT };
}

void ur_slots_reset(struct ur_slots *t)
{
    free(t->slot);
    ur_slots_init(t);
}

static void add_slots(struct ur_slots *t)
{
    uint32_t cap = t->cap ? t->cap * 2 : FIRST_CAP;
    UR_CHECK(cap < NO_SLOT / 2);
    t->slot = ur_grow(t->slot, cap, sizeof *t->slot);
    for (uint32_t i = cap; i-- > t->cap;) {
        t->slot[i] = (struct ur_slot){ .gen = 1, .next_free = t->first_free };
        t->first_free = i;
    }
    t->cap = cap;
}

uint64_t ur_slot_take(struct ur_slots *t, struct ur_op *op, uint32_t tag)
{
    if (t->first_free == NO_SLOT) add_slots(t);
    uint32_t index = t->first_free;
    struct ur_slot *s = &t->slot[index];
    t->first_free = s->next_free;
    t->used++;
    s->op = op;
    return (uint64_t)index << 32 | (uint64_t)s->gen << 8 | tag;
}

struct ur_op *ur_slot_find(const struct ur_slots *t, uint64_t token)
{
    uint32_t index = (uint32_t)(token >> 32);
    if (index >= t->cap || t->slot[index].gen != ((token >> 8) & GEN_MASK)) return NULL;
    return t->slot[index].op;
}

void ur_slot_free(struct ur_slots *t, uint64_t token)
{
    uint32_t index = (uint32_t)(token >> 32);
    struct ur_slot *s = &t->slot[index];
    UR_CHECK(index < t->cap && s->op);
    s->op = NULL;
    s->gen = (s->gen + 1) & GEN_MASK;
    s->next_free = t->first_free;
    t->first_free = index;
    t->used--;
}
