/* back ends: uring epoll fake */
/* The other side sees a close although a receive was in flight, which alone would keep the socket
 * open, for ever. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define LIMIT_MS 10000u

static struct fixture f;
static struct ur_stream a, b;
static bool ended;

static void never(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT(!"data where nobody sent any");
}

static void on_end(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_EQ(res, 0);
    ended = true;
    ur_stream_close(s, NULL);
}

int main(void)
{
    fixture_open(&f, NULL);
    fixture_streams(&f, &a, &b);
    ur_recv_start(&a, never);
    ur_recv_start(&b, on_end);
    EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    uint64_t start = ur_loop_now_ms(f.loop);
    ur_stream_close(&a, NULL);
    while (!ended && ur_loop_now_ms(f.loop) - start < LIMIT_MS)
        EXPECT_GE(ur_loop_poll(f.loop, 1000000), 0);
    EXPECT(ended);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    fixture_close(&f);
    return 0;
}
