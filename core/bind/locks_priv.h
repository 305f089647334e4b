/* core/bind/locks_priv.h: the locks of the process, which lock_manager.c grants to clients, one in
 * each env that uses them (locks.c). No JS in the manager; its functions are for ANY THREAD.
 */
#ifndef RT_LOCKS_PRIV_H
#define RT_LOCKS_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "core/inbox.h"

struct lock;
struct lock_resource;

/* Names are JS strings: any 16-bit units. */
struct lock_name {
    uint16_t *units; /* owned by who has the struct */
    uint32_t len;
};

enum lock_state {
    LOCK_PENDING, /* -> GRANTED, GONE */
    LOCK_GRANTED, /* and counts as held; -> STOLEN, GONE */
    LOCK_STOLEN,  /* by another request; in no queue any more */
    LOCK_GONE,    /* released, or never queued */
};

TAILQ_HEAD(lock_queue, lock);

/* Embedded in the env's state. */
struct lock_client {
    struct rt_inbox *inbox; /* owned share */
    struct rt_note note;    /* caller sets read; posted when another thread has changed a lock */
    struct lock_queue news; /* private: locks granted or stolen and not taken by lock_next_news() */
    struct lock_queue own;  /* private: locks in a queue */
};

/* Embedded in a request; its owner may free it after lock_release(), when it was refused, or when
 * its theft was read as news. */
struct lock {
    struct lock_client *client; /* caller sets these two */
    bool exclusive;

    enum lock_state state; /* private from here on */
    struct lock_resource *resource;
    bool is_news;
    TAILQ_ENTRY(lock) in_queue, in_news, in_own;
};

enum lock_how {
    LOCK_WAIT,
    LOCK_IF_AVAILABLE, /* GONE at once instead of PENDING */
    LOCK_STEAL,        /* whoever holds it; before all who wait */
};

void lock_client_init(struct lock_client *c, struct rt_inbox *inbox);
/* Gives back all that it holds or waits for. No lock of its is touched by others from now on. */
void lock_client_reset(struct lock_client *c);

/* Queues l. What changes for l's own client is news at once; other clients get a note. false: it is
 * LOCK_IF_AVAILABLE, and was not queued. */
bool lock_request(struct lock *l, const struct lock_name *name, enum lock_how how);
/* Others may have it now, unless it was stolen. It is no news any more. */
void lock_release(struct lock *l);
/* The next lock of this client that was granted or stolen; NULL: no more. */
struct lock *lock_next_news(struct lock_client *c, enum lock_state *state);

enum lock_state lock_state(const struct lock *l);

#endif
