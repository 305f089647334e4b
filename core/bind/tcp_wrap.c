/* core/bind/tcp_wrap.c: internalBinding('tcp_wrap'): TCP sockets and servers. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/address.h"
#include "core/bind/net_handles.h"
#include "core/conn.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/listeners.h"
#include "core/req.h"
#include "core/worker.h"

enum tcp_type { TCP_SOCKET, TCP_SERVER };
enum tcp_flag { TCP_IPV6ONLY = 1, TCP_REUSEPORT = 2 };

struct tcp_state {
    struct vs_class *tcp;
    struct rt_soon kept;   /* connections that an earlier thread has left */
    struct rt_note passed; /* connections that other threads hand over */
    struct rt_env *env;
};

static struct tcp_state *state_of(struct rt_env *env)
{
    return env->binding_state[RT_STATE_tcp_wrap];
}

static void make(struct rt_env *env, vs_val object, int type)
{
    struct rt_conn *c = malloc(sizeof *c);
    CHECK(c);
    rt_conn_init(c, env, object,
                 type == TCP_SERVER ? RT_PROVIDER_TCPSERVERWRAP : RT_PROVIDER_TCPWRAP);
}

static void tcp_new(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
    make(rt_env_of(a), vs_this(a), vs_int(vs_arg(a, 0)));
}

static void served_closed(struct rt_conn *c)
{
    rt_seat_count(c->seat, -1);
}

static vs_val accept_one(struct rt_conn *server, int fd)
{
    struct rt_env *env = server->handle.async.env;
    vs_val object = vs_class_make(state_of(env)->tcp);
    if (!object) {
        close(fd);
        return NULL;
    }
    make(env, object, TCP_SOCKET);
    struct rt_conn *c = rt_conn_of(object);
    rt_conn_open_take(c, fd, UR_STREAM_TCP, O_RDWR);
    if (server->seat) {
        c->seat = server->seat;
        c->on_close = served_closed;
        rt_seat_count(c->seat, 1);
    }
    return object;
}

/* The handle when it is still open; else NULL, and EBADF is returned to JS. */
static struct rt_conn *tcp_of(const struct vs_args *a)
{
    struct rt_conn *c = rt_conn_of(vs_this(a));
    if (!c) vs_ret_i32(a, -EBADF);
    return c;
}

static int need_socket(struct rt_conn *c, int family)
{
    if (c->fd >= 0) return 0;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    c->fd = fd;
    c->bits |= RT_CONN_OWN_SOCKET;
    return 0;
}

static int open_take(struct rt_conn *c, int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
    struct sockaddr_storage peer;
    socklen_t peer_len = sizeof peer;
    /* A socket without a peer is a future server or client: listen() or connect() decides. */
    if (getpeername(fd, (struct sockaddr *)&peer, &peer_len) < 0)
        rt_conn_adopt_take(c, fd);
    else
        rt_conn_open_take(c, fd, UR_STREAM_TCP, O_RDWR);
    return 0;
}

static void tcp_open(const struct vs_args *a)
{
    struct rt_conn *c = tcp_of(a);
    if (c) vs_ret_i32(a, open_take(c, vs_int(vs_arg(a, 0))));
}

vs_val rt_tcp_new_take(struct rt_env *env, int fd)
{
    vs_val object = rt_binding_get(env, "tcp_wrap") ? vs_class_make(state_of(env)->tcp) : NULL;
    if (!object) {
        close(fd);
        return NULL;
    }
    make(env, object, TCP_SOCKET);
    CHECK(open_take(rt_conn_of(object), fd) == 0);
    return object;
}

/* ---- servers of torc --threads ---- */

/* The number of the thread that c is a server of; 0: none. */
static uint32_t thread_of(const struct rt_conn *c)
{
    const struct rt_worker *w = c->handle.async.env->worker;
    return w && c->handle.async.provider == RT_PROVIDER_TCPSERVERWRAP ? w->number : 0;
}

/* By the program: for a thread that crashes the socket has to live on. */
static void listener_closed(struct rt_conn *c)
{
    if (c->handle.async.env->stopping)
        rt_seat_leave(c->seat);
    else if (c->fd >= 0)
        rt_seat_close(c->seat);
}

static void keep_unserved(struct rt_conn *c, int fd)
{
    rt_seat_keep_take(c->seat, fd);
}

