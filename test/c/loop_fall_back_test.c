/* "auto" takes epoll, with a reason, when the ring cannot be set up or an operation that it needs
 * does not work, and stays with what it found; "uring" fails. Wishes it does not know are errors.
 */
#include <sys/wait.h>

#include "test/c/fixture.h"

/* In a child, because the verdict holds for a process. */
static void in_child(const char *fail, void (*fn)(void))
{
    pid_t pid = fork();
    EXPECT_GE(pid, 0);
    if (!pid) {
        if (fail) setenv("TORC_IO_FAIL", fail, 1);
        fn();
        _exit(0);
    }
    int status;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
}

static void falls_back(void)
{
    struct ur_loop *l;
    EXPECT_EQ(ur_loop_open(&l, &(struct ur_loop_options){ .backend = "auto" }), 0);
    EXPECT_STR(ur_backend_name(l), "epoll");
    EXPECT(*ur_backend_reason(l));
    char reason[256];
    snprintf(reason, sizeof reason, "%s", ur_backend_reason(l));
    EXPECT_EQ(ur_loop_close(l), 0);

    EXPECT(ur_loop_open(&l, &(struct ur_loop_options){ .backend = "uring" }) < 0);
    EXPECT(*ur_open_reason());

    unsetenv("TORC_IO_FAIL"); /* it would work now, but is not tried again */
    EXPECT_EQ(ur_loop_open(&l, &(struct ur_loop_options){ .backend = "auto" }), 0);
    EXPECT_STR(ur_backend_name(l), "epoll");
    EXPECT_STR(ur_backend_reason(l), reason);
    EXPECT_EQ(ur_loop_close(l), 0);
}

static void falls_back_once(void)
{
    struct ur_loop *l;
    EXPECT_EQ(ur_loop_open(&l, &(struct ur_loop_options){ .backend = "auto" }), 0);
    EXPECT_STR(ur_backend_name(l), "epoll");
    EXPECT(*ur_backend_reason(l));
    EXPECT_EQ(ur_loop_close(l), 0);
}

static void takes_ring(void)
{
    struct ur_loop *l;
    for (int i = 0; i < 2; i++) {
        EXPECT_EQ(ur_loop_open(&l, &(struct ur_loop_options){ .backend = "auto" }), 0);
        EXPECT_STR(ur_backend_name(l), "uring");
        EXPECT_STR(ur_backend_reason(l), "");
        EXPECT_EQ(ur_loop_close(l), 0);
    }
}

static void is_refused(void)
{
    struct ur_loop *l;
    EXPECT_EQ(ur_loop_open(&l, &(struct ur_loop_options){ .backend = "auto" }), -EINVAL);
    EXPECT(strstr(ur_open_reason(), "TORC_IO_FAIL"));
}

/* Without one that a job thread can make up for the ring is taken all the same, and so it is
 * without shutdown, which is a system call there, too. */
static bool is_dispensable(enum ur_kind kind)
{
    return kind == UR_KIND_NOP || kind == UR_KIND_SHUTDOWN ||
           (kind >= UR_KIND_OPEN && kind <= UR_KIND_LINK && kind != UR_KIND_CLOSE);
}

static void with_failing(enum ur_kind kind)
{
    static const char *errors[] = { "EPERM", "ENOSYS", "EINVAL", "ENOMEM" };
    for (int i = 0; i < 4; i++) {
        char fail[64];
        snprintf(fail, sizeof fail, "%s:%s", ur_kind_name(kind), errors[i]);
        in_child(fail, is_dispensable(kind) ? takes_ring : falls_back_once);
    }
}

int main(void)
{
    struct ur_loop *l;
    int err = ur_loop_open(&l, &(struct ur_loop_options){ .backend = "uring" });
    if (err == -EPERM || err == -ENOSYS) check_skip(ur_open_reason());
    EXPECT_EQ(err, 0);
    EXPECT_EQ(ur_loop_close(l), 0);
    in_child(NULL, takes_ring);
    in_child("setup:EPERM", falls_back);
    in_child("setup:ENOSYS", falls_back);
    in_child("setup:EACCES", falls_back);
    in_child("setup:EINVAL", falls_back);
    in_child("register:EINVAL", falls_back);
    in_child("register:EPERM", falls_back);
    in_child("register:ENOSYS", falls_back);
    in_child("setup:ENOMEM", falls_back_once);
    in_child("register:ENOMEM", falls_back);
    for (int kind = 0; kind < UR_KIND_COUNT; kind++) with_failing((enum ur_kind)kind);
    in_child("nothing:EPERM", is_refused);
    in_child("setup:ENONSENSE", is_refused);
    in_child("setup", is_refused);
    return 0;
}
