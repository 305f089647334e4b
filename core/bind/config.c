/* core/bind/config.c: internalBinding('config'), what this build of torc has. */
#include <unicode/uloc.h>

#include "core/env.h"
#include "core/error.h"

static void get_default_locale(const struct vs_args *a)
{
    char tag[ULOC_FULLNAME_CAPACITY];
    UErrorCode err = U_ZERO_ERROR;
    int32_t len = uloc_toLanguageTag(uloc_getDefault(), tag, sizeof tag, true, &err);
    if (U_FAILURE(err)) return;
    vs_ret_maybe(a, vs_str_latin1(vs_args_cx(a), tag, len));
}

void rt_bind_config(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    static const struct {
        const char *name;
        bool value;
    } flags[] = {
        { "isDebugBuild", false },     { "openSSLIsBoringSSL", false },
        { "hasOpenSSL", true },        { "fipsMode", true },
        { "hasIntl", true },           { "hasTracing", true },
        { "hasNodeOptions", true },    { "hasInspector", false },
        { "noBrowserGlobals", false },
    };
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        vs_put(cx, target, flags[i].name, vs_bool(cx, flags[i].value));
    }
    vs_put_int(cx, target, "bits", 8 * sizeof(void *));
    vs_put_fn(cx, target, "getDefaultLocale", get_default_locale);
}
