/* back ends: uring epoll */
/* Writes that are started together are all made, where they belong. On the ring a single one needs
 * no job thread, and many do not all wait for the kernel's one thread for the file. */
#include "test/c/fixture.h"
#include "uring/file.h"

#define COUNT 64u
#define LEN 4096u

static struct fixture f;
static struct ur_file_op ops[COUNT], alone;
static char data[COUNT][LEN], back[COUNT][LEN];
static uint32_t told;
static bool alone_told;

static void done(struct ur_file_op *o, int64_t res)
{
    EXPECT_EQ(res, LEN);
    told++;
}

static void alone_done(struct ur_file_op *o, int64_t res)
{
    EXPECT_EQ(res, LEN);
    alone_told = true;
}

int main(void)
{
    char path[] = "/tmp/torc-writes-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    EXPECT_GE(fd, 0);
    fixture_open(&f, NULL);
    ur_file_op_init(&alone, alone_done);
    ur_write(f.loop, &alone, fd, data[0], LEN, 0);
    fixture_until(&f, &alone_told);
    if (f.uring) EXPECT_EQ(fixture_stats(&f).jobs, 0);
    for (uint32_t i = 0; i < COUNT; i++) {
        memset(data[i], (int)(i + 1), LEN);
        ur_file_op_init(&ops[i], done);
        ur_write(f.loop, &ops[i], fd, data[i], LEN, (int64_t)i * LEN);
    }
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(told, COUNT);
    EXPECT_GE(fixture_stats(&f).jobs, COUNT / 2);
    EXPECT_EQ(pread(fd, back, sizeof back, 0), (ssize_t)sizeof back);
    EXPECT_EQ(memcmp(back, data, sizeof back), 0);
    fixture_close(&f);
    close(fd);
    unlink(path);
    return 0;
}
