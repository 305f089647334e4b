/* back ends: uring epoll fake */
/* A send through the smallest possible socket buffer is short again and again, and still arrives
 * whole, once and in order. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define SENDS 40
#define LEN 9973u

static struct fixture f;
static struct ur_stream reader, writer;
static struct ur_send sends[SENDS];
static unsigned char out[SENDS * LEN];
static size_t got;
static int finished;

static void shrink(int fd)
{
    int one = 1;
    EXPECT_EQ(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &one, sizeof one), 0);
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    if (res == 0) {
        ur_stream_close(s, NULL);
        return;
    }
    EXPECT_GE(res, 1);
    EXPECT(!memcmp(out + got, data, (size_t)res));
    got += (size_t)res;
}

static void sent(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, LEN);
    EXPECT(req == &sends[finished]);
    if (++finished == SENDS) ur_stream_close(&writer, NULL);
}

static void run(void (*pair)(const struct fixture *, int *), enum ur_stream_kind kind)
{
    int fds[2];
    got = 0;
    finished = 0;
    pair(&f, fds);
    for (int i = 0; i < 2 && !f.fake; i++) shrink(fds[i]);
    ur_stream_init_take(f.loop, &reader, fds[0], kind);
    ur_stream_init_take(f.loop, &writer, fds[1], kind);
    ur_recv_start(&reader, on_recv);
    for (int i = 0; i < SENDS; i++) {
        sends[i].done = sent;
        ur_send(&writer, &sends[i], out + (size_t)i * LEN, LEN);
        if (i % 7 == 0) EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    }
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(got, SENDS * LEN);
}

int main(void)
{
    fixture_open(&f, NULL);
    if (f.fake) ur_fake_set_faults(f.loop, &(struct ur_fake_faults){ .delay = 20, .shorten = 90 });
    for (size_t i = 0; i < sizeof out; i++) out[i] = (unsigned char)(i * 7 + i / 251);
    run(fixture_pair, UR_STREAM_TCP);
    run(fixture_unix_pair, UR_STREAM_SOCKET);
    fixture_close(&f);
    return 0;
}
