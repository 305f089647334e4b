/* core/bind/net_handles.h: handles made for descriptors that came from elsewhere. */
#ifndef RT_BIND_NET_HANDLES_H
#define RT_BIND_NET_HANDLES_H

#include "v8shim/vs.h"

struct rt_env;

/* A TCP, Pipe or UDP object that owns fd: a socket listening, connected, bound or none of these.
 * NULL: an exception is pending, and fd is closed. */
vs_val rt_tcp_new_take(struct rt_env *env, int fd);
vs_val rt_pipe_new_take(struct rt_env *env, int fd);
vs_val rt_udp_new_take(struct rt_env *env, int fd);
/* The one of the three that fits; NULL without an exception: none does, and fd is closed. */
vs_val rt_socket_new_take(struct rt_env *env, int fd);

#endif
