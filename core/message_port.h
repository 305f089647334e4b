/* core/message_port.h: message channels as other parts of core/ use them: the two ends of a
 * worker's channel are made in different threads. */
#ifndef RT_MESSAGE_PORT_H
#define RT_MESSAGE_PORT_H

#include "v8shim/vs.h"

struct mailbox;
struct rt_env;

/* The mailboxes of a new channel; owned by the caller. ANY THREAD. */
void rt_channel_new(struct mailbox *ends[2]);
/* For one that no port was made of. ANY THREAD. */
void rt_mailbox_drop(struct mailbox *box);
/* A MessagePort on box, which is taken over. NULL: an exception is pending. */
vs_val rt_message_port_make(struct rt_env *env, struct mailbox *box);

#endif
