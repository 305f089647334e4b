/* core/bind/cares_channel.c: ChannelWrap: a resolver of its own (dns.Resolver) over c-ares:
 * its sockets and timer on our loop, its servers. Queries are in cares_query.c. */
/* The functions that speak in structs say more than those that speak in text. */
#define CARES_NO_DEPRECATED
#include <ares.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>

#include "core/bind/cares_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "uring/poll.h"

#define US_PER_S 1000000u
#define US_PER_MS 1000u

/* A socket of c-ares that the loop watches. c-ares closes it right after it says that it is no
 * longer of interest; the poll in flight holds on to the file until it is cancelled. */
struct cares_socket {
    struct cares_socket *next; /* cares_channel.sockets */
    struct cares_channel *channel;
    struct ur_poll poll;
    ares_socket_t fd;
};

struct cares_channel *cares_channel_of(const struct vs_args *a)
{
    struct rt_native *n = vs_native_get(vs_this(a), 0);
    return n ? container_of(n, struct cares_channel, native) : NULL;
}

void cares_query_begins(struct cares_channel *c)
{
    if (c->queries++ == 0) rt_native_hold(&c->native);
}

void cares_query_ends(struct cares_channel *c)
{
    if (--c->queries == 0) rt_native_release(&c->native);
}

/* ---- sockets and time ---- */

void cares_reset_timer(struct cares_channel *c)
{
    struct timeval tv;
    if (!ares_timeout(c->ares, NULL, &tv)) {
        ur_timer_stop(&c->timer);
        return;
    }
    uint64_t us = (uint64_t)tv.tv_sec * US_PER_S + (uint64_t)tv.tv_usec;
    ur_timer_start_ms(&c->timer, (us + US_PER_MS - 1) / US_PER_MS, 0);
}

static void timed_out(struct ur_timer *t)
{
    struct cares_channel *c = container_of(t, struct cares_channel, timer);
    ares_process_fds(c->ares, NULL, 0, ARES_PROCESS_FLAG_NONE);
    cares_reset_timer(c);
}

static void ready(struct ur_poll *p, int32_t res)
{
    struct cares_socket *s = container_of(p, struct cares_socket, poll);
    struct cares_channel *c = s->channel;
    ares_fd_events_t event = { .fd = s->fd };
    if (!c->native.env->can_call_js) return; /* the loop is closing */
    /* An error is what reading or writing will say. */
    if (res < 0 || (res & (POLLIN | POLLERR | POLLHUP))) event.events |= ARES_FD_EVENT_READ;
    if (res < 0 || (res & (POLLOUT | POLLERR | POLLHUP))) event.events |= ARES_FD_EVENT_WRITE;
    ares_process_fds(c->ares, &event, 1, ARES_PROCESS_FLAG_NONE);
    cares_reset_timer(c);
}

static void socket_free(struct ur_poll *p)
{
    free(container_of(p, struct cares_socket, poll));
}

static void socket_state(void *data, ares_socket_t fd, int readable, int writable)
{
    struct cares_channel *c = data;
    struct cares_socket **p = &c->sockets;
    while (*p && (*p)->fd != fd) p = &(*p)->next;
    struct cares_socket *s = *p;
    if (!readable && !writable) {
        if (!s) return;
        *p = s->next;
        if (!c->native.env->can_call_js) {
            free(s); /* the loop is gone already */
            return;
        }
        ur_poll_close(&s->poll, socket_free);
        return;
    }
    if (!s) {
        s = calloc(1, sizeof *s);
        CHECK(s);
        s->channel = c;
        s->fd = fd;
        s->next = c->sockets;
        c->sockets = s;
        ur_poll_init(c->native.env->loop, &s->poll, fd);
    }
    uint32_t events = (readable ? POLLIN : 0) | (writable ? POLLOUT : 0);
    ur_poll_start(&s->poll, events, UR_POLL_LEVEL, ready);
}

/* ---- life ---- */

/* No query runs; what sockets there are, c-ares keeps for the next one. */
static void channel_drop(struct rt_native *n)
{
    struct cares_channel *c = container_of(n, struct cares_channel, native);
    if (n->env->can_call_js) ur_timer_stop(&c->timer);
    ares_destroy(c->ares);
    free(c);
}

/* new ChannelWrap(timeout, tries, maxTimeout): ms; timeout -1 and maxTimeout 0: c-ares' defaults.
 */
static void channel_new(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
    struct rt_env *env = rt_env_of(a);
    int32_t timeout = vs_int(vs_arg(a, 0));
    int32_t max_timeout = vs_int(vs_arg(a, 2));
    struct cares_channel *c = calloc(1, sizeof *c);
    CHECK(c);
    struct ares_options options = {
        .flags = ARES_FLAG_NOCHECKRESP,
        .timeout = timeout,
        .maxtimeout = max_timeout,
        .tries = vs_int(vs_arg(a, 1)),
        .sock_state_cb = socket_state,
        .sock_state_cb_data = c,
        .qcache_max_ttl = 0, /* every query is a query */
    };
    int mask = ARES_OPT_FLAGS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_QUERY_CACHE;
    if (timeout >= 0) mask |= ARES_OPT_TIMEOUTMS;
    if (max_timeout > 0) mask |= ARES_OPT_MAXTIMEOUTMS;
    int err = ares_init_options(&c->ares, &options, mask);
    if (err) {
        free(c);
        rt_throw_code(env, VS_ERROR, "ERR_DNS", "%s", ares_strerror(err));
        return;
    }
    ur_timer_init(env->loop, &c->timer, timed_out);
    rt_native_init(&c->native, env, vs_this(a), channel_drop);
}

