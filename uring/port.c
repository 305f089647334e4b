/* uring/port.c: messages to a loop. Only the post that finds the port empty wakes the loop; it does
 * so with the lock held, so that the loop is not closed meanwhile. */
#include "uring/port.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "uring/loop_priv.h"

struct ur_port {
    pthread_mutex_t lock; /* guards everything here */
    struct ur_loop *loop; /* NULL: closed */
    struct ur_message *first, *last;
    uint32_t refs; /* the loop's and those held */
};

struct ur_port *ur_loop_port(struct ur_loop *l)
{
    if (!l->port) {
        l->port = ur_alloc(sizeof *l->port);
        *l->port = (struct ur_port){ .loop = l, .refs = 1 };
        UR_CHECK(!pthread_mutex_init(&l->port->lock, NULL));
    }
    return l->port;
}

void ur_port_hold(struct ur_port *p)
{
    pthread_mutex_lock(&p->lock);
    p->refs++;
    pthread_mutex_unlock(&p->lock);
}

void ur_port_drop(struct ur_port *p)
{
    pthread_mutex_lock(&p->lock);
    bool last = --p->refs == 0;
    pthread_mutex_unlock(&p->lock);
    if (!last) return;
    pthread_mutex_destroy(&p->lock);
    free(p);
}

bool ur_port_post(struct ur_port *p, struct ur_message *m)
{
    m->next = NULL;
    pthread_mutex_lock(&p->lock);
    bool open = p->loop != NULL;
    if (open) {
        bool was_empty = !p->first;
        if (was_empty)
            p->first = m;
        else
            p->last->next = m;
        p->last = m;
        if (was_empty) ur_loop_wake(p->loop);
    }
    pthread_mutex_unlock(&p->lock);
    return open;
}

static void deliver(struct ur_message *m, int32_t res)
{
    while (m) {
        struct ur_message *next = m->next; /* the receiver may free it */
        m->fn(m, res);
        m = next;
    }
}

int ur_port_deliver(struct ur_loop *l)
{
    struct ur_port *p = l->port;
    int count = 0;
    if (!p) return 0;
    pthread_mutex_lock(&p->lock);
    struct ur_message *first = p->first, **end = &p->first;
    while (*end && count < (int)UR_REAP_MAX) {
        end = &(*end)->next;
        count++;
    }
    p->first = *end;
    *end = NULL;
    /* The others take part in the next poll: nobody will wake for them. */
    if (p->first) atomic_store_explicit(&l->wake_pending, true, memory_order_relaxed);
    pthread_mutex_unlock(&p->lock);
    deliver(first, 0);
    return count;
}

void ur_port_close(struct ur_loop *l)
{
    struct ur_port *p = l->port;
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    struct ur_message *first = p->first;
    p->first = NULL;
    p->loop = NULL;
    pthread_mutex_unlock(&p->lock);
    deliver(first, -ECANCELED);
    l->port = NULL;
    ur_port_drop(p);
}
