/* back ends: uring epoll fake */
/* Every connection is accepted once, also across stop and start; accepted descriptors are
 * non-blocking and close-on-exec; a listener closed while it holds connections closes them. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define CLIENTS 200

static struct fixture f;
static struct ur_listener listener;
static struct sockaddr_in addr;
static struct ur_stream clients[CLIENTS];
static struct ur_stream servers[CLIENTS];
static int accepted, connected, closed, expected;
static bool listening;

static void on_accept(struct ur_listener *a, int32_t fd)
{
    EXPECT(listening);
    EXPECT_GE(fd, 0);
    if (!f.fake) {
        EXPECT(fcntl(fd, F_GETFL) & O_NONBLOCK);
        EXPECT(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    ur_stream_init_take(f.loop, &servers[accepted++], fd, UR_STREAM_TCP);
    if (accepted % 7 == 0) {
        ur_accept_stop(a);
        listening = false;
    }
}

static void on_connect(struct ur_stream *s, int32_t res)
{
    EXPECT(res == 0 || (res == -ECANCELED && ur_stream_closing(s)));
    connected++;
}

static void on_close(struct ur_stream *s, int32_t res)
{
    closed++;
}

static void connect_all(void)
{
    for (int i = 0; i < CLIENTS; i++) {
        ur_stream_init_take(f.loop, &clients[i], fixture_socket(&f), UR_STREAM_TCP);
        ur_stream_connect(&clients[i], (struct sockaddr *)&addr, sizeof addr, on_connect);
    }
}

static void close_all(void)
{
    closed = 0;
    for (int i = 0; i < CLIENTS; i++) ur_stream_close(&clients[i], on_close);
    for (int i = 0; i < accepted; i++) ur_stream_close(&servers[i], on_close);
    expected = CLIENTS + accepted;
}

int main(void)
{
    fixture_open(&f, NULL);
    ur_listener_init_take(f.loop, &listener, fixture_listener(&f, &addr));
    connect_all();
    while (accepted < CLIENTS) {
        if (!listening) {
            listening = true;
            ur_accept_start(&listener, on_accept);
        }
        EXPECT_GE(ur_loop_poll(f.loop, 1000000), 0);
    }
    for (int i = 0; i < 10; i++) EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    EXPECT_EQ(accepted, CLIENTS);
    EXPECT_EQ(connected, CLIENTS);
    close_all();

    /* Stopped from the first connection on: the kernel may have accepted some for us. */
    EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    accepted = 0;
    listening = true;
    ur_accept_start(&listener, on_accept);
    while (closed < expected) EXPECT_GE(ur_loop_poll(f.loop, 1000000), 0);
    accepted = 6; /* the next one stops */
    ur_stream_init_take(f.loop, &servers[0], fixture_socket(&f), UR_STREAM_TCP);
    for (int i = 1; i < 6; i++)
        ur_stream_init_take(f.loop, &servers[i], fixture_socket(&f), UR_STREAM_TCP);
    connect_all();
    for (int i = 0; i < 30; i++) EXPECT_GE(ur_loop_poll(f.loop, 1000000), 0);
    EXPECT_EQ(accepted, 7);
    ur_listener_close(&listener, NULL);
    close_all();
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(closed, expected);
    fixture_close(&f);
    return 0;
}
