/* core/bind/sea.c: internalBinding('sea'). torc is never a single executable application; the
 * library asks for assets only in one. */
#include "core/env.h"

static void no(const struct vs_args *a)
{
    vs_ret_bool(a, false);
}

void rt_bind_sea(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "isSea", no);
    vs_put_fn(env->cx, target, "isExperimentalSeaWarningNeeded", no);
    rt_put_missing(env, target, "sea", "getAsset getAssetKeys");
}
