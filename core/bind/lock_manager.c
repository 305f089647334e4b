/* core/bind/lock_manager.c: who holds which lock of the process, and who waits for it. All of it is
 * under one mutex, which is taken before those of inboxes.
 *
 * The queue of a resource has those who hold it in front, then those who wait, in the order of
 * arrival. The first of a queue always holds it.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/locks_priv.h"
#include "core/error.h"

#define BUCKETS 1024
/* FNV-1a, of units. */
#define HASH_START 2166136261u
#define HASH_FACTOR 16777619u

struct lock_resource {
    struct lock_name name; /* owned */
    struct lock_queue queue;
    struct lock_resource *next; /* in the bucket */
};

static struct {
    pthread_mutex_t mutex;
    struct lock_resource *buckets[BUCKETS];
} locks = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static struct lock_name name_copy(const struct lock_name *name)
{
    struct lock_name copy = { .len = name->len };
    /* An empty name has one unit that nobody reads. */
    copy.units = malloc((name->len + (size_t)1) * sizeof *copy.units);
    CHECK(copy.units);
    memcpy(copy.units, name->units, name->len * sizeof *copy.units);
    return copy;
}

static struct lock_resource **bucket_of(const struct lock_name *name)
{
    uint32_t hash = HASH_START;
    for (uint32_t i = 0; i < name->len; i++) hash = (hash ^ name->units[i]) * HASH_FACTOR;
    return &locks.buckets[hash % BUCKETS];
}

/* Where the resource is linked, or is to be. */
static struct lock_resource **find(const struct lock_name *name)
{
    struct lock_resource **link = bucket_of(name);
    for (; *link; link = &(*link)->next) {
        const struct lock_name *other = &(*link)->name;
        if (other->len == name->len &&
            memcmp(other->units, name->units, name->len * sizeof *name->units) == 0)
            break;
    }
    return link;
}

static struct lock_resource *resource_of(const struct lock_name *name)
{
    struct lock_resource **link = find(name);
    if (!*link) {
        *link = calloc(1, sizeof **link);
        CHECK(*link);
        (*link)->name = name_copy(name);
        TAILQ_INIT(&(*link)->queue);
    }
    return *link;
}

static void free_if_unused(struct lock_resource *r)
{
    if (!TAILQ_EMPTY(&r->queue)) return;
    struct lock_resource **link = find(&r->name);
    *link = r->next;
    free(r->name.units);
    free(r);
}

/* by: who changes it, and looks at its own news without being told. */
static void tell(struct lock *l, const struct lock_client *by)
{
    if (!l->is_news) TAILQ_INSERT_TAIL(&l->client->news, l, in_news);
    l->is_news = true;
    if (l->client != by) rt_inbox_post(l->client->inbox, &l->client->note);
}

static void leave(struct lock *l, enum lock_state state)
{
    TAILQ_REMOVE(&l->resource->queue, l, in_queue);
    TAILQ_REMOVE(&l->client->own, l, in_own);
    l->state = state;
}

/* All before l hold the resource. */
static bool can_hold(const struct lock_resource *r, const struct lock *l)
{
    const struct lock *first = TAILQ_FIRST(&r->queue);
    return first == l || (!first->exclusive && !l->exclusive);
}

static void grant(struct lock_resource *r, const struct lock_client *by)
{
    struct lock *l;
    TAILQ_FOREACH(l, &r->queue, in_queue)
    {
        if (l->state == LOCK_GRANTED) continue;
        if (!can_hold(r, l)) break;
        l->state = LOCK_GRANTED;
        tell(l, by);
    }
}

static void steal(struct lock_resource *r, const struct lock_client *by)
{
    for (struct lock *l; (l = TAILQ_FIRST(&r->queue)) && l->state == LOCK_GRANTED;) {
        leave(l, LOCK_STOLEN);
        tell(l, by);
    }
}

void lock_client_init(struct lock_client *c, struct rt_inbox *inbox)
{
    c->inbox = rt_inbox_hold(inbox);
    TAILQ_INIT(&c->news);
    TAILQ_INIT(&c->own);
}

static void withdraw_news(struct lock *l)
{
    if (l->is_news) TAILQ_REMOVE(&l->client->news, l, in_news);
    l->is_news = false;
}

static void give_back(struct lock *l)
{
    struct lock_resource *r = l->resource;
    leave(l, LOCK_GONE);
    grant(r, l->client);
    free_if_unused(r);
}

void lock_client_reset(struct lock_client *c)
{
    pthread_mutex_lock(&locks.mutex);
    for (struct lock *l; (l = TAILQ_FIRST(&c->own));) {
        withdraw_news(l);
        give_back(l);
    }
    pthread_mutex_unlock(&locks.mutex);
    rt_inbox_withdraw(c->inbox, &c->note);
    rt_inbox_drop(c->inbox);
}

bool lock_request(struct lock *l, const struct lock_name *name, enum lock_how how)
{
    pthread_mutex_lock(&locks.mutex);
    struct lock_resource *r = resource_of(name);
    l->resource = r;
    l->state = LOCK_PENDING;
    l->is_news = false;
    if (how == LOCK_STEAL) {
        steal(r, l->client);
        TAILQ_INSERT_HEAD(&r->queue, l, in_queue);
    } else {
        TAILQ_INSERT_TAIL(&r->queue, l, in_queue);
    }
    TAILQ_INSERT_TAIL(&l->client->own, l, in_own);
    grant(r, l->client);
    bool queued = how != LOCK_IF_AVAILABLE || l->state == LOCK_GRANTED;
    if (!queued) give_back(l);
    pthread_mutex_unlock(&locks.mutex);
    return queued;
}

void lock_release(struct lock *l)
{
    pthread_mutex_lock(&locks.mutex);
    withdraw_news(l); /* it may have been stolen meanwhile */
    if (l->state == LOCK_GRANTED) give_back(l);
    pthread_mutex_unlock(&locks.mutex);
}

struct lock *lock_next_news(struct lock_client *c, enum lock_state *state)
{
    pthread_mutex_lock(&locks.mutex);
    struct lock *l = TAILQ_FIRST(&c->news);
    if (l) {
        TAILQ_REMOVE(&c->news, l, in_news);
        l->is_news = false;
        *state = l->state;
    }
    pthread_mutex_unlock(&locks.mutex);
    return l;
}

enum lock_state lock_state(const struct lock *l)
{
    pthread_mutex_lock(&locks.mutex);
    enum lock_state state = l->state;
    pthread_mutex_unlock(&locks.mutex);
    return state;
}
