/* core/process_object.c: the process object as it is before the library's bootstrap adds the rest.
 */
#include <ares_version.h>
#include <llhttp.h>
#include <nghttp2/nghttp2ver.h>
#include <openssl/opensslv.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/uchar.h>
#include <unicode/ulocdata.h>
#include <zlib.h>
#include <zstd.h>

#include "core/bind/process_state.h"
#include "core/env.h"
#include "core/error.h"
#include "core/introspect.h"
#include "core/options.h"
#include "core/process.h"
#include "core/version.h"

#if defined(__x86_64__)
#define ARCH "x64"
#elif defined(__aarch64__)
#define ARCH "arm64"
#else
#error "process.arch of this machine is not known"
#endif

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define DOTTED(a, b, c) TEXT(a) "." TEXT(b) "." TEXT(c)

#define RELEASE_URL \
    "https://nodejs.org/download/release/v" RT_NODE_VERSION "/node-v" RT_NODE_VERSION

const char *rt_node_version(void)
{
    return "v" RT_NODE_VERSION;
}

static void define(struct vs_cx *cx, vs_val obj, const char *name, vs_val v, int attrs)
{
    CHECK(vs_define(cx, obj, vs_str_intern(cx, name), v, attrs));
}

static const char *cldr_version(char text[U_MAX_VERSION_STRING_LENGTH])
{
    UErrorCode err = U_ZERO_ERROR;
    UVersionInfo version;
    ulocdata_getCLDRVersion(version, &err);
    u_versionToString(version, text);
    return text;
}

static const char *time_zones_version(void)
{
    UErrorCode err = U_ZERO_ERROR;
    const char *version = ucal_getTZDataVersion(&err);
    return U_FAILURE(err) ? "" : version;
}

/* Of libraries that programs see through the API; uv: the level of libuv's error names and numbers.
 */
static vs_val versions_new(struct vs_cx *cx)
{
    static const struct {
        const char *name, *version;
    } table[] = {
        { "node", RT_NODE_VERSION },
        { "torc", RT_TORC_VERSION },
        { "acorn", RT_ACORN_VERSION },
        { "amaro", RT_AMARO_VERSION },
        { "ares", ARES_VERSION_STR },
        { "icu", U_ICU_VERSION },
        { "llhttp", DOTTED(LLHTTP_VERSION_MAJOR, LLHTTP_VERSION_MINOR, LLHTTP_VERSION_PATCH) },
        { "modules", RT_NODE_MODULE_VERSION },
        { "napi", RT_NAPI_VERSION },
        { "nghttp2", NGHTTP2_VERSION },
        { "openssl", OPENSSL_VERSION_STR },
        { "sqlite", SQLITE_VERSION },
        { "undici", RT_UNDICI_VERSION },
        { "unicode", U_UNICODE_VERSION },
        { "uv", RT_UV_VERSION },
        { "zlib", ZLIB_VERSION },
        { "zstd", DOTTED(ZSTD_VERSION_MAJOR, ZSTD_VERSION_MINOR, ZSTD_VERSION_RELEASE) },
    };
    vs_val versions = vs_obj_new(cx);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        vs_val v = vs_str_latin1(cx, table[i].version, -1);
        define(cx, versions, table[i].name, v, VS_READ_ONLY);
    }
    char cldr[U_MAX_VERSION_STRING_LENGTH];
    define(cx, versions, "cldr", vs_str_latin1(cx, cldr_version(cldr), -1), VS_READ_ONLY);
    define(cx, versions, "tz", vs_str_latin1(cx, time_zones_version(), -1), VS_READ_ONLY);
    define(cx, versions, "v8", vs_str_latin1(cx, vs_v8_version(), -1), VS_READ_ONLY);
    return versions;
}

/* node-gyp and others look here for headers that fit the binary. */
static vs_val release_new(struct vs_cx *cx)
{
    vs_val release = vs_obj_new(cx);
    define(cx, release, "name", vs_str_latin1(cx, "node", -1), VS_READ_ONLY);
    define(cx, release, "lts", vs_str_latin1(cx, RT_NODE_LTS, -1), VS_READ_ONLY);
    define(cx, release, "sourceUrl", vs_str_latin1(cx, RELEASE_URL ".tar.gz", -1), VS_READ_ONLY);
    define(cx, release, "headersUrl", vs_str_latin1(cx, RELEASE_URL "-headers.tar.gz", -1),
           VS_READ_ONLY);
    return release;
}

static void put_exit_state(struct rt_env *env, vs_val process)
{
    struct vs_cx *cx = env->cx;
    vs_val ab = vs_ref_get(env->shared[RT_SHARED_EXIT]);
    vs_val fields = vs_typed_new(cx, VS_I32, ab, 0, sizeof *env->exit / sizeof(int32_t));
    CHECK(vs_private_set(cx, process, rt_private(env, exit_info_private_symbol), fields));
}

vs_val rt_process_object_new(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    struct vs_class *class = vs_class_new(cx, "process", NULL, NULL, 0);
    vs_val process = vs_class_make(class);
    CHECK(process);
    define(cx, process, "version", vs_str_latin1(cx, rt_node_version(), -1), VS_READ_ONLY);
    define(cx, process, "versions", versions_new(cx), VS_READ_ONLY);
    define(cx, process, "arch", vs_str_latin1(cx, ARCH, -1), VS_READ_ONLY);
    define(cx, process, "platform", vs_str_latin1(cx, "linux", -1), VS_READ_ONLY);
    define(cx, process, "release", release_new(cx), VS_READ_ONLY);
    define(cx, process, "env", rt_process_env_new(env), VS_ATTR_NONE);
    define(cx, process, "torc", rt_introspect_new(env), VS_READ_ONLY | VS_DONT_ENUM);
    put_exit_state(env, process);
    return process;
}
