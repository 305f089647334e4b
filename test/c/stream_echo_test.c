/* back ends: uring epoll fake */
/* Messages of 1 byte to 10 MiB, as one piece or many, come back whole and in order over a TCP
 * connection. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define PIECES 200
#define LEN_MAX (10u << 20)

static const size_t lens[] = { 1, 2, 100, 16383, 16384, 16385, 70000, 1 << 20, 3333333, LEN_MAX };
#define ROUNDS (sizeof lens / sizeof lens[0])

struct echo {
    struct ur_send req;
    char data[];
};

static struct fixture f;
static struct ur_listener listener;
static struct ur_stream server, client;
static struct sockaddr_in addr;
static struct ur_send request;
static struct iovec pieces[PIECES];
static unsigned char *out;
static size_t got, round_no;
static int sends_open;

static void echo_done(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, req->len);
    sends_open--;
    free(req);
}

static void server_recv(struct ur_stream *s, int32_t res, const void *data)
{
    if (res == 0) {
        ur_stream_close(s, NULL);
        return;
    }
    EXPECT_GE(res, 1);
    struct echo *e = malloc(sizeof *e + (size_t)res);
    e->req.done = echo_done;
    memcpy(e->data, data, (size_t)res);
    sends_open++;
    ur_send(s, &e->req, e->data, (size_t)res);
}

static void accepted(struct ur_listener *a, int32_t fd)
{
    EXPECT_GE(fd, 0);
    ur_stream_init_take(f.loop, &server, fd, UR_STREAM_TCP);
    ur_recv_start(&server, server_recv);
    ur_listener_close(a, NULL);
}

static void sent(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, lens[round_no]);
}

static void send_round(void)
{
    size_t len = lens[round_no], at = 0;
    got = 0;
    for (size_t i = 0; i < len; i++) out[i] = (unsigned char)rand();
    request.done = sent;
    if (round_no % 2) {
        ur_send(&client, &request, out, len);
        return;
    }
    for (int i = 0; i < PIECES; i++) { /* some of them empty */
        size_t n = i == PIECES - 1 ? len - at : (size_t)rand() % (len / (PIECES / 2) + 1);
        if (n > len - at) n = len - at;
        pieces[i] = (struct iovec){ out + at, n };
        at += n;
    }
    ur_sendv(&client, &request, pieces, PIECES);
}

static void client_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_GE(res, 1);
    EXPECT_LE(got + (size_t)res, lens[round_no]);
    EXPECT(!memcmp(out + got, data, (size_t)res));
    got += (size_t)res;
    if (got < lens[round_no]) return;
    if (++round_no < ROUNDS)
        send_round();
    else
        ur_stream_close(s, NULL);
}

static void connected(struct ur_stream *s, int32_t res)
{
    EXPECT_EQ(res, 0);
    ur_recv_start(&client, client_recv);
    send_round();
}

int main(void)
{
    fixture_open(&f, NULL);
    srand(2);
    out = malloc(LEN_MAX);
    ur_listener_init_take(f.loop, &listener, fixture_listener(&f, &addr));
    ur_accept_start(&listener, accepted);
    ur_stream_init_take(f.loop, &client, fixture_socket(&f), UR_STREAM_TCP);
    ur_stream_connect(&client, (struct sockaddr *)&addr, sizeof addr, connected);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(round_no, ROUNDS);
    EXPECT_EQ(sends_open, 0);
    free(out);
    fixture_close(&f);
    return 0;
}
