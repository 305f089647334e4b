/* uring/bufs.c: shared receive buffers, and who waits for one.
 *
 * Buffers come in groups. A receive in flight names its group; the back end picks a buffer when
 * data arrives. A buffer is out of the group from its completion until the callback returns. When a
 * receive finds its group empty (-ENOBUFS) its stream is parked. Every poll starts by arming as
 * many parked streams as there are buffers, oldest first: all buffers that are out are in
 * completions about to be delivered, so there will be some. More groups are added up to the cap. A
 * stream that found no buffer several times in a row waits for data without one, and then gets the
 * loop's one private buffer, so that greedy neighbours cannot starve it.
 *
 * Datagrams have a group of their own, of buffers that hold the longest one there is; it is made
 * when the first socket wants it, and never grows. A socket that found no buffer several times in a
 * row gets one of its own for the next datagram. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "uring/dgram.h"
#include "uring/loop_priv.h"
#include "uring/sock.h"

#define PARKED_TIMES_MAX 127u /* what its bits hold */
#define DGRAM_BUF_LEN (sizeof(struct ur_msg_head) + sizeof(struct sockaddr_storage) + UR_DGRAM_MAX)

static int open_group(struct ur_loop *l, uint32_t id, uint32_t buf_len, uint32_t count)
{
    size_t len = (size_t)count * buf_len;
    struct ur_group *g = &l->bufs.group[id];
    void *mem = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mem == MAP_FAILED) return -errno;
    /* Buffers never used must not cost memory. Refusal is harmless. */
    (void)madvise(mem, len, MADV_NOHUGEPAGE);
    *g = (struct ur_group){ .base = mem, .buf_len = buf_len, .count = count, .id = (uint16_t)id };
    int err = l->vt->group_open(l->be, g);
    if (!err) return 0;
    munmap(mem, len);
    *g = (struct ur_group){ 0 };
    return err;
}

static int add_group(struct ur_loop *l, uint32_t count)
{
    struct ur_bufs *b = &l->bufs;
    int err = open_group(l, b->groups, b->buf_len, count);
    if (err) return err;
    b->groups++;
    b->total += count;
    return 0;
}

int ur_bufs_open_dgrams(struct ur_loop *l)
{
    if (l->bufs.group[UR_GROUP_DGRAMS].count) return 0;
    return open_group(l, UR_GROUP_DGRAMS, DGRAM_BUF_LEN, l->bufs.dgram_bufs);
}

int ur_bufs_open(struct ur_loop *l, const struct ur_loop_options *o)
{
    struct ur_bufs *b = &l->bufs;
    *b = (struct ur_bufs){ .buf_len = o->buf_len, .cap = o->buf_cap, .dgram_bufs = o->dgram_bufs };
    list_init(&b->parked);
    list_init(&b->dgrams_parked);
    return add_group(l, o->buf_count);
}

void ur_bufs_close(struct ur_loop *l)
{
    struct ur_bufs *b = &l->bufs;
    for (uint32_t i = 0; i < UR_GROUPS_MAX; i++) {
        struct ur_group *g = &b->group[i];
        if (!g->count) continue;
        l->vt->group_close(l->be, g);
        munmap(g->base, (size_t)g->count * g->buf_len);
    }
    free(b->spare);
}

uint32_t ur_bufs_arm(struct ur_loop *l, enum ur_kind kind)
{
    struct ur_bufs *b = &l->bufs;
    uint32_t best = kind == UR_KIND_RECVMSG ? UR_GROUP_DGRAMS : 0;
    for (uint32_t i = 1; i < b->groups && best != UR_GROUP_DGRAMS; i++) {
        uint64_t load = (uint64_t)b->armed[i] * b->group[best].count;
        if (load < (uint64_t)b->armed[best] * b->group[i].count) best = i;
    }
    b->armed[best]++;
    return best;
}

void ur_bufs_give(struct ur_loop *l, uint32_t group, uint16_t bid)
{
    l->bufs.lent--;
    l->vt->group_give(l->be, &l->bufs.group[group], bid);
}

void ur_bufs_park(struct ur_loop *l, struct ur_stream *s)
{
    l->stats.parks++;
    l->bufs.parked_count++;
    l->bufs.want_more = true;
    if (s->parked_times < PARKED_TIMES_MAX) s->parked_times++;
    list_append(&l->bufs.parked, &s->recv_op.link);
}

void ur_bufs_unpark(struct ur_loop *l, struct ur_stream *s)
{
    list_unlink(&s->recv_op.link);
    l->bufs.parked_count--;
}

void ur_bufs_park_dgram(struct ur_loop *l, struct ur_dgram *d)
{
    l->stats.parks++;
    l->bufs.dgrams_parked_count++;
    if (d->parked_times < UINT8_MAX) d->parked_times++;
    list_append(&l->bufs.dgrams_parked, &d->recv_op.link);
}

void ur_bufs_unpark_dgram(struct ur_loop *l, struct ur_dgram *d)
{
    list_unlink(&d->recv_op.link);
    l->bufs.dgrams_parked_count--;
}

static void grow(struct ur_loop *l)
{
    struct ur_bufs *b = &l->bufs;
    uint32_t count = b->group[b->groups - 1].count;
    if (b->groups > 1) count *= 2;
    while (count > b->cap - b->total) count /= 2;
    b->want_more = false;
    /* Without memory for more the parked streams just take turns. */
    if (count && b->groups < UR_GROUP_DGRAMS) (void)add_group(l, count);
}

void ur_bufs_rearm(struct ur_loop *l)
{
    struct ur_bufs *b = &l->bufs;
    if (b->want_more) grow(l);
    for (uint32_t free_count = b->total - b->lent; b->parked_count && free_count; free_count--) {
        struct ur_stream *s = UR_CONTAINER(b->parked.next, struct ur_stream, recv_op.link);
        ur_bufs_unpark(l, s);
        ur_stream_rearm(s);
    }
    for (uint32_t left = b->dgram_bufs; b->dgrams_parked_count && left; left--) {
        struct ur_dgram *d = UR_CONTAINER(b->dgrams_parked.next, struct ur_dgram, recv_op.link);
        ur_bufs_unpark_dgram(l, d);
        ur_dgram_rearm(d);
    }
}
