/* core/bind/mksnapshot.c: internalBinding('mksnapshot'): user snapshots, which torc can't build; it
 * says so when asked. */
#include "core/env.h"

void rt_bind_mksnapshot(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    rt_put_missing(
        env, target, "mksnapshot",
        "runEmbedderPreload compileSerializeMain setSerializeCallback setDeserializeCallback "
        "setDeserializeMainFunction");
    vs_put_str(cx, target, "anonymousMainPath", "__node_anonymous_main");
    vs_val ab = vs_ab_new(cx, 1);
    vs_put(cx, target, "isBuildingSnapshotBuffer", vs_typed_new(cx, VS_U8, ab, 0, 1));
}
