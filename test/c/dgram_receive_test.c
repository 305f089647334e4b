/* back ends: uring epoll fake */
/* Datagrams arrive once, whole and in order, those of no bytes too, whenever receiving is stopped
 * and started; what the kernel has given meanwhile is held. A socket closes while it waits. */
#include "test/c/fixture.h"
#include "uring/dgram.h"
#include "uring/op.h"

#define COUNT 400
#define LEN_MAX 9000

static struct fixture f;
static struct ur_dgram reader, idle;
static struct ur_op send_op, nop;
static struct msghdr msg;
static struct iovec iov;
static unsigned char out[LEN_MAX];
static int sent, got, stops, closed;

static void on_datagram(struct ur_dgram *d, int32_t res, const struct ur_datagram *m);

/* Lengths that nothing else has. */
static uint32_t len_of(int i)
{
    return i % 7 == 0 ? 0 : (uint32_t)(i * 37) % LEN_MAX;
}

static void fill(int i)
{
    memset(out, i & 0xff, len_of(i));
}

static void send_next(void)
{
    if (sent == COUNT) return;
    fill(sent);
    iov = (struct iovec){ out, len_of(sent) };
    msg = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1 };
    ur_sendmsg(f.loop, &send_op, idle.fd, &msg, 0);
}

static void was_sent(struct ur_op *op, int32_t res, uint32_t flags)
{
    EXPECT_EQ(res, len_of(sent));
    sent++;
    /* Never so far ahead that a socket's buffer cannot hold it. */
    if (sent - got < 8) send_next();
}

static void on_closed(struct ur_dgram *d, int32_t res)
{
    EXPECT_EQ(res, 0);
    closed++;
}

static void start_again(struct ur_op *op, int32_t res, uint32_t flags)
{
    ur_dgram_start(&reader, on_datagram);
}

static void on_datagram(struct ur_dgram *d, int32_t res, const struct ur_datagram *m)
{
    EXPECT_EQ(res, 0);
    EXPECT(ur_dgram_active(d));
    EXPECT_EQ(m->len, len_of(got));
    EXPECT(!m->cut);
    const struct sockaddr_in *from = (const void *)m->from;
    EXPECT(m->from_len == sizeof *from && from->sin_family == AF_INET);
    EXPECT(from->sin_addr.s_addr == htonl(INADDR_LOOPBACK) && from->sin_port != 0);
    for (uint32_t i = 0; i < m->len; i++)
        EXPECT_EQ(((const unsigned char *)m->data)[i], got & 0xff);
    if (++got == COUNT) {
        ur_dgram_close(&reader, on_closed);
        ur_dgram_close(&idle, on_closed);
        return;
    }
    if (!ur_op_active(&send_op)) send_next();
    if (rand() % 3) return;
    ur_dgram_stop(d);
    stops++;
    if (rand() % 2)
        ur_dgram_start(d, on_datagram); /* at once: no effect */
    else if (!ur_op_active(&nop))
        ur_nop(f.loop, &nop);
}

static void never(struct ur_dgram *d, int32_t res, const struct ur_datagram *m)
{
    EXPECT(!"a datagram where nobody sent any");
}

int main(void)
{
    int fds[2];
    fixture_open(&f, NULL);
    srand(5);
    fixture_dgram_pair(&f, fds);
    ur_dgram_init_take(f.loop, &reader, fds[0]);
    ur_dgram_init_take(f.loop, &idle, fds[1]);
    ur_op_init(&send_op, was_sent);
    ur_op_init(&nop, start_again);
    ur_dgram_start(&reader, on_datagram);
    ur_dgram_start(&idle, never);
    ur_dgram_unref(&idle);
    send_next();
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(got, COUNT);
    EXPECT_EQ(closed, 2);
    EXPECT_GE(stops, COUNT / 10);
    fixture_close(&f);
    return 0;
}
