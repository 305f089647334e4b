/* core/bind/udp_wrap.c: internalBinding('udp_wrap'): datagram sockets: set-up and options.
 * Datagrams move in udp_io.c. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/address.h"
#include "core/bind/net_handles.h"
#include "core/bind/udp_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/req.h"

/* libuv's numbers. */
enum udp_flag { UDP_IPV6ONLY = 1, UDP_REUSEADDR = 4, UDP_REUSEPORT = 64 };

static void udp_drop(struct rt_handle *h)
{
    free(container_of(h, struct udp, handle));
}

static const struct rt_handle_ops handle_ops = { .close = udp_close,
                                                 .drop = udp_drop,
                                                 .ref_changed = udp_ref_changed };

static struct udp *make(struct rt_env *env, vs_val object)
{
    struct udp *u = calloc(1, sizeof *u);
    CHECK(u);
    u->fd = -1;
    rt_handle_init(&u->handle, env, object, RT_PROVIDER_UDPWRAP, &handle_ops, u);
    return u;
}

static void udp_new(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
    make(rt_env_of(a), vs_this(a));
}

/* The handle when it is open; else NULL, and EBADF is returned to JS. */
static struct udp *udp_of(const struct vs_args *a)
{
    struct udp *u = vs_native_get(vs_this(a), 0);
    if (u && u->handle.state == RT_HANDLE_OPEN) return u;
    vs_ret_i32(a, -EBADF);
    return NULL;
}

static void get_fd(const struct vs_args *a)
{
    struct udp *u = vs_native_get(vs_this(a), 0);
    vs_ret_i32(a, u ? u->fd : -EBADF);
}

static int need_socket(struct udp *u, int family)
{
    if (u->fd >= 0) return 0;
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    udp_open_take(u, fd, family);
    return 0;
}

/* A socket that was made elsewhere, where it may still be read. */
static int open_take(struct udp *u, int fd)
{
    int family = 0;
    socklen_t len = sizeof family;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0)
        return -errno;
    udp_open_take(u, fd, family);
    ur_dgram_share(&u->dgram);
    return 0;
}

vs_val rt_udp_new_take(struct rt_env *env, int fd)
{
    bool loaded = rt_binding_get(env, "udp_wrap") != NULL;
    vs_val object = loaded ? vs_class_make(env->binding_state[RT_STATE_udp_wrap]) : NULL;
    if (!object) {
        close(fd);
        return NULL;
    }
    CHECK(open_take(make(env, object), fd) == 0);
    return object;
}

/* Whether a socket of this env reads or writes fd now. */
static bool is_watched(struct rt_env *env, int fd)
{
    for (struct rt_handle *h = env->handles.first; h; h = h->next) {
        if (h->ops != &handle_ops) continue;
        const struct udp *u = container_of(h, struct udp, handle);
        if (u->fd == fd && (ur_dgram_active(&u->dgram) || u->sends)) return true;
    }
    return false;
}

static void udp_open(const struct vs_args *a)
{
    struct udp *u = udp_of(a);
    int fd = vs_int(vs_arg(a, 0));
    if (!u) return;
    int err = u->fd >= 0 ? -EBUSY : is_watched(rt_env_of(a), fd) ? -EEXIST : 0;
    vs_ret_i32(a, err ? err : open_take(u, fd));
}

static int set_int(struct udp *u, int level, int option, int value)
{
    if (u->fd < 0) return -EBADF;
    return setsockopt(u->fd, level, option, &value, sizeof value) < 0 ? -errno : 0;
}

/* Address text in argument i, port in i + 1. false: exception pending. */
static bool read_address(const struct vs_args *a, int i, int family, struct sockaddr_storage *addr,
                         socklen_t *len, int *err)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text ip;
    uint32_t port;
    if (!vs_to_u32(cx, vs_arg(a, i + 1), &port) || !vs_text_read(cx, vs_arg(a, i), &ip))
        return false;
    *err = rt_address_parse(family, ip.ptr, (uint16_t)port, addr, len);
    vs_text_reset(&ip);
    return true;
}

