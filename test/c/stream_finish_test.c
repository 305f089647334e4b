/* back ends: uring epoll fake */
/* Sending the last bytes and closing in one go: the peer gets all of them, then the end, and the
 * owner hears of the close. A peer that does not take them now still gets them. Where it may not be
 * done nothing is. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define ANSWER "the last bytes"
#define ANSWER_LEN (sizeof ANSWER - 1)
#define BUF_LEN 4096u
#define MORE (4 * BUF_LEN) /* than one receive takes */

static struct fixture f;
static struct ur_stream a, b;
static struct ur_send answer;
static bool sent, closed, peer_ended, asked;
static int64_t sent_res;
static int32_t closed_res;
static size_t peer_len;

static void answered(struct ur_send *req, int64_t res)
{
    (void)req;
    EXPECT(!closed);
    sent_res = res;
    sent = true;
}

static void on_closed(struct ur_stream *s, int32_t res)
{
    (void)s;
    closed_res = res;
    closed = true;
}

static void peer_recv(struct ur_stream *s, int32_t res, const void *data)
{
    (void)s, (void)data;
    if (res > 0)
        peer_len += (size_t)res;
    else
        peer_ended = true;
}

static void ask_recv(struct ur_stream *s, int32_t res, const void *data)
{
    (void)s, (void)data;
    EXPECT(res > 0);
    asked = true;
}

static void pair(void)
{
    fixture_streams(&f, &a, &b);
    sent = closed = peer_ended = asked = false;
    peer_len = 0;
    answer.done = answered;
}

/* b asks, a has received that once. */
static void ask(const char *text, size_t len)
{
    EXPECT_EQ(send(ur_stream_fd(&b), text, len, 0), (ssize_t)len);
    ur_recv_once_first(&a);
    ur_recv_start(&a, ask_recv);
    EXPECT_GE(ur_loop_poll(f.loop, 1000000000), 0);
    fixture_until(&f, &asked);
    ur_recv_stop(&a);
}

static void end_pair(bool with_a)
{
    closed = false;
    if (with_a) {
        ur_stream_close(&a, on_closed);
        fixture_until(&f, &closed);
    }
    closed = false;
    ur_stream_close(&b, on_closed);
    fixture_until(&f, &closed);
}

static void all_at_once(void)
{
    pair();
    struct ur_stats before = fixture_stats(&f);
    ur_send(&a, &answer, ANSWER, ANSWER_LEN);
    EXPECT(ur_stream_finish(&a, on_closed));
    EXPECT(!sent && !closed && ur_stream_closing(&a));
    fixture_until(&f, &closed);
    EXPECT_EQ(closed_res, 0);
    EXPECT_EQ(sent_res, ANSWER_LEN);
    if (f.uring) EXPECT_EQ(fixture_stats(&f).enters - before.enters, 1);
    EXPECT(ur_stream_fd(&a) < 0);
    ur_recv_start(&b, peer_recv);
    fixture_until(&f, &peer_ended);
    EXPECT_EQ(peer_len, ANSWER_LEN);
    end_pair(false);
}

/* The socket is full: nothing is lost, and the owner decides. */
static void peer_is_slow(void)
{
    static char block[1 << 16];
    size_t total = ANSWER_LEN;
    pair();
    for (ssize_t n; (n = send(ur_stream_fd(&a), block, sizeof block, 0)) > 0;) total += (size_t)n;
    EXPECT_EQ(errno, EAGAIN);
    ur_send(&a, &answer, ANSWER, ANSWER_LEN);
    EXPECT(ur_stream_finish(&a, on_closed));
    fixture_until(&f, &closed);
    EXPECT_EQ(closed_res, -EAGAIN);
    EXPECT(!sent && !ur_stream_closing(&a));
    EXPECT(ur_send_pending(&a) > 0);
    closed = false;
    ur_recv_start(&b, peer_recv);
    fixture_until(&f, &sent);
    EXPECT_EQ(sent_res, ANSWER_LEN);
    ur_stream_close(&a, on_closed);
    fixture_until(&f, &closed);
    fixture_until(&f, &peer_ended);
    EXPECT_EQ(peer_len, total);
    end_pair(false);
}

static void peer_is_gone(void)
{
    struct linger now = { .l_onoff = 1, .l_linger = 0 };
    pair();
    EXPECT_EQ(setsockopt(ur_stream_fd(&b), SOL_SOCKET, SO_LINGER, &now, sizeof now), 0);
    end_pair(false);
    closed = false;
    ur_send(&a, &answer, ANSWER, ANSWER_LEN);
    EXPECT(ur_stream_finish(&a, on_closed));
    fixture_until(&f, &closed);
    EXPECT_EQ(closed_res, 0);
    EXPECT(sent && sent_res < 0);
}

static void not_now(void)
{
    static char long_answer[UR_FINISH_MAX + 1];
    struct ur_send second = { .done = answered };
    pair();
    EXPECT(!ur_stream_finish(&a, on_closed)); /* nothing to send */
    ur_send(&a, &answer, ANSWER, ANSWER_LEN);
    ur_send(&a, &second, ANSWER, ANSWER_LEN);
    EXPECT(!ur_stream_finish(&a, on_closed));
    end_pair(true);
    pair();
    ur_send(&a, &answer, long_answer, sizeof long_answer);
    EXPECT(!ur_stream_finish(&a, on_closed));
    end_pair(true);
    pair();
    ur_recv_start(&a, ask_recv); /* in flight, and to be cancelled first */
    ur_send(&a, &answer, ANSWER, ANSWER_LEN);
    EXPECT(!ur_stream_finish(&a, on_closed));
    end_pair(true);
}

/* Closing would be a reset: the answer goes first. */
static void peer_sent_more(void)
{
    char *text = calloc(1, MORE);
    pair();
    ask(text, MORE);
    ur_send(&a, &answer, ANSWER, ANSWER_LEN);
    EXPECT(!ur_stream_finish(&a, on_closed));
    free(text);
    end_pair(true);
    pair();
    ask("?", 1);
    ur_send(&a, &answer, ANSWER, ANSWER_LEN);
    end_pair(true);
}

int main(void)
{
    fixture_open(&f, &(struct ur_loop_options){ .buf_len = BUF_LEN });
    if (f.fake) { /* it does not know links: always the long way */
        pair();
        ur_send(&a, &answer, ANSWER, ANSWER_LEN);
        EXPECT(!ur_stream_finish(&a, on_closed));
        end_pair(true);
    } else {
        all_at_once();
        peer_is_slow();
        peer_is_gone();
        not_now();
        if (f.uring) peer_sent_more();
    }
    fixture_close(&f);
    return 0;
}
