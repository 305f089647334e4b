/* core/bind/diagnostics_channel.c: internalBinding('diagnostics_channel'): channels that C
 * publishes to. There are none yet, so there is nothing to link and no subscriber to count. */
#include "core/env.h"

/* linkNativeChannel(make): the library offers make(name, index) for each channel C wants. */
static void link_native_channel(const struct vs_args *a)
{
    (void)a;
}

void rt_bind_diagnostics_channel(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "linkNativeChannel", link_native_channel);
    vs_put(cx, target, "subscribers", vs_typed_new(cx, VS_U32, vs_ab_new(cx, 0), 0, 0));
}
