/* core/bind/url_pattern.c: internalBinding('url_pattern'). ada has URLPattern in C++ only; not here
 * yet. */
#include "core/env.h"

void rt_bind_url_pattern(struct rt_env *env, vs_val target)
{
    rt_put_missing(env, target, "url_pattern", "URLPattern");
}
