/* back ends: uring epoll fake */
/* A trace names each operation, with its descriptor and result, and the turns; off, nothing is
 * written. */
#include "test/c/fixture.h"
#include "uring/sock.h"
#include "uring/trace.h"

static struct fixture f;
static struct ur_stream a, b;
static struct ur_send req;

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    EXPECT_EQ(res, 1);
    ur_stream_close(&a, NULL);
    ur_stream_close(&b, NULL);
}

static void sent(struct ur_send *r, int64_t res)
{
}

int main(void)
{
    static char text[65536];
    char path[] = "/tmp/torc-trace-XXXXXX", part[64];
    int fd = mkstemp(path);
    EXPECT_GE(fd, 0);
    fixture_open(&f, NULL);
    EXPECT_EQ(ur_trace_write(f.loop, path), -ENOENT);
    ur_trace_start(f.loop);
    fixture_streams(&f, &a, &b);
    int stream_fd = ur_stream_fd(&a);
    ur_recv_start(&a, on_recv);
    req.done = sent;
    ur_send(&b, &req, "x", 1);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(ur_trace_write(f.loop, path), 0);
    EXPECT_GE(read(fd, text, sizeof text - 1), 1);
    EXPECT(strstr(text, "{\"name\":\"poll\",\"ph\":\"X\""));
    EXPECT(strstr(text, "{\"name\":\"send\",\"cat\":\"op\",\"ph\":\"b\""));
    EXPECT(strstr(text, "{\"name\":\"send\",\"cat\":\"op\",\"ph\":\"e\""));
    EXPECT(strstr(text, "{\"name\":\"close\",\"cat\":\"op\",\"ph\":\"e\""));
    snprintf(part, sizeof part, "\"args\":{\"fd\":%d}", stream_fd);
    EXPECT(strstr(text, part));
    EXPECT_EQ(ur_trace_write(f.loop, "/nowhere/trace"), -ENOENT);
    close(fd);
    unlink(path);
    f.fds--; /* the file was open when the loop was new */
    if (f.fake) f.fds++;
    fixture_close(&f);
    return 0;
}
