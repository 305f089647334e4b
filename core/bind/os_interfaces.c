/* core/bind/os_interfaces.c: os.networkInterfaces(). */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>

#include "core/bind/os_priv.h"

#define MAC_LEN 6
#define MAC_TEXT_LEN sizeof("00:00:00:00:00:00")

/* What the library gets of each address. */
enum { NAME, ADDRESS, NETMASK, FAMILY, MAC, INTERNAL, SCOPE, FIELDS };

/* scope of an address that has none. */
enum { NO_SCOPE = -1 };

static bool is_up(const struct ifaddrs *i)
{
    return i->ifa_addr && (i->ifa_flags & IFF_UP) && (i->ifa_flags & IFF_RUNNING);
}

static void format_address(const struct sockaddr *addr, char text[INET6_ADDRSTRLEN])
{
    text[0] = '\0';
    if (!addr) return;
    const void *bytes = addr->sa_family == AF_INET6
                            ? (const void *)&((const struct sockaddr_in6 *)addr)->sin6_addr
                            : (const void *)&((const struct sockaddr_in *)addr)->sin_addr;
    inet_ntop(addr->sa_family, bytes, text, INET6_ADDRSTRLEN);
}

/* Aliases like "eth0:1" have the hardware address of "eth0". */
static bool is_same_device(const char *device, const char *name)
{
    size_t len = strlen(device);
    return strncmp(device, name, len) == 0 && (name[len] == '\0' || name[len] == ':');
}

static void format_mac(const struct ifaddrs *all, const char *name, char text[MAC_TEXT_LEN])
{
    uint8_t mac[MAC_LEN] = { 0 };
    for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
        if (!is_up(i) || i->ifa_addr->sa_family != AF_PACKET) continue;
        if (!is_same_device(i->ifa_name, name)) continue;
        memcpy(mac, ((const struct sockaddr_ll *)i->ifa_addr)->sll_addr, MAC_LEN);
    }
    snprintf(text, MAC_TEXT_LEN, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
             mac[4], mac[5]);
}

static bool append(struct vs_cx *cx, vs_val list, uint32_t index, const struct ifaddrs *all,
                   const struct ifaddrs *i)
{
    char address[INET6_ADDRSTRLEN], netmask[INET6_ADDRSTRLEN], mac[MAC_TEXT_LEN];
    bool six = i->ifa_addr->sa_family == AF_INET6;
    format_address(i->ifa_addr, address);
    format_address(i->ifa_netmask, netmask);
    format_mac(all, i->ifa_name, mac);
    double scope = NO_SCOPE;
    if (six) scope = ((const struct sockaddr_in6 *)i->ifa_addr)->sin6_scope_id;
    vs_val fields[FIELDS] = {
        [NAME] = vs_str_utf8(cx, i->ifa_name, -1),
        [ADDRESS] = vs_str_latin1(cx, address, -1),
        [NETMASK] = vs_str_latin1(cx, netmask, -1),
        [FAMILY] = vs_str_intern(cx, six ? "IPv6" : "IPv4"),
        [MAC] = vs_str_latin1(cx, mac, -1),
        [INTERNAL] = vs_bool(cx, i->ifa_flags & IFF_LOOPBACK),
        [SCOPE] = vs_num(cx, scope),
    };
    for (uint32_t n = 0; n < FIELDS; n++) {
        if (!fields[n] || !vs_set_index(cx, list, index + n, fields[n])) return false;
    }
    return true;
}

/* One address after the other, each FIELDS values. */
void rt_os_get_interfaces(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct ifaddrs *all;
    if (getifaddrs(&all) < 0) {
        rt_os_describe(env, vs_arg(a, 0), -errno, "uv_interface_addresses");
        return;
    }
    vs_val list = vs_arr_new(env->cx, NULL, 0);
    uint32_t count = 0;
    bool ok = true;
    for (const struct ifaddrs *i = all; ok && i; i = i->ifa_next) {
        if (!is_up(i)) continue;
        if (i->ifa_addr->sa_family != AF_INET && i->ifa_addr->sa_family != AF_INET6) continue;
        ok = append(env->cx, list, count, all, i);
        count += FIELDS;
    }
    freeifaddrs(all);
    if (ok) vs_ret(a, list);
}
