/* back ends: uring epoll fake */
/* Stopping loses nothing and bounds what is held, however fast the sender is; the end of the stream
 * is held too. */
#include "test/c/fixture.h"
#include "uring/sock.h"
#include "uring/timer.h"

#define TOTAL (8u << 20)
#define BUFS 128u
#define BUF_LEN 16384u

static struct fixture f;
static struct ur_stream reader, writer;
static struct ur_stream tick_reader, tick_writer; /* resumes in the middle of a batch */
static struct ur_send tick;
static struct ur_send request;
static struct ur_timer resume;
static unsigned char *out;
static size_t got;
static bool stopped, ended;
static int stops;
static uint32_t held_most;

static void on_recv(struct ur_stream *s, int32_t res, const void *data);

static void resume_now(void)
{
    stopped = false;
    ur_recv_start(&reader, on_recv);
}

static void on_resume(struct ur_timer *t)
{
    resume_now();
}

static void on_tick(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_EQ(res, 1);
    resume_now();
}

static void ticked(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, 1);
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT(!stopped);
    if (res == 0) {
        ended = true;
        ur_stream_close(s, NULL);
        ur_stream_close(&tick_reader, NULL);
        ur_stream_close(&tick_writer, NULL);
        return;
    }
    EXPECT_GE(res, 1);
    EXPECT(!memcmp(out + got, data, (size_t)res));
    got += (size_t)res;
    if (rand() % 4) return;
    ur_recv_stop(s);
    stops++;
    if (rand() % 2) { /* at once: no effect */
        ur_recv_start(s, on_recv);
        return;
    }
    stopped = true;
    if (stops % 2)
        ur_send(&tick_writer, &tick, "t", 1);
    else
        ur_timer_start_ms(&resume, stops % 16 ? 0 : 20, 0);
}

static void sent(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, TOTAL);
    ur_stream_close(&writer, NULL);
}

int main(void)
{
    fixture_open(
        &f, &(struct ur_loop_options){ .buf_len = BUF_LEN, .buf_count = BUFS, .buf_cap = BUFS });
    srand(3);
    out = malloc(TOTAL);
    for (size_t i = 0; i < TOTAL; i++) out[i] = (unsigned char)rand();
    ur_timer_init(f.loop, &resume, on_resume);
    fixture_streams(&f, &reader, &writer);
    fixture_streams(&f, &tick_reader, &tick_writer);
    ur_recv_start(&tick_reader, on_tick);
    tick.done = ticked;
    request.done = sent;
    ur_send(&writer, &request, out, TOTAL);
    ur_recv_start(&reader, on_recv);
    while (ur_loop_alive(f.loop)) {
        ur_timers_run(f.loop);
        EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
        if (reader.held_len > held_most) held_most = reader.held_len;
    }
    EXPECT(ended);
    EXPECT_EQ(got, TOTAL);
    EXPECT_GE(stops, 10);
    /* Something was held, but never more than a little and what one poll delivers. */
    const char *no = getenv("TORC_IO_NO");
    if (!no || strcmp(no, "recv-multishot")) EXPECT_GE(fixture_stats(&f).held_bytes, 1);
    EXPECT_LE(held_most, UR_HELD_MAX + BUFS * BUF_LEN);
    free(out);
    fixture_close(&f);
    return 0;
}
