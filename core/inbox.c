/* core/inbox.c: a list of notes under a lock, and the wake of the loop that reads it. The loop is
 * woken with that lock free: else it would wake only to wait for the lock. */
#include "core/inbox.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/error.h"
#include "uring/loop.h"

struct rt_inbox {
    atomic_uint shares;
    pthread_rwlock_t open; /* held for reading while the loop is woken: it is not closed then */
    struct ur_loop *loop;  /* under open; NULL: closed */
    pthread_mutex_t lock;  /* taken after open */
    struct rt_note *first, *last; /* under lock */
    unsigned count;               /* under lock */
};

static void unlink_note(struct rt_inbox *i, struct rt_note *n)
{
    *(n->prev ? &n->prev->next : &i->first) = n->next;
    *(n->next ? &n->next->prev : &i->last) = n->prev;
    n->queued = false;
    i->count--;
}

static struct rt_note *take(struct rt_inbox *i)
{
    pthread_mutex_lock(&i->lock);
    struct rt_note *n = i->first;
    if (n) unlink_note(i, n);
    pthread_mutex_unlock(&i->lock);
    return n;
}

/* What is posted meanwhile has woken the loop again: others get their turn first. */
static void read_notes(struct ur_loop *loop, void *arg)
{
    struct rt_inbox *i = arg;
    (void)loop;
    pthread_mutex_lock(&i->lock);
    unsigned count = i->count;
    pthread_mutex_unlock(&i->lock);
    for (struct rt_note *n; count-- > 0 && (n = take(i));) n->read(n);
}

struct rt_inbox *rt_inbox_new(struct ur_loop *loop)
{
    struct rt_inbox *i = calloc(1, sizeof *i);
    CHECK(i);
    atomic_init(&i->shares, 1);
    pthread_rwlock_init(&i->open, NULL);
    pthread_mutex_init(&i->lock, NULL);
    i->loop = loop;
    ur_loop_on_wake(loop, read_notes, i);
    return i;
}

struct rt_inbox *rt_inbox_hold(struct rt_inbox *i)
{
    atomic_fetch_add_explicit(&i->shares, 1, memory_order_relaxed);
    return i;
}

void rt_inbox_drop(struct rt_inbox *i)
{
    if (atomic_fetch_sub_explicit(&i->shares, 1, memory_order_acq_rel) != 1) return;
    CHECK(!i->loop);
    pthread_mutex_destroy(&i->lock);
    pthread_rwlock_destroy(&i->open);
    free(i);
}

/* Whether it was not there yet. */
static bool append(struct rt_inbox *i, struct rt_note *n)
{
    pthread_mutex_lock(&i->lock);
    bool added = !n->queued;
    if (added) {
        n->queued = true;
        n->prev = i->last;
        n->next = NULL;
        *(i->last ? &i->last->next : &i->first) = n;
        i->last = n;
        i->count++;
    }
    pthread_mutex_unlock(&i->lock);
    return added;
}

bool rt_inbox_put(struct rt_inbox *i, struct rt_note *n)
{
    pthread_rwlock_rdlock(&i->open);
    bool added = i->loop && append(i, n);
    pthread_rwlock_unlock(&i->open);
    return added;
}

void rt_inbox_wake(struct rt_inbox *i)
{
    pthread_rwlock_rdlock(&i->open);
    if (i->loop) ur_loop_wake(i->loop);
    pthread_rwlock_unlock(&i->open);
}

void rt_inbox_post(struct rt_inbox *i, struct rt_note *n)
{
    if (rt_inbox_put(i, n)) rt_inbox_wake(i);
}

void rt_inbox_withdraw(struct rt_inbox *i, struct rt_note *n)
{
    pthread_mutex_lock(&i->lock);
    if (n->queued) unlink_note(i, n);
    pthread_mutex_unlock(&i->lock);
}

void rt_inbox_close(struct rt_inbox *i)
{
    pthread_rwlock_wrlock(&i->open);
    pthread_mutex_lock(&i->lock);
    while (i->first) unlink_note(i, i->first);
    pthread_mutex_unlock(&i->lock);
    ur_loop_on_wake(i->loop, NULL, NULL);
    i->loop = NULL;
    pthread_rwlock_unlock(&i->open);
}
