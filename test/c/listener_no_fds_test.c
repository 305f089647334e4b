/* back ends: uring epoll fake */
/* Out of descriptors accepting pauses, without an error and without spinning, and goes on when
 * there are some. */
#include <sys/resource.h>

#include "test/c/fixture.h"
#include "uring/sock.h"
#include "uring/timer.h"

static struct fixture f;
static struct ur_listener listener;
static struct ur_stream client, server;
static struct ur_timer relief;
static struct sockaddr_in addr;
static struct rlimit before;
static bool relieved, accepted;

static void on_accept(struct ur_listener *a, int32_t fd)
{
    EXPECT_GE(fd, 0);
    EXPECT(relieved);
    accepted = true;
    ur_stream_init_take(f.loop, &server, fd, UR_STREAM_TCP);
    ur_stream_close(&server, NULL);
    ur_stream_close(&client, NULL);
    ur_listener_close(a, NULL);
}

static void on_connect(struct ur_stream *s, int32_t res)
{
    /* It may be accepted, and closed by that, before it is told. */
    EXPECT(res == 0 || (accepted && res == -ECANCELED));
}

static void on_relief(struct ur_timer *t)
{
    relieved = true;
    if (f.fake)
        ur_fake_fail(f.loop, UR_KIND_ACCEPT, 0, 0);
    else
        EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

int main(void)
{
    fixture_open(&f, NULL);
    ur_listener_init_take(f.loop, &listener, fixture_listener(&f, &addr));
    ur_stream_init_take(f.loop, &client, fixture_socket(&f), UR_STREAM_TCP);
    if (f.fake) {
        ur_fake_fail(f.loop, UR_KIND_ACCEPT, EMFILE, UINT32_MAX);
    } else {
        EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
        struct rlimit none = { .rlim_cur = (rlim_t)dup(0), .rlim_max = before.rlim_max };
        close((int)none.rlim_cur);
        EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    }
    ur_timer_init(f.loop, &relief, on_relief);
    ur_timer_start_ms(&relief, 60, 0);
    ur_accept_start(&listener, on_accept);
    ur_stream_connect(&client, (struct sockaddr *)&addr, sizeof addr, on_connect);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT(accepted);
    /* 10 + 20 ms before the relief, 40 that reach beyond it. */
    EXPECT_GE(fixture_stats(&f).accept_backoffs, 1);
    EXPECT_LE(fixture_stats(&f).accept_backoffs, 4);
    EXPECT_LE(fixture_stats(&f).polls, 60);
    fixture_close(&f);
    return 0;
}
