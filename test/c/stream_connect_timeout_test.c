/* back ends: uring epoll */
/* A time limit for connecting is a timer that closes the stream: the connect is told -ECANCELED,
 * the descriptor is closed, and nothing comes later. */
#include "test/c/fixture.h"
#include "uring/sock.h"
#include "uring/timer.h"

#define LIMIT_MS 20

static struct fixture f;
static struct ur_stream s;
static struct ur_timer limit;
static int32_t result = 1;
static bool closed;

static void on_connect(struct ur_stream *stream, int32_t res)
{
    EXPECT(!closed);
    result = res;
}

static void on_closed(struct ur_stream *stream, int32_t res)
{
    EXPECT_EQ(res, 0);
    closed = true;
}

static void too_late(struct ur_timer *t)
{
    ur_stream_close(&s, on_closed);
}

/* A listener whose backlog is full, so that connecting to it goes on and on. */
static int busy_listener(struct sockaddr_in *addr, int fillers[2])
{
    int fd = fixture_listener(&f, addr);
    EXPECT_EQ(listen(fd, 0), 0);
    for (int i = 0; i < 2; i++) {
        fillers[i] = fixture_socket(&f);
        (void)connect(fillers[i], (struct sockaddr *)addr, sizeof *addr);
    }
    return fd;
}

int main(void)
{
    struct sockaddr_in addr;
    int fillers[2];
    fixture_open(&f, NULL);
    int listener = busy_listener(&addr, fillers);
    ur_stream_init_take(f.loop, &s, fixture_socket(&f), UR_STREAM_TCP);
    ur_timer_init(f.loop, &limit, too_late);
    uint64_t start = ur_loop_now_ns(f.loop);
    ur_timer_start_ms(&limit, LIMIT_MS, 0);
    ur_stream_connect(&s, (struct sockaddr *)&addr, sizeof addr, on_connect);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(result, -ECANCELED);
    EXPECT(closed);
    EXPECT_GE(ur_loop_now_ns(f.loop) - start, LIMIT_MS * 1000000);
    close(listener);
    for (int i = 0; i < 2; i++) close(fillers[i]);
    fixture_close(&f);
    return 0;
}
