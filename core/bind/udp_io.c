/* core/bind/udp_io.c: datagrams in and out. Sending is tried at once, and becomes an operation only
 * when the socket's buffer is full. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "core/bind/udp_priv.h"
#include "core/buffer.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/options.h"
#include "core/req.h"

/* Freed in finish_send() and nowhere else. */
struct udp_send {
    struct rt_async async; /* object NULL: nobody wants to know */
    struct udp_send *next;
    struct sockaddr_storage addr;
    socklen_t addr_len; /* 0: to the peer */
    size_t len;
    uint8_t data[];
};

static void send_done(struct ur_op *op, int32_t res, uint32_t flags);

void udp_open_take(struct udp *u, int fd, int family)
{
    u->fd = fd;
    u->family = family;
    u->sends_tail = &u->sends;
    ur_op_init(&u->send_op, send_done);
    ur_dgram_init_take(u->handle.async.env->loop, &u->dgram, fd);
    if (!u->handle.ref) ur_dgram_unref(&u->dgram);
}

/* ---- receiving ---- */

/* res: 0 or -errno. */
static void received(struct ur_dgram *d, int32_t res, const struct ur_datagram *m)
{
    static const struct sockaddr nobody;
    struct udp *u = container_of(d, struct udp, dgram);
    struct rt_env *env = u->handle.async.env;
    struct vs_cx *cx = env->cx;
    if (u->handle.state != RT_HANDLE_OPEN || !env->can_call_js) return;
    struct rt_callback cb;
    rt_callback_open(&cb, env, &u->handle.async);
    vs_val self = rt_async_object(&u->handle.async);
    vs_val argv[] = { vs_i32(cx, m ? (int32_t)m->len : res), self, vs_undefined(cx),
                      vs_undefined(cx) };
    bool ok = true;
    if (m) {
        argv[2] = rt_buffer_new(env, m->data, m->len);
        argv[3] = vs_obj_new(cx);
        ok = argv[2] && rt_address_to_js(env, m->from ? m->from : &nobody, argv[3]);
    }
    vs_val fn = ok ? vs_get(cx, self, rt_str(env, onmessage)) : NULL;
    if (fn && vs_is_fn(fn)) rt_call_in(&cb, fn, self, m ? 4 : 2, argv);
    rt_callback_close(&cb);
}

void udp_receive(struct udp *u, bool on)
{
    if (on)
        ur_dgram_start(&u->dgram, received);
    else if (u->fd >= 0)
        ur_dgram_stop(&u->dgram);
}

/* ---- sending ---- */

static ssize_t send_now(struct udp *u, struct udp_send *s)
{
    const struct sockaddr *to = s->addr_len ? (struct sockaddr *)&s->addr : NULL;
    ssize_t n;
    do n = sendto(u->fd, s->data, s->len, MSG_NOSIGNAL, to, s->addr_len);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

static void finish_send(struct udp_send *s, ssize_t res)
{
    if (s->async.object) {
        struct vs_cx *cx = s->async.env->cx;
        struct vs_scope scope;
        vs_scope_open(cx, &scope);
        vs_val argv[] = { vs_i32(cx, res < 0 ? (int32_t)res : 0), vs_num(cx, (double)s->len) };
        rt_req_finish(&s->async, 2, argv);
        vs_scope_close(&scope);
    }
    free(s);
}

static struct udp_send *take_send(struct udp *u)
{
    struct udp_send *s = u->sends;
    u->sends = s->next;
    if (!u->sends) u->sends_tail = &u->sends;
    u->queued_len -= s->len;
    u->queued_count--;
    return s;
}

/* Have the loop send the first when the socket can take it. */
static void send_later(struct udp *u)
{
    struct udp_send *s = u->sends;
    u->send_iov = (struct iovec){ s->data, s->len };
    u->send_msg = (struct msghdr){ .msg_iov = &u->send_iov, .msg_iovlen = 1 };
    if (s->addr_len) {
        u->send_msg.msg_name = &s->addr;
        u->send_msg.msg_namelen = s->addr_len;
    }
    ur_sendmsg(u->handle.async.env->loop, &u->send_op, u->fd, &u->send_msg, 0);
}

static void closed(struct ur_dgram *d, int32_t res);

static void send_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct udp *u = container_of(op, struct udp, send_op);
    (void)flags;
    if (u->handle.state != RT_HANDLE_OPEN) {
        ur_dgram_close(&u->dgram, closed);
        return;
    }
    finish_send(take_send(u), res);
    /* A callback may have sent, and closed. */
    while (u->sends && !ur_op_active(&u->send_op) && u->handle.state == RT_HANDLE_OPEN) {
        ssize_t n = send_now(u, u->sends);
        if (n == -EAGAIN) {
            send_later(u);
            break;
        }
        finish_send(take_send(u), n);
    }
}

