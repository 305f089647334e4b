/* back ends: uring epoll fake */
/* However many results are known at once, one poll delivers a bounded number, in order, and those
 * of operations started meanwhile come last. */
#include "test/c/fixture.h"
#include "uring/op.h"

#define COUNT 1000
#define BATCH_MAX 256

static struct fixture f;
static struct ur_op ops[COUNT], extra;
static int told;

static void extra_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    EXPECT_EQ(told, COUNT);
    told++;
}

static void done(struct ur_op *op, int32_t res, uint32_t flags)
{
    EXPECT_EQ(op - ops, told);
    if (told++ == 0) ur_nop(f.loop, &extra);
}

int main(void)
{
    fixture_open(&f, NULL);
    ur_op_init(&extra, extra_done);
    for (int i = 0; i < COUNT; i++) {
        ur_op_init(&ops[i], done);
        ur_nop(f.loop, &ops[i]);
    }
    while (ur_loop_alive(f.loop)) {
        int before = told;
        int run = ur_loop_poll(f.loop, -1);
        EXPECT_EQ(run, told - before);
        EXPECT_GE(told, before + 1);
        EXPECT_GE(BATCH_MAX, told - before);
    }
    EXPECT_EQ(told, COUNT + 1);
    fixture_close(&f);
    return 0;
}
