/* uring/fake_dgram.c: datagram sockets in memory, in connected pairs, for the fake back end. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "uring/base_priv.h"
#include "uring/fake_priv.h"

struct fake_obj *ur_fake_dgram_new(uint16_t port)
{
    struct fake_obj *o = ur_alloc(sizeof *o);
    *o = (struct fake_obj){ .type = FAKE_DGRAM, .changes = 1, .port = port };
    return o;
}

static struct fake_dgram *take(struct fake_obj *o)
{
    struct fake_dgram *d = o->dgrams;
    o->dgrams = d->next;
    o->in_len -= d->len;
    return d;
}

void ur_fake_dgrams_free(struct fake_obj *o)
{
    while (o->dgrams) free(take(o));
}

int64_t ur_fake_dgram_send(struct fake_obj *o, const struct iovec *iov, uint32_t count)
{
    struct fake_obj *to = o->peer;
    size_t len = 0;
    for (uint32_t i = 0; i < count; i++) len += iov[i].iov_len;
    if (len > FAKE_PIPE_LEN) return -EMSGSIZE;
    if (!to) return -ECONNREFUSED;
    if (to->in_len + len > FAKE_PIPE_LEN) return -EAGAIN;
    struct fake_dgram *d = ur_alloc(sizeof *d + len);
    *d = (struct fake_dgram){ .len = len, .from = o->port };
    size_t at = 0;
    for (uint32_t i = 0; i < count; at += iov[i++].iov_len)
        if (iov[i].iov_len) memcpy(d->data + at, iov[i].iov_base, iov[i].iov_len);
    if (to->dgrams)
        to->dgrams_tail->next = d;
    else
        to->dgrams = d;
    to->dgrams_tail = d;
    to->in_len += len;
    to->changes++;
    return (int64_t)len;
}

int64_t ur_fake_dgram_recv(struct fake_obj *o, struct msghdr *msg)
{
    if (!o->dgrams) return -EAGAIN;
    struct fake_dgram *d = take(o);
    struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(d->from) };
    size_t at = 0;
    for (size_t i = 0; i < msg->msg_iovlen && at < d->len; i++) {
        size_t room = msg->msg_iov[i].iov_len;
        size_t n = d->len - at < room ? d->len - at : room;
        memcpy(msg->msg_iov[i].iov_base, d->data + at, n);
        at += n;
    }
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (msg->msg_namelen)
        memcpy(msg->msg_name, &from,
               msg->msg_namelen < sizeof from ? msg->msg_namelen : sizeof from);
    msg->msg_namelen = sizeof from;
    msg->msg_flags = at < d->len ? MSG_TRUNC : 0;
    free(d);
    o->changes++;
    return (int64_t)at;
}