static bool copy_list(struct vs_cx *cx, vs_val list, struct udp_send **out)
{
    uint32_t count = vs_arr_len(list);
    size_t len = 0;
    for (int pass = 0; pass < 2; pass++) {
        size_t at = 0;
        for (uint32_t i = 0; i < count; i++) {
            vs_val view = vs_get_index(cx, list, i);
            if (!view) return false;
            struct vs_bytes bytes = vs_bytes(view);
            if (pass == 1 && bytes.len <= len - at && bytes.len > 0)
                memcpy((*out)->data + at, bytes.ptr, bytes.len);
            at += bytes.len;
        }
        if (pass == 1) break;
        len = at;
        *out = calloc(1, sizeof **out + len);
        CHECK(*out);
        (*out)->len = len;
    }
    return true;
}

int udp_send(struct udp *u, vs_val req, vs_val list, const struct sockaddr *addr, socklen_t len,
             bool wants_callback)
{
    struct rt_env *env = u->handle.async.env;
    struct udp_send *s = NULL;
    if (!vs_is_arr(list) || !copy_list(env->cx, list, &s)) {
        free(s);
        return -EINVAL;
    }
    if (addr) memcpy(&s->addr, addr, len);
    s->addr_len = addr ? len : 0;
    bool queue = u->sends || rt_option_bool(env->options, RT_OPT_test_udp_no_try_send);
    ssize_t res = queue ? -EAGAIN : send_now(u, s);
    if (res != -EAGAIN) {
        free(s);
        return (int)(res < 0 ? res : res + 1);
    }
    if (wants_callback && rt_req_usable(req))
        rt_async_init_under(&s->async, &u->handle.async, req, RT_PROVIDER_UDPSENDWRAP, s);
    *u->sends_tail = s;
    u->sends_tail = &s->next;
    u->queued_len += s->len;
    u->queued_count++;
    if (u->sends == s) send_later(u);
    return 0;
}

/* ---- close ---- */

static void closed(struct ur_dgram *d, int32_t res)
{
    struct udp *u = container_of(d, struct udp, dgram);
    (void)res; /* nobody is left to tell */
    while (u->sends) finish_send(take_send(u), -ECANCELED);
    u->fd = -1;
    rt_handle_closed(&u->handle);
}

bool udp_close(struct rt_handle *h)
{
    struct udp *u = container_of(h, struct udp, handle);
    if (u->fd < 0) {
        rt_handle_closed(h);
    } else if (ur_op_active(&u->send_op)) {
        ur_dgram_stop(&u->dgram);
        ur_cancel(h->async.env->loop, &u->send_op);
        return false;
    } else {
        u->fd = -1;
        ur_dgram_close(&u->dgram, closed);
    }
    return !u->sends;
}

void udp_ref_changed(struct rt_handle *h)
{
    struct udp *u = container_of(h, struct udp, handle);
    if (u->fd >= 0) (h->ref ? ur_dgram_ref : ur_dgram_unref)(&u->dgram);
}
