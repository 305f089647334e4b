/* back ends: uring epoll fake */
/* Thousands of connections opened and cut at random moments, by either side, while connecting,
 * sending, paused: every counter returns to its start. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define CONNECTIONS 2000
#define AT_A_TIME 60
#define CHUNK 3000

struct conn {
    struct ur_stream s;
    struct ur_send req;
    int open; /* callbacks still owed: close, and the send */
    int life; /* callbacks until it is cut */
    bool server;
};

static struct fixture f;
static struct ur_listener listener;
static struct sockaddr_in addr;
static char out[CHUNK];
static int opened, closed, live;

static void open_one(void);

static void release(struct conn *c)
{
    if (--c->open) return;
    live--;
    if (!c->server) {
        closed++;
        open_one();
    }
    free(c);
}

static void on_closed(struct ur_stream *s, int32_t res)
{
    EXPECT_EQ(res, 0);
    release((struct conn *)s);
}

static void cut(struct conn *c)
{
    if (!ur_stream_closing(&c->s)) ur_stream_close(&c->s, on_closed);
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data);

/* Something happened to c: do something else, at random. */
static void go_on(struct conn *c)
{
    if (ur_stream_closing(&c->s)) return;
    if (--c->life < 0) {
        cut(c);
        return;
    }
    switch (rand() % 4) {
    case 0: ur_recv_stop(&c->s); break;
    case 1: ur_recv_start(&c->s, on_recv); break;
    default: break;
    }
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    struct conn *c = (struct conn *)s;
    EXPECT(!ur_stream_closing(s));
    if (res <= 0)
        cut(c);
    else
        go_on(c);
}

static void sent(struct ur_send *req, int64_t res)
{
    struct conn *c = (struct conn *)((char *)req - offsetof(struct conn, req));
    if (res >= 0) go_on(c);
    if (res < 0 || ur_stream_closing(&c->s)) {
        cut(c);
        release(c);
    } else {
        ur_send(&c->s, req, out, CHUNK);
    }
}

static void talk(struct conn *c)
{
    c->open++;
    c->req.done = sent;
    ur_send(&c->s, &c->req, out, CHUNK);
    ur_recv_start(&c->s, on_recv);
}

static struct conn *conn_new(int fd)
{
    struct conn *c = calloc(1, sizeof *c);
    live++;
    c->open = 1;
    c->life = rand() % 20;
    ur_stream_init_take(f.loop, &c->s, fd, UR_STREAM_TCP);
    return c;
}

static void on_accept(struct ur_listener *a, int32_t fd)
{
    EXPECT_GE(fd, 0);
    struct conn *c = conn_new(fd);
    c->server = true;
    talk(c);
    if (rand() % 10 == 0) cut(c);
}

static void on_connect(struct ur_stream *s, int32_t res)
{
    struct conn *c = (struct conn *)s;
    if (res) {
        EXPECT_EQ(res, -ECANCELED);
        return;
    }
    talk(c);
    if (rand() % 10 == 0) cut(c);
}

static void open_one(void)
{
    if (opened == CONNECTIONS) return;
    opened++;
    struct conn *c = conn_new(fixture_socket(&f));
    ur_stream_connect(&c->s, (struct sockaddr *)&addr, sizeof addr, on_connect);
    if (rand() % 20 == 0) cut(c);
}

int main(void)
{
    fixture_open(&f, &(struct ur_loop_options){ .buf_len = 2048, .buf_count = 16, .buf_cap = 64 });
    srand(5);
    ur_listener_init_take(f.loop, &listener, fixture_listener(&f, &addr));
    ur_accept_start(&listener, on_accept);
    for (int i = 0; i < AT_A_TIME; i++) open_one();
    while (closed < CONNECTIONS) EXPECT_GE(ur_loop_poll(f.loop, 10000000), 0);
    /* What is left in the backlog is cut too. */
    for (int i = 0; i < 50; i++) EXPECT_GE(ur_loop_poll(f.loop, 1000000), 0);
    ur_listener_close(&listener, NULL);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(live, 0);
    fixture_close(&f);
    return 0;
}