static int bind_to(struct udp *u, int family, const struct sockaddr_storage *addr, socklen_t len,
                   uint32_t flags)
{
    if ((flags & UDP_IPV6ONLY) && family != AF_INET6) return -EINVAL;
    int err = need_socket(u, family);
    if (!err && (flags & UDP_REUSEADDR)) err = set_int(u, SOL_SOCKET, SO_REUSEADDR, 1);
    if (!err && (flags & UDP_REUSEPORT)) err = set_int(u, SOL_SOCKET, SO_REUSEPORT, 1);
    if (!err && (flags & UDP_IPV6ONLY)) err = set_int(u, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (err) return err;
    if (bind(u->fd, (const struct sockaddr *)addr, len) == 0) return 0;
    return errno == EAFNOSUPPORT ? -EINVAL : -errno;
}

/* bind(address, port, flags) */
static void bind_family(const struct vs_args *a, int family)
{
    struct udp *u = udp_of(a);
    struct sockaddr_storage addr;
    socklen_t len;
    uint32_t flags;
    int err;
    if (!u || !vs_to_u32(vs_args_cx(a), vs_arg(a, 2), &flags)) return;
    if (!read_address(a, 0, family, &addr, &len, &err)) return;
    if (!err) err = bind_to(u, family, &addr, len, flags);
    vs_ret_i32(a, err);
}

static void udp_bind(const struct vs_args *a)
{
    bind_family(a, AF_INET);
}

static void udp_bind6(const struct vs_args *a)
{
    bind_family(a, AF_INET6);
}

/* connect(address, port) */
static void connect_family(const struct vs_args *a, int family)
{
    struct udp *u = udp_of(a);
    struct sockaddr_storage addr;
    socklen_t len;
    int err;
    if (!u || !read_address(a, 0, family, &addr, &len, &err)) return;
    if (!err) err = need_socket(u, family);
    if (!err && connect(u->fd, (struct sockaddr *)&addr, len) < 0) err = -errno;
    vs_ret_i32(a, err);
}

static void udp_connect(const struct vs_args *a)
{
    connect_family(a, AF_INET);
}

static void udp_connect6(const struct vs_args *a)
{
    connect_family(a, AF_INET6);
}

static void udp_disconnect(const struct vs_args *a)
{
    struct udp *u = udp_of(a);
    struct sockaddr none = { .sa_family = AF_UNSPEC };
    if (!u) return;
    int err = u->fd < 0 ? -EBADF : 0;
    if (!err && connect(u->fd, &none, sizeof none) < 0 && errno != EAFNOSUPPORT) err = -errno;
    vs_ret_i32(a, err);
}

/* send(req, list, count, port, address, hasCallback), connected: send(req, list, count,
 * hasCallback) */
static void send_family(const struct vs_args *a, int family)
{
    struct udp *u = udp_of(a);
    struct vs_cx *cx = vs_args_cx(a);
    struct sockaddr_storage addr;
    socklen_t len = 0;
    bool has_address = vs_argc(a) > 4;
    int err = 0;
    if (!u) return;
    if (has_address) {
        struct vs_text ip;
        uint32_t port;
        if (!vs_to_u32(cx, vs_arg(a, 3), &port) || !vs_text_read(cx, vs_arg(a, 4), &ip)) return;
        err = rt_address_parse(family, ip.ptr, (uint16_t)port, &addr, &len);
        vs_text_reset(&ip);
    }
    if (!err) err = need_socket(u, family);
    bool wants_callback = vs_is_true(cx, vs_arg(a, has_address ? 5 : 3));
    if (!err)
        err = udp_send(u, vs_arg(a, 0), vs_arg(a, 1), has_address ? (struct sockaddr *)&addr : NULL,
                       len, wants_callback);
    vs_ret_i32(a, err);
}

static void udp_send4(const struct vs_args *a)
{
    send_family(a, AF_INET);
}

static void udp_send6(const struct vs_args *a)
{
    send_family(a, AF_INET6);
}

static void recv_start(const struct vs_args *a)
{
    struct udp *u = udp_of(a);
    if (!u) return;
    int err = need_socket(u, AF_INET);
    if (!err) udp_receive(u, true);
    vs_ret_i32(a, err);
}

static void recv_stop(const struct vs_args *a)
{
    struct udp *u = udp_of(a);
    if (!u) return;
    udp_receive(u, false);
    vs_ret_i32(a, 0);
}

static void get_name(const struct vs_args *a, bool peer)
{
    struct udp *u = udp_of(a);
    struct sockaddr_storage addr;
    socklen_t len = sizeof addr;
    if (!u) return;
    int err = u->fd < 0 ? -EBADF : 0;
    if (!err && (peer ? getpeername : getsockname)(u->fd, (struct sockaddr *)&addr, &len) < 0)
        err = -errno;
    if (!err && !rt_address_to_js(rt_env_of(a), (struct sockaddr *)&addr, vs_arg(a, 0))) return;
    vs_ret_i32(a, err);
}

static void udp_getsockname(const struct vs_args *a)
{
    get_name(a, false);
}

static void udp_getpeername(const struct vs_args *a)
{
    get_name(a, true);
}

/* ---- options ---- */

/* An option that has a number for each family. */
static void set_option(const struct vs_args *a, int option4, int option6)
{
    struct udp *u = udp_of(a);
    int32_t value;
    if (!u || !vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &value)) return;
    bool v6 = u->family == AF_INET6;
    vs_ret_i32(a, set_int(u, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? option6 : option4, value));
}

