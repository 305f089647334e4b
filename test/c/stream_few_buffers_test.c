/* back ends: uring epoll fake */
/* With far fewer receive buffers than busy streams every stream gets all its data, in order, none
 * is left behind. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define STREAMS 50
#define TOTAL 100000u
#define IDLE 30

struct pair {
    struct ur_stream reader, writer;
    struct ur_send req;
    size_t got;
};

static struct fixture f;
static struct pair pairs[STREAMS];
static unsigned char out[TOTAL];
static struct ur_stream idle[2 * IDLE];
static int finished;

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    struct pair *p = (struct pair *)s;
    if (res == 0) {
        EXPECT_EQ(p->got, TOTAL);
        ur_stream_close(s, NULL);
        if (++finished < STREAMS) return;
        for (int i = 0; i < 2 * IDLE; i++) ur_stream_close(&idle[i], NULL);
        return;
    }
    EXPECT_GE(res, 1);
    EXPECT(!memcmp(out + p->got, data, (size_t)res));
    p->got += (size_t)res;
}

static void never(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT(!"data where nobody sent any");
}

static void sent(struct ur_send *req, int64_t res)
{
    struct pair *p = (struct pair *)((char *)req - offsetof(struct pair, req));
    EXPECT_EQ(res, TOTAL);
    ur_stream_close(&p->writer, NULL);
}

int main(void)
{
    struct ur_loop_options o = { .buf_len = 1024, .buf_count = 1, .buf_cap = 2 };
    fixture_open(&f, &o);
    for (size_t i = 0; i < TOTAL; i++) out[i] = (unsigned char)(i * 7 + i / 251);
    for (int i = 0; i < STREAMS; i++) {
        fixture_streams(&f, &pairs[i].reader, &pairs[i].writer);
        ur_recv_start(&pairs[i].reader, on_recv);
        pairs[i].req.done = sent;
        ur_send(&pairs[i].writer, &pairs[i].req, out, TOTAL);
    }
    for (int i = 0; i < 2 * IDLE; i += 2) {
        fixture_streams(&f, &idle[i], &idle[i + 1]);
        for (int k = 0; k < 2; k++) ur_recv_start(&idle[i + k], never);
    }
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(finished, STREAMS);
    struct ur_stats s = fixture_stats(&f);
    if (f.epoll) { /* takes data only as there are buffers */
        EXPECT_EQ(s.bufs, 1);
        EXPECT_EQ(s.enobufs, 0);
    } else {
        EXPECT_EQ(s.bufs, 2);
        EXPECT_GE(s.enobufs, 1);
        EXPECT_GE(s.parks, 1);
    }
    fixture_close(&f);
    return 0;
}
