/* back ends: uring epoll */
/* What was started together with a close does not see what that leads to: a send to the other end,
 * begun after a close that resets the connection, still succeeds. The close is told first, and what
 * it leads to in a later poll. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define ROUNDS 50

static struct fixture f;
static struct ur_stream b;
static struct ur_op op;
static struct ur_send req;
static bool closed, ended;
static uint64_t closed_in; /* which poll */

static void on_closed(struct ur_op *o, int32_t res, uint32_t flags)
{
    EXPECT_EQ(res, 0);
    EXPECT(!ended);
    closed = true;
    closed_in = fixture_stats(&f).polls;
}

static void sent(struct ur_send *r, int64_t res)
{
    EXPECT_EQ(res, 1);
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_EQ(res, -ECONNRESET);
    EXPECT(closed);
    EXPECT_GE(fixture_stats(&f).polls, closed_in + 1);
    ended = true;
    ur_stream_close(s, NULL);
}

int main(void)
{
    struct linger reset = { .l_onoff = 1 };
    fixture_open(&f, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        int fds[2];
        closed = ended = false;
        fixture_pair(&f, fds);
        EXPECT_EQ(setsockopt(fds[0], SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
        ur_stream_init_take(f.loop, &b, fds[1], UR_STREAM_TCP);
        ur_recv_start(&b, on_recv);
        EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
        ur_op_init(&op, on_closed);
        ur_close_fd(f.loop, &op, fds[0]);
        req.done = sent;
        ur_send(&b, &req, "x", 1);
        EXPECT_EQ(ur_loop_run(f.loop), 0);
        EXPECT(ended);
    }
    fixture_close(&f);
    return 0;
}
