/* back ends: uring epoll */
/* Many connections that send all at once are received from with a bounded pool of buffers, which
 * grows to its cap and not beyond; the process does not grow by more. */
#include "test/c/fixture.h"
#include "uring/sock.h"

#define CONNECTIONS 400
#define EACH 200000u
#define BUF_LEN 32768u            /* the default */
#define POOL_CAP (256u * BUF_LEN) /* the default */
#define SLACK_KB 4096u

static struct fixture f;
static struct {
    struct ur_stream reader, writer;
    struct ur_send req;
    size_t got;
} * c;
static char out[EACH];
static int finished;

static size_t resident_kb(void)
{
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    EXPECT(file && fscanf(file, "%*s %zu", &pages) == 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    size_t *got = (size_t *)((char *)s + offsetof(__typeof__(*c), got));
    EXPECT_GE(res, 1);
    *got += (size_t)res;
    EXPECT_LE(*got, EACH);
    finished += *got == EACH;
}

static void sent(struct ur_send *req, int64_t res)
{
    EXPECT_EQ(res, EACH);
}

int main(void)
{
    fixture_open(&f, NULL);
    c = calloc(CONNECTIONS, sizeof *c);
    memset(out, 1, sizeof out);
    for (int i = 0; i < CONNECTIONS; i++) {
        fixture_streams(&f, &c[i].reader, &c[i].writer);
        c[i].req.done = sent;
    }
    size_t before = resident_kb(), most = 0;
    /* Everything that fits is on its way before anybody receives. */
    for (int i = 0; i < CONNECTIONS; i++) ur_send(&c[i].writer, &c[i].req, out, EACH);
    for (int i = 0; i < 4; i++) EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    for (int i = 0; i < CONNECTIONS; i++) ur_recv_start(&c[i].reader, on_recv);
    while (finished < CONNECTIONS) {
        EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
        EXPECT_LE(fixture_stats(&f).bufs * BUF_LEN, POOL_CAP);
        if (resident_kb() > most) most = resident_kb();
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LE(most, before + POOL_CAP / 1024 + SLACK_KB);
#else
    (void)before;
#endif
    for (int i = 0; i < CONNECTIONS; i++) {
        ur_stream_close(&c[i].reader, NULL);
        ur_stream_close(&c[i].writer, NULL);
    }
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    free(c);
    fixture_close(&f);
    return 0;
}