static void set_ttl(const struct vs_args *a)
{
    struct udp *u = vs_native_get(vs_this(a), 0);
    int32_t ttl = vs_int(vs_arg(a, 0));
    if (u && u->fd >= 0 && (ttl < 1 || ttl > 255))
        vs_ret_i32(a, -EINVAL);
    else
        set_option(a, IP_TTL, IPV6_UNICAST_HOPS);
}

static void set_multicast_ttl(const struct vs_args *a)
{
    set_option(a, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS);
}

static void set_multicast_loopback(const struct vs_args *a)
{
    set_option(a, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP);
}

static void set_broadcast(const struct vs_args *a)
{
    struct udp *u = udp_of(a);
    int32_t on;
    if (u && vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &on))
        vs_ret_i32(a, set_int(u, SOL_SOCKET, SO_BROADCAST, !!on));
}

/* Text of argument i into buf; "" when it is not given. false: exception pending. */
static bool text_arg(const struct vs_args *a, int i, char *buf, size_t cap)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text text;
    buf[0] = '\0';
    if (vs_is_nullish(cx, vs_arg(a, i))) return true;
    if (!vs_text_read(cx, vs_arg(a, i), &text)) return false;
    if (text.len < cap) memcpy(buf, text.ptr, text.len + 1);
    vs_text_reset(&text);
    return true;
}

/* The interface an IPv6 address with %zone names; 0: the default. */
static uint32_t zone_index(const char *text)
{
    const char *zone = strchr(text, '%');
    return zone ? if_nametoindex(zone + 1) : 0;
}

/* The text decides the family, not the socket. */
static int set_multicast_interface(struct udp *u, const char *text)
{
    struct in_addr v4;
    struct sockaddr_storage v6;
    socklen_t len;
    if (u->fd < 0) return -EBADF;
    if (inet_pton(AF_INET, text, &v4) == 1)
        return setsockopt(u->fd, IPPROTO_IP, IP_MULTICAST_IF, &v4, sizeof v4) < 0 ? -errno : 0;
    if (rt_address_parse(AF_INET6, text, 0, &v6, &len)) return -EINVAL;
    return set_int(u, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int)zone_index(text));
}

static void multicast_interface(const struct vs_args *a)
{
    struct udp *u = udp_of(a);
    char text[RT_ADDRESS_TEXT];
    if (u && text_arg(a, 0, text, sizeof text)) vs_ret_i32(a, set_multicast_interface(u, text));
}