static void serve_all(struct rt_env *env)
{
    for (struct rt_handle *h = env->handles.first; h; h = h->next) {
        if (h->async.provider != RT_PROVIDER_TCPSERVERWRAP || h->state != RT_HANDLE_OPEN) continue;
        struct rt_conn *c = container_of(h, struct rt_conn, handle);
        for (int fd; rt_can_call_js(env) && c->seat && (c->bits & RT_CONN_LISTENING) &&
                     (fd = rt_seat_next(c->seat)) >= 0;)
            rt_conn_serve_take(c, fd);
    }
}

static void serve_kept(struct rt_env *env, struct rt_soon *s)
{
    (void)s;
    serve_all(env);
}

static void serve_passed(struct rt_note *n)
{
    serve_all(container_of(n, struct tcp_state, passed)->env);
}

static int bind_thread(struct rt_conn *c, const struct sockaddr_storage *addr, socklen_t len,
                       uint32_t flags)
{
    struct rt_seat *seat;
    int fd = rt_listeners_open(thread_of(c), (const struct sockaddr *)addr, len,
                               flags & TCP_IPV6ONLY, &seat);
    c->delayed_err = fd == -EADDRINUSE ? fd : 0;
    if (fd < 0) return c->delayed_err ? 0 : fd == -EAFNOSUPPORT ? -EINVAL : fd;
    c->fd = fd;
    c->seat = seat;
    c->on_close = listener_closed;
    c->unserved_take = keep_unserved;
    return 0;
}

static int set_flag(int fd, int level, int option)
{
    int on = 1;
    return setsockopt(fd, level, option, &on, sizeof on) < 0 ? -errno : 0;
}

static int bind_socket(struct rt_conn *c, int family, const struct sockaddr_storage *addr,
                       socklen_t len, uint32_t flags)
{
    if ((flags & TCP_IPV6ONLY) && family != AF_INET6) return -EINVAL;
    if (thread_of(c) && c->fd < 0) return bind_thread(c, addr, len, flags);
    int err = need_socket(c, family);
    if (!err) err = set_flag(c->fd, SOL_SOCKET, SO_REUSEADDR);
    if (!err && (flags & TCP_REUSEPORT)) err = set_flag(c->fd, SOL_SOCKET, SO_REUSEPORT);
    if (!err && family == AF_INET6) {
        int only = !!(flags & TCP_IPV6ONLY);
        if (setsockopt(c->fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) < 0) err = -errno;
    }
    if (err) return err;
    c->delayed_err = 0;
    if (bind(c->fd, (const struct sockaddr *)addr, len) < 0) {
        /* An address in use is reported by listen() or connect(), as libuv does: the library tells
         * the two cases apart by that. */
        if (errno == EADDRINUSE)
            c->delayed_err = -EADDRINUSE;
        else
            return errno == EAFNOSUPPORT ? -EINVAL : -errno;
    }
    return 0;
}

static void tcp_bind_family(const struct vs_args *a, int family)
{
    struct rt_conn *c = tcp_of(a);
    struct vs_text ip;
    struct sockaddr_storage addr;
    socklen_t len;
    int32_t port;
    uint32_t flags = 0;
    struct vs_cx *cx = vs_args_cx(a);
    if (!c || !vs_to_i32(cx, vs_arg(a, 1), &port)) return;
    if (vs_argc(a) > 2 && !vs_to_u32(cx, vs_arg(a, 2), &flags)) return;
    if (!vs_text_read(cx, vs_arg(a, 0), &ip)) return;
    int err = rt_address_parse(family, ip.ptr, (uint16_t)port, &addr, &len);
    vs_text_reset(&ip);
    if (!err) err = bind_socket(c, family, &addr, len, flags);
    vs_ret_i32(a, err);
}

static void tcp_bind(const struct vs_args *a)
{
    tcp_bind_family(a, AF_INET);
}

static void tcp_bind6(const struct vs_args *a)
{
    tcp_bind_family(a, AF_INET6);
}

