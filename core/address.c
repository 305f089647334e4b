/* core/address.c: socket addresses between JS and the kernel. */
#include "core/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "core/env.h"

static int parse_ipv6(const char *text, struct sockaddr_in6 *in6)
{
    char address[RT_ADDRESS_TEXT];
    const char *zone = strchr(text, '%');
    size_t len = zone ? (size_t)(zone - text) : strlen(text);
    if (len >= sizeof address) return -EINVAL;
    memcpy(address, text, len);
    address[len] = '\0';
    /* An interface that does not exist gives 0, and the kernel then refuses the address. */
    if (zone) in6->sin6_scope_id = if_nametoindex(zone + 1);
    return inet_pton(AF_INET6, address, &in6->sin6_addr) == 1 ? 0 : -EINVAL;
}

int rt_address_parse(int family, const char *text, uint16_t port, struct sockaddr_storage *out,
                     socklen_t *len)
{
    *out = (struct sockaddr_storage){ .ss_family = (sa_family_t)family };
    if (family == AF_INET6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
        in6->sin6_port = htons(port);
        *len = sizeof *in6;
        return parse_ipv6(text, in6);
    }
    struct sockaddr_in *in = (struct sockaddr_in *)out;
    in->sin_port = htons(port);
    *len = sizeof *in;
    return inet_pton(AF_INET, text, &in->sin_addr) == 1 ? 0 : -EINVAL;
}

void rt_address_text(const struct sockaddr *addr, char *out)
{
    out[0] = '\0';
    if (addr->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)addr)->sin_addr, out, RT_ADDRESS_TEXT);
        return;
    }
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)addr;
    inet_ntop(AF_INET6, &in6->sin6_addr, out, RT_ADDRESS_TEXT);
    char zone[IF_NAMESIZE];
    if (IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) && if_indextoname(in6->sin6_scope_id, zone)) {
        size_t len = strlen(out);
        snprintf(out + len, RT_ADDRESS_TEXT - len, "%%%s", zone);
    }
}

uint16_t rt_address_port(const struct sockaddr *addr)
{
    return ntohs(addr->sa_family == AF_INET ? ((const struct sockaddr_in *)addr)->sin_port
                                            : ((const struct sockaddr_in6 *)addr)->sin6_port);
}

bool rt_address_to_js(struct rt_env *env, const struct sockaddr *addr, vs_val out)
{
    struct vs_cx *cx = env->cx;
    if (addr->sa_family != AF_INET && addr->sa_family != AF_INET6)
        return vs_set(cx, out, rt_str(env, address), vs_empty_str(cx));
    char text[RT_ADDRESS_TEXT];
    rt_address_text(addr, text);
    vs_val family = addr->sa_family == AF_INET ? rt_str(env, ipv4) : rt_str(env, ipv6);
    return vs_set(cx, out, rt_str(env, address), vs_str_latin1(cx, text, -1)) &&
           vs_set(cx, out, rt_str(env, family), family) &&
           vs_set(cx, out, rt_str(env, port), vs_i32(cx, rt_address_port(addr)));
}
