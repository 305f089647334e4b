/* core/address.h: socket addresses between JS and the kernel. */
#ifndef RT_ADDRESS_H
#define RT_ADDRESS_H

#include <sys/socket.h>

#include "v8shim/vs.h"

struct rt_env;

/* Text of a numeric address (IPv6 may end in %interface) and a port into *out; *len is its size.
 * 0, or -EINVAL when the text is no address of that family (AF_INET, AF_INET6). */
int rt_address_parse(int family, const char *text, uint16_t port, struct sockaddr_storage *out,
                     socklen_t *len);
/* The address alone as text; size at least RT_ADDRESS_TEXT. */
#define RT_ADDRESS_TEXT 64
void rt_address_text(const struct sockaddr *addr, char *out);
uint16_t rt_address_port(const struct sockaddr *addr);
/* out.address, out.family ('IPv4', 'IPv6'), out.port. false: exception pending. */
VS_MUST_CHECK bool rt_address_to_js(struct rt_env *env, const struct sockaddr *addr, vs_val out);

#endif
