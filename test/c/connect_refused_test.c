/* back ends: uring epoll fake */
/* Where nobody listens connecting fails with -ECONNREFUSED, as a completion. */
#include "test/c/fixture.h"
#include "uring/op.h"

static int32_t result = 1;

static void done(struct ur_op *op, int32_t res, uint32_t flags)
{
    result = res;
}

int main(void)
{
    struct fixture f;
    struct ur_op op;
    struct sockaddr_in addr;
    fixture_open(&f, NULL);
    int listener = fixture_listener(&f, &addr), fd = fixture_socket(&f);
    ur_op_init(&op, done);
    ur_close_fd(f.loop, &op, listener);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(result, 0);
    ur_connect(f.loop, &op, fd, (struct sockaddr *)&addr, sizeof addr);
    EXPECT_EQ(result, 0);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(result, -ECONNREFUSED);
    ur_close_fd(f.loop, &op, fd);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    fixture_close(&f);
    return 0;
}
