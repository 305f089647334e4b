/* back ends: uring epoll fake */
/* Streams that send as fast as they can, more than there are buffers for, starve neither a quiet
 * neighbour nor timers: both get their turn within few polls, and one poll is bounded. */
#include "test/c/fixture.h"
#include "uring/sock.h"
#include "uring/timer.h"

#define GREEDY 6
#define CHUNK 65536u
#define BUF_LEN 4096u
#define BUFS 8u
#define PINGS 300
#define POLLS_MAX 40        /* from a ping to its answer */
#define POLLS_MAX_FAKE 4000 /* there everything may be late */
#define CALLBACKS_MAX 256   /* of one poll, besides results known at start */

struct pair {
    struct ur_stream reader, writer;
    struct ur_send req;
    uint64_t got;
};

static struct fixture f;
static struct pair greedy[GREEDY], quiet;
static struct ur_timer tick;
static char chunk[CHUNK];
static int pings, ticks, polls_since_ping, polls_since_tick, worst_tick;
static bool over;

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    struct pair *p = (struct pair *)s;
    if (res > 0) p->got += (uint64_t)res;
}

static void sent(struct ur_send *req, int64_t res)
{
    struct pair *p = (struct pair *)((char *)req - offsetof(struct pair, req));
    if (res > 0 && !over) ur_send(&p->writer, req, chunk, CHUNK);
}

static void ping_sent(struct ur_send *req, int64_t res)
{
}

static void on_ping(struct ur_stream *s, int32_t res, const void *data)
{
    if (res <= 0) return;
    EXPECT_EQ(res, 1);
    polls_since_ping = 0;
    if (++pings < PINGS)
        ur_send(&quiet.writer, &quiet.req, "p", 1);
    else
        over = true;
}

static void on_tick(struct ur_timer *t)
{
    if (ticks++ && polls_since_tick > worst_tick) worst_tick = polls_since_tick;
    polls_since_tick = 0;
}

static void open_pair(struct pair *p)
{
    fixture_streams(&f, &p->reader, &p->writer);
}

static void close_pair(struct pair *p)
{
    ur_stream_close(&p->reader, NULL);
    ur_stream_close(&p->writer, NULL);
}

int main(void)
{
    struct ur_loop_options o = { .buf_len = BUF_LEN, .buf_count = BUFS, .buf_cap = BUFS };
    fixture_open(&f, &o);
    for (int i = 0; i < GREEDY; i++) {
        open_pair(&greedy[i]);
        ur_recv_start(&greedy[i].reader, on_recv);
        greedy[i].req.done = sent;
        ur_send(&greedy[i].writer, &greedy[i].req, chunk, CHUNK);
    }
    open_pair(&quiet);
    quiet.req.done = ping_sent;
    ur_recv_start(&quiet.reader, on_ping);
    ur_send(&quiet.writer, &quiet.req, "p", 1);
    ur_timer_init(f.loop, &tick, on_tick);
    ur_timer_start_ns(&tick, 1, 1); /* due in every turn */
    while (!over) {
        ur_timers_run(f.loop);
        int run = ur_loop_poll(f.loop, -1);
        EXPECT_GE(run, 0);
        EXPECT_LE(run, CALLBACKS_MAX + 2 * (GREEDY + 1));
        EXPECT_LE(++polls_since_ping, f.fake ? POLLS_MAX_FAKE : POLLS_MAX);
        polls_since_tick++;
    }
    EXPECT_LE(worst_tick, 1);
    for (int i = 0; i < GREEDY; i++) EXPECT_GE(greedy[i].got, CHUNK);
    ur_timer_stop(&tick);
    for (int i = 0; i < GREEDY; i++) close_pair(&greedy[i]);
    close_pair(&quiet);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    fixture_close(&f);
    return 0;
}
