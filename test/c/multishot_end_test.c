/* back ends: fake */
/* The kernel may end a multishot operation after any of its results: receives, accepts and polls go
 * on all the same. */
#include <poll.h>

#include "test/c/fixture.h"
#include "uring/poll.h"
#include "uring/sock.h"

#define CLIENTS 20
#define TOTAL 60000u

static struct fixture f;
static struct ur_listener listener;
static struct ur_stream server[CLIENTS], client[CLIENTS];
static struct ur_send sends[CLIENTS];
static struct ur_poll watch;
static char out[TOTAL];
static size_t got;
static int accepted, edges, pipe_fds[2];
static struct ur_op write_op;

static void sent(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, TOTAL);
    ur_stream_close(&server[req - sends], NULL);
}

static void on_accept(struct ur_listener *l, int32_t fd)
{
    EXPECT_GE(fd, 0);
    int i = accepted++;
    ur_stream_init_take(f.loop, &server[i], fd, UR_STREAM_TCP);
    sends[i].done = sent;
    ur_send(&server[i], &sends[i], out, TOTAL);
    if (accepted == CLIENTS) ur_listener_close(l, NULL);
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_GE(res, 0);
    got += (size_t)res;
    if (!res) ur_stream_close(s, NULL);
}

static void on_connect(struct ur_stream *s, int32_t res)
{
    EXPECT_EQ(res, 0);
    ur_recv_start(s, on_recv);
}

static void fd_closed(struct ur_op *op, int32_t res, uint32_t flags)
{
    if (op->desc.fd != pipe_fds[1]) ur_close_fd(f.loop, op, pipe_fds[1]);
}

static void watch_closed(struct ur_poll *p)
{
    ur_op_init(&write_op, fd_closed);
    ur_close_fd(f.loop, &write_op, pipe_fds[0]);
}

/* One byte more for each edge. */
static struct ur_stream writer;
static struct ur_send byte;

static void writer_released(struct ur_stream *s, int32_t fd)
{
    EXPECT_EQ(fd, pipe_fds[1]);
    ur_poll_close(&watch, watch_closed);
}

static void byte_sent(struct ur_send *req, int64_t res)
{
    EXPECT(res == 1 || res == -ECANCELED); /* seen, and so released, before it was told */
}

static void on_edge(struct ur_poll *p, int32_t res)
{
    EXPECT(res & POLLIN);
    if (++edges < CLIENTS)
        ur_send(&writer, &byte, "x", 1);
    else if (edges == CLIENTS)
        ur_stream_release(&writer, writer_released);
}

int main(void)
{
    struct sockaddr_in addr;
    fixture_open(&f, NULL);
    ur_fake_set_faults(f.loop, &(struct ur_fake_faults){ .delay = 20, .end_multi = 100 });
    ur_listener_init_take(f.loop, &listener, fixture_listener(&f, &addr));
    ur_accept_start(&listener, on_accept);
    for (int i = 0; i < CLIENTS; i++) {
        ur_stream_init_take(f.loop, &client[i], fixture_socket(&f), UR_STREAM_TCP);
        ur_stream_connect(&client[i], (struct sockaddr *)&addr, sizeof addr, on_connect);
    }
    fixture_pipe(&f, pipe_fds);
    ur_stream_init_take(f.loop, &writer, pipe_fds[1], UR_STREAM_FILE);
    ur_poll_init(f.loop, &watch, pipe_fds[0]);
    ur_poll_start(&watch, POLLIN, UR_POLL_EDGE, on_edge);
    byte.done = byte_sent;
    ur_send(&writer, &byte, "x", 1);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(accepted, CLIENTS);
    EXPECT_EQ(got, CLIENTS * TOTAL);
    EXPECT_GE(edges, CLIENTS);
    EXPECT_GE(fixture_stats(&f).rearms, CLIENTS);
    fixture_close(&f);
    return 0;
}
