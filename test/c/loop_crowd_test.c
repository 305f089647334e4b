/* back ends: uring epoll */
/* Where many streams were busy, a wait is for several of them (on the ring, if its kernel can limit
 * such a wait), but not for long: one that comes alone comes all the same, and so does the end of a
 * wait. Where few are busy it is for any. */
#include <stdlib.h>

#include "test/c/fixture.h"
#include "uring/sock.h"

#define MANY 40
#define FEW 8
#define RECEIVES 1024 /* more than it takes to know */
#define WAIT_NS 2000000
#define WAITS 40

static struct fixture f;
static struct ur_stream near_end[MANY], far_end[MANY];
static int received;

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_EQ(res, 1);
    received++;
}

static void say(int i)
{
    EXPECT_EQ(send(ur_stream_fd(&far_end[i]), "x", 1, 0), 1);
}

/* Receives from the first `streams` in turn. */
static void be_busy(int streams)
{
    for (int done = 0; done < RECEIVES; done += streams) {
        received = 0;
        for (int i = 0; i < streams; i++) say(i);
        while (received < streams) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
    }
}

/* Of so many waits in which nothing comes, those that were for several. */
static uint64_t crowds(int waits)
{
    uint64_t before = fixture_stats(&f).crowds;
    for (int i = 0; i < waits; i++) {
        uint64_t start = ur_loop_now_ns(f.loop);
        EXPECT_EQ(ur_loop_poll(f.loop, WAIT_NS), 0);
        EXPECT_GE(ur_loop_now_ns(f.loop) - start, WAIT_NS);
    }
    return fixture_stats(&f).crowds - before;
}

static void speak_alone(void)
{
    received = 0;
    for (int i = 0; i < MANY; i++) {
        say(i);
        while (received <= i) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
    }
}

int main(void)
{
    const char *without = getenv("TORC_IO_NO");
    fixture_open(&f, NULL);
    for (int i = 0; i < MANY; i++) {
        fixture_streams(&f, &near_end[i], &far_end[i]);
        ur_recv_start(&near_end[i], on_recv);
    }
    be_busy(FEW);
    EXPECT_EQ(crowds(WAITS), 0);
    be_busy(MANY);
    bool can = f.uring && !(without && strstr(without, "min-wait"));
    /* Each is in vain, so they become rare. */
    uint64_t tries = crowds(WAITS);
    EXPECT_EQ(tries > 0, can);
    EXPECT(tries < WAITS / 2);
    be_busy(MANY);
    speak_alone();
    for (int i = 0; i < MANY; i++) {
        ur_stream_close(&near_end[i], NULL);
        ur_stream_close(&far_end[i], NULL);
    }
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    fixture_close(&f);
    return 0;
}
