/* core/bind/cares_wrap.c: internalBinding('cares_wrap'): name resolution by the system's resolver
 * (dns.lookup, dns.lookupService) and small helpers on addresses. DNS queries are cares_channel.c.
 */
#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/address.h"
#include "core/bind/cares_priv.h"
#include "core/buffer.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/req.h"
#include "uring/job.h"

enum dns_order { ORDER_VERBATIM, ORDER_IPV4_FIRST, ORDER_IPV6_FIRST };

/* Numbers that libuv gives to the resolver's errors. */
enum uv_eai {
    UV_EAI_ADDRFAMILY = -3000,
    UV_EAI_AGAIN = -3001,
    UV_EAI_BADFLAGS = -3002,
    UV_EAI_CANCELED = -3003,
    UV_EAI_FAIL = -3004,
    UV_EAI_FAMILY = -3005,
    UV_EAI_MEMORY = -3006,
    UV_EAI_NODATA = -3007,
    UV_EAI_NONAME = -3008,
    UV_EAI_OVERFLOW = -3009,
    UV_EAI_SERVICE = -3010,
    UV_EAI_SOCKTYPE = -3011,
};

static int uv_of_eai(int eai, int err)
{
    switch (eai) {
    case 0: return 0;
    case EAI_ADDRFAMILY: return UV_EAI_ADDRFAMILY;
    case EAI_AGAIN: return UV_EAI_AGAIN;
    case EAI_BADFLAGS: return UV_EAI_BADFLAGS;
    case EAI_FAMILY: return UV_EAI_FAMILY;
    case EAI_MEMORY: return UV_EAI_MEMORY;
    case EAI_NODATA: return UV_EAI_NODATA;
    case EAI_NONAME: return UV_EAI_NONAME;
    case EAI_OVERFLOW: return UV_EAI_OVERFLOW;
    case EAI_SERVICE: return UV_EAI_SERVICE;
    case EAI_SOCKTYPE: return UV_EAI_SOCKTYPE;
    case EAI_SYSTEM: return -err;
    default: return UV_EAI_FAIL;
    }
}

/* ---- getaddrinfo ---- */

/* Freed in lookup_done() and nowhere else. */
struct lookup {
    struct rt_async async; /* first */
    struct ur_job job;
    char *host; /* owned */
    struct addrinfo hints;
    struct addrinfo *found; /* owned */
    int order;              /* enum dns_order */
    int err;                /* UV_ code */
};

static void lookup_work(struct ur_job *j)
{
    struct lookup *r = container_of(j, struct lookup, job);
    int eai = getaddrinfo(r->host, NULL, &r->hints, &r->found);
    r->err = uv_of_eai(eai, errno);
}

/* Appends the addresses of one family (AF_UNSPEC: of both). */
static bool append_family(struct lookup *r, vs_val out, int family, uint32_t *count)
{
    struct vs_cx *cx = r->async.env->cx;
    for (const struct addrinfo *i = r->found; i; i = i->ai_next) {
        bool known = i->ai_family == AF_INET || i->ai_family == AF_INET6;
        if (!known || (family != AF_UNSPEC && i->ai_family != family)) continue;
        char text[RT_ADDRESS_TEXT];
        rt_address_text(i->ai_addr, text);
        if (!vs_set_index(cx, out, (*count)++, vs_str_latin1(cx, text, -1))) return false;
    }
    return true;
}

static bool append_all(struct lookup *r, vs_val out, uint32_t *count)
{
    switch (r->order) {
    case ORDER_IPV4_FIRST:
        return append_family(r, out, AF_INET, count) && append_family(r, out, AF_INET6, count);
    case ORDER_IPV6_FIRST:
        return append_family(r, out, AF_INET6, count) && append_family(r, out, AF_INET, count);
    default: return append_family(r, out, AF_UNSPEC, count);
    }
}

static void lookup_done(struct ur_job *j, int32_t res)
{
    struct lookup *r = container_of(j, struct lookup, job);
    struct vs_cx *cx = r->async.env->cx;
    struct vs_scope scope;
    int err = res < 0 ? UV_EAI_CANCELED : r->err;
    uint32_t count = 0;
    vs_scope_open(cx, &scope);
    vs_val addresses = vs_null(cx);
    if (!err) {
        addresses = vs_arr_new(cx, NULL, 0);
        if (append_all(r, addresses, &count) && count == 0) err = UV_EAI_NODATA;
    }
    vs_val argv[] = { vs_i32(cx, err), addresses };
    rt_req_finish(&r->async, 2, argv);
    vs_scope_close(&scope);
    if (r->found) freeaddrinfo(r->found);
    free(r->host);
    free(r);
}

/* getaddrinfo(req, hostname, family, hints, order) */
static void get_addr_info(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val req = vs_arg(a, 0);
    struct vs_text host;
    if (!rt_req_usable(req)) {
        vs_ret_i32(a, -EINVAL);
        return;
    }
    if (!vs_text_read(env->cx, vs_arg(a, 1), &host)) return;
    struct lookup *r = calloc(1, sizeof *r);
    CHECK(r);
    r->host = strdup(host.ptr);
    vs_text_reset(&host);
    int family = vs_int(vs_arg(a, 2));
    r->hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
    r->hints.ai_socktype = SOCK_STREAM;
    r->hints.ai_flags = vs_int(vs_arg(a, 3));
    r->order = vs_int(vs_arg(a, 4));
    r->job.priority = UR_JOB_SLOW;
    r->job.work = lookup_work;
    r->job.done = lookup_done;
    rt_async_init(&r->async, env, req, RT_PROVIDER_GETADDRINFOREQWRAP, r);
    ur_job_start(env->loop, &r->job);
    vs_ret_i32(a, 0);
}

