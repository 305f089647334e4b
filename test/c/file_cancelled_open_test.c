/* back ends: uring epoll fake */
/* An open that is cancelled either did not happen or hands its descriptor to who asked: none gets
 * lost between. */
#include "test/c/fixture.h"
#include "uring/file.h"

#define OPENS 400

static struct fixture f;
static struct ur_file_op opens[OPENS];
static struct ur_op closes[OPENS];
static char path[] = "/tmp/torc-cancelled-open-XXXXXX";
static int opened, cancelled;

static void closed(struct ur_op *op, int32_t res, uint32_t flags)
{
    EXPECT_EQ(res, 0);
}

static void done(struct ur_file_op *op, int64_t res)
{
    struct ur_op *close_op = &closes[op - opens];
    if (res == -ECANCELED) {
        cancelled++;
        return;
    }
    EXPECT_GE(res, 0);
    opened++;
    ur_op_init(close_op, closed);
    ur_close_fd(f.loop, close_op, (int)res);
}

int main(void)
{
    fixture_open(&f, NULL);
    int fd = mkstemp(path);
    EXPECT_GE(fd, 0);
    close(fd);
    if (f.fake) /* most cancels lose */
        ur_fake_set_faults(f.loop, &(struct ur_fake_faults){ .delay = 50, .cancel_late = 80 });
    for (int i = 0; i < OPENS; i++) {
        ur_file_op_init(&opens[i], done);
        ur_open(f.loop, &opens[i], AT_FDCWD, path, O_RDWR | O_CREAT, 0600);
        if (i % 4 == 1) ur_cancel(f.loop, &opens[i].op); /* not yet with the back end */
        if (i % 40 == 39) EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
        if (i % 4 == 3) ur_cancel(f.loop, &opens[i - 1].op); /* perhaps under way, perhaps done */
    }
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(opened + cancelled, OPENS);
    EXPECT_GE(opened, OPENS / 4);
    EXPECT_GE(cancelled, OPENS / 4);
    if (!f.fake) EXPECT_EQ(unlink(path), 0);
    fixture_close(&f);
    return 0;
}
