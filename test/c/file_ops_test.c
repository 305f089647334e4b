/* back ends: uring epoll */
/* Each file operation does what the system call of that name does, and fails as it does. */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "test/c/fixture.h"
#include "uring/file.h"

static struct fixture f;
static struct ur_file_op op;
static int64_t result;
static int calls;

static void done(struct ur_file_op *o, int64_t res)
{
    calls++;
    result = res;
}

static int64_t wait_op(void)
{
    calls = 0;
    EXPECT(ur_op_active(&op.op));
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(calls, 1);
    return result;
}

#define RUN(start) (start, wait_op())

static void same_stat(const struct statx *x, const struct stat *s)
{
    EXPECT_EQ(x->stx_ino, s->st_ino);
    EXPECT_EQ(x->stx_mode, s->st_mode);
    EXPECT_EQ(x->stx_size, s->st_size);
    EXPECT_EQ(x->stx_nlink, s->st_nlink);
    EXPECT_EQ(x->stx_uid, s->st_uid);
    EXPECT_EQ(x->stx_mtime.tv_sec, s->st_mtim.tv_sec);
    EXPECT_EQ(x->stx_mtime.tv_nsec, s->st_mtim.tv_nsec);
    EXPECT_EQ(makedev(x->stx_dev_major, x->stx_dev_minor), s->st_dev);
}