/* ---- servers ---- */

static vs_val server_entry(struct rt_env *env, const struct ares_addr_port_node *node)
{
    struct vs_cx *cx = env->cx;
    char text[INET6_ADDRSTRLEN];
    inet_ntop(node->family, &node->addr, text, sizeof text);
    vs_val pair[] = { vs_str_latin1(cx, text, -1), vs_i32(cx, node->udp_port) };
    return vs_arr_new(cx, pair, 2);
}

/* [[address, port], ...] */
static void get_servers(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct cares_channel *c = cares_channel_of(a);
    struct ares_addr_port_node *servers = NULL;
    if (!c || ares_get_servers_ports(c->ares, &servers) != ARES_SUCCESS) return;
    vs_val out = vs_arr_new(env->cx, NULL, 0);
    uint32_t count = 0;
    bool ok = true;
    for (const struct ares_addr_port_node *i = servers; ok && i; i = i->next)
        ok = vs_set_index(env->cx, out, count++, server_entry(env, i));
    ares_free_data(servers);
    if (ok) vs_ret(a, out);
}

/* One [family, address, port] into *node. c-ares' error code. */
static int read_server(struct vs_cx *cx, vs_val entry, struct ares_addr_port_node *node)
{
    vs_val family = vs_get_index(cx, entry, 0);
    vs_val address = family ? vs_get_index(cx, entry, 1) : NULL;
    vs_val port = address ? vs_get_index(cx, entry, 2) : NULL;
    struct vs_text text;
    if (!port || !vs_text_read(cx, address, &text)) return ARES_EBADSTR;
    node->family = vs_int(family) == 6 ? AF_INET6 : AF_INET;
    node->udp_port = node->tcp_port = vs_int(port);
    int ok = inet_pton(node->family, text.ptr, &node->addr);
    vs_text_reset(&text);
    return ok == 1 ? ARES_SUCCESS : ARES_EBADSTR;
}

/* setServers([[family, address, port], ...]) */
static void set_servers(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct cares_channel *c = cares_channel_of(a);
    vs_val list = vs_arg(a, 0);
    if (!c || !vs_is_arr(list)) return;
    if (c->queries > 0) {
        vs_ret_i32(a, CARES_PENDING);
        return;
    }
    uint32_t count = vs_arr_len(list);
    struct ares_addr_port_node *nodes = calloc(count + 1, sizeof *nodes);
    CHECK(nodes);
    int err = ARES_SUCCESS;
    for (uint32_t i = 0; i < count && err == ARES_SUCCESS; i++) {
        vs_val entry = vs_get_index(cx, list, i);
        err = entry ? read_server(cx, entry, &nodes[i]) : ARES_EBADSTR;
        nodes[i].next = i + 1 < count ? &nodes[i + 1] : NULL;
    }
    if (err == ARES_SUCCESS) err = ares_set_servers_ports(c->ares, count ? nodes : NULL);
    free(nodes);
    vs_ret_i32(a, err);
}

/* setLocalAddress(address[, address]): at most one of each family; the other family is reset. */
static void set_local_address(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct cares_channel *c = cares_channel_of(a);
    struct in_addr v4 = { 0 };
    unsigned char v6[sizeof(struct in6_addr)] = { 0 };
    bool has_v4 = false, has_v6 = false;
    for (int i = 0; c && i < vs_argc(a); i++) {
        struct vs_text text;
        if (vs_is_undefined(env->cx, vs_arg(a, i))) continue;
        if (!vs_text_read(env->cx, vs_arg(a, i), &text)) return;
        bool is_v4 = inet_pton(AF_INET, text.ptr, &v4) == 1;
        bool is_v6 = !is_v4 && inet_pton(AF_INET6, text.ptr, v6) == 1;
        vs_text_reset(&text);
        const char *wrong = !is_v4 && !is_v6  ? "Invalid IP address."
                            : is_v4 && has_v4 ? "Cannot specify two IPv4 addresses."
                            : is_v6 && has_v6 ? "Cannot specify two IPv6 addresses."
                                              : NULL;
        if (wrong) {
            rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_VALUE", "%s", wrong);
            return;
        }
        has_v4 |= is_v4;
        has_v6 |= is_v6;
    }
    if (!c) return;
    ares_set_local_ip4(c->ares, ntohl(v4.s_addr));
    ares_set_local_ip6(c->ares, v6);
}

static void cancel(const struct vs_args *a)
{
    struct cares_channel *c = cares_channel_of(a);
    if (c) ares_cancel(c->ares);
}

void rt_cares_put_channel(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct vs_class *c = vs_class_new(cx, "ChannelWrap", channel_new, NULL, 1);
    vs_class_method(c, "getServers", get_servers);
    vs_class_method(c, "setServers", set_servers);
    vs_class_method(c, "setLocalAddress", set_local_address);
    vs_class_method(c, "cancel", cancel);
    cares_put_queries(c);
    vs_put(cx, target, "ChannelWrap", vs_class_fn(c));
}
