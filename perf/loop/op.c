/* perf/loop/op.c: the round trip of one operation: known at start, and through the kernel. */
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "perf/loop/tools.h"
#include "uring/op.h"
#include "uring/poll.h"

struct bench {
    struct ur_loop *loop;
    struct ur_op op;
    uint64_t left; /* operations still to be started */
    uint64_t wanted, done;
    uint32_t count;
    struct ur_poll poll[];
};

static struct bench *of_poll(struct ur_poll *p)
{
    return ur_loop_owner(p->loop);
}

static void nop_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct bench *b = (struct bench *)((char *)op - offsetof(struct bench, op));
    if (++b->done < b->wanted) ur_nop(b->loop, op);
}

static struct bench *open_bench(uint32_t polls)
{
    struct bench *b = perf_alloc(sizeof *b + polls * sizeof b->poll[0]);
    struct ur_loop_options o = { .owner = b };
    perf_pin(PERF_SERVER);
    PERF_NEED(ur_loop_open(&b->loop, &o) == 0);
    b->count = polls;
    return b;
}

static void *nop_open(int64_t arg)
{
    struct bench *b = open_bench(0);
    ur_op_init(&b->op, nop_done);
    return b;
}

static void nop_run(void *state, uint64_t count)
{
    struct bench *b = state;
    b->wanted = b->done + count;
    ur_nop(b->loop, &b->op);
    while (b->done < b->wanted) PERF_NEED(ur_loop_poll(b->loop, -1) >= 0);
}

static void count(void *state, struct perf_counts *out)
{
    struct bench *b = state;
    perf_loop_count(b->loop, CLOCK_THREAD_CPUTIME_ID, out);
}

static void nop_close(void *state)
{
    struct bench *b = state;
    PERF_NEED(ur_loop_close(b->loop) == 0);
    free(b);
}

/* Always readable, so each poll is one operation that the kernel answers at once. */
static void *poll_open(int64_t arg)
{
    struct bench *b = open_bench((uint32_t)arg);
    for (uint32_t i = 0; i < b->count; i++) {
        int fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
        PERF_NEED(fd >= 0);
        ur_poll_init(b->loop, &b->poll[i], fd);
    }
    return b;
}

static void poll_done(struct ur_poll *p, int32_t res)
{
    struct bench *b = of_poll(p);
    PERF_NEED(res == POLLIN);
    b->done++;
    if (b->left == 0) return;
    b->left--;
    ur_poll_start(p, POLLIN, UR_POLL_ONCE, poll_done);
}

static void poll_run(void *state, uint64_t count)
{
    struct bench *b = state;
    b->wanted = b->done + count;
    b->left = count - b->count;
    for (uint32_t i = 0; i < b->count; i++)
        ur_poll_start(&b->poll[i], POLLIN, UR_POLL_ONCE, poll_done);
    while (b->done < b->wanted) PERF_NEED(ur_loop_poll(b->loop, -1) >= 0);
}

static void poll_closed(struct ur_poll *p)
{
    close(p->fd);
}

static void poll_close(void *state)
{
    struct bench *b = state;
    for (uint32_t i = 0; i < b->count; i++) ur_poll_close(&b->poll[i], poll_closed);
    PERF_NEED(ur_loop_run(b->loop) == 0);
    nop_close(b);
}

const struct perf_case perf_op_nop = { "op/nop", { 1 }, 1024, nop_open, nop_run, count, nop_close };
const struct perf_case perf_op_poll = { "op/poll", { 1, 64 }, 1024,      poll_open,
                                        poll_run,  count,     poll_close };