static void names(void)
{
    struct stat s;
    struct statx x;
    EXPECT_EQ(RUN(ur_mkdir(f.loop, &op, "d", 0750)), 0);
    EXPECT_EQ(stat("d", &s), 0);
    EXPECT_EQ(s.st_mode & 0777, 0750);
    EXPECT_EQ(RUN(ur_mkdir(f.loop, &op, "d", 0750)), -EEXIST);
    int fd = (int)RUN(ur_open(f.loop, &op, AT_FDCWD, "d/a", O_CREAT | O_RDWR | O_EXCL, 0640));
    EXPECT_GE(fd, 0);
    EXPECT(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    EXPECT_EQ(RUN(ur_open(f.loop, &op, AT_FDCWD, "d/a", O_CREAT | O_RDWR | O_EXCL, 0640)), -EEXIST);
    EXPECT_EQ(RUN(ur_open(f.loop, &op, AT_FDCWD, "d/none", O_RDONLY, 0)), -ENOENT);
    EXPECT_EQ(RUN(ur_close(f.loop, &op, fd)), 0);
    EXPECT_EQ(RUN(ur_close(f.loop, &op, fd)), -EBADF);

    EXPECT_EQ(RUN(ur_link(f.loop, &op, "d/a", "d/b")), 0);
    EXPECT_EQ(RUN(ur_symlink(f.loop, &op, "a", "d/l")), 0);
    char target[8] = "";
    EXPECT_EQ(readlink("d/l", target, sizeof target), 1);
    EXPECT_EQ(target[0], 'a');
    for (int i = 0; i < 2; i++) { /* the second time from the cache */
        EXPECT_EQ(RUN(ur_stat(f.loop, &op, AT_FDCWD, "d/l", &x)), 0);
        EXPECT_EQ(stat("d/a", &s), 0);
        EXPECT_EQ(s.st_nlink, 2);
        same_stat(&x, &s);
        EXPECT_EQ(RUN(ur_lstat(f.loop, &op, AT_FDCWD, "d/l", &x)), 0);
        EXPECT_EQ(lstat("d/l", &s), 0);
        EXPECT(S_ISLNK(s.st_mode));
        same_stat(&x, &s);
        EXPECT_EQ(RUN(ur_stat(f.loop, &op, AT_FDCWD, "d/none", &x)), -ENOENT);
        EXPECT_EQ(RUN(ur_stat(f.loop, &op, AT_FDCWD, "d/a/x", &x)), -ENOTDIR);
    }
    EXPECT_EQ(RUN(ur_rename(f.loop, &op, "d/b", "d/c")), 0);
    EXPECT_EQ(access("d/b", F_OK), -1);
    EXPECT_EQ(access("d/c", F_OK), 0);
    EXPECT_EQ(RUN(ur_rename(f.loop, &op, "d/b", "d/c")), -ENOENT);
    EXPECT_EQ(RUN(ur_rmdir(f.loop, &op, "d")), -ENOTEMPTY);
    EXPECT_EQ(RUN(ur_unlink(f.loop, &op, "d")), -EISDIR);
    EXPECT_EQ(RUN(ur_unlink(f.loop, &op, "d/a")), 0);
    EXPECT_EQ(RUN(ur_unlink(f.loop, &op, "d/c")), 0);
    EXPECT_EQ(RUN(ur_unlink(f.loop, &op, "d/l")), 0);
    EXPECT_EQ(RUN(ur_rmdir(f.loop, &op, "d")), 0);
    EXPECT_EQ(RUN(ur_stat(f.loop, &op, AT_FDCWD, "d", &x)), -ENOENT);
}

static void contents(void)
{
    char buf[64] = "";
    struct stat s;
    struct statx x;
    struct iovec out[3] = { { "one", 3 }, { "", 0 }, { "twothree", 8 } };
    struct iovec in[2] = { { buf, 5 }, { buf + 10, 50 } };
    int fd = open("file", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    EXPECT_GE(fd, 0);
    EXPECT_EQ(RUN(ur_writev(f.loop, &op, fd, out, 3, -1)), 11);
    EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 11);
    EXPECT_EQ(RUN(ur_write(f.loop, &op, fd, "ONE", 3, 0)), 3);
    EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 11);
    EXPECT_EQ(RUN(ur_readv(f.loop, &op, fd, in, 2, 1)), 10);
    EXPECT(!memcmp(buf, "NEtwo", 5));
    EXPECT(!memcmp(buf + 10, "three", 5));
    EXPECT_EQ(RUN(ur_read(f.loop, &op, fd, buf, 64, 11)), 0);
    EXPECT_EQ(RUN(ur_read(f.loop, &op, fd, buf, 64, 1000)), 0);
    EXPECT_EQ(lseek(fd, 2, SEEK_SET), 2);
    EXPECT_EQ(RUN(ur_read(f.loop, &op, fd, buf, 4, -1)), 4);
    EXPECT(!memcmp(buf, "Etwo", 4));
    EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 6);
    EXPECT_EQ(RUN(ur_read(f.loop, &op, fd, buf, 0, 0)), 0);
    EXPECT_EQ(RUN(ur_write(f.loop, &op, fd, buf, 0, 0)), 0);
    EXPECT_EQ(RUN(ur_fsync(f.loop, &op, fd)), 0);
    EXPECT_EQ(RUN(ur_fdatasync(f.loop, &op, fd)), 0);
    EXPECT_EQ(RUN(ur_ftruncate(f.loop, &op, fd, 4)), 0);
    EXPECT_EQ(RUN(ur_fstat(f.loop, &op, fd, &x)), 0);
    EXPECT_EQ(fstat(fd, &s), 0);
    EXPECT_EQ(s.st_size, 4);
    same_stat(&x, &s);
    int64_t res = RUN(ur_fallocate(f.loop, &op, fd, 0, 0, 4096));
    if (res != -EOPNOTSUPP) {
        EXPECT_EQ(res, 0);
        EXPECT_EQ(fstat(fd, &s), 0);
        EXPECT_EQ(s.st_size, 4096);
    }
    int ro = (int)RUN(ur_open(f.loop, &op, AT_FDCWD, "file", O_RDONLY, 0));
    EXPECT_EQ(RUN(ur_write(f.loop, &op, ro, "x", 1, 0)), -EBADF);
    EXPECT_EQ(RUN(ur_read(f.loop, &op, -1, buf, 1, 0)), -EBADF);
    EXPECT_EQ(RUN(ur_fstat(f.loop, &op, 9999, &x)), -EBADF);
    EXPECT_EQ(close(ro), 0);
    EXPECT_EQ(close(fd), 0);
    EXPECT_EQ(unlink("file"), 0);
    int dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    EXPECT_EQ(RUN(ur_read(f.loop, &op, dir, buf, 1, 0)), -EISDIR);
    EXPECT_EQ(close(dir), 0);
}

static void in_directory(const char *parent)
{
    char path[256];
    snprintf(path, sizeof path, "%s/torc-file-ops-XXXXXX", parent);
    if (!mkdtemp(path)) return; /* not there on this machine */
    EXPECT_EQ(chdir(path), 0);
    names();
    contents();
    EXPECT_EQ(chdir("/"), 0);
    EXPECT_EQ(rmdir(path), 0);
}

int main(void)
{
    fixture_open(&f, NULL);
    ur_file_op_init(&op, done);
    in_directory("/tmp");
    in_directory("/dev/shm"); /* tmpfs answers differently to everything that must not wait */
    fixture_close(&f);
    return 0;
}