/* ---- getnameinfo ---- */

/* Freed in reverse_done() and nowhere else. */
struct reverse {
    struct rt_async async; /* first */
    struct ur_job job;
    struct sockaddr_storage addr;
    socklen_t addr_len;
    char host[NI_MAXHOST];
    char service[NI_MAXSERV];
    int err; /* UV_ code */
};

static void reverse_work(struct ur_job *j)
{
    struct reverse *r = container_of(j, struct reverse, job);
    int eai = getnameinfo((struct sockaddr *)&r->addr, r->addr_len, r->host, sizeof r->host,
                          r->service, sizeof r->service, NI_NAMEREQD);
    r->err = uv_of_eai(eai, errno);
}

static void reverse_done(struct ur_job *j, int32_t res)
{
    struct reverse *r = container_of(j, struct reverse, job);
    struct vs_cx *cx = r->async.env->cx;
    struct vs_scope scope;
    int err = res < 0 ? UV_EAI_CANCELED : r->err;
    vs_scope_open(cx, &scope);
    vs_val argv[] = { vs_i32(cx, err), vs_null(cx), vs_null(cx) };
    if (!err) {
        argv[1] = vs_str_utf8(cx, r->host, -1);
        argv[2] = vs_str_utf8(cx, r->service, -1);
    }
    rt_req_finish(&r->async, 3, argv);
    vs_scope_close(&scope);
    free(r);
}

static bool parse_any(const char *text, uint16_t port, struct sockaddr_storage *out, socklen_t *len)
{
    return rt_address_parse(AF_INET, text, port, out, len) == 0 ||
           rt_address_parse(AF_INET6, text, port, out, len) == 0;
}

/* getnameinfo(req, address, port) */
static void get_name_info(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val req = vs_arg(a, 0);
    struct vs_text ip;
    if (!vs_text_read(env->cx, vs_arg(a, 1), &ip)) return;
    struct reverse *r = calloc(1, sizeof *r);
    CHECK(r);
    bool ok = rt_req_usable(req) &&
              parse_any(ip.ptr, (uint16_t)vs_uint(vs_arg(a, 2)), &r->addr, &r->addr_len);
    vs_text_reset(&ip);
    if (!ok) {
        free(r);
        vs_ret_i32(a, -EINVAL);
        return;
    }
    r->job.priority = UR_JOB_SLOW;
    r->job.work = reverse_work;
    r->job.done = reverse_done;
    rt_async_init(&r->async, env, req, RT_PROVIDER_GETNAMEINFOREQWRAP, r);
    ur_job_start(env->loop, &r->job);
    vs_ret_i32(a, 0);
}

/* ---- addresses as text ---- */

static void canonicalize_ip(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text ip;
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[sizeof(struct in6_addr)];
    if (!vs_text_read(cx, vs_arg(a, 0), &ip)) return;
    int family = inet_pton(AF_INET, ip.ptr, bytes) == 1    ? AF_INET
                 : inet_pton(AF_INET6, ip.ptr, bytes) == 1 ? AF_INET6
                                                           : AF_UNSPEC;
    vs_text_reset(&ip);
    if (family != AF_UNSPEC && inet_ntop(family, bytes, text, sizeof text))
        vs_ret_maybe(a, vs_str_latin1(cx, text, -1));
}

static void ipv6_to_buffer(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text ip;
    struct in6_addr bytes;
    if (!vs_text_read(env->cx, vs_arg(a, 0), &ip)) return;
    bool ok = inet_pton(AF_INET6, ip.ptr, &bytes) == 1;
    vs_text_reset(&ip);
    if (ok) vs_ret_maybe(a, rt_buffer_new(env, &bytes, sizeof bytes));
}

static void ares_error_text(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    int32_t code;
    if (!vs_to_i32(cx, vs_arg(a, 0), &code)) return;
    const char *text = code == CARES_PENDING ? "There are pending queries." : ares_strerror(code);
    vs_ret_maybe(a, vs_str_utf8(cx, text, -1));
}

void rt_bind_cares_wrap(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "getaddrinfo", get_addr_info);
    vs_put_fn(cx, target, "getnameinfo", get_name_info);
    vs_put_fn(cx, target, "canonicalizeIP", canonicalize_ip);
    vs_put_fn(cx, target, "convertIpv6StringToBuffer", ipv6_to_buffer);
    vs_put_fn(cx, target, "strerror", ares_error_text);
    vs_put_int(cx, target, "AF_INET", AF_INET);
    vs_put_int(cx, target, "AF_INET6", AF_INET6);
    vs_put_int(cx, target, "AF_UNSPEC", AF_UNSPEC);
    vs_put_int(cx, target, "AI_ADDRCONFIG", AI_ADDRCONFIG);
    vs_put_int(cx, target, "AI_ALL", AI_ALL);
    vs_put_int(cx, target, "AI_V4MAPPED", AI_V4MAPPED);
    vs_put_int(cx, target, "DNS_ORDER_VERBATIM", ORDER_VERBATIM);
    vs_put_int(cx, target, "DNS_ORDER_IPV4_FIRST", ORDER_IPV4_FIRST);
    vs_put_int(cx, target, "DNS_ORDER_IPV6_FIRST", ORDER_IPV6_FIRST);
    vs_put(cx, target, "GetAddrInfoReqWrap",
           vs_class_fn(rt_req_class_new(env, "GetAddrInfoReqWrap")));
    vs_put(cx, target, "GetNameInfoReqWrap",
           vs_class_fn(rt_req_class_new(env, "GetNameInfoReqWrap")));
    vs_put(cx, target, "QueryReqWrap", vs_class_fn(rt_req_class_new(env, "QueryReqWrap")));
    rt_cares_put_channel(env, target);
}
