/* core/bind/messaging_priv.h: what messaging.c, message_port.c and port_group.c share.
 *
 * A MessagePort object is a handle on a mailbox. Transferring the port moves the mailbox to a new
 * object. A group is the set of mailboxes that hear each other: the two of a channel, or all of a
 * broadcast channel's name.
 */
#ifndef RT_BIND_MESSAGING_PRIV_H
#define RT_BIND_MESSAGING_PRIV_H

#include "core/env.h"
#include "core/message.h"
#include "uring/op.h"

struct port_group;
struct message_port;

/* Per-env state, in RT_STATE_messaging. */
struct messaging {
    struct vs_class *port_class;
    struct port_group *named;               /* of broadcast channels, a list */
    struct ur_op announce;                  /* in flight: some port has letters */
    struct message_port *ports, *last_port; /* in the order in which they were made */
};

struct letter {
    struct letter *next;
    struct rt_message *message; /* owned */
};

/* Owned by its port, or by the parcel that carries it. */
struct mailbox {
    struct port_group *group;   /* owned share; NULL once it has left */
    struct mailbox *next;       /* in the group */
    struct message_port *owner; /* borrowed; NULL while travelling */
    struct letter *first, **tail;
    uint32_t count;
};

struct messaging *messaging_of(struct rt_env *env);
/* The optional second argument of postMessage() as an array, NULL without one. false: an exception
 * is pending. */
VS_MUST_CHECK bool messaging_transfer_list(struct rt_env *env, vs_val arg, vs_val *out);

/* port_group.c. Groups are counted: new and named give a share to the caller, drop returns it. */
struct port_group *port_group_new(void);
struct port_group *port_group_named(struct messaging *m, const char *name);
void port_group_drop(struct port_group *g);
struct mailbox *port_mailbox_new(struct port_group *g);
/* Leaves its group, telling a sole peer to close, and frees it with its letters. */
void port_mailbox_drop(struct mailbox *box);
/* The oldest letter's message, now the caller's; NULL: none. */
struct rt_message *port_mailbox_take(struct mailbox *box);

/* What became of a message. */
enum port_post {
    PORT_POST_DONE,
    PORT_POST_NOBODY,   /* no one listens any more */
    PORT_POST_LOST,     /* it carried its own destination */
    PORT_POST_TOO_MANY, /* it carries what only one can have, and there are several */
};
/* Gives m to all others of the group; m is taken over. */
enum port_post port_mailbox_post_take(struct mailbox *from, struct rt_message *m);
/* The parcel that carries a mailbox; box is taken over. */
struct rt_parcel *port_parcel_new_take(struct mailbox *box);

/* message_port.c */
/* Makes a class of this env, or one from a snapshot, known as transferable. */
void message_port_register(struct rt_env *env, struct vs_class *c);
struct vs_class *message_port_class(struct rt_env *env);
/* A MessagePort of the current context on box, which is taken over. NULL: an exception is pending.
 */
vs_val message_port_make(struct rt_env *env, struct mailbox *box);
/* There are letters: read them in the next poll phase. */
void message_port_notify(struct message_port *port);
void message_port_stop(const struct vs_args *a);
void message_port_drain(const struct vs_args *a);
void message_port_receive(const struct vs_args *a);
void message_port_move(const struct vs_args *a);
void message_ports_init(struct rt_env *env, struct messaging *m);

#endif
