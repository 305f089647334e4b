/* back ends: uring epoll fake */
/* Shutdown waits for the sends before it; the other direction stays open. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define TOTAL 3000000u

static struct fixture f;
static struct ur_stream a, b;
static struct ur_send request, answer;
static char out[TOTAL];
static size_t got;
static bool request_sent, shut, answered;

static void sent(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, req == &request ? TOTAL : 5);
    request_sent = true;
}

static void on_shutdown(struct ur_stream *s, int32_t res)
{
    EXPECT_EQ(res, 0);
    EXPECT(request_sent);
    shut = true;
}

static void b_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_GE(res, 0);
    got += (size_t)res;
    if (res) return;
    EXPECT_EQ(got, TOTAL);
    answer.done = sent;
    ur_send(s, &answer, "hello", 5);
    ur_shutdown(s, on_shutdown);
}

static void a_recv(struct ur_stream *s, int32_t res, const void *data)
{
    static size_t at;
    if (res > 0) {
        EXPECT(!memcmp(data, &"hello"[at], (size_t)res));
        at += (size_t)res;
        return;
    }
    EXPECT_EQ(res, 0);
    EXPECT_EQ(at, 5);
    answered = true;
    ur_stream_close(&a, NULL);
    ur_stream_close(&b, NULL);
}

int main(void)
{
    fixture_open(&f, NULL);
    fixture_streams(&f, &a, &b);
    ur_recv_start(&a, a_recv);
    ur_recv_start(&b, b_recv);
    request.done = sent;
    ur_send(&a, &request, out, TOTAL);
    ur_shutdown(&a, on_shutdown);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT(shut);
    EXPECT(answered);
    fixture_close(&f);
    return 0;
}
