/* back ends: uring epoll fake */
/* Poll handles: level again and again, edge once per change, once once; stop and change take effect
 * at once. */
#include <poll.h>

#include "test/c/fixture.h"
#include "uring/poll.h"
#include "uring/sock.h"

static struct fixture f;
static struct ur_poll p;
static struct ur_stream other;
static struct ur_send send_req;
static int calls, last;
static bool closed, written;

static void on_poll(struct ur_poll *h, int32_t res)
{
    EXPECT(!closed);
    EXPECT_GE(res, 1);
    calls++;
    last = res;
}

static void stop_at_once(struct ur_poll *h, int32_t res)
{
    calls++;
    ur_poll_stop(h);
}

static void on_written(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, 1);
    written = true;
}

static void on_closed(struct ur_poll *h)
{
    closed = true;
}

static void write_byte(void)
{
    written = false;
    send_req.done = on_written;
    ur_send(&other, &send_req, "x", 1);
    fixture_until(&f, &written);
}

static void turns(int n)
{
    for (int i = 0; i < n; i++) EXPECT_GE(ur_loop_poll(f.loop, 1000000), 0);
}

int main(void)
{
    int fds[2];
    struct ur_stream mine;
    fixture_open(&f, NULL);
    fixture_pair(&f, fds);
    ur_stream_init_take(f.loop, &other, fds[1], UR_STREAM_TCP);
    ur_poll_init(f.loop, &p, fds[0]);

    ur_poll_start(&p, POLLIN, UR_POLL_LEVEL, on_poll);
    turns(5);
    EXPECT_EQ(calls, 0);
    write_byte();
    turns(40);
    EXPECT_GE(calls, 3);
    EXPECT_EQ(last, POLLIN);
    ur_poll_stop(&p);
    calls = 0;
    turns(10);
    EXPECT_EQ(calls, 0);

    ur_poll_start(&p, POLLIN | POLLOUT, UR_POLL_ONCE, on_poll);
    turns(20);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(last, POLLIN | POLLOUT);
    EXPECT(!ur_poll_active(&p));

    calls = 0;
    ur_poll_start(&p, POLLIN, UR_POLL_EDGE, on_poll);
    turns(20);
    EXPECT_GE(calls, 1);
    int before = calls;
    if (!f.fake)
        EXPECT_EQ(calls, 1); /* the fake ends multishots, and armed again they tell again */
    write_byte();
    turns(20);
    EXPECT_GE(calls, before + 1);

    /* A change of mind before anything was submitted, and from inside the callback. */
    calls = 0;
    ur_poll_start(&p, POLLOUT, UR_POLL_LEVEL, on_poll);
    ur_poll_start(&p, POLLIN, UR_POLL_LEVEL, stop_at_once);
    turns(20);
    EXPECT_EQ(calls, 1);

    ur_poll_start(&p, POLLIN, UR_POLL_LEVEL, on_poll);
    turns(1);
    ur_poll_unref(&p);
    EXPECT(!ur_loop_alive(f.loop));
    ur_poll_ref(&p);
    EXPECT(ur_loop_alive(f.loop));
    ur_poll_close(&p, on_closed);
    EXPECT(!closed);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT(closed);

    ur_stream_init_take(f.loop, &mine, fds[0], UR_STREAM_TCP);
    ur_stream_close(&mine, NULL);
    ur_stream_close(&other, NULL);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    fixture_close(&f);
    return 0;
}
