/* core/bind/udp_io.c: datagrams in and out. The socket is watched for readiness; sending is tried
 * at once and waits only when the socket's buffer is full. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/address.h"
#include "core/bind/udp_priv.h"
#include "core/buffer.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/options.h"
#include "core/req.h"

/* More than any datagram has. */
#define DATAGRAM_MAX 65536u
/* Datagrams of one socket before others have their turn. */
#define RECEIVE_BATCH 32

/* Freed in finish_send() and nowhere else. */
struct udp_send {
    struct rt_async async; /* object NULL: nobody wants to know */
    struct udp_send *next;
    struct sockaddr_storage addr;
    socklen_t addr_len; /* 0: to the peer */
    size_t len;
    uint8_t data[];
};

static void poll_ready(struct ur_poll *p, int32_t res);

static void watch(struct udp *u)
{
    uint32_t events = (u->receiving ? POLLIN : 0) | (u->sends ? POLLOUT : 0);
    if (events)
        ur_poll_start(&u->poll, events, UR_POLL_LEVEL, poll_ready);
    else
        ur_poll_stop(&u->poll);
}

void udp_open_take(struct udp *u, int fd, int family)
{
    u->fd = fd;
    u->family = family;
    u->sends_tail = &u->sends;
    ur_poll_init(u->handle.async.env->loop, &u->poll, fd);
    if (!u->handle.ref) ur_poll_unref(&u->poll);
}

/* ---- receiving ---- */

static void call_onmessage(struct udp *u, ssize_t n, const uint8_t *data,
                           const struct sockaddr *from)
{
    struct rt_env *env = u->handle.async.env;
    struct vs_cx *cx = env->cx;
    struct rt_callback cb;
    rt_callback_open(&cb, env, &u->handle.async);
    vs_val self = rt_async_object(&u->handle.async);
    vs_val argv[] = { vs_i32(cx, (int32_t)n), self, vs_undefined(cx), vs_undefined(cx) };
    bool ok = true;
    if (n >= 0) {
        argv[2] = rt_buffer_new(env, data, (size_t)n);
        argv[3] = vs_obj_new(cx);
        ok = argv[2] && rt_address_to_js(env, from, argv[3]);
    }
    vs_val fn = ok ? vs_get(cx, self, rt_str(env, onmessage)) : NULL;
    if (fn && vs_is_fn(fn)) rt_call_in(&cb, fn, self, n >= 0 ? 4 : 2, argv);
    rt_callback_close(&cb);
}

static void receive(struct udp *u)
{
    uint8_t data[DATAGRAM_MAX];
    for (int i = 0; i < RECEIVE_BATCH && u->receiving; i++) {
        struct sockaddr_storage from = { 0 };
        socklen_t len = sizeof from;
        ssize_t n = recvfrom(u->fd, data, sizeof data, 0, (struct sockaddr *)&from, &len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return;
        call_onmessage(u, n < 0 ? -errno : n, data, (struct sockaddr *)&from);
    }
}

void udp_receive(struct udp *u, bool on)
{
    u->receiving = on;
    if (u->fd >= 0) watch(u);
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

static void send_queued(struct udp *u)
{
    while (u->sends) {
        ssize_t res = send_now(u, u->sends);
        if (res == -EAGAIN) return;
        finish_send(take_send(u), res);
    }
}

static void poll_ready(struct ur_poll *p, int32_t res)
{
    struct udp *u = container_of(p, struct udp, poll);
    if (u->handle.state != RT_HANDLE_OPEN) return;
    if (res < 0) {
        u->receiving = false;
        if (u->handle.async.env->can_call_js) call_onmessage(u, res, NULL, NULL);
        return;
    }
    if (res & (POLLOUT | POLLERR)) send_queued(u);
    if (u->receiving && u->handle.async.env->can_call_js) receive(u);
    if (u->handle.state == RT_HANDLE_OPEN) watch(u);
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
    watch(u);
    return 0;
}

/* ---- close ---- */

static void poll_closed(struct ur_poll *p)
{
    struct udp *u = container_of(p, struct udp, poll);
    while (u->sends) finish_send(take_send(u), -ECANCELED);
    close(u->fd);
    u->fd = -1;
    rt_handle_closed(&u->handle);
}

void udp_close(struct rt_handle *h)
{
    struct udp *u = container_of(h, struct udp, handle);
    u->receiving = false;
    if (u->fd >= 0)
        ur_poll_close(&u->poll, poll_closed);
    else
        rt_handle_closed(h);
}

void udp_ref_changed(struct rt_handle *h)
{
    struct udp *u = container_of(h, struct udp, handle);
    if (u->fd >= 0) (h->ref ? ur_poll_ref : ur_poll_unref)(&u->poll);
}
