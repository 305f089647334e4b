/* core/http/bulk.c: large bodies for peers on this host.
 *
 * Over loopback a send is a copy into pages that the peer copies out of. The kernel begins with a
 * send buffer of megabytes there, though nothing is ever on the way: that much of each connection
 * is written by one processor before the other has read it, and goes through memory instead of
 * through a cache that both share. A peer at a distance needs the room, and the kernel's own choice
 * of it, which ends for good when a size is set. */
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/http/engine_priv.h"

/* Bytes; the kernel doubles it for what it keeps beside the data. From 448 to 512 KB all are the
 * same, smaller ones wake the sender more often, and with 524 KB and more it loses a fifth. */
#define LOCAL_SEND_BUFFER (480 * 1024)

static bool is_loopback4(uint32_t address)
{
    return ntohl(address) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
}

static bool is_local(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        struct sockaddr_storage room;
    } peer;
    socklen_t len = sizeof peer;
    if (getpeername(fd, &peer.any, &len) < 0) return false;
    if (peer.any.sa_family == AF_INET) return is_loopback4(peer.in.sin_addr.s_addr);
    if (peer.any.sa_family != AF_INET6) return false;
    const struct in6_addr *a = &peer.in6.sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(a) || (IN6_IS_ADDR_V4MAPPED(a) && is_loopback4(a->s6_addr32[3]));
}

void http_bulk_begin(struct http_conn *c)
{
    int fd = c->conn->fd, size = LOCAL_SEND_BUFFER;
    c->is_bulk = true;
    /* A kernel that refuses has its reasons; it is only slower. */
    if (is_local(fd)) (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}
