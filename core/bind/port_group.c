/* core/bind/port_group.c: mailboxes and who hears whom. No JS here. The mailboxes of a group may be
 * of several envs: all but the parts marked otherwise is under the group's lock. Locks are taken in
 * the order registry, group, inbox. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/messaging_priv.h"
#include "core/container.h"
#include "core/error.h"

struct port_group {
    atomic_uint shares; /* of a named one, under the registry's lock */
    pthread_mutex_t lock;
    struct mailbox *members;
    uint32_t count;
    struct port_group *next; /* in the registry */
    char *name;              /* owned; NULL: a channel */
};

/* Groups of broadcast channels, which are the process's: a name means the same in all threads. */
static struct {
    pthread_mutex_t lock;
    struct port_group *first;
} registry = { .lock = PTHREAD_MUTEX_INITIALIZER };

struct port_group *port_group_new(void)
{
    struct port_group *g = calloc(1, sizeof(*g));
    CHECK(g);
    atomic_init(&g->shares, 1);
    pthread_mutex_init(&g->lock, NULL);
    return g;
}

static struct port_group *find_named(const char *name)
{
    for (struct port_group *g = registry.first; g; g = g->next) {
        if (strcmp(g->name, name) == 0) return g;
    }
    return NULL;
}

struct port_group *port_group_named(const char *name)
{
    pthread_mutex_lock(&registry.lock);
    struct port_group *g = find_named(name);
    if (g) {
        atomic_fetch_add(&g->shares, 1);
    } else {
        g = port_group_new();
        g->name = strdup(name);
        CHECK(g->name);
        g->next = registry.first;
        registry.first = g;
    }
    pthread_mutex_unlock(&registry.lock);
    return g;
}

/* Nobody may find a group whose last share is being returned. */
static bool last_of_named(struct port_group *g)
{
    pthread_mutex_lock(&registry.lock);
    bool last = atomic_fetch_sub(&g->shares, 1) == 1;
    if (last) {
        struct port_group **link = &registry.first;
        while (*link != g) link = &(*link)->next;
        *link = g->next;
    }
    pthread_mutex_unlock(&registry.lock);
    return last;
}

void port_group_drop(struct port_group *g)
{
    if (!(g->name ? last_of_named(g) : atomic_fetch_sub(&g->shares, 1) == 1)) return;
    pthread_mutex_destroy(&g->lock);
    free(g->name);
    free(g);
}

static void read_note(struct rt_note *n)
{
    message_port_read(container_of(n, struct mailbox, note)->owner);
}

struct mailbox *port_mailbox_new(struct port_group *g)
{
    struct mailbox *box = calloc(1, sizeof(*box));
    CHECK(box);
    box->tail = &box->first;
    box->note.read = read_note;
    box->group = g;
    atomic_fetch_add(&g->shares, 1);
    pthread_mutex_lock(&g->lock);
    /* The oldest member comes first: it is served first. */
    struct mailbox **link = &g->members;
    while (*link) link = &(*link)->next;
    *link = box;
    g->count++;
    pthread_mutex_unlock(&g->lock);
    return box;
}

void port_mailbox_claim(struct mailbox *box, struct message_port *owner, struct rt_inbox *inbox)
{
    pthread_mutex_lock(&box->group->lock);
    box->owner = owner;
    box->inbox = rt_inbox_hold(inbox);
    if (box->first || box->taken) message_port_notify(owner);
    pthread_mutex_unlock(&box->group->lock);
}

void port_mailbox_release(struct mailbox *box)
{
    pthread_mutex_lock(&box->group->lock);
    box->owner = NULL;
    pthread_mutex_unlock(&box->group->lock);
    rt_inbox_withdraw(box->inbox, &box->note);
    rt_inbox_drop(box->inbox);
    box->inbox = NULL;
}

/* from: the inbox of the env that posts, if one does. In the same env letters are delivered after
 * what the loop was told before. Returns a share of an inbox to be woken, or NULL: the reader takes
 * the lock at once, so it is for the time after that. */
static struct rt_inbox *put_take(struct mailbox *box, struct rt_message *m,
                                 const struct rt_inbox *from)
{
    struct rt_letter *l = rt_letter_new_take(m);
    *box->tail = l;
    box->tail = &l->next;
    box->count++;
    if (!box->owner) return NULL;
    if (box->inbox == from) {
        message_port_notify(box->owner);
        return NULL;
    }
    return rt_inbox_put(box->inbox, &box->note) ? rt_inbox_hold(box->inbox) : NULL;
}

