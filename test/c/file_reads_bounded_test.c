/* back ends: uring */
/* Many long reads started together: one poll hands the kernel, which copies cached data on this
 * thread, only so much of them. They complete in order, and a close that was started after them
 * does not overtake. */
#include "test/c/fixture.h"
#include "uring/file.h"

#define COUNT 32
#define LEN (256u * 1024u)
#define POLL_MAX (1024u * 1024u) /* bytes */

static struct fixture f;
static struct ur_file_op ops[COUNT], closing;
static int told;
static bool closed;

static void done(struct ur_file_op *o, int64_t res)
{
    EXPECT_EQ(res, LEN);
    told++;
}

static void close_done(struct ur_file_op *o, int64_t res)
{
    EXPECT_EQ(res, 0);
    closed = true;
}

int main(void)
{
    char path[] = "/tmp/torc-bounded-XXXXXX";
    char *buf = calloc(COUNT, LEN);
    int fd = mkstemp(path);
    EXPECT_GE(fd, 0);
    EXPECT_EQ(write(fd, buf, LEN), LEN);
    fixture_open(&f, NULL);
    f.fds--; /* fd is closed here */
    for (int i = 0; i < COUNT; i++) {
        ur_file_op_init(&ops[i], done);
        ur_read(f.loop, &ops[i], fd, buf + (size_t)i * LEN, LEN, 0);
    }
    ur_file_op_init(&closing, close_done);
    ur_close(f.loop, &closing, fd);
    uint64_t sqes = fixture_stats(&f).sqes;
    while (ur_loop_alive(f.loop)) {
        EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
        uint64_t now = fixture_stats(&f).sqes;
        EXPECT_GE(POLL_MAX / LEN + 1, now - sqes); /* the close, too */
        sqes = now;
    }
    EXPECT_EQ(told, COUNT);
    EXPECT(closed);
    unlink(path);
    free(buf);
    fixture_close(&f);
    return 0;
}
