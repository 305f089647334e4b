/* core/channel.h: the stream of an IPC channel (child_process.fork(), cluster): a Unix socket on
 * which handles travel beside the bytes. The loop's streams carry bytes only, so this one watches
 * its descriptor and makes the system calls itself; channels are few and their messages small. */
#ifndef RT_CHANNEL_H
#define RT_CHANNEL_H

#include "core/conn.h"

struct rt_channel;

/* Takes over fd as the channel of c, whose stream works on it from now on. */
struct rt_channel *rt_channel_new_take(struct rt_conn *c, int fd);
void rt_channel_set_ref(struct rt_channel *ch, bool ref);
/* Ends with rt_handle_closed() on the conn's handle; then rt_channel_drop(). False: writes wait,
 * whose requests end before that. */
bool rt_channel_close(struct rt_channel *ch);
void rt_channel_drop(struct rt_channel *ch);

#endif
