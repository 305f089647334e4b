/* back ends: uring epoll */
/* Long reads and writes go in pieces: the data is right, and a timer of 1 ms keeps firing
 * meanwhile. */
#include "test/c/fixture.h"
#include "uring/file.h"
#include "uring/timer.h"

#define LEN (64u << 20)
#define WRITTEN (8u << 20) /* each piece of a write costs two thread switches */

static struct fixture f;
static struct ur_timer timer;
static bool finished;
static int64_t result;

static void done(struct ur_file_op *o, int64_t res)
{
    result = res;
    finished = true;
    ur_timer_stop(&timer);
}

static void on_timer(struct ur_timer *t)
{
}

/* How many polls it took. */
static uint64_t wait_op(void)
{
    uint64_t polls = fixture_stats(&f).polls;
    finished = false;
    ur_timer_start_ms(&timer, 1, 1);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT(finished);
    return fixture_stats(&f).polls - polls;
}

int main(void)
{
    char path[] = "/tmp/torc-large-XXXXXX";
    struct ur_file_op op;
    unsigned char *out = malloc(LEN), *in = malloc(LEN);
    struct iovec pieces[300];
    fixture_open(&f, NULL);
    ur_timer_init(f.loop, &timer, on_timer);
    for (size_t i = 0; i < LEN; i++) out[i] = (unsigned char)(i * 11 + i / 255 + i / 65537);
    for (size_t i = 0, at = 0; i < 300; i++) {
        size_t n = i == 299 ? LEN - at : 1 + at * 7919 % (2 * LEN / 300);
        if (n > LEN - at) n = LEN - at;
        pieces[i] = (struct iovec){ in + at, n };
        at += n;
    }
    int fd = mkstemp(path);
    EXPECT_GE(fd, 0);
    ur_file_op_init(&op, done);
    ur_write(f.loop, &op, fd, out, WRITTEN, 0);
    EXPECT_GE(wait_op(), WRITTEN / UR_FILE_CHUNK);
    EXPECT_EQ(result, WRITTEN);
    EXPECT_EQ(pwrite(fd, out + WRITTEN, LEN - WRITTEN, WRITTEN), LEN - WRITTEN);
    ur_read(f.loop, &op, fd, in, LEN, 0);
    EXPECT_GE(wait_op(), LEN / UR_FILE_CHUNK);
    EXPECT_EQ(result, LEN);
    EXPECT(!memcmp(in, out, LEN));
    memset(in, 0, LEN);
    ur_readv(f.loop, &op, fd, pieces, 300, 0);
    EXPECT_GE(wait_op(), LEN / UR_FILE_CHUNK);
    EXPECT_EQ(result, LEN);
    EXPECT(!memcmp(in, out, LEN));
    unlink(path);
    close(fd);
    free(out);
    free(in);
    fixture_close(&f);
    return 0;
}
