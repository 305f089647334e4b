/* uring/poll.c: readiness of a descriptor, by one poll operation at a time. */
#include "uring/poll.h"

#include <errno.h>
#include <poll.h>

#include "uring/loop_priv.h"

enum { P_ACTIVE = 1 << 0, P_REF = 1 << 1, P_CLOSING = 1 << 2 };

#define ALWAYS_TOLD (POLLERR | POLLHUP | POLLNVAL)

static void sync_ref(struct ur_poll *p)
{
    bool want = (p->bits & (P_ACTIVE | P_REF)) == (P_ACTIVE | P_REF) || (p->bits & P_CLOSING);
    ur_loop_hold(p->loop, &p->counted, want);
}

static void arm(struct ur_poll *p)
{
    if (ur_op_active(&p->op)) return;
    struct ur_desc *d = ur_op_prepare(&p->op, UR_KIND_POLL, p->fd);
    d->arg = p->events;
    if (p->mode == UR_POLL_EDGE) d->flags |= UR_DESC_MULTI;
    p->armed = p->events;
    ur_op_start(p->loop, &p->op);
}

static void tell(struct ur_poll *p, int32_t res)
{
    if (res >= 0) res &= (int32_t)(p->events | ALWAYS_TOLD);
    if (res == 0) return;
    if (res < 0 || p->mode == UR_POLL_ONCE) {
        p->bits &= (uint8_t)~P_ACTIVE;
        sync_ref(p);
    }
    p->fn(p, res);
}

static void finish_close(struct ur_poll *p)
{
    p->bits = 0;
    ur_loop_hold(p->loop, &p->counted, false);
    if (p->close_fn) p->close_fn(p);
}

static void poll_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct ur_poll *p = UR_CONTAINER(op, struct ur_poll, op);
    bool asked = res == -ECANCELED && !p->loop->closing;
    if (p->bits & P_CLOSING) {
        if (!(flags & UR_MORE)) finish_close(p);
        return;
    }
    if ((p->bits & P_ACTIVE) && !asked) tell(p, res);
    if ((flags & UR_MORE) || ur_op_active(op)) return;
    if (p->bits & P_ACTIVE) arm(p);
}

void ur_poll_init(struct ur_loop *l, struct ur_poll *p, int fd)
{
    *p = (struct ur_poll){ .loop = l, .fd = fd, .bits = P_REF };
    ur_op_init(&p->op, poll_done);
    ur_op_unref(l, &p->op);
}

void ur_poll_start(struct ur_poll *p, uint32_t events, enum ur_poll_mode mode, ur_poll_fn *fn)
{
    UR_CHECK(!(p->bits & P_CLOSING));
    bool same = events == p->armed && (mode == UR_POLL_EDGE) == (p->mode == UR_POLL_EDGE);
    p->fn = fn;
    p->events = events;
    p->mode = (uint8_t)mode;
    p->bits |= P_ACTIVE;
    sync_ref(p);
    if (!same) ur_cancel(p->loop, &p->op);
    arm(p);
}

void ur_poll_stop(struct ur_poll *p)
{
    p->bits &= (uint8_t)~P_ACTIVE;
    sync_ref(p);
    ur_cancel(p->loop, &p->op);
}

bool ur_poll_active(const struct ur_poll *p)
{
    return p->bits & P_ACTIVE;
}

static void closing_nop_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    (void)res, (void)flags;
    finish_close(UR_CONTAINER(op, struct ur_poll, op));
}

void ur_poll_close(struct ur_poll *p, ur_poll_closed_fn *fn)
{
    UR_CHECK(!(p->bits & P_CLOSING));
    p->close_fn = fn;
    p->bits |= P_CLOSING;
    p->bits &= (uint8_t)~P_ACTIVE;
    sync_ref(p);
    if (ur_op_active(&p->op)) {
        ur_cancel(p->loop, &p->op);
    } else {
        p->op.done = closing_nop_done;
        ur_nop(p->loop, &p->op);
    }
}

void ur_poll_ref(struct ur_poll *p)
{
    p->bits |= P_REF;
    sync_ref(p);
}

void ur_poll_unref(struct ur_poll *p)
{
    p->bits &= (uint8_t)~P_REF;
    sync_ref(p);
}

bool ur_poll_has_ref(const struct ur_poll *p)
{
    return p->bits & P_REF;
}
