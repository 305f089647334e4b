/* back ends: fake */
/* Each error of a receive, a send and an accept goes where it belongs: those that only mean "again"
 * or "later" nobody hears of, the others reach the owner once. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define LEN 5000

static struct fixture f;
static struct ur_stream a, b;
static struct ur_listener listener;
static struct ur_send req;
static char out[LEN];
static int64_t send_result;
static int32_t recv_result, accept_result;
static size_t got;
static int accepted, recv_calls;

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    recv_calls++;
    recv_result = res;
    if (res > 0) got += (size_t)res;
}

static void sent(struct ur_send *r, int64_t res)
{
    send_result = res;
}

static void open_pair(void)
{
    fixture_streams(&f, &a, &b);
    req.done = sent;
    send_result = recv_result = recv_calls = 0;
    got = 0;
}

static void close_pair(void)
{
    ur_stream_close(&a, NULL);
    ur_stream_close(&b, NULL);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
}

static void poll_some(void)
{
    for (int i = 0; i < 100; i++) {
        ur_timers_run(f.loop);
        EXPECT_GE(ur_loop_poll(f.loop, 10000000), 0);
    }
}

static void receive_with(int err, bool told)
{
    open_pair();
    ur_fake_fail(f.loop, UR_KIND_RECV, err, 2);
    ur_recv_start(&a, on_recv);
    ur_send(&b, &req, out, LEN);
    poll_some();
    if (told) {
        EXPECT_EQ(recv_result, -err);
        EXPECT_EQ(recv_calls, 1);
        EXPECT(!ur_recv_active(&a));
    } else {
        EXPECT_EQ(got, LEN);
    }
    ur_fake_fail(f.loop, UR_KIND_RECV, err, 0);
    close_pair();
}

static void send_with(int err, bool told)
{
    open_pair();
    ur_fake_fail(f.loop, UR_KIND_SEND, err, 2);
    ur_recv_start(&a, on_recv);
    ur_send(&b, &req, out, LEN);
    poll_some();
    EXPECT_EQ(send_result, told ? -err : LEN);
    EXPECT_EQ(got, told ? 0 : LEN);
    ur_fake_fail(f.loop, UR_KIND_SEND, err, 0);
    close_pair();
}

static void on_accept(struct ur_listener *l, int32_t res)
{
    accept_result = res;
    if (res < 0) return;
    accepted++;
    ur_stream_init_take(f.loop, &b, res, UR_STREAM_TCP);
    ur_stream_close(&b, NULL);
}

static void on_connect(struct ur_stream *s, int32_t res)
{
    EXPECT_EQ(res, 0);
}

static void accept_with(int err, bool told)
{
    struct sockaddr_in addr;
    ur_listener_init_take(f.loop, &listener, fixture_listener(&f, &addr));
    ur_fake_fail(f.loop, UR_KIND_ACCEPT, err, 2);
    accepted = accept_result = 0;
    ur_accept_start(&listener, on_accept);
    ur_stream_init_take(f.loop, &a, fixture_socket(&f), UR_STREAM_TCP);
    ur_stream_connect(&a, (struct sockaddr *)&addr, sizeof addr, on_connect);
    poll_some();
    EXPECT_EQ(accepted, !told);
    if (told) EXPECT_EQ(accept_result, -err);
    ur_fake_fail(f.loop, UR_KIND_ACCEPT, err, 0);
    ur_stream_close(&a, NULL);
    ur_listener_close(&listener, NULL);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
}

int main(void)
{
    static const int again[] = { EAGAIN, EINTR }, broken[] = { ECONNRESET, ETIMEDOUT, EPIPE, EIO };
    static const int later[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS, ECONNABORTED, EINTR, EAGAIN };
    fixture_open(&f, NULL);
    for (size_t i = 0; i < sizeof again / sizeof again[0]; i++) {
        receive_with(again[i], false);
        send_with(again[i], false);
    }
    receive_with(ENOBUFS, false);
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        receive_with(broken[i], true);
        send_with(broken[i], true);
    }
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) accept_with(later[i], false);
    accept_with(EINVAL, true);
    accept_with(EBADF, true);
    fixture_close(&f);
    return 0;
}
