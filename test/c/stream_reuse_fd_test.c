/* back ends: uring epoll fake */
/* Descriptor numbers are used again at once while the old connection's data is still arriving: a
 * new stream never sees anything of an old one. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define ROUNDS 3000
#define CHUNK 512

struct pair {
    struct ur_stream reader, writer;
    struct ur_send req;
    unsigned char data[CHUNK];
    int seen, open, number;
};

static struct fixture f;
static struct pair pairs[8];
static int rounds, numbers, reused;
static int last_fd[64];

static void start(struct pair *p);

static void on_closed(struct ur_stream *s, int32_t res)
{
    struct pair *p = NULL;
    for (int i = 0; i < 8; i++) {
        if (s == &pairs[i].reader || s == &pairs[i].writer) p = &pairs[i];
    }
    if (--p->open == 0 && ++rounds < ROUNDS) start(p);
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    struct pair *p = (struct pair *)s;
    EXPECT_GE(res, 1);
    for (int i = 0; i < res; i++) EXPECT_EQ(((const unsigned char *)data)[i], p->number & 255);
    if (++p->seen == 1 + p->number % 3) {
        ur_stream_close(&p->reader, on_closed);
        ur_stream_close(&p->writer, on_closed);
    }
}

static void sent(struct ur_send *req, int64_t res)
{
    struct pair *p = (struct pair *)((char *)req - offsetof(struct pair, req));
    if (res > 0 && !ur_stream_closing(&p->writer)) ur_send(&p->writer, req, p->data, CHUNK);
}

static void start(struct pair *p)
{
    int fds[2];
    fixture_pair(&f, fds);
    for (size_t i = 0; i < sizeof last_fd / sizeof last_fd[0]; i++) reused += last_fd[i] == fds[0];
    last_fd[numbers % 64] = fds[0];
    p->number = numbers++;
    p->open = 2;
    p->seen = 0;
    memset(p->data, p->number & 255, CHUNK);
    ur_stream_init_take(f.loop, &p->reader, fds[0], UR_STREAM_TCP);
    ur_stream_init_take(f.loop, &p->writer, fds[1], UR_STREAM_TCP);
    ur_recv_start(&p->reader, on_recv);
    p->req.done = sent;
    ur_send(&p->writer, &p->req, p->data, CHUNK);
}

int main(void)
{
    fixture_open(&f, NULL);
    for (int i = 0; i < 8; i++) start(&pairs[i]);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_GE(rounds, ROUNDS);
    EXPECT_GE(reused, ROUNDS / 2);
    fixture_close(&f);
    return 0;
}
