/* back ends: uring epoll fake */
/* Closing with a receive and a full send in flight: the send is told, the peer sees the end,
 * nothing comes later. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define TOTAL (32u << 20) /* more than a socket takes */

static struct fixture f;
static struct ur_stream a, b;
static struct ur_send first, second;
static struct ur_op tick;
static char *out;
static int sends_failed, shutdowns_failed;
static bool closed, peer_ended;

static void never(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT(!"data after close");
}

static void peer_recv(struct ur_stream *s, int32_t res, const void *data)
{
    if (res > 0) return;
    /* A reset is as good: data was thrown away. */
    EXPECT(res == 0 || res == -ECONNRESET);
    peer_ended = true;
    ur_stream_close(s, NULL);
}

static void sent(struct ur_send *req, int64_t res)
{
    EXPECT(!closed);
    EXPECT_EQ(res, -ECANCELED);
    sends_failed++;
}

static void shut_down(struct ur_stream *s, int32_t res)
{
    EXPECT_EQ(res, -ECANCELED);
    EXPECT_EQ(sends_failed, 2);
    shutdowns_failed++;
}

static void on_closed(struct ur_stream *s, int32_t res)
{
    EXPECT_EQ(res, 0);
    EXPECT_EQ(shutdowns_failed, 1);
    EXPECT(ur_stream_fd(s) < 0);
    closed = true;
    memset(s, 0xdb, sizeof *s); /* ours again */
    ur_recv_start(&b, peer_recv);
}

static void ticked(struct ur_op *op, int32_t res, uint32_t flags)
{
    ur_stream_close(&a, on_closed);
    EXPECT(!closed);
    EXPECT_EQ(sends_failed, 0);
}

int main(void)
{
    fixture_open(&f, NULL);
    out = calloc(1, TOTAL);
    fixture_streams(&f, &a, &b);
    ur_recv_start(&a, never);
    first.done = second.done = sent;
    ur_send(&a, &first, out, TOTAL);
    ur_send(&a, &second, out, 1);
    ur_shutdown(&a, shut_down);
    EXPECT_EQ(ur_send_pending(&a), TOTAL + 1);
    for (int i = 0; i < 20; i++) EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    EXPECT(ur_send_pending(&a) > 0);
    ur_op_init(&tick, ticked);
    ur_nop(f.loop, &tick);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT(closed);
    EXPECT(peer_ended);
    EXPECT_EQ(sends_failed, 2);
    free(out);
    fixture_close(&f);
    return 0;
}
