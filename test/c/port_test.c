/* back ends: uring epoll fake */
/* Messages between loops on several threads: each arrives once, those of a sender in their order, a
 * burst costs one wake; a loop that closes hands back what it has not seen, and takes no more. */
#include <pthread.h>
#include <stdatomic.h>

#include "test/c/fixture.h"
#include "uring/port.h"

#define SENDERS 4
#define MESSAGES 5000
#define BURST 1000 /* more than one poll delivers */

struct note {
    struct ur_message m;
    int sender, number;
};

static struct fixture f;
static struct ur_port *main_port;
static int seen[SENDERS];
static int cancelled;

static void note_arrived(struct ur_message *m, int32_t res)
{
    struct note *n = (struct note *)m;
    if (res == 0) {
        EXPECT_EQ(n->number, seen[n->sender]);
        seen[n->sender]++;
    } else {
        EXPECT_EQ(res, -ECANCELED);
        cancelled++;
    }
    free(n);
}

static bool post(struct ur_port *p, int sender, int number)
{
    struct note *n = malloc(sizeof *n);
    *n = (struct note){ .m = { .fn = note_arrived }, .sender = sender, .number = number };
    bool posted = ur_port_post(p, &n->m);
    if (!posted) free(n);
    return posted;
}

/* A loop of its own, which sends each message back to the main one. */
struct echo {
    pthread_t thread;
    atomic_bool ready;
    struct ur_port *port;
    int id, returned;
};

struct letter {
    struct ur_message m;
    struct echo *echo;
    int number;
};

static void letter_arrived(struct ur_message *m, int32_t res)
{
    struct letter *l = (struct letter *)m;
    EXPECT_EQ(res, 0);
    EXPECT_EQ(l->number, l->echo->returned);
    l->echo->returned++;
    EXPECT(post(main_port, l->echo->id, l->number));
    free(l);
}

static void *run_echo(void *arg)
{
    struct echo *e = arg;
    struct ur_loop *l;
    EXPECT_EQ(ur_loop_open(&l, NULL), 0);
    e->port = ur_loop_port(l);
    ur_port_hold(e->port);
    atomic_store(&e->ready, true);
    while (e->returned < MESSAGES) EXPECT_GE(ur_loop_poll(l, -1), 0);
    EXPECT_EQ(ur_loop_close(l), 0);
    return NULL;
}

static void between_loops(void)
{
    static struct echo echoes[SENDERS];
    for (int i = 0; i < SENDERS; i++) {
        echoes[i].id = i;
        EXPECT_EQ(pthread_create(&echoes[i].thread, NULL, run_echo, &echoes[i]), 0);
    }
    for (int i = 0; i < SENDERS; i++) {
        while (!atomic_load(&echoes[i].ready)) sched_yield();
    }
    for (int n = 0; n < MESSAGES; n++) {
        for (int i = 0; i < SENDERS; i++) {
            struct letter *l = malloc(sizeof *l);
            *l = (struct letter){ .m = { .fn = letter_arrived }, .echo = &echoes[i], .number = n };
            EXPECT(ur_port_post(echoes[i].port, &l->m));
        }
        if (n % 64 == 0) EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    }
    for (int i = 0; i < SENDERS; i++) {
        while (seen[i] < MESSAGES) EXPECT_GE(ur_loop_poll(f.loop, -1), 0);
        EXPECT_EQ(pthread_join(echoes[i].thread, NULL), 0);
        EXPECT(!post(echoes[i].port, i, 0)); /* closed, but not gone */
        ur_port_drop(echoes[i].port);
    }
}

static void bursts(void)
{
    seen[0] = 0;
    while (ur_loop_poll(f.loop, 0) > 0) {
    }
    struct ur_stats before = fixture_stats(&f);
    for (int i = 0; i < BURST; i++) EXPECT(post(main_port, 0, i));
    EXPECT_EQ(seen[0], 0); /* never from inside */
    int first = ur_loop_poll(f.loop, -1);
    EXPECT_GE(first, 1);
    EXPECT_LE(first, 256); /* bounded work in a poll */
    while (seen[0] < BURST) EXPECT_GE(ur_loop_poll(f.loop, -1), 1);
    struct ur_stats after = fixture_stats(&f);
    EXPECT_LE(after.wakes - before.wakes, BURST / 256 + 1);
    EXPECT(!ur_loop_alive(f.loop));
}

int main(void)
{
    fixture_open(&f, NULL);
    main_port = ur_loop_port(f.loop);
    EXPECT(main_port == ur_loop_port(f.loop));
    between_loops();
    bursts();
    ur_port_hold(main_port);
    for (int i = 0; i < 10; i++) EXPECT(post(main_port, 0, i));
    fixture_close(&f);
    EXPECT_EQ(cancelled, 10);
    EXPECT(!post(main_port, 0, 0));
    ur_port_drop(main_port);
    return 0;
}
