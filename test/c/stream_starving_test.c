/* back ends: fake */
/* Streams that never find a shared buffer still get their data, by the private one; those without
 * data are not asked again and again. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define STREAMS 5
#define TOTAL 100000u

static struct fixture f;
static struct ur_stream readers[STREAMS], writers[STREAMS];
static struct ur_stream idle[2];
static struct ur_send sends[STREAMS];
static size_t got[STREAMS];
static unsigned char out[TOTAL];
static int finished;

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    size_t i = (size_t)(s - readers);
    if (res == 0) {
        EXPECT_EQ(got[i], TOTAL);
        ur_stream_close(s, NULL);
        if (++finished < STREAMS) return;
        EXPECT_LE(idle[0].parked_times, 2);
        ur_stream_close(&idle[0], NULL);
        ur_stream_close(&idle[1], NULL);
        return;
    }
    EXPECT_GE(res, 1);
    EXPECT(!memcmp(out + got[i], data, (size_t)res));
    got[i] += (size_t)res;
}

static void never(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT(!"data where nobody sent any");
}

static void sent(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, TOTAL);
    ur_stream_close(&writers[req - sends], NULL);
}

int main(void)
{
    fixture_open(&f, &(struct ur_loop_options){ .buf_len = 1024, .buf_count = 1, .buf_cap = 1 });
    ur_fake_set_faults(f.loop, &(struct ur_fake_faults){ .delay = 20, .no_buffer = 100 });
    for (size_t i = 0; i < TOTAL; i++) out[i] = (unsigned char)(i * 7 + i / 251);
    for (int i = 0; i < STREAMS; i++) {
        fixture_streams(&f, &readers[i], &writers[i]);
        ur_recv_start(&readers[i], on_recv);
        sends[i].done = sent;
        ur_send(&writers[i], &sends[i], out, TOTAL);
    }
    fixture_streams(&f, &idle[0], &idle[1]);
    ur_recv_start(&idle[0], never);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(finished, STREAMS);
    fixture_close(&f);
    return 0;
}
