/* back ends: uring epoll */
/* A program that was written and closed by the loop can be run, and inherits nothing of the loop.
 * The kernel's thread that wrote it may hold it a moment longer ("text file busy"), but no more. */
#include <errno.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "test/c/fixture.h"
#include "uring/file.h"

#define ROUNDS 30
/* Far longer than a thread that is about to let go of it can take. */
#define BUSY_TRIES 1000
#define BUSY_NAP_US 1000

extern char **environ;

static struct fixture f;
static int64_t result;

static void done(struct ur_file_op *op, int64_t res)
{
    result = res;
}

static int64_t finish(void)
{
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    return result;
}

/* What the child does: it has no descriptors but those of every program. */
static int inherits_nothing(void)
{
    for (int fd = 3; fd < 64; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) return 1;
    }
    return 0;
}

static char *read_self(size_t *len)
{
    struct stat st;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    EXPECT(fd >= 0 && !fstat(fd, &st));
    char *image = malloc((size_t)st.st_size);
    *len = 0;
    while (*len < (size_t)st.st_size) {
        ssize_t n = read(fd, image + *len, (size_t)st.st_size - *len);
        EXPECT_GE(n, 1);
        *len += (size_t)n;
    }
    close(fd);
    return image;
}

static int start(pid_t *pid, char **args)
{
    int err = posix_spawn(pid, args[0], NULL, NULL, args, environ);
    for (int i = 0; i < BUSY_TRIES && err == ETXTBSY; i++) {
        usleep(BUSY_NAP_US);
        ur_loop_settle(f.loop);
        err = posix_spawn(pid, args[0], NULL, NULL, args, environ);
    }
    return err;
}

int main(int argc, char **argv)
{
    struct ur_file_op op;
    char dir[] = "/tmp/torc-close-exec-XXXXXX", path[64];
    size_t len;
    if (argc > 1) return inherits_nothing();
    char *image = read_self(&len);
    for (int fd = 3; fd < 64; fd++) (void)fcntl(fd, F_SETFD, FD_CLOEXEC); /* the test runner's */
    fixture_open(&f, NULL);
    EXPECT(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/program", dir);
    ur_file_op_init(&op, done);
    for (int i = 0; i < ROUNDS; i++) {
        ur_open(f.loop, &op, AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, 0700);
        int fd = (int)finish();
        EXPECT_GE(fd, 0);
        ur_write(f.loop, &op, fd, image, len, 0);
        EXPECT_EQ(finish(), len);
        ur_close(f.loop, &op, fd);
        EXPECT_EQ(finish(), 0);
        pid_t pid;
        char *args[] = { path, "child", NULL };
        int status;
        EXPECT_EQ(start(&pid, args), 0);
        EXPECT_EQ(waitpid(pid, &status, 0), pid);
        EXPECT_EQ(status, 0);
        ur_unlink(f.loop, &op, path);
        EXPECT_EQ(finish(), 0);
    }
    EXPECT_EQ(rmdir(dir), 0);
    free(image);
    fixture_close(&f);
    return 0;
}
