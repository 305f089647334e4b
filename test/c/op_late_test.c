/* back ends: uring epoll fake */
/* A completion of an operation that is over reaches nobody, not even the one that has its slot now;
 * the descriptor and the buffer it brings do not leak. */
#include "test/c/fixture.h"
#include "uring/loop_priv.h"
#include "uring/sock.h"

static struct fixture f;
static int calls;

static void done(struct ur_op *op, int32_t res, uint32_t flags)
{
    calls++;
}

/* The token of a listener's accept that is over. */
static uint64_t old_token(struct ur_op *op)
{
    struct sockaddr_in addr;
    int fd = fixture_listener(&f, &addr);
    ur_op_init(op, done);
    struct ur_desc *d = ur_op_prepare(op, UR_KIND_ACCEPT, fd);
    d->arg = SOCK_CLOEXEC;
    ur_op_start(f.loop, op);
    EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    uint64_t token = op->desc.token;
    ur_cancel(f.loop, op);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(calls, 1);
    ur_close_fd(f.loop, op, fd);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(calls, 2);
    return token;
}

int main(void)
{
    struct ur_op op, next;
    int fds[2];
    fixture_open(&f, NULL);
    uint64_t token = old_token(&op);
    fixture_pair(&f, fds);
    ur_op_init(&next, done);
    struct ur_desc *d = ur_op_prepare(&next, UR_KIND_POLL, fds[0]);
    d->arg = 1; /* POLLIN, which does not come */
    ur_op_start(f.loop, &next);
    EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    EXPECT_EQ(next.desc.token >> 32, token >> 32); /* the same slot */

    uint32_t fds_before = fixture_fds(&f);
    int fd = f.fake ? -1 : dup(0);
    struct ur_completion c = { .token = token, .res = fd };
    EXPECT(!ur_op_complete(f.loop, &c));
    EXPECT_EQ(fixture_fds(&f), fds_before);
    EXPECT_EQ(fixture_stats(&f).late, 1);
    EXPECT_EQ(calls, 2);

    ur_cancel(f.loop, &next);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    for (int i = 0; i < 2; i++) {
        ur_close_fd(f.loop, &next, fds[i]);
        EXPECT_EQ(ur_loop_run(f.loop), 0);
    }
    EXPECT_EQ(ur_loop_close(f.loop), 0);
    return 0;
}