static void wake_take(struct rt_inbox *i)
{
    if (!i) return;
    rt_inbox_wake(i);
    rt_inbox_drop(i);
}

/* All at once, or the two sides would be at the lock for each letter. */
static void take_letters(struct mailbox *box)
{
    pthread_mutex_lock(&box->group->lock);
    box->taken = box->first;
    box->taken_count = box->count;
    box->first = NULL;
    box->tail = &box->first;
    box->count = 0;
    pthread_mutex_unlock(&box->group->lock);
}

struct rt_message *port_mailbox_take(struct mailbox *box, bool only_close)
{
    if (!box->taken) take_letters(box);
    struct rt_letter *l = box->taken;
    if (!l || (only_close && !rt_message_is_close(l->message))) return NULL;
    box->taken = l->next;
    box->taken_count--;
    return rt_letter_open(l);
}

uint32_t port_mailbox_count(struct mailbox *box)
{
    pthread_mutex_lock(&box->group->lock);
    uint32_t count = box->count;
    pthread_mutex_unlock(&box->group->lock);
    return box->taken_count + count;
}

void port_mailbox_drop(struct mailbox *box, const struct rt_inbox *from)
{
    struct port_group *g = box->group;
    struct rt_inbox *asleep = NULL;
    pthread_mutex_lock(&g->lock);
    struct mailbox **link = &g->members;
    while (*link != box) link = &(*link)->next;
    *link = box->next;
    g->count--;
    /* The other end of a channel has nobody left to talk to. */
    if (!g->name && g->members) asleep = put_take(g->members, rt_message_new_close(), from);
    pthread_mutex_unlock(&g->lock);
    wake_take(asleep);
    for (struct rt_message *m; (m = port_mailbox_take(box, false));) rt_message_drop(m);
    port_group_drop(g);
    free(box);
}

void rt_channel_new(struct mailbox *ends[2])
{
    struct port_group *g = port_group_new();
    ends[0] = port_mailbox_new(g);
    ends[1] = port_mailbox_new(g);
    port_group_drop(g);
}

void rt_mailbox_drop(struct mailbox *box)
{
    port_mailbox_drop(box, NULL);
}

/* A mailbox on its way to another port. */
struct port_parcel {
    struct rt_parcel parcel; /* first */
    struct mailbox *box;     /* owned until opened */
};

static vs_val open_parcel(struct rt_env *env, struct rt_parcel *p)
{
    struct port_parcel *pp = (struct port_parcel *)p;
    struct mailbox *box = pp->box;
    pp->box = NULL;
    CHECK(box);
    return rt_message_port_make(env, box);
}

static void drop_parcel(struct rt_parcel *p)
{
    struct port_parcel *pp = (struct port_parcel *)p;
    if (pp->box) port_mailbox_drop(pp->box, NULL);
    free(pp);
}

struct rt_parcel *port_parcel_new_take(struct mailbox *box)
{
    struct port_parcel *pp = malloc(sizeof(*pp));
    CHECK(pp);
    *pp = (struct port_parcel){ { .open = open_parcel, .drop = drop_parcel, .any_context = true },
                                box };
    return &pp->parcel;
}

/* The parcel holds a mailbox that box would send to. */
static bool is_destination(struct rt_parcel *p, void *data)
{
    struct mailbox *from = data;
    return p->drop == drop_parcel && ((struct port_parcel *)p)->box->group == from->group;
}

enum port_post port_mailbox_post_take(struct mailbox *from, struct rt_message *m)
{
    struct port_group *g = from->group;
    struct rt_inbox *asleep = NULL;
    enum port_post result = PORT_POST_DONE;
    pthread_mutex_lock(&g->lock);
    if (g->count <= 1) {
        result = PORT_POST_NOBODY;
    } else if (g->count > 2 && rt_message_has_parcels(m)) {
        result = PORT_POST_TOO_MANY;
    } else if (rt_message_contains(m, is_destination, from)) {
        result = PORT_POST_LOST;
    } else {
        for (struct mailbox *box = g->members; box; box = box->next) {
            if (box == from) continue;
            wake_take(asleep); /* all but the last one */
            asleep = put_take(box, rt_message_share(m), from->inbox);
        }
    }
    pthread_mutex_unlock(&g->lock);
    wake_take(asleep);
    rt_message_drop(m);
    return result;
}
