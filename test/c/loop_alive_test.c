/* back ends: uring epoll fake */
/* A loop runs as long as something ref'd is left and no longer, whatever else is in flight: a wait
 * that nothing could end would be for ever. */
#include <poll.h>

#include "test/c/fixture.h"
#include "uring/job.h"
#include "uring/poll.h"
#include "uring/sock.h"
#include "uring/timer.h"

static struct fixture f;
static int fired;

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
}

static void on_accept(struct ur_listener *l, int32_t fd)
{
}

static void on_poll(struct ur_poll *p, int32_t res)
{
}

static void on_timer(struct ur_timer *t)
{
    fired++;
}

static void ends_at_once(void)
{
    EXPECT(!ur_loop_alive(f.loop));
    EXPECT_EQ(ur_loop_run(f.loop), 0);
}

int main(void)
{
    struct sockaddr_in addr;
    struct ur_listener l;
    struct ur_stream a, b;
    struct ur_timer t, ref_t;
    struct ur_poll p;
    int fds[2], pipe_fds[2];
    fixture_open(&f, NULL);
    ends_at_once();

    fixture_pair(&f, fds);
    fixture_pipe(&f, pipe_fds);
    ur_listener_init_take(f.loop, &l, fixture_listener(&f, &addr));
    ur_stream_init_take(f.loop, &a, fds[0], UR_STREAM_TCP);
    ur_stream_init_take(f.loop, &b, fds[1], UR_STREAM_TCP);
    ur_poll_init(f.loop, &p, pipe_fds[0]);
    ends_at_once();

    ur_accept_start(&l, on_accept);
    ur_recv_start(&a, on_recv);
    ur_poll_start(&p, POLLIN, UR_POLL_LEVEL, on_poll);
    ur_timer_init(f.loop, &t, on_timer);
    ur_timer_start_ms(&t, 10, 10);
    EXPECT(ur_loop_alive(f.loop));
    ur_listener_unref(&l);
    ur_stream_unref(&a);
    ur_poll_unref(&p);
    ur_timer_unref(&t);
    ends_at_once();
    EXPECT_EQ(fired, 0);

    /* All of it works while something else keeps the loop alive. */
    ur_timer_init(f.loop, &ref_t, on_timer);
    ur_timer_start_ms(&ref_t, 35, 0);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_GE(fired, 2);
    ends_at_once();

    ur_timer_stop(&t);
    ur_stream_close(&a, NULL);
    ur_stream_close(&b, NULL);
    ur_poll_close(&p, NULL);
    ur_listener_close(&l, NULL);
    EXPECT(ur_loop_alive(f.loop)); /* closing counts always */
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    for (int i = 0; i < 2; i++) {
        ur_stream_init_take(f.loop, i ? &a : &b, pipe_fds[i], UR_STREAM_FILE);
        ur_stream_close(i ? &a : &b, NULL);
    }
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    fixture_close(&f);
    return 0;
}
