/* back ends: uring epoll fake */
/* More datagrams than buffers, on several sockets at once: all arrive, each socket and a timer have
 * their turn, and who found no buffer waits without asking again and again. */
#include <stddef.h>

#include "test/c/fixture.h"
#include "uring/dgram.h"
#include "uring/op.h"
#include "uring/timer.h"

#define SOCKETS 6
#define COUNT 300 /* to each */
#define BUFS 2u
#define AHEAD 8         /* on their way to a socket, whose buffer holds that */
#define AT_ONCE_MAX 256 /* callbacks of one poll */

struct flow {
    struct ur_dgram reader;
    struct ur_op send_op;
    struct msghdr msg;
    struct iovec iov;
    int fd, sent, got;
};

static struct fixture f;
static struct flow flow[SOCKETS];
static struct ur_timer timer;
static int timer_runs, open_readers = SOCKETS;
static int first_done = -1, least_then = COUNT;

static void on_timer(struct ur_timer *t)
{
    timer_runs++;
    if (open_readers) ur_timer_start_ms(t, 0, 0);
}

static void reader_closed(struct ur_dgram *d, int32_t res)
{
    EXPECT_EQ(res, 0);
    open_readers--;
}

static void fd_closed(struct ur_op *op, int32_t res, uint32_t flags)
{
    EXPECT_EQ(res, 0);
}

static void sent(struct ur_op *op, int32_t res, uint32_t flags);

static void send_next(struct flow *w)
{
    w->iov = (struct iovec){ &w->sent, sizeof w->sent };
    w->msg = (struct msghdr){ .msg_iov = &w->iov, .msg_iovlen = 1 };
    ur_sendmsg(f.loop, &w->send_op, w->fd, &w->msg, 0);
}

static void sent(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct flow *w = (struct flow *)((char *)op - offsetof(struct flow, send_op));
    EXPECT_EQ(res, sizeof w->sent);
    if (++w->sent < COUNT) {
        if (w->sent - w->got < AHEAD) send_next(w);
        return;
    }
    op->done = fd_closed;
    ur_close_fd(f.loop, op, w->fd);
}

static void on_datagram(struct ur_dgram *d, int32_t res, const struct ur_datagram *m)
{
    struct flow *w = (struct flow *)d;
    EXPECT_EQ(res, 0);
    EXPECT_EQ(m->len, sizeof w->got);
    EXPECT(!memcmp(m->data, &w->got, sizeof w->got));
    if (++w->got < COUNT) {
        if (w->sent < COUNT && !ur_op_active(&w->send_op)) send_next(w);
        return;
    }
    ur_dgram_close(d, reader_closed);
    if (first_done >= 0) return;
    first_done = (int)(w - flow);
    for (int i = 0; i < SOCKETS; i++)
        if (flow[i].got < least_then) least_then = flow[i].got;
}

int main(void)
{
    fixture_open(&f, &(struct ur_loop_options){ .dgram_bufs = BUFS });
    ur_timer_init(f.loop, &timer, on_timer);
    ur_timer_start_ms(&timer, 0, 0);
    for (int i = 0; i < SOCKETS; i++) {
        int fds[2];
        fixture_dgram_pair(&f, fds);
        flow[i].fd = fds[1];
        ur_dgram_init_take(f.loop, &flow[i].reader, fds[0]);
        ur_dgram_start(&flow[i].reader, on_datagram);
        ur_op_init(&flow[i].send_op, sent);
        send_next(&flow[i]);
    }
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    for (int i = 0; i < SOCKETS; i++) EXPECT_EQ(flow[i].got, COUNT);
    EXPECT_GE(timer_runs, SOCKETS * COUNT / AT_ONCE_MAX);
    EXPECT_GE(least_then, 1);
    struct ur_stats s = fixture_stats(&f);
    EXPECT_LE(s.bufs, 128 + BUFS);
    /* Each time it was armed again is the answer to a poll that brought something. */
    EXPECT_LE(s.parks, s.polls * SOCKETS);
    const char *no = getenv("TORC_IO_NO");
    if (f.uring && (!no || strcmp(no, "recvmsg-multishot"))) EXPECT_GE(s.parks, 1);
    fixture_close(&f);
    return 0;
}
