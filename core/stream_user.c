/* core/stream_user.c: net.Socket's `onread` option: the program gives a buffer and reads land in it
 * instead of in a new one each. The transport may deliver more than fits; then onread() is called
 * for each filling, and when the program stops in between, the rest waits here. */
#include <stdlib.h>
#include <string.h>

#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/stream_priv.h"

struct rt_user_buffer {
    struct vs_ref *view;      /* owned */
    struct rt_stream *stream; /* NULL: dropped while op was in flight; op's callback frees us */
    struct ur_op op;          /* brings held bytes to the next poll */
    uint8_t *held;            /* owned */
    size_t held_len;
};

static void hold(struct rt_user_buffer *u, const uint8_t *data, size_t len)
{
    uint8_t *held = malloc(len);
    CHECK(held);
    memcpy(held, data, len);
    free(u->held);
    u->held = held;
    u->held_len = len;
}

/* One filling: returns how much of data it took. */
static size_t fill_once(struct rt_stream *s, const uint8_t *data, size_t len)
{
    struct rt_env *env = s->async->env;
    struct rt_callback cb;
    rt_callback_open(&cb, env, s->async);
    struct vs_bytes to = vs_bytes(vs_ref_get(s->user->view));
    size_t n = len < to.len ? len : to.len;
    if (n > 0) {
        memcpy(to.ptr, data, n);
        vs_val next = rt_stream_call_onread(s, &cb, (int64_t)n, vs_undefined(env->cx));
        if (next && vs_is_view(next) && s->user) {
            vs_ref_drop(s->user->view);
            s->user->view = vs_ref_new(env->cx, next);
        }
    }
    rt_callback_close(&cb);
    return n;
}

void rt_user_buffer_fill(struct rt_stream *s, const uint8_t *data, size_t len)
{
    while (len > 0) {
        size_t n = fill_once(s, data, len);
        data += n;
        len -= n;
        /* The handle was closed, or the buffer has no room: detached, or of no length. */
        if (!s->user || n == 0) return;
        if (len > 0 && !s->reading) {
            hold(s->user, data, len);
            return;
        }
    }
}

static void deliver_held(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct rt_user_buffer *u = container_of(op, struct rt_user_buffer, op);
    struct rt_stream *s = u->stream;
    uint8_t *held = u->held;
    size_t len = u->held_len;
    (void)res;
    (void)flags;
    if (!s) {
        free(u);
        return;
    }
    if (!s->reading) return;
    u->held = NULL;
    u->held_len = 0;
    rt_user_buffer_fill(s, held, len);
    free(held);
    if (s->user && !s->user->held && s->reading) rt_stream_read_start(s);
}

bool rt_user_buffer_resume(struct rt_stream *s)
{
    struct rt_user_buffer *u = s->user;
    if (!u->held) return false;
    if (!ur_op_active(&u->op)) ur_nop(s->async->env->loop, &u->op);
    return true;
}

void rt_user_buffer_set(struct rt_stream *s, vs_val view)
{
    struct rt_user_buffer *u = s->user;
    if (!u) {
        u = calloc(1, sizeof *u);
        CHECK(u);
        u->stream = s;
        ur_op_init(&u->op, deliver_held);
        s->user = u;
    }
    vs_ref_drop(u->view);
    u->view = vs_ref_new(s->async->env->cx, view);
}

void rt_user_buffer_drop(struct rt_stream *s)
{
    struct rt_user_buffer *u = s->user;
    if (!u) return;
    s->user = NULL;
    u->stream = NULL;
    vs_ref_drop(u->view);
    free(u->held);
    u->view = NULL;
    u->held = NULL;
    if (!ur_op_active(&u->op)) free(u);
}
