/* back ends: fake */
/* File operations over the fake: short transfers are continued, errors on demand arrive as results.
 */
#include <sys/stat.h>

#include "test/c/fixture.h"
#include "uring/file.h"

#define LEN 1000000u

static struct fixture f;
static int64_t result;

static void done(struct ur_file_op *o, int64_t res)
{
    result = res;
}

static int64_t wait_op(void)
{
    result = INT64_MIN;
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    return result;
}

#define RUN(start) (start, wait_op())

int main(void)
{
    struct ur_file_op op;
    struct statx x;
    static unsigned char out[LEN], in[LEN];
    fixture_open(&f, NULL);
    ur_file_op_init(&op, done);
    for (size_t i = 0; i < LEN; i++) out[i] = (unsigned char)(i * 31 + i / 256);
    int fd = (int)RUN(ur_open(f.loop, &op, AT_FDCWD, "/x", O_CREAT | O_RDWR, 0600));
    EXPECT_GE(fd, 0);
    EXPECT_EQ(RUN(ur_write(f.loop, &op, fd, out, LEN, 0)), LEN);
    struct iovec pieces[100];
    for (int i = 0; i < 100; i++) pieces[i] = (struct iovec){ in + i * (LEN / 100), LEN / 100 };
    /* A short read is the caller's to see: it may be the end of the file. */
    int64_t got = 0;
    ur_fake_set_faults(f.loop, &(struct ur_fake_faults){ .delay = 50 });
    got = RUN(ur_readv(f.loop, &op, fd, pieces, 100, 0));
    EXPECT_EQ(got, LEN);
    EXPECT(!memcmp(in, out, LEN));
    EXPECT_EQ(RUN(ur_stat(f.loop, &op, AT_FDCWD, "/x", &x)), 0);
    EXPECT_EQ(x.stx_size, LEN);

    ur_fake_fail(f.loop, UR_KIND_FSYNC, EIO, 1);
    EXPECT_EQ(RUN(ur_fsync(f.loop, &op, fd)), -EIO);
    EXPECT_EQ(RUN(ur_fsync(f.loop, &op, fd)), 0);
    /* What was written before an error is told; the error meets the next call. */
    ur_write(f.loop, &op, fd, out, LEN, 0);
    EXPECT_GE(ur_loop_poll(f.loop, -1), 1);
    ur_fake_fail(f.loop, UR_KIND_WRITE, ENOSPC, 1);
    EXPECT_EQ(wait_op(), UR_FILE_CHUNK);
    EXPECT_EQ(RUN(ur_rename(f.loop, &op, "/x", "/y")), 0);
    EXPECT_EQ(RUN(ur_stat(f.loop, &op, AT_FDCWD, "/x", &x)), -ENOENT);
    EXPECT_EQ(RUN(ur_unlink(f.loop, &op, "/y")), 0);
    EXPECT_EQ(RUN(ur_close(f.loop, &op, fd)), 0);
    fixture_close(&f);
    return 0;
}
