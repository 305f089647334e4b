/* core/bind/messaging_priv.h: what messaging.c, message_port.c and port_group.c share.
 *
 * A MessagePort object is a handle on a mailbox. Transferring the port moves the mailbox to a new
 * object. A group is the set of mailboxes that hear each other: the two of a channel, or all of a
 * broadcast channel's name. These may sit in different threads.
 */
#ifndef RT_BIND_MESSAGING_PRIV_H
#define RT_BIND_MESSAGING_PRIV_H

#include "core/env.h"
#include "core/inbox.h"
#include "core/message.h"
#include "core/message_port.h"
#include "uring/op.h"

struct message_port;
struct port_group;

/* Per-env state, in RT_STATE_messaging. */
struct messaging {
    struct vs_class *port_class;
    struct ur_op announce;                  /* in flight: some port has letters */
    struct message_port *ports, *last_port; /* in the order in which they were made */
};

/* Owned by its port, or by the parcel that carries it. Other threads post to it: all but group and
 * inbox is under the group's lock, if it does not say otherwise. */
struct mailbox {
    struct port_group *group;   /* owned share */
    struct mailbox *next;       /* in the group */
    struct message_port *owner; /* borrowed; NULL while travelling */
    struct rt_inbox *inbox;     /* owned share: of the owner's env; NULL while travelling */
    struct rt_note note;        /* in inbox: letters came from another thread */
    struct rt_letter *first, **tail;
    uint32_t count;
    /* Without the lock, by whom the mailbox belongs to: letters that are no longer among those. */
    struct rt_letter *taken;
    uint32_t taken_count;
};

struct messaging *messaging_of(struct rt_env *env);
/* The optional second argument of postMessage() as an array, NULL without one. false: an exception
 * is pending. */
VS_MUST_CHECK bool messaging_transfer_list(struct rt_env *env, vs_val arg, vs_val *out);

/* port_group.c, for ANY THREAD unless they say whose. Groups are counted: new and named give a
 * share to the caller, drop returns it. */
struct port_group *port_group_new(void);
/* The broadcast channel of that name, the same in all threads. */
struct port_group *port_group_named(const char *name);
void port_group_drop(struct port_group *g);
struct mailbox *port_mailbox_new(struct port_group *g);
/* The owner's thread: owner reads what comes, and what is there already, until released. */
void port_mailbox_claim(struct mailbox *box, struct message_port *owner, struct rt_inbox *inbox);
void port_mailbox_release(struct mailbox *box);
/* Leaves its group, telling a sole peer to close, and frees it with its letters. It has no owner.
 * from: the inbox of the env that does it, or NULL. */
void port_mailbox_drop(struct mailbox *box, const struct rt_inbox *from);
/* The owner's thread: the oldest letter's message, now the caller's; NULL: none, or with only_close
 * none that closes. */
struct rt_message *port_mailbox_take(struct mailbox *box, bool only_close);
/* The owner's thread. */
uint32_t port_mailbox_count(struct mailbox *box);

/* What became of a message. */
enum port_post {
    PORT_POST_DONE,
    PORT_POST_NOBODY,   /* no one listens any more */
    PORT_POST_LOST,     /* it carried its own destination */
    PORT_POST_TOO_MANY, /* it carries what only one can have, and there are several */
};
/* The owner's thread: gives m to all others of the group; m is taken over. */
enum port_post port_mailbox_post_take(struct mailbox *from, struct rt_message *m);
/* The parcel that carries a mailbox; box is taken over. */
struct rt_parcel *port_parcel_new_take(struct mailbox *box);

/* message_port.c */
/* Makes a class of this env, or one from a snapshot, known as transferable. */
void message_port_register(struct rt_env *env, struct vs_class *c);
struct vs_class *message_port_class(struct rt_env *env);
/* There are letters: read them in the next poll phase. */
void message_port_notify(struct message_port *port);
/* Reads them now, in a callback of the loop. */
void message_port_read(struct message_port *port);
void message_port_stop(const struct vs_args *a);
void message_port_drain(const struct vs_args *a);
void message_port_receive(const struct vs_args *a);
void message_port_move(const struct vs_args *a);
void message_ports_init(struct rt_env *env, struct messaging *m);

#endif
