/* Where io_uring is forbidden opening fails with an error and a sentence that says so; so does
 * nonsense. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "test/c/fixture.h"

static void forbid(int nr)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog prog = { sizeof code / sizeof code[0], code };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
        check_skip("no seccomp here");
}

int main(void)
{
    struct ur_loop *l = NULL;
    EXPECT_EQ(ur_loop_open(&l, &(struct ur_loop_options){ .backend = "kqueue" }), -EINVAL);
    EXPECT_STR(ur_open_reason(), "there is no I/O back end called kqueue");
    EXPECT_EQ(ur_loop_open(&l, &(struct ur_loop_options){ .backend = "fake", .buf_count = 3 }),
              -EINVAL);
    EXPECT(strstr(ur_open_reason(), "buf_count and dgram_bufs must be powers of two"));
    EXPECT_EQ(ur_loop_open(&l, &(struct ur_loop_options){ .backend = "fake" }), 0);
    EXPECT_STR(ur_open_reason(), "");
    EXPECT_STR(ur_backend_name(l), "fake");
    EXPECT_EQ(ur_loop_close(l), 0);

    forbid(SYS_io_uring_setup);
    EXPECT_EQ(ur_loop_open(&l, &(struct ur_loop_options){ .backend = "uring" }), -EPERM);
    EXPECT(strstr(ur_open_reason(), "io_uring is not available"));
    EXPECT(strstr(ur_open_reason(), "seccomp"));
    return 0;
}
