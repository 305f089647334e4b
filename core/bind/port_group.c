/* core/bind/port_group.c: mailboxes and who hears whom. No JS here. One thread: a group's mailboxes
 * are all of one env. */
#include <stdlib.h>
#include <string.h>

#include "core/bind/messaging_priv.h"
#include "core/error.h"

struct port_group {
    uint32_t shares;
    struct mailbox *members;
    uint32_t count;
    struct messaging *registry; /* borrowed: lists this group while it has shares; NULL: no name */
    struct port_group *next;    /* in the registry */
    char *name;                 /* owned */
};

struct port_group *port_group_new(void)
{
    struct port_group *g = calloc(1, sizeof(*g));
    CHECK(g);
    g->shares = 1;
    return g;
}

struct port_group *port_group_named(struct messaging *m, const char *name)
{
    for (struct port_group *g = m->named; g; g = g->next) {
        if (strcmp(g->name, name) == 0) {
            g->shares++;
            return g;
        }
    }
    struct port_group *g = port_group_new();
    g->name = strdup(name);
    CHECK(g->name);
    g->registry = m;
    g->next = m->named;
    m->named = g;
    return g;
}

void port_group_drop(struct port_group *g)
{
    if (--g->shares) return;
    if (g->registry) {
        struct port_group **link = &g->registry->named;
        while (*link != g) link = &(*link)->next;
        *link = g->next;
    }
    free(g->name);
    free(g);
}

struct mailbox *port_mailbox_new(struct port_group *g)
{
    struct mailbox *box = calloc(1, sizeof(*box));
    CHECK(box);
    box->tail = &box->first;
    box->group = g;
    g->shares++;
    /* The oldest member comes first: it is served first. */
    struct mailbox **link = &g->members;
    while (*link) link = &(*link)->next;
    *link = box;
    g->count++;
    return box;
}

static void put_take(struct mailbox *box, struct rt_message *m)
{
    struct letter *l = malloc(sizeof(*l));
    CHECK(l);
    *l = (struct letter){ .message = m };
    *box->tail = l;
    box->tail = &l->next;
    box->count++;
    if (box->owner) message_port_notify(box->owner);
}

struct rt_message *port_mailbox_take(struct mailbox *box)
{
    struct letter *l = box->first;
    if (!l) return NULL;
    struct rt_message *m = l->message;
    box->first = l->next;
    if (!box->first) box->tail = &box->first;
    box->count--;
    free(l);
    return m;
}

static void leave(struct mailbox *box)
{
    struct port_group *g = box->group;
    struct mailbox **link = &g->members;
    while (*link != box) link = &(*link)->next;
    *link = box->next;
    g->count--;
    /* The other end of a channel has nobody left to talk to. */
    if (!g->name && g->members) put_take(g->members, rt_message_new_close());
    box->group = NULL;
    port_group_drop(g);
}

void port_mailbox_drop(struct mailbox *box)
{
    leave(box);
    for (struct rt_message *m; (m = port_mailbox_take(box));) rt_message_drop(m);
    free(box);
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
    return message_port_make(env, box);
}

static void drop_parcel(struct rt_parcel *p)
{
    struct port_parcel *pp = (struct port_parcel *)p;
    if (pp->box) port_mailbox_drop(pp->box);
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
    enum port_post result = PORT_POST_DONE;
    if (g->count <= 1) {
        result = PORT_POST_NOBODY;
    } else if (g->count > 2 && rt_message_has_parcels(m)) {
        result = PORT_POST_TOO_MANY;
    } else if (rt_message_contains(m, is_destination, from)) {
        result = PORT_POST_LOST;
    } else {
        for (struct mailbox *box = g->members; box; box = box->next) {
            if (box != from) put_take(box, rt_message_share(m));
        }
    }
    rt_message_drop(m);
    return result;
}
