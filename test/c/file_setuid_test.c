/* back ends: uring epoll */
/* After a change of user no file operation runs with the rights of the one before, although the
 * threads that carry it out, the kernel's or ours, were made then. */
#include <grp.h>
#include <sys/stat.h>

#include "test/c/fixture.h"
#include "uring/file.h"

#define NOBODY 65534
#define OPS 16

static struct fixture f;
static struct ur_file_op ops[OPS];
static int64_t results[OPS];
static char path[] = "/tmp/torc-setuid-XXXXXX";
static struct statx st[OPS];

static void done(struct ur_file_op *op, int64_t res)
{
    results[op - ops] = res;
}

/* By O_CREAT an open always needs a thread. */
static void open_all(void)
{
    for (int i = 0; i < OPS; i++)
        ur_open(f.loop, &ops[i], AT_FDCWD, path, O_RDONLY | O_CREAT, 0600);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
}

int main(void)
{
    if (geteuid() != 0) check_skip("only root can become somebody else");
    fixture_open(&f, NULL);
    int fd = mkstemp(path); /* mode 0600 */
    EXPECT_GE(fd, 0);
    close(fd);
    for (int i = 0; i < OPS; i++) ur_file_op_init(&ops[i], done);
    open_all();
    for (int i = 0; i < OPS; i++) {
        EXPECT_GE(results[i], 0);
        close((int)results[i]);
    }
    EXPECT_EQ(setgroups(0, NULL), 0);
    EXPECT_EQ(setresgid(NOBODY, NOBODY, NOBODY), 0);
    EXPECT_EQ(setresuid(NOBODY, NOBODY, 0), 0); /* saved, to clean up */
    open_all();
    for (int i = 0; i < OPS; i++) EXPECT_EQ(results[i], -EACCES);
    for (int i = 0; i < OPS; i++) ur_stat(f.loop, &ops[i], AT_FDCWD, path, &st[i]);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    for (int i = 0; i < OPS; i++) EXPECT_EQ(results[i], 0);
    EXPECT_EQ(seteuid(0), 0);
    EXPECT_EQ(unlink(path), 0);
    fixture_close(&f);
    return 0;
}