static int membership4(struct udp *u, const char *group, const char *interface, int option)
{
    struct ip_mreq request = { .imr_interface = { htonl(INADDR_ANY) } };
    if (inet_pton(AF_INET, group, &request.imr_multiaddr) != 1) return -EINVAL;
    if (*interface && inet_pton(AF_INET, interface, &request.imr_interface) != 1) return -EINVAL;
    return setsockopt(u->fd, IPPROTO_IP, option, &request, sizeof request) < 0 ? -errno : 0;
}

static int membership6(struct udp *u, const char *group, const char *interface, int option)
{
    struct ipv6_mreq request = { .ipv6mr_interface = zone_index(interface) };
    if (inet_pton(AF_INET6, group, &request.ipv6mr_multiaddr) != 1) return -EINVAL;
    return setsockopt(u->fd, IPPROTO_IPV6, option, &request, sizeof request) < 0 ? -errno : 0;
}

/* addMembership(group[, interface]) */
static void membership(const struct vs_args *a, bool add)
{
    struct udp *u = udp_of(a);
    char group[RT_ADDRESS_TEXT], interface[RT_ADDRESS_TEXT];
    if (!u || !text_arg(a, 0, group, sizeof group) || !text_arg(a, 1, interface, sizeof interface))
        return;
    /* The address decides the family of a socket that is not there yet, as in libuv. */
    bool v6 = strchr(group, ':') != NULL;
    int err = need_socket(u, v6 ? AF_INET6 : AF_INET);
    if (!err && v6)
        err = membership6(u, group, interface, add ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP);
    else if (!err)
        err = membership4(u, group, interface, add ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP);
    vs_ret_i32(a, err);
}

static void add_membership(const struct vs_args *a)
{
    membership(a, true);
}

static void drop_membership(const struct vs_args *a)
{
    membership(a, false);
}

static int source_membership(struct udp *u, const char *source, const char *group,
                             const char *interface, bool add)
{
    int family = strchr(group, ':') ? AF_INET6 : AF_INET;
    struct group_source_req request = { .gsr_interface = zone_index(interface) };
    socklen_t len;
    if (rt_address_parse(family, source, 0, &request.gsr_source, &len) ||
        rt_address_parse(family, group, 0, &request.gsr_group, &len))
        return -EINVAL;
    int err = need_socket(u, family);
    if (err) return err;
    if (family == AF_INET) {
        struct ip_mreq_source v4 = {
            .imr_multiaddr = ((struct sockaddr_in *)&request.gsr_group)->sin_addr,
            .imr_sourceaddr = ((struct sockaddr_in *)&request.gsr_source)->sin_addr,
        };
        if (*interface && inet_pton(AF_INET, interface, &v4.imr_interface) != 1) return -EINVAL;
        int option = add ? IP_ADD_SOURCE_MEMBERSHIP : IP_DROP_SOURCE_MEMBERSHIP;
        return setsockopt(u->fd, IPPROTO_IP, option, &v4, sizeof v4) < 0 ? -errno : 0;
    }
    int option = add ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP;
    return setsockopt(u->fd, IPPROTO_IPV6, option, &request, sizeof request) < 0 ? -errno : 0;
}

/* addSourceSpecificMembership(source, group[, interface]) */
static void source_specific(const struct vs_args *a, bool add)
{
    struct udp *u = udp_of(a);
    char source[RT_ADDRESS_TEXT], group[RT_ADDRESS_TEXT], interface[RT_ADDRESS_TEXT];
    if (!u || !text_arg(a, 0, source, sizeof source) || !text_arg(a, 1, group, sizeof group) ||
        !text_arg(a, 2, interface, sizeof interface))
        return;
    vs_ret_i32(a, source_membership(u, source, group, interface, add));
}

static void add_source_membership(const struct vs_args *a)
{
    source_specific(a, true);
}

static void drop_source_membership(const struct vs_args *a)
{
    source_specific(a, false);
}