static void tcp_listen(const struct vs_args *a)
{
    struct rt_conn *c = tcp_of(a);
    int32_t backlog;
    if (!c || !vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &backlog)) return;
    int err = c->delayed_err;
    if (!err) err = need_socket(c, AF_INET);
    if (!err) err = rt_conn_listen(c, backlog, accept_one);
    if (!err && c->seat) {
        struct tcp_state *state = state_of(rt_env_of(a));
        rt_seat_serve(c->seat, rt_env_of(a)->inbox, &state->passed);
        rt_soon(rt_env_of(a), &state->kept);
    }
    vs_ret_i32(a, err);
}

static void tcp_connect_family(const struct vs_args *a, int family)
{
    struct rt_conn *c = tcp_of(a);
    struct vs_cx *cx = vs_args_cx(a);
    vs_val req = vs_arg(a, 0);
    struct vs_text ip;
    struct sockaddr_storage addr;
    socklen_t len;
    uint32_t port;
    if (!c || !vs_to_u32(cx, vs_arg(a, 2), &port)) return;
    if (!vs_text_read(cx, vs_arg(a, 1), &ip)) return;
    int err = rt_address_parse(family, ip.ptr, (uint16_t)port, &addr, &len);
    vs_text_reset(&ip);
    if (!err && (!rt_req_usable(req) || (c->bits & RT_CONN_LISTENING))) err = -EINVAL;
    if (!err && c->connect) err = -EALREADY;
    if (!err && (c->bits & RT_CONN_OPEN)) err = -EISCONN;
    if (!err) err = need_socket(c, family);
    if (!err) {
        rt_conn_connect(c, req, RT_PROVIDER_TCPCONNECTWRAP, (struct sockaddr *)&addr, len,
                        c->delayed_err);
        c->delayed_err = 0;
    }
    vs_ret_i32(a, err);
}

static void tcp_connect(const struct vs_args *a)
{
    tcp_connect_family(a, AF_INET);
}

static void tcp_connect6(const struct vs_args *a)
{
    tcp_connect_family(a, AF_INET6);
}

static void get_name(const struct vs_args *a,
                     int (*name)(int fd, struct sockaddr *addr, socklen_t *len))
{
    struct rt_conn *c = tcp_of(a);
    struct sockaddr_storage addr;
    socklen_t len = sizeof addr;
    if (!c) return;
    int err = c->delayed_err;
    if (!err && c->fd < 0) err = -EBADF;
    if (!err && name(c->fd, (struct sockaddr *)&addr, &len) < 0) err = -errno;
    if (!err && !rt_address_to_js(rt_env_of(a), (struct sockaddr *)&addr, vs_arg(a, 0))) return;
    vs_ret_i32(a, err);
}

static int sock_name(int fd, struct sockaddr *addr, socklen_t *len)
{
    return getsockname(fd, addr, len);
}

static int peer_name(int fd, struct sockaddr *addr, socklen_t *len)
{
    return getpeername(fd, addr, len);
}

static void tcp_getsockname(const struct vs_args *a)
{
    get_name(a, sock_name);
}

static void tcp_getpeername(const struct vs_args *a)
{
    get_name(a, peer_name);
}

static int set_option(const struct rt_conn *c, int level, int option, int value)
{
    return setsockopt(c->fd, level, option, &value, sizeof value) < 0 ? -errno : 0;
}

static void tcp_set_no_delay(const struct vs_args *a)
{
    struct rt_conn *c = tcp_of(a);
    if (!c) return;
    int on = vs_to_bool(vs_args_cx(a), vs_arg(a, 0));
    vs_ret_i32(a, c->fd < 0 ? 0 : set_option(c, IPPROTO_TCP, TCP_NODELAY, on));
}

/* setKeepAlive(enable, delay, interval, count): seconds; the last two as libuv's defaults when not
 * given. */
static void tcp_set_keep_alive(const struct vs_args *a)
{
    enum { DEFAULT_INTERVAL = 1, DEFAULT_COUNT = 10 };
    struct rt_conn *c = tcp_of(a);
    struct vs_cx *cx = vs_args_cx(a);
    int32_t on, delay;
    int32_t interval = DEFAULT_INTERVAL, count = DEFAULT_COUNT;
    if (!c || !vs_to_i32(cx, vs_arg(a, 0), &on) || !vs_to_i32(cx, vs_arg(a, 1), &delay)) return;
    if (!vs_is_undefined(cx, vs_arg(a, 2)) && !vs_to_i32(cx, vs_arg(a, 2), &interval)) return;
    if (!vs_is_undefined(cx, vs_arg(a, 3)) && !vs_to_i32(cx, vs_arg(a, 3), &count)) return;
    int err = 0;
    if (c->fd >= 0) {
        err = set_option(c, SOL_SOCKET, SO_KEEPALIVE, !!on);
        if (!err && on && delay) err = set_option(c, IPPROTO_TCP, TCP_KEEPIDLE, delay);
        if (!err && on && delay) err = set_option(c, IPPROTO_TCP, TCP_KEEPINTVL, interval);
        if (!err && on && delay) err = set_option(c, IPPROTO_TCP, TCP_KEEPCNT, count);
    }
    vs_ret_i32(a, err);
}

