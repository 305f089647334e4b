/* core/bind/udp_wrap.c: internalBinding('udp_wrap'): datagram sockets. Not there yet: the library
 * loads with dgram and child_process, and only making a socket says so. */
#include "core/env.h"
#include "core/error.h"
#include "core/req.h"

static void udp_new(const struct vs_args *a)
{
    rt_throw_missing(rt_env_of(a), "udp_wrap.UDP");
}

/* libuv's numbers. */
enum udp_flag { UDP_IPV6ONLY = 1, UDP_REUSEADDR = 4, UDP_REUSEPORT = 64 };

void rt_bind_udp_wrap(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct vs_class *c = vs_class_new(cx, "UDP", udp_new, rt_handle_class(env), 1);
    vs_put(cx, target, "UDP", vs_class_fn(c));
    vs_put(cx, target, "SendWrap", vs_class_fn(rt_req_class_new(env, "SendWrap")));
    vs_val constants = vs_obj_new(cx);
    vs_put_int(cx, constants, "UV_UDP_IPV6ONLY", UDP_IPV6ONLY);
    vs_put_int(cx, constants, "UV_UDP_REUSEADDR", UDP_REUSEADDR);
    vs_put_int(cx, constants, "UV_UDP_REUSEPORT", UDP_REUSEPORT);
    vs_put(cx, target, "constants", constants);
}
