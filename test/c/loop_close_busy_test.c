/* back ends: uring epoll fake */
/* A loop closed with everything in flight tells every owner, lets go of all memory, and closes
 * descriptors that owners close on being told. */
#include <poll.h>

#include "test/c/fixture.h"
#include "uring/file.h"
#include "uring/job.h"
#include "uring/poll.h"
#include "uring/sock.h"
#include "uring/timer.h"

#define PAIRS 20
#define LEN (4u << 20)

static struct fixture f;
static struct ur_stream streams[PAIRS * 2];
static struct ur_send sends[PAIRS];
static struct ur_listener listener;
static struct ur_poll poller;
static struct ur_timer timer;
static struct ur_job jobs[20];
static struct ur_file_op reading;
static struct sockaddr_in addr;
static char *out;
static int streams_closed, sends_done, jobs_done;
static bool accept_told, poll_told, listener_closed, poll_closed, read_told;

static void stream_closed(struct ur_stream *s, int32_t res)
{
    EXPECT_EQ(res, 0);
    streams_closed++;
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    if (res > 0) return;
    EXPECT(res == -ECANCELED || res == 0 || res == -ECONNRESET);
    ur_stream_close(s, stream_closed);
}

static void on_sent(struct ur_send *req, int64_t res)
{
    sends_done++;
}

static void on_listener_closed(struct ur_listener *a, int32_t res)
{
    EXPECT_EQ(res, 0);
    listener_closed = true;
}

static void on_accept(struct ur_listener *a, int32_t res)
{
    EXPECT_EQ(res, -ECANCELED);
    accept_told = true;
    ur_listener_close(a, on_listener_closed);
}

static void on_poll_closed(struct ur_poll *p)
{
    poll_closed = true;
}

static void on_poll(struct ur_poll *p, int32_t res)
{
    EXPECT(res == -ECANCELED || res == POLLHUP); /* its writer is closed just before */
    if (poll_told) return;
    poll_told = true;
    ur_poll_close(p, on_poll_closed);
}

static void on_timer(struct ur_timer *t)
{
    EXPECT(!"a timer fired while closing");
}

static void work(struct ur_job *j)
{
    usleep(2000);
}

static void job_done(struct ur_job *j, int32_t res)
{
    jobs_done++;
}

static void read_done(struct ur_file_op *r, int64_t res)
{
    read_told = true;
}

int main(void)
{
    int fds[2];
    fixture_open(&f, NULL);
    out = calloc(1, LEN);
    for (int i = 0; i < PAIRS; i++) {
        fixture_pair(&f, fds);
        for (int k = 0; k < 2; k++) {
            ur_stream_init_take(f.loop, &streams[2 * i + k], fds[k], UR_STREAM_TCP);
            ur_recv_start(&streams[2 * i + k], on_recv);
        }
        sends[i].done = on_sent;
        ur_send(&streams[2 * i], &sends[i], out, LEN);
    }
    ur_listener_init_take(f.loop, &listener, fixture_listener(&f, &addr));
    ur_accept_start(&listener, on_accept);
    ur_timer_init(f.loop, &timer, on_timer);
    ur_timer_start_ms(&timer, 0, 0);
    for (int i = 0; i < 20; i++) {
        jobs[i] = (struct ur_job){ .work = work, .done = job_done };
        ur_job_start(f.loop, &jobs[i]);
    }
    fixture_pipe(&f, fds);
    ur_poll_init(f.loop, &poller, fds[0]);
    ur_poll_start(&poller, POLLIN, UR_POLL_EDGE, on_poll);
    ur_file_op_init(&reading, read_done);
    char buf[16];
    ur_read(f.loop, &reading, fds[0], buf, sizeof buf, -1);
    for (int i = 0; i < 3; i++) EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    if (!f.fake) {
        close(fds[1]);
        read_told = false;
    }
    EXPECT_EQ(ur_loop_close(f.loop), 0);
    EXPECT_EQ(streams_closed, PAIRS * 2);
    EXPECT_EQ(sends_done, PAIRS);
    EXPECT_EQ(jobs_done, 20);
    EXPECT(accept_told && listener_closed);
    EXPECT(poll_told && poll_closed);
    EXPECT(read_told);
    if (!f.fake) {
        close(fds[0]);
        EXPECT_GE(f.fds, fixture_fds(&f)); /* the ring's own are gone, too */
    }
    free(out);
    return 0;
}
