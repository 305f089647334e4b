/* back ends: uring epoll */
/* A name that was found in the cache a moment ago still tells what it names now: changed, replaced,
 * gone, made again. */
#include <stdio.h>
#include <sys/stat.h>

#include "test/c/fixture.h"
#include "uring/file.h"

static struct fixture f;
static struct statx x;
static int64_t result;

static void done(struct ur_file_op *o, int64_t res)
{
    result = res;
}

static int64_t stat_now(const char *path, bool follow)
{
    struct ur_file_op op;
    ur_file_op_init(&op, done);
    result = 1;
    if (follow)
        ur_stat(f.loop, &op, AT_FDCWD, path, &x);
    else
        ur_lstat(f.loop, &op, AT_FDCWD, path, &x);
    while (result == 1) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
    return result;
}

static ino_t inode(const char *path)
{
    struct stat s;
    EXPECT_EQ(stat(path, &s), 0);
    return s.st_ino;
}

static void write_file(const char *path, size_t len)
{
    FILE *file = fopen(path, "we");
    EXPECT(file);
    for (size_t i = 0; i < len; i++) fputc('x', file);
    fclose(file);
}

int main(void)
{
    char dir[] = "/tmp/torc-again-XXXXXX", a[64], b[64];
    EXPECT(mkdtemp(dir));
    snprintf(a, sizeof a, "%s/a", dir);
    snprintf(b, sizeof b, "%s/b", dir);
    fixture_open(&f, NULL);
    write_file(a, 1);
    for (size_t len = 1; len < 5; len++) { /* it grows */
        write_file(a, len);
        EXPECT_EQ(stat_now(a, true), 0);
        EXPECT_EQ(x.stx_size, len);
    }
    write_file(b, 100);
    EXPECT_EQ(rename(b, a), 0); /* it is another file */
    EXPECT_EQ(stat_now(a, true), 0);
    EXPECT_EQ(x.stx_size, 100);
    EXPECT_EQ(x.stx_ino, inode(a));
    EXPECT_EQ(rename(a, b), 0); /* it is gone */
    EXPECT_EQ(stat_now(a, true), -ENOENT);
    EXPECT_EQ(symlink(b, a), 0); /* it is a link */
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ(stat_now(a, true), 0);
        EXPECT(S_ISREG(x.stx_mode));
        EXPECT_EQ(stat_now(a, false), 0);
        EXPECT(S_ISLNK(x.stx_mode));
    }
    EXPECT_EQ(unlink(b), 0); /* which leads to nothing */
    EXPECT_EQ(stat_now(a, true), -ENOENT);
    EXPECT_EQ(stat_now(a, false), 0);
    EXPECT_EQ(unlink(a), 0);
    EXPECT_EQ(rmdir(dir), 0);
    fixture_close(&f);
    return 0;
}
