/* back ends: uring */
/* An opcode the kernel does not have is found out once and then replaced by a job thread; the
 * results are the same. An error that the system call makes, too, is no reason. */
#include <sys/stat.h>

#include "test/c/fixture.h"
#include "uring/file.h"

static int64_t result;
static bool finished;

static void done(struct ur_file_op *o, int64_t res)
{
    result = res;
    finished = true;
}

static uint64_t jobs(const struct fixture *f)
{
    return fixture_stats(f).jobs;
}

int main(void)
{
    struct fixture f;
    struct ur_file_op op;
    char path[] = "/tmp/torc-no-opcode-XXXXXX";
    setenv("TORC_IO_FAIL", "ftruncate:EINVAL,rename:EPERM,fsync:EIO", 1);
    fixture_open(&f, NULL);
    ur_file_op_init(&op, done);
    int fd = mkstemp(path);
    EXPECT_GE(fd, 0);
    for (int i = 1; i <= 3; i++) {
        struct stat st;
        uint64_t sqes = fixture_stats(&f).sqes;
        ur_ftruncate(f.loop, &op, fd, (uint64_t)i * 1000);
        EXPECT_EQ(ur_loop_run(f.loop), 0);
        EXPECT_EQ(result, 0);
        EXPECT_EQ(fstat(fd, &st), 0);
        EXPECT_EQ(st.st_size, i * 1000);
        EXPECT_EQ(jobs(&f), i);
        EXPECT_EQ(fixture_stats(&f).sqes, sqes);
    }
    /* Not allowed, says the ring; not there, says the system call: that one is right. */
    ur_rename(f.loop, &op, "/nowhere/a", "/nowhere/b");
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(result, -ENOENT);
    uint64_t before = jobs(&f);
    ur_fsync(f.loop, &op, fd);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(result, -EIO);
    EXPECT_EQ(jobs(&f), before);
    close(fd);
    unlink(path);
    fixture_close(&f);
    return 0;
}
