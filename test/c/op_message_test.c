/* back ends: uring epoll */
/* Messages: datagrams come whole, with their sender's address; a descriptor passed over a Unix
 * socket is another one of the same file; both wait until there is something, and can be cancelled.
 */
#include <sys/stat.h>

#include "test/c/fixture.h"
#include "uring/op.h"

#define ROUNDS 50
#define LEN 9000

static struct fixture f;
static struct ur_op in, out;
static int32_t in_res, out_res;
static char in_data[LEN + 1], out_data[LEN];

static void received(struct ur_op *op, int32_t res, uint32_t flags)
{
    EXPECT_EQ(flags, 0);
    in_res = res;
}

static void sent(struct ur_op *op, int32_t res, uint32_t flags)
{
    out_res = res;
}

static int bound(struct sockaddr_in *addr)
{
    socklen_t len = sizeof *addr;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    *addr = (struct sockaddr_in){ .sin_family = AF_INET };
    addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT(fd >= 0 && !bind(fd, (struct sockaddr *)addr, len));
    EXPECT_EQ(getsockname(fd, (struct sockaddr *)addr, &len), 0);
    return fd;
}

static void datagrams(void)
{
    struct sockaddr_in a_addr, b_addr, from;
    struct iovec in_iov = { in_data, sizeof in_data }, out_iov = { out_data, 0 };
    struct msghdr out_msg = { .msg_name = &b_addr, .msg_namelen = sizeof b_addr };
    int a = bound(&a_addr), b = bound(&b_addr);
    out_msg.msg_iov = &out_iov;
    out_msg.msg_iovlen = 1;
    for (int i = 0; i < ROUNDS; i++) {
        struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &in_iov };
        msg.msg_iovlen = 1;
        out_iov.iov_len = (size_t)(i * LEN / ROUNDS);
        memset(out_data, 'a' + i % 26, sizeof out_data);
        ur_recvmsg(f.loop, &in, b, &msg, 0);
        EXPECT_EQ(ur_loop_poll(f.loop, 0), 0); /* nothing there yet */
        ur_sendmsg(f.loop, &out, a, &out_msg, 0);
        EXPECT_EQ(ur_loop_run(f.loop), 0);
        EXPECT_EQ(out_res, out_iov.iov_len);
        EXPECT_EQ(in_res, out_iov.iov_len);
        EXPECT(!memcmp(in_data, out_data, out_iov.iov_len));
        EXPECT_EQ(msg.msg_namelen, sizeof from);
        EXPECT(!memcmp(&from, &a_addr, sizeof from));
    }
    struct msghdr msg = { .msg_iov = &in_iov, .msg_iovlen = 1 };
    ur_recvmsg(f.loop, &in, b, &msg, 0);
    EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    ur_cancel(f.loop, &in);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(in_res, -ECANCELED);
    close(a);
    close(b);
}

/* A message of one byte with room for one descriptor. */
struct parcel {
    struct msghdr msg;
    struct iovec iov;
    char byte;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
};

static void parcel_init(struct parcel *p)
{
    *p = (struct parcel){ .byte = 'x' };
    p->iov = (struct iovec){ &p->byte, 1 };
    p->msg = (struct msghdr){ .msg_iov = &p->iov, .msg_iovlen = 1, .msg_control = p->control };
    p->msg.msg_controllen = sizeof p->control;
}

static void put_fd(struct parcel *p, int fd)
{
    struct cmsghdr *c = CMSG_FIRSTHDR(&p->msg);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
}

static int get_fd(struct parcel *p)
{
    int fd;
    struct cmsghdr *c = CMSG_FIRSTHDR(&p->msg);
    EXPECT(c && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof fd));
    memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

static void descriptors(void)
{
    struct parcel to, from;
    struct stat mine, theirs;
    int fds[2], file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    EXPECT(file >= 0 && !fstat(file, &mine));
    fixture_unix_pair(&f, fds);
    parcel_init(&from);
    ur_recvmsg(f.loop, &in, fds[0], &from.msg, MSG_CMSG_CLOEXEC);
    EXPECT_EQ(ur_loop_poll(f.loop, 0), 0);
    parcel_init(&to);
    put_fd(&to, file);
    ur_sendmsg(f.loop, &out, fds[1], &to.msg, 0);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(in_res, 1);
    EXPECT_EQ(out_res, 1);
    int got = get_fd(&from);
    EXPECT(got != file && !fstat(got, &theirs));
    EXPECT(mine.st_ino == theirs.st_ino && mine.st_dev == theirs.st_dev);
    EXPECT(fcntl(got, F_GETFD) & FD_CLOEXEC);
    close(got);
    close(file);
    close(fds[1]);
    parcel_init(&from);
    ur_recvmsg(f.loop, &in, fds[0], &from.msg, 0);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(in_res, 0); /* the end */
    to.msg.msg_controllen = 0;
    ur_sendmsg(f.loop, &out, fds[0], &to.msg, 0);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(out_res, -EPIPE); /* and no signal */
    close(fds[0]);
}

int main(void)
{
    fixture_open(&f, NULL);
    ur_op_init(&in, received);
    ur_op_init(&out, sent);
    datagrams();
    descriptors();
    fixture_close(&f);
    return 0;
}
