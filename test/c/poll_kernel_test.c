/* back ends: uring epoll */
/* What the kernel tells by descriptors, a poll handle brings: a child's end by a pidfd, a signal by
 * a signalfd, a change of a directory by inotify. */
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "test/c/fixture.h"
#include "uring/poll.h"

static struct fixture f;
static struct ur_poll poll_child, poll_signal, poll_dir;
static char dir[] = "/tmp/torc-poll-kernel-XXXXXX";
static bool child_ended, signalled, changed;

static void on_child(struct ur_poll *p, int32_t res)
{
    siginfo_t info = { 0 };
    EXPECT(res & POLLIN);
    EXPECT_EQ(waitid(P_ALL, 0, &info, WEXITED | WNOHANG), 0);
    EXPECT_EQ(info.si_status, 7);
    child_ended = true;
    ur_poll_close(p, NULL);
}

static void on_signal(struct ur_poll *p, int32_t res)
{
    struct signalfd_siginfo info;
    EXPECT(res & POLLIN);
    EXPECT_EQ(read(p->fd, &info, sizeof info), sizeof info);
    EXPECT_EQ(info.ssi_signo, SIGUSR1);
    signalled = true;
    ur_poll_close(p, NULL);
}

static void on_change(struct ur_poll *p, int32_t res)
{
    char events[4096];
    EXPECT(res & POLLIN);
    EXPECT_GE(read(p->fd, events, sizeof events), sizeof(struct inotify_event));
    EXPECT_STR(((struct inotify_event *)(void *)events)->name, "new");
    changed = true;
    ur_poll_close(p, NULL);
}

static void child(void)
{
    char path[64];
    snprintf(path, sizeof path, "%s/new", dir);
    close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    kill(getppid(), SIGUSR1);
    _exit(7);
}

int main(void)
{
    sigset_t set;
    char path[64];
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    EXPECT_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
    EXPECT(mkdtemp(dir));
    fixture_open(&f, NULL);
    int signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    int dir_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    EXPECT_GE(inotify_add_watch(dir_fd, dir, IN_CREATE), 0);
    ur_poll_init(f.loop, &poll_signal, signal_fd);
    ur_poll_init(f.loop, &poll_dir, dir_fd);
    ur_poll_start(&poll_signal, POLLIN, UR_POLL_LEVEL, on_signal);
    ur_poll_start(&poll_dir, POLLIN, UR_POLL_LEVEL, on_change);
    EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    pid_t pid = fork();
    EXPECT_GE(pid, 0);
    if (!pid) child();
    int pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    EXPECT_GE(pid_fd, 0);
    ur_poll_init(f.loop, &poll_child, pid_fd);
    ur_poll_start(&poll_child, POLLIN, UR_POLL_ONCE, on_child);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT(child_ended && signalled && changed);
    close(pid_fd);
    close(signal_fd);
    close(dir_fd);
    snprintf(path, sizeof path, "%s/new", dir);
    EXPECT_EQ(unlink(path), 0);
    EXPECT_EQ(rmdir(dir), 0);
    fixture_close(&f);
    return 0;
}
