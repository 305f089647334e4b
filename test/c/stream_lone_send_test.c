/* back ends: uring */
/* Where one message at a time goes to and fro, each costs one wait and one send, not two waits. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define MESSAGES 1000u

static struct fixture f;
static struct ur_stream stream;
static struct ur_send req;
static char data[64];
static uint32_t answered;
static bool closed;

static void on_recv(struct ur_stream *s, int32_t res, const void *in)
{
    EXPECT_EQ(res, sizeof data);
    memcpy(data, in, sizeof data);
    ur_send(s, &req, data, sizeof data);
}

static void sent(struct ur_send *r, int64_t res)
{
    EXPECT_EQ(res, sizeof data);
    answered++;
}

static void on_closed(struct ur_stream *s, int32_t res)
{
    EXPECT_EQ(res, 0);
    closed = true;
}

int main(void)
{
    char message[sizeof data] = { 0 };
    int fds[2];
    if (getenv("TORC_IO_NO")) check_skip("features left out cost calls");
    fixture_open(&f, NULL);
    fixture_pair(&f, fds);
    req.done = sent;
    ur_stream_init_take(f.loop, &stream, fds[0], UR_STREAM_TCP);
    ur_recv_start(&stream, on_recv);
    EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    struct ur_stats before = fixture_stats(&f);
    for (uint32_t i = 0; i < MESSAGES; i++) {
        message[0] = (char)i;
        EXPECT_EQ(send(fds[1], message, sizeof message, 0), (ssize_t)sizeof message);
        while (answered == i) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
        EXPECT_EQ(recv(fds[1], message, sizeof message, 0), (ssize_t)sizeof message);
        EXPECT_EQ(message[0], (char)i);
    }
    struct ur_stats after = fixture_stats(&f);
    EXPECT_LE(after.enters - before.enters, MESSAGES + MESSAGES / 10);
    EXPECT_LE(after.calls - before.calls, 2 * MESSAGES + MESSAGES / 10);
    ur_stream_close(&stream, on_closed);
    fixture_until(&f, &closed);
    close(fds[1]);
    fixture_close(&f);
    return 0;
}
