/* uring/epoll_priv.h: what the files of the epoll back end share. */
#ifndef URING_EPOLL_PRIV_H
#define URING_EPOLL_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "uring/backend.h"
#include "uring/op.h"
#include "uring/slot_priv.h"
#include "uring/stash_priv.h"

/* Set until a system call said -EAGAIN, and again by an event. */
#define READY_IN 1u
#define READY_OUT 2u

enum epoll_fd_bits {
    E_LISTED = 1 << 0,     /* on the list of descriptors to look at */
    E_KEPT = 1 << 1,       /* UR_DESC_KEEP was promised */
    E_SURE = 1 << 2,       /* the registration is of what the number means now */
    E_CONNECTING = 1 << 3, /* connect() was called, its result comes with READY_OUT */
    E_TAIL = 1 << 4,     /* an end, an error or urgent data: a short receive may leave something */
    E_NO_NOWAIT = 1 << 5 /* RWF_NOWAIT does not work with it */
};

#define EPOLL_BLOCK 32u

/* What is known of one descriptor number. Made at the first use of one near it, freed with the back
 * end. */
struct epoll_fd {
    struct ur_link link; /* while E_LISTED */
    struct ur_desc *in;  /* waiting to read or accept, oldest first */
    struct ur_desc *out; /* waiting to write or connect */
    struct ur_desc *polls;
    int32_t fd;
    uint32_t interest; /* events registered; 0: none, it is not registered */
    uint32_t events;   /* told since the last look: for polls */
    uint8_t ready;     /* READY_* */
    uint8_t bits;
};

struct ur_backend {
    int epoll_fd, wake_fd;
    struct epoll_fd **block; /* EPOLL_BLOCK descriptors each, by number; NULL: never seen */
    uint32_t block_cap;
    struct ur_desc **desc; /* in flight, by slot number of their tokens */
    uint32_t desc_cap;
    struct ur_link look; /* struct epoll_fd by link: something may be possible now */
    uint32_t look_count;
    struct ur_stash stash; /* completions not taken yet */
    uint32_t unasked;      /* reaps in a row that did not ask the kernel for events */
    bool closed;           /* since the last reap a descriptor was closed, */
    bool others;           /* or something else than sends was asked for */
    bool no_pwait2;
    struct ur_group *group[UR_GROUPS_MAX];
    uint64_t waits, calls, sqes;
};

/* Free buffers of a group: last given, first taken, because that one is in the cache. */
struct epoll_bufs {
    uint32_t count;
    uint16_t bid[];
};

static inline bool ur_epoll_has_buffer(const struct ur_backend *be, const struct ur_desc *d)
{
    const struct epoll_bufs *b = be->group[d->group]->priv;
    return b->count > 0;
}

/* Take the next free buffer of d's group, and name it in *c. There must be one. */
void ur_epoll_use_buffer(struct ur_backend *be, const struct ur_desc *d, struct ur_completion *c);

#define EPOLL_TRY_WAIT INT32_MIN         /* not possible now */
#define EPOLL_TRY_BLOCKS (INT32_MIN + 1) /* only possible by blocking */

/* epoll_try.c: make d's system call, which does not block. The result, -errno or EPOLL_TRY_*. A
 * buffer that was used is put into *c. */
int32_t ur_epoll_try(struct ur_backend *be, struct epoll_fd *e, const struct ur_desc *d,
                     struct ur_completion *c);

#endif
