/* core/bind/tls_wrap.c: internalBinding('tls_wrap'): not there yet. */
#include "core/env.h"

void rt_bind_tls_wrap(struct rt_env *env, vs_val target)
{
    rt_put_missing(env, target, "tls_wrap", "wrap TLSWrap");
    vs_put(env->cx, target, "HAVE_SSL_TRACE", vs_bool(env->cx, true));
}
