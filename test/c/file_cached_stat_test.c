/* back ends: uring epoll */
/* The stat of a cached name is answered without the back end, and still only by a later poll. */
#include <sys/stat.h>

#include "test/c/fixture.h"
#include "uring/file.h"

static bool finished;

static void done(struct ur_file_op *o, int64_t res)
{
    EXPECT_EQ(res, 0);
    finished = true;
}

int main(void)
{
    struct fixture f;
    struct ur_file_op op;
    struct statx x;
    struct stat s;
    fixture_open(&f, NULL);
    EXPECT_EQ(stat("/tmp", &s), 0);
    EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    struct ur_stats before = fixture_stats(&f);
    ur_file_op_init(&op, done);
    ur_stat(f.loop, &op, AT_FDCWD, "/tmp", &x);
    EXPECT(!finished);
    EXPECT(ur_loop_alive(f.loop));
    if (fixture_stats(&f).inline_done == before.inline_done)
        check_skip("RESOLVE_CACHED does not work here");
    EXPECT_EQ(ur_loop_poll(f.loop, -1), 1);
    EXPECT(finished);
    EXPECT_EQ(fixture_stats(&f).sqes, before.sqes);
    if (f.uring) EXPECT_EQ(fixture_stats(&f).enters, before.enters);
    EXPECT_EQ(x.stx_ino, s.st_ino);
    fixture_close(&f);
    return 0;
}
