/* core/bind/udp_priv.h: between the files of the udp_wrap binding. */
#ifndef RT_BIND_UDP_PRIV_H
#define RT_BIND_UDP_PRIV_H

#include <sys/socket.h>

#include "core/handle.h"
#include "uring/dgram.h"

struct udp_send;

struct udp {
    struct rt_handle handle; /* first */
    struct ur_dgram dgram;   /* in use while fd >= 0 */
    struct ur_op send_op;    /* of the first of sends */
    struct msghdr send_msg;  /* for send_op */
    struct iovec send_iov;
    int fd;                 /* -1: no socket yet */
    int family;             /* AF_INET, AF_INET6, of the socket */
    struct udp_send *sends; /* waiting for the socket to take them, oldest first */
    struct udp_send **sends_tail;
    size_t queued_len;
    uint32_t queued_count;
};

/* Take over fd, a datagram socket. */
void udp_open_take(struct udp *u, int fd, int family);
void udp_receive(struct udp *u, bool on);
/* The datagram made of the views in list. 0: waits, req.oncomplete(err, sent) will come when it is
 * wanted. > 0: sent, bytes + 1. addr NULL: to the peer. -errno. */
int udp_send(struct udp *u, vs_val req, vs_val list, const struct sockaddr *addr, socklen_t len,
             bool wants_callback);
bool udp_close(struct rt_handle *h);
void udp_ref_changed(struct rt_handle *h);

#endif
