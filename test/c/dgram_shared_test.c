/* back ends: uring epoll */
/* A socket that two read, as two processes do: who stops after some datagrams leaves the rest to
 * the other, and none is lost. */
#include <arpa/inet.h>

#include "test/c/fixture.h"
#include "uring/dgram.h"

#define SENT 20
#define WANTED 5 /* by the first reader */

static struct fixture f;
static struct ur_dgram first, second;
static int first_got, second_got;
static bool first_closed, second_closed, done;

static void first_over(struct ur_dgram *d, int32_t res)
{
    first_closed = true;
}

static void second_over(struct ur_dgram *d, int32_t res)
{
    second_closed = true;
}

static void on_first(struct ur_dgram *d, int32_t res, const struct ur_datagram *m)
{
    EXPECT_EQ(res, 0);
    if (++first_got == WANTED) ur_dgram_close(d, first_over);
}

static void on_second(struct ur_dgram *d, int32_t res, const struct ur_datagram *m)
{
    EXPECT_EQ(res, 0);
    done = ++second_got + first_got == SENT;
}

int main(void)
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof addr;
    fixture_open(&f, NULL);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(fd, (struct sockaddr *)&addr, len), 0);
    EXPECT_EQ(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
    ur_dgram_init_take(f.loop, &first, fd);
    ur_dgram_init_take(f.loop, &second, dup(fd));
    ur_dgram_share(&first);
    ur_dgram_share(&second);
    ur_dgram_start(&first, on_first);
    for (int i = 0; i < SENT; i++)
        EXPECT_EQ(sendto(fd, &i, sizeof i, 0, (struct sockaddr *)&addr, len), sizeof i);

    fixture_until(&f, &first_closed);
    EXPECT_EQ(first_got, WANTED);
    ur_dgram_start(&second, on_second);
    fixture_until(&f, &done);
    ur_dgram_close(&second, second_over);
    fixture_until(&f, &second_closed);
    fixture_close(&f);
    return 0;
}
