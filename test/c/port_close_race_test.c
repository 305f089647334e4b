/* back ends: uring epoll fake */
/* Several threads post to a loop that is closed meanwhile, again and again: what was taken arrives
 * or comes back, once; what was not stays the sender's. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "test/c/fixture.h"
#include "uring/port.h"

#define ROUNDS 20
#define SENDERS 3
#define POLLS 20 /* before the loop is closed */

struct sender {
    pthread_t thread;
    struct ur_port *port;
    uint64_t taken;
};

static int delivered, cancelled;
static pthread_t loop_thread;

static void arrived(struct ur_message *m, int32_t res)
{
    EXPECT(pthread_equal(pthread_self(), loop_thread));
    EXPECT(res == 0 || res == -ECANCELED);
    ++*(res == 0 ? &delivered : &cancelled);
    free(m);
}

static void *post_until_closed(void *arg)
{
    struct sender *s = arg;
    for (;;) {
        struct ur_message *m = malloc(sizeof *m);
        m->fn = arrived;
        if (!ur_port_post(s->port, m)) {
            free(m);
            ur_port_drop(s->port);
            return NULL;
        }
        if (++s->taken % 8 == 0) sched_yield();
    }
}

static void round_of(int number)
{
    struct fixture f;
    struct sender senders[SENDERS] = { 0 };
    uint64_t taken = 0;
    delivered = cancelled = 0;
    fixture_open(&f, NULL);
    for (int i = 0; i < SENDERS; i++) {
        senders[i].port = ur_loop_port(f.loop);
        ur_port_hold(senders[i].port);
        EXPECT_EQ(pthread_create(&senders[i].thread, NULL, post_until_closed, &senders[i]), 0);
    }
    for (int i = 0; i < number % POLLS; i++) EXPECT_GE(ur_loop_poll(f.loop, 0), 0);
    fixture_close(&f);
    for (int i = 0; i < SENDERS; i++) {
        EXPECT_EQ(pthread_join(senders[i].thread, NULL), 0);
        taken += senders[i].taken;
    }
    EXPECT_EQ(delivered + cancelled, (int)taken);
}

int main(void)
{
    loop_thread = pthread_self();
    for (int i = 0; i < ROUNDS; i++) round_of(i);
    return 0;
}
