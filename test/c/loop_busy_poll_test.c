/* back ends: uring epoll fake */
/* A loop that only ever polls without waiting gets its completions too. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define LIMIT_MS 10000 /* a kernel that is busy may deliver later than 1000 polls take */

static struct fixture f;
static struct ur_stream a, b;
static struct ur_send req;
static bool got;

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_EQ(res, 1);
    got = true;
}

static void sent(struct ur_send *r, int64_t res)
{
    EXPECT_EQ(res, 1);
}

int main(void)
{
    fixture_open(&f, NULL);
    fixture_streams(&f, &a, &b);
    ur_recv_start(&a, on_recv);
    for (int i = 0; i < 100; i++) EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    req.done = sent;
    if (f.fake)
        ur_send(&b, &req, "x", 1);
    else
        EXPECT_EQ(write(ur_stream_fd(&b), "x", 1), 1); /* from elsewhere: nothing to submit */
    for (uint64_t start = ur_loop_now_ms(f.loop); !got;) {
        EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
        EXPECT_LE(ur_loop_now_ms(f.loop) - start, LIMIT_MS);
    }
    ur_stream_close(&a, NULL);
    ur_stream_close(&b, NULL);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    fixture_close(&f);
    return 0;
}
