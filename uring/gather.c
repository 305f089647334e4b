/* uring/gather.c: short lists of pieces for one vectored operation, reused through a small free
 * list. */
#include <stdlib.h>

#include "uring/loop_priv.h"
#include "uring/sock.h"

_Static_assert(UR_GATHER_MAX == UR_IOV_MAX, "sock.h promises what a gather holds");

struct ur_gather *ur_gather_take(struct ur_loop *l)
{
    struct ur_gather *g = l->gathers;
    if (g) {
        l->gathers = g->next;
        l->gathers_kept--;
    } else {
        g = ur_alloc(sizeof *g);
    }
    g->msg = (struct msghdr){ .msg_iov = g->iov };
    g->count = 0;
    return g;
}

void ur_gather_drop(struct ur_loop *l, struct ur_gather *g)
{
    if (l->gathers_kept == UR_GATHERS_KEPT) {
        free(g);
        return;
    }
    g->next = l->gathers;
    l->gathers = g;
    l->gathers_kept++;
}

void ur_gathers_free(struct ur_loop *l)
{
    while (l->gathers) {
        struct ur_gather *g = l->gathers;
        l->gathers = g->next;
        free(g);
    }
}

uint64_t ur_gather_add(struct ur_gather *g, const struct iovec *iov, uint32_t count, uint64_t skip,
                       uint64_t max)
{
    uint64_t added = 0;
    for (uint32_t i = 0; i < count && g->count < UR_IOV_MAX && added < max; i++) {
        size_t len = iov[i].iov_len;
        if (skip >= len) {
            skip -= len;
            continue;
        }
        len -= skip;
        if (len > max - added) len = max - added;
        g->iov[g->count++] = (struct iovec){ (char *)iov[i].iov_base + skip, len };
        g->msg.msg_iovlen = g->count;
        added += len;
        skip = 0;
    }
    return added;
}
