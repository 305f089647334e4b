/* core/bind/net_handles.c: which kind of handle a descriptor is. */
#include "core/bind/net_handles.h"

#include <sys/socket.h>
#include <unistd.h>

static int socket_option(int fd, int option)
{
    int value = 0;
    socklen_t len = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &len) < 0 ? -1 : value;
}

vs_val rt_socket_new_take(struct rt_env *env, int fd)
{
    int domain = socket_option(fd, SO_DOMAIN);
    int type = socket_option(fd, SO_TYPE);
    bool inet = domain == AF_INET || domain == AF_INET6;
    if (inet && type == SOCK_STREAM) return rt_tcp_new_take(env, fd);
    if (inet && type == SOCK_DGRAM) return rt_udp_new_take(env, fd);
    if (domain == AF_UNIX && type == SOCK_STREAM) return rt_pipe_new_take(env, fd);
    close(fd);
    return NULL;
}
