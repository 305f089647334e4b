/* back ends: uring epoll fake */
/* With queues far too small for what is in flight nothing is lost, and multishots the kernel ends
 * go on. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define PAIRS 300
#define ROUNDS 20

struct pair {
    struct ur_stream reader, writer;
    struct ur_send req;
    int sent, got;
};

static struct fixture f;
static struct pair pairs[PAIRS];
static int finished;

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    struct pair *p = (struct pair *)s;
    EXPECT_GE(res, 1);
    for (int i = 0; i < res; i++) EXPECT_EQ(((const char *)data)[i], 'a' + p->got++ % 26);
    if (p->got < ROUNDS) return;
    EXPECT_EQ(p->got, ROUNDS);
    finished++;
    ur_stream_close(&p->reader, NULL);
    ur_stream_close(&p->writer, NULL);
}

static void sent(struct ur_send *req, int64_t res)
{
    struct pair *p = (struct pair *)((char *)req - offsetof(struct pair, req));
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    EXPECT(res == 1 || ur_stream_closing(&p->writer));
    if (ur_stream_closing(&p->writer) || p->sent == ROUNDS) return;
    ur_send(&p->writer, req, &letters[p->sent++ % 26], 1);
}

int main(void)
{
    struct ur_loop_options o = { .sq_entries = 4, .cq_entries = 8 };
    fixture_open(&f, &o);
    for (int i = 0; i < PAIRS; i++) {
        struct pair *p = &pairs[i];
        fixture_streams(&f, &p->reader, &p->writer);
        ur_recv_start(&p->reader, on_recv);
        p->req.done = sent;
        p->sent = 1;
        ur_send(&p->writer, &p->req, "a", 1);
    }
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(finished, PAIRS);
    if (f.uring) EXPECT_GE(fixture_stats(&f).overflows, 1);
    fixture_close(&f);
    return 0;
}