/* bufferSize(size, isReceive, context): 0 asks. Errors go into context; undefined is returned. */
static void buffer_size(const struct vs_args *a)
{
    struct udp *u = vs_native_get(vs_this(a), 0);
    struct vs_cx *cx = vs_args_cx(a);
    int size = vs_int(vs_arg(a, 0));
    bool receive = vs_to_bool(cx, vs_arg(a, 1));
    int option = receive ? SO_RCVBUF : SO_SNDBUF;
    socklen_t len = sizeof size;
    int err = 0;
    if (!u || u->fd < 0)
        err = -EBADF;
    else if (size < 0)
        err = -EINVAL;
    else if ((size ? setsockopt(u->fd, SOL_SOCKET, option, &size, sizeof size)
                   : getsockopt(u->fd, SOL_SOCKET, option, &size, &len)) < 0)
        err = -errno;
    if (!err) {
        vs_ret_i32(a, size);
        return;
    }
    vs_val context = vs_arg(a, 2);
    vs_put_int(cx, context, "errno", err);
    vs_put_str(cx, context, "code", rt_err_name(err));
    vs_put_str(cx, context, "message", rt_err_text(err));
    vs_put_str(cx, context, "syscall", receive ? "uv_recv_buffer_size" : "uv_send_buffer_size");
}

static void send_queue_size(const struct vs_args *a)
{
    struct udp *u = vs_native_get(vs_this(a), 0);
    vs_ret_f64(a, u ? (double)u->queued_len : 0);
}

static void send_queue_count(const struct vs_args *a)
{
    struct udp *u = vs_native_get(vs_this(a), 0);
    vs_ret_f64(a, u ? u->queued_count : 0);
}

static struct vs_class *udp_class(struct rt_env *env)
{
    static const struct {
        const char *name;
        vs_fn *fn;
    } methods[] = {
        { "recvStart", recv_start },
        { "recvStop", recv_stop },
        { "open", udp_open },
        { "bind", udp_bind },
        { "connect", udp_connect },
        { "send", udp_send4 },
        { "bind6", udp_bind6 },
        { "connect6", udp_connect6 },
        { "send6", udp_send6 },
        { "disconnect", udp_disconnect },
        { "getpeername", udp_getpeername },
        { "getsockname", udp_getsockname },
        { "addMembership", add_membership },
        { "dropMembership", drop_membership },
        { "addSourceSpecificMembership", add_source_membership },
        { "dropSourceSpecificMembership", drop_source_membership },
        { "setMulticastInterface", multicast_interface },
        { "setMulticastTTL", set_multicast_ttl },
        { "setMulticastLoopback", set_multicast_loopback },
        { "setBroadcast", set_broadcast },
        { "setTTL", set_ttl },
        { "bufferSize", buffer_size },
        { "getSendQueueSize", send_queue_size },
        { "getSendQueueCount", send_queue_count },
    };
    struct vs_class *c = vs_class_new(env->cx, "UDP", udp_new, rt_handle_class(env), 1);
    vs_class_accessor(c, "fd", get_fd, NULL);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        vs_class_method(c, methods[i].name, methods[i].fn);
    return c;
}

void rt_bind_udp_wrap(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct vs_class *c = udp_class(env);
    env->binding_state[RT_STATE_udp_wrap] = c; /* lives as long as the isolate: nothing to drop */
    vs_put(cx, target, "UDP", vs_class_fn(c));
    vs_put(cx, target, "SendWrap", vs_class_fn(rt_req_class_new(env, "SendWrap")));
    vs_val constants = vs_obj_new(cx);
    vs_put_int(cx, constants, "UV_UDP_IPV6ONLY", UDP_IPV6ONLY);
    vs_put_int(cx, constants, "UV_UDP_REUSEADDR", UDP_REUSEADDR);
    vs_put_int(cx, constants, "UV_UDP_REUSEPORT", UDP_REUSEPORT);
    vs_put(cx, target, "constants", constants);
}
