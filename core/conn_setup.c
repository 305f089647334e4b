/* core/conn_setup.c: how a conn comes to its connection: connecting, listening, accepting. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/conn.h"
#include "core/conn_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/listeners.h"
#include "core/req.h"

/* ---- connecting ---- */

/* Freed in connect_done() and nowhere else. */
struct rt_connect {
    struct rt_async async; /* of the request object */
    struct rt_conn *conn;
    struct ur_op op;
    struct sockaddr_storage addr;
    int err;
    bool told; /* JS; async is reset */
};

static void tell(struct rt_connect *r, int status)
{
    struct vs_cx *cx = r->async.env->cx;
    struct vs_scope scope;
    vs_scope_open(cx, &scope);
    vs_val ok = vs_bool(cx, status == 0);
    vs_val argv[] = { vs_i32(cx, status), rt_async_object(&r->conn->handle.async),
                      rt_async_object(&r->async), ok, ok };
    r->told = true;
    rt_req_finish(&r->async, 5, argv);
    vs_scope_close(&scope);
}

static void connect_done(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct rt_connect *r = container_of(op, struct rt_connect, op);
    struct rt_conn *c = r->conn;
    (void)flags;
    if (r->err) res = r->err;
    c->connect = NULL;
    bool closing = c->handle.state != RT_HANDLE_OPEN;
    if (closing)
        res = -ECANCELED;
    else if (res == 0)
        rt_conn_connected(c, r->addr.ss_family == AF_UNIX ? UR_STREAM_SOCKET : UR_STREAM_TCP);
    if (!r->told) tell(r, res);
    free(r);
    if (closing) rt_conn_close_rest(c);
}

void rt_conn_connect(struct rt_conn *c, vs_val req, int provider, const struct sockaddr *addr,
                     socklen_t len, int err)
{
    struct rt_env *env = c->handle.async.env;
    struct rt_connect *r = calloc(1, sizeof *r);
    CHECK(r);
    r->conn = c;
    r->err = err;
    memcpy(&r->addr, addr, len);
    rt_async_init_under(&r->async, &c->handle.async, req, provider, r);
    ur_op_init(&r->op, connect_done);
    c->connect = r;
    if (err)
        ur_nop(env->loop, &r->op);
    else
        ur_connect(env->loop, &r->op, c->fd, (struct sockaddr *)&r->addr, len);
}

void rt_connect_give_up(struct rt_conn *c)
{
    tell(c->connect, -ECANCELED);
}

void rt_connect_cancel(struct rt_conn *c)
{
    ur_cancel(c->handle.async.env->loop, &c->connect->op);
}

/* ---- servers ---- */

static void call_onconnection(struct rt_conn *c, int status, int fd)
{
    struct rt_env *env = c->handle.async.env;
    struct vs_cx *cx = env->cx;
    if (!env->can_call_js) {
        if (fd >= 0 && c->unserved_take) {
            c->unserved_take(c, fd);
        } else if (fd >= 0) {
            close(fd);
        }
        return;
    }
    struct rt_callback cb;
    rt_callback_open(&cb, env, &c->handle.async);
    vs_val argv[] = { vs_i32(cx, status), vs_undefined(cx) };
    vs_val handle = fd >= 0 ? c->accept(c, fd) : argv[1];
    vs_val self = rt_async_object(&c->handle.async);
    vs_val fn = handle ? vs_get(cx, self, rt_str(env, onconnection)) : NULL;
    if (fn && vs_is_fn(fn)) {
        argv[1] = handle;
        rt_call_in(&cb, fn, self, 2, argv);
    }
    rt_callback_close(&cb);
}

void rt_conn_serve_take(struct rt_conn *c, int fd)
{
    call_onconnection(c, 0, fd);
}

static void accepted(struct ur_listener *io, int32_t res)
{
    struct rt_conn *c = container_of(io, struct rt_server, io)->conn;
    if (res < 0)
        call_onconnection(c, res, -1);
    else if (!c->seat || !rt_seat_pass_take(c->seat, res))
        call_onconnection(c, 0, res);
}

int rt_conn_listen(struct rt_conn *c, int backlog, vs_val (*accept)(struct rt_conn *server, int fd))
{
    if (c->handle.state != RT_HANDLE_OPEN || c->fd < 0) return -EINVAL;
    if (listen(c->fd, backlog) < 0) return -errno;
    c->accept = accept;
    if (c->bits & RT_CONN_LISTENING) return 0;
    if (c->bits & RT_CONN_OPEN) return -EINVAL;
    c->server = calloc(1, sizeof *c->server);
    CHECK(c->server);
    c->server->conn = c;
    c->bits |= RT_CONN_LISTENING;
    c->bits &= (uint16_t)~RT_CONN_UNCONNECTED;
    ur_listener_init_take(c->handle.async.env->loop, &c->server->io, c->fd);
    bool own = (c->bits & RT_CONN_OWN_SOCKET) || c->unserved_take;
    if (!own || c->stream.shared) ur_listener_share(&c->server->io);
    rt_conn_sync_ref(c);
    ur_accept_start(&c->server->io, accepted);
    return 0;
}

static void rest_taken(struct ur_listener *io, int32_t fd)
{
    struct rt_conn *c = container_of(io, struct rt_server, io)->conn;
    c->unserved_take(c, fd);
}

static void server_closed(struct ur_listener *io, int32_t res)
{
    (void)res;
    rt_handle_closed(&container_of(io, struct rt_server, io)->conn->handle);
}

void rt_server_close(struct rt_conn *c)
{
    if (c->unserved_take) c->server->io.rest = rest_taken;
    ur_listener_close(&c->server->io, server_closed);
}

int rt_conn_reset(struct rt_conn *c, vs_val cb)
{
    if (c->handle.state != RT_HANDLE_OPEN) return 0;
    if (c->fd >= 0 && !(c->bits & RT_CONN_OPEN)) {
        struct linger now = { .l_onoff = 1, .l_linger = 0 };
        if (setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) < 0) return -errno;
    }
    c->bits |= RT_CONN_RESET;
    rt_handle_close(&c->handle, cb);
    return 0;
}
