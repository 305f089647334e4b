/* back ends: uring epoll fake */
/* On Unix sockets the end of the stream arrives also when it was there, together with much data,
 * before the receive was started. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define LEN_MAX 200000u
#define ROUNDS 100

static struct fixture f;
static struct ur_stream reader, writer;
static struct ur_send req;
static char out[LEN_MAX];
static size_t got;
static bool writer_closed, ended;

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_GE(res, 0);
    got += (size_t)res;
    if (res) return;
    ended = true;
    ur_stream_close(s, NULL);
}

static void on_closed(struct ur_stream *s, int32_t res)
{
    writer_closed = true;
}

static void sent(struct ur_send *r, int64_t res)
{
    EXPECT_EQ(res, r->len);
    ur_stream_close(&writer, on_closed);
}

int main(void)
{
    fixture_open(&f,
                 &(struct ur_loop_options){ .buf_len = 1024, .buf_count = 256, .buf_cap = 256 });
    for (size_t i = 0; i < ROUNDS; i++) {
        int fds[2];
        /* The fake's sockets take less. */
        size_t len = f.fake ? 1 + i * 600 : i % 2 ? 1024 * (1 + i) : 1 + i * (LEN_MAX / ROUNDS);
        fixture_unix_pair(&f, fds);
        ur_stream_init_take(f.loop, &reader, fds[0], UR_STREAM_SOCKET);
        ur_stream_init_take(f.loop, &writer, fds[1], UR_STREAM_SOCKET);
        got = 0;
        writer_closed = ended = false;
        if (i % 3 == 0) ur_recv_start(&reader, on_recv);
        req.done = sent;
        ur_send(&writer, &req, out, len);
        fixture_until(&f, &writer_closed);
        if (i % 3) ur_recv_start(&reader, on_recv);
        fixture_until(&f, &ended);
        EXPECT_EQ(got, len);
        EXPECT_EQ(ur_loop_run(f.loop), 0);
    }
    fixture_close(&f);
    return 0;
}
