/* back ends: uring epoll fake */
/* Pipes are streams too: all data, then the end; writing to a closed one fails with EPIPE; no
 * shutdown. */
#include <signal.h>

#include "test/c/fixture.h"
#include "uring/sock.h"

#define TOTAL 1000000u

static struct fixture f;
static struct ur_stream reader, writer;
static struct ur_send request;
static unsigned char out[TOTAL];
static size_t got;
static bool refused, broken;

static void sent(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, TOTAL);
    ur_stream_close(&writer, NULL);
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_GE(res, 0);
    if (res == 0) {
        ur_stream_close(s, NULL);
        return;
    }
    EXPECT(!memcmp(out + got, data, (size_t)res));
    got += (size_t)res;
}

static void on_shutdown(struct ur_stream *s, int32_t res)
{
    EXPECT_EQ(res, -ENOTSUP);
    refused = true;
    request.done = sent;
    struct iovec halves[2] = { { out, 1 }, { out + 1, TOTAL - 1 } };
    static struct iovec kept[2];
    memcpy(kept, halves, sizeof kept);
    ur_sendv(s, &request, kept, 2);
}

static void failed(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, -EPIPE);
    broken = true;
    ur_stream_close(&writer, NULL);
}

static void reader_closed(struct ur_stream *s, int32_t res)
{
    request.done = failed;
    ur_send(&writer, &request, out, 10);
}

int main(void)
{
    int fds[2];
    signal(SIGPIPE, SIG_IGN);
    fixture_open(&f, NULL);
    for (size_t i = 0; i < TOTAL; i++) out[i] = (unsigned char)(i * 13 + i / 255);
    fixture_pipe(&f, fds);
    ur_stream_init_take(f.loop, &reader, fds[0], UR_STREAM_FILE);
    ur_stream_init_take(f.loop, &writer, fds[1], UR_STREAM_FILE);
    ur_recv_start(&reader, on_recv);
    ur_shutdown(&writer, on_shutdown);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT(refused);
    EXPECT_EQ(got, TOTAL);

    fixture_pipe(&f, fds);
    ur_stream_init_take(f.loop, &reader, fds[0], UR_STREAM_FILE);
    ur_stream_init_take(f.loop, &writer, fds[1], UR_STREAM_FILE);
    ur_stream_close(&reader, reader_closed);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT(broken);
    fixture_close(&f);
    return 0;
}
