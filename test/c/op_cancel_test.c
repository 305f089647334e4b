/* back ends: uring epoll fake */
/* Cancel asks: the callback comes once, from a later poll, with -ECANCELED or the result that was
 * faster. */
#include "test/c/fixture.h"
#include "uring/op.h"
#include "uring/sock.h"

static int calls;
static int32_t result;

static void done(struct ur_op *op, int32_t res, uint32_t flags)
{
    EXPECT_EQ(flags, 0);
    EXPECT(!ur_op_active(op));
    calls++;
    result = res;
}

static void run_once(struct fixture *f)
{
    calls = 0;
    EXPECT_EQ(ur_loop_run(f->loop), 0);
    EXPECT_EQ(calls, 1);
}

int main(void)
{
    struct fixture f;
    struct ur_op op;
    struct sockaddr_in addr;
    fixture_open(&f, NULL);
    int listener = fixture_listener(&f, &addr);
    int fd = fixture_socket(&f);

    /* Idle: nothing happens. */
    ur_op_init(&op, done);
    ur_cancel(f.loop, &op);
    EXPECT(!ur_loop_alive(f.loop));

    /* A result already known stays. */
    ur_nop(f.loop, &op);
    ur_cancel(f.loop, &op);
    EXPECT(ur_op_active(&op));
    run_once(&f);
    EXPECT_EQ(result, 0);

    /* Not yet with the back end: never tried. */
    ur_connect(f.loop, &op, fd, (struct sockaddr *)&addr, sizeof addr);
    ur_cancel(f.loop, &op);
    ur_cancel(f.loop, &op);
    EXPECT(ur_op_active(&op));
    run_once(&f);
    EXPECT_EQ(result, -ECANCELED);

    /* The op can be used again. */
    ur_connect(f.loop, &op, fd, (struct sockaddr *)&addr, sizeof addr);
    run_once(&f);
    EXPECT_EQ(result, 0);

    ur_close_fd(f.loop, &op, fd);
    run_once(&f);
    EXPECT_EQ(result, 0);
    ur_close_fd(f.loop, &op, listener);
    run_once(&f);
    ur_close_fd(f.loop, &op, -1);
    run_once(&f);
    EXPECT_EQ(result, -EBADF);
    fixture_close(&f);
    return 0;
}