static int socket_family(int fd)
{
    int family = 0;
    socklen_t len = sizeof family;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0 ? -errno : family;
}

static void tcp_set_type_of_service(const struct vs_args *a)
{
    struct rt_conn *c = tcp_of(a);
    int32_t tos;
    if (!c || !vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &tos)) return;
    int err = c->fd < 0 ? -EBADF : socket_family(c->fd);
    if (err == AF_INET)
        err = set_option(c, IPPROTO_IP, IP_TOS, tos);
    else if (err == AF_INET6)
        err = set_option(c, IPPROTO_IPV6, IPV6_TCLASS, tos);
    vs_ret_i32(a, err);
}

static void tcp_get_type_of_service(const struct vs_args *a)
{
    struct rt_conn *c = tcp_of(a);
    if (!c) return;
    int res = c->fd < 0 ? -EBADF : socket_family(c->fd);
    if (res > 0) {
        int tos = 0;
        socklen_t len = sizeof tos;
        bool v4 = res == AF_INET;
        res = getsockopt(c->fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TOS : IPV6_TCLASS, &tos,
                         &len) < 0
                  ? -errno
                  : tos;
    }
    vs_ret_i32(a, res);
}

static void tcp_reset(const struct vs_args *a)
{
    struct rt_conn *c = tcp_of(a);
    if (c) vs_ret_i32(a, rt_conn_reset(c, vs_arg(a, 0)));
}

static void state_drop(struct rt_env *env)
{
    free(state_of(env));
}

static struct vs_class *tcp_class(struct rt_env *env)
{
    struct vs_class *c =
        vs_class_new(env->cx, "TCP", tcp_new, rt_stream_handle_class(env), RT_STREAM_FIELDS);
    vs_class_method(c, "open", tcp_open);
    vs_class_method(c, "bind", tcp_bind);
    vs_class_method(c, "listen", tcp_listen);
    vs_class_method(c, "connect", tcp_connect);
    vs_class_method(c, "bind6", tcp_bind6);
    vs_class_method(c, "connect6", tcp_connect6);
    vs_class_method(c, "getsockname", tcp_getsockname);
    vs_class_method(c, "getpeername", tcp_getpeername);
    vs_class_method(c, "setNoDelay", tcp_set_no_delay);
    vs_class_method(c, "setKeepAlive", tcp_set_keep_alive);
    vs_class_method(c, "setTypeOfService", tcp_set_type_of_service);
    vs_class_method(c, "getTypeOfService", tcp_get_type_of_service);
    vs_class_method(c, "reset", tcp_reset);
    return c;
}

void rt_bind_tcp_wrap(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct tcp_state *state = calloc(1, sizeof *state);
    CHECK(state);
    state->kept.fn = serve_kept;
    state->passed.read = serve_passed;
    state->env = env;
    state->tcp = tcp_class(env);
    env->binding_state[RT_STATE_tcp_wrap] = state;
    env->binding_drop[RT_STATE_tcp_wrap] = state_drop;
    vs_put(cx, target, "TCP", vs_class_fn(state->tcp));
    vs_put(cx, target, "TCPConnectWrap", vs_class_fn(rt_req_class_new(env, "TCPConnectWrap")));
    vs_val constants = vs_obj_new(cx);
    vs_put_int(cx, constants, "SOCKET", TCP_SOCKET);
    vs_put_int(cx, constants, "SERVER", TCP_SERVER);
    vs_put_int(cx, constants, "UV_TCP_IPV6ONLY", TCP_IPV6ONLY);
    vs_put_int(cx, constants, "UV_TCP_REUSEPORT", TCP_REUSEPORT);
    vs_put(cx, target, "constants", constants);
}
