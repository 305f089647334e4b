/* A token of an earlier generation finds no op, even when the slot is in use again. */
#include "test/c/check.h"
#include "uring/op.h"
#include "uring/slot_priv.h"

int main(void)
{
    struct ur_slots t;
    struct ur_op op[200];
    uint64_t token[200];
    ur_slots_init(&t);
    for (int i = 0; i < 200; i++) token[i] = ur_slot_take(&t, &op[i], UR_TAG_OP);
    for (int i = 0; i < 200; i++) EXPECT(ur_slot_find(&t, token[i]) == &op[i]);
    ur_slot_free(&t, token[7]);
    EXPECT(ur_slot_find(&t, token[7]) == NULL);
    uint64_t again = ur_slot_take(&t, &op[7], UR_TAG_OP | UR_TAG_FD);
    EXPECT_EQ(again >> 32, token[7] >> 32);
    EXPECT(again != token[7]);
    EXPECT(ur_slot_find(&t, token[7]) == NULL);
    EXPECT(ur_slot_find(&t, again) == &op[7]);
    EXPECT_EQ(t.used, 200);
    EXPECT(ur_slot_find(&t, UINT64_MAX) == NULL);
    ur_slots_reset(&t);
    return 0;
}
