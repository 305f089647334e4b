/* core/bind/util.c: internalBinding('util'): what util.inspect needs to look into objects, call
 * sites, lazy properties, and a few odds and ends. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/dotenv.h"
#include "core/env.h"
#include "core/error.h"

/* Stack frames that isInsideNodeModules() looks at unless it is told otherwise. */
#define NODE_MODULES_FRAMES 10

static void get_promise_details(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val promise = vs_arg(a, 0);
    if (!vs_is_promise(promise)) return;
    enum vs_promise_state state = vs_promise_state(promise);
    vs_val parts[] = { vs_i32(cx, state), state == VS_PENDING ? NULL : vs_promise_result(promise) };
    vs_ret(a, vs_arr_new(cx, parts, state == VS_PENDING ? 1 : 2));
}

/* (proxy, both = true): [target, handler], or the target alone. */
static void get_proxy_details(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val parts[2];
    if (!vs_is_kind(vs_arg(a, 0), VS_KIND_PROXY)) return;
    if (!vs_proxy_parts(vs_arg(a, 0), &parts[0], &parts[1])) return;
    bool both = vs_argc(a) == 1 || vs_is_true(cx, vs_arg(a, 1));
    vs_ret(a, both ? vs_arr_new(cx, parts, 2) : parts[0]);
}

/* (object): its entries; (object, true): [entries, are they keys and values in turn]. */
static void preview_entries(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    if (!vs_is_obj(vs_arg(a, 0))) return;
    bool key_value;
    vs_val entries = vs_preview_entries(cx, vs_arg(a, 0), &key_value);
    if (!entries) return;
    vs_val both[] = { entries, vs_bool(cx, key_value) };
    vs_ret(a, vs_argc(a) < 2 ? entries : vs_arr_new(cx, both, 2));
}

static void get_own_non_index_properties(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    CHECK(vs_is_obj(vs_arg(a, 0)));
    vs_ret_maybe(a, vs_own_keys(cx, vs_arg(a, 0), (int)vs_uint(vs_arg(a, 1)), false));
}

static void get_constructor_name(const struct vs_args *a)
{
    CHECK(vs_is_obj(vs_arg(a, 0)));
    vs_ret(a, vs_constructor_name(vs_args_cx(a), vs_arg(a, 0)));
}

static void get_external_value(const struct vs_args *a)
{
    CHECK(vs_is_external(vs_arg(a, 0)));
    uintptr_t address = (uintptr_t)vs_external_ptr(vs_arg(a, 0));
    vs_ret(a, vs_bigint_u64(vs_args_cx(a), address));
}

static vs_val call_site_new(struct vs_cx *cx, vs_val stack, int i)
{
    struct vs_frame f;
    vs_stack_frame(cx, stack, i, &f);
    vs_val site = vs_obj_new_null(cx);
    bool named = vs_is_str(f.script_name);
    vs_put(cx, site, "functionName", f.function_name);
    vs_put(cx, site, "scriptId", f.script_id_str);
    vs_put(cx, site, "scriptName", named ? f.script_name : vs_empty_str(cx));
    vs_put_int(cx, site, "lineNumber", f.line);
    vs_put_int(cx, site, "columnNumber", f.column);
    /* The name under which columnNumber was published first. */
    vs_put_int(cx, site, "column", f.column);
    return site;
}

/* (count): the callers of the function that asks, which is not among them. */
static void get_call_sites(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val stack = vs_stack_now(cx, (int)vs_uint(vs_arg(a, 0)) + 1);
    vs_val sites = vs_arr_new(cx, NULL, 0);
    int count = vs_stack_count(stack);
    for (int i = 1; i < count; i++) {
        if (!vs_set_index(cx, sites, (uint32_t)(i - 1), call_site_new(cx, stack, i))) return;
    }
    vs_ret(a, sites);
}

/* [line, column, file] of the caller of the function that asks. */
static void get_caller_location(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val stack = vs_stack_now(cx, 2);
    if (vs_stack_count(stack) < 2) return;
    struct vs_frame f;
    vs_stack_frame(cx, stack, 1, &f);
    if (!vs_is_str(f.script_name)) return;
    vs_val parts[] = { vs_i32(cx, f.line), vs_i32(cx, f.column), f.script_name };
    vs_ret(a, vs_arr_new(cx, parts, 3));
}

/* (frames = 10, fallback = false): whether the nearest caller that isn't the library itself lies
 * below a node_modules folder; fallback when there is no JS caller at all. */
static void is_inside_node_modules(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    int limit = vs_is_i32(vs_arg(a, 0)) ? vs_int(vs_arg(a, 0)) : NODE_MODULES_FRAMES;
    vs_val stack = vs_stack_now(cx, limit);
    int count = vs_stack_count(stack);
    if (count == 0) {
        vs_ret_bool(a, vs_is_true(cx, vs_arg(a, 1)));
        return;
    }
    bool inside = false, found = false;
    for (int i = 0; i < count && !found; i++) {
        struct vs_frame f;
        struct vs_text name;
        vs_stack_frame(cx, stack, i, &f);
        if (!vs_is_str(f.script_name) || vs_str_len(f.script_name) == 0) continue;
        if (!vs_text_read(cx, f.script_name, &name)) return;
        found = strncmp(name.ptr, "node:", strlen("node:")) != 0;
        inside =
            found && (strstr(name.ptr, "/node_modules/") || strstr(name.ptr, "\\node_modules\\"));
        vs_text_reset(&name);
    }
    vs_ret_bool(a, inside);
}

/* First read of a lazy property: require(id)[key]. */
static vs_val load_lazy_property(struct vs_cx *cx, vs_val key, vs_val id)
{
    struct rt_env *env = rt_env_from_cx(cx);
    vs_val exports = vs_call(cx, vs_ref_get(env->require), vs_undefined(cx), 1, &id);
    return exports ? vs_get(cx, exports, key) : NULL;
}

/* (target, id, keys, enumerable = true) */
static void define_lazy_properties(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val target = vs_arg(a, 0), id = vs_arg(a, 1), keys = vs_arg(a, 2);
    CHECK(vs_is_obj(target) && vs_is_str(id) && vs_is_arr(keys));
    int attrs = vs_argc(a) < 4 || vs_is_true(cx, vs_arg(a, 3)) ? VS_ATTR_NONE : VS_DONT_ENUM;
    uint32_t count = vs_arr_len(keys);
    for (uint32_t i = 0; i < count; i++) {
        vs_val key = vs_get_index(cx, keys, i);
        if (!key || !vs_define_lazy(cx, target, key, load_lazy_property, id, attrs)) return;
    }
}

/* (ms): blocks the thread. */
static void sleep_ms(const struct vs_args *a)
{
    uint32_t ms = vs_uint(vs_arg(a, 0));
    struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
    while (nanosleep(&left, &left) < 0 && errno == EINTR) continue;
}

static int by_name(const void *x, const void *y)
{
    return strcmp(((const struct rt_dotenv_pair *)x)->name,
                  ((const struct rt_dotenv_pair *)y)->name);
}

/* The text of an .env file as an object; Node sorts its names. */
static void parse_env(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text text;
    CHECK(vs_is_str(vs_arg(a, 0)));
    if (!vs_text_read(cx, vs_arg(a, 0), &text)) return;
    struct rt_dotenv parsed = { 0 };
    rt_dotenv_add(&parsed, text.ptr, text.len);
    vs_text_reset(&text);
    if (parsed.count > 0) qsort(parsed.pairs, parsed.count, sizeof *parsed.pairs, by_name);
    vs_val result = vs_obj_new(cx);
    bool ok = true;
    for (size_t i = 0; ok && i < parsed.count; i++) {
        vs_val name = vs_str_utf8(cx, parsed.pairs[i].name, -1);
        vs_val value = vs_str_utf8(cx, parsed.pairs[i].value, -1);
        ok = name && value && vs_set(cx, result, name, value);
    }
    rt_dotenv_reset(&parsed);
    if (ok) vs_ret(a, result);
}

static void array_buffer_view_has_buffer(const struct vs_args *a)
{
    CHECK(vs_is_view(vs_arg(a, 0)));
    vs_ret_bool(a, vs_view_has_buffer(vs_arg(a, 0)));
}

/* (len): not `new SharedArrayBuffer`, which a program may have deleted. */
static void construct_shared_array_buffer(const struct vs_args *a)
{
    vs_ret_maybe(a, vs_sab_new(vs_args_cx(a), (size_t)vs_int64(vs_arg(a, 0))));
}

static void mark_promise_as_handled(const struct vs_args *a)
{
    CHECK(vs_is_promise(vs_arg(a, 0)));
    vs_promise_mark_handled(vs_arg(a, 0));
}

/* Indices into the library's table of names. */
enum handle_type { TYPE_TCP, TYPE_TTY, TYPE_UDP, TYPE_FILE, TYPE_PIPE, TYPE_UNKNOWN };

static enum handle_type socket_type(int fd)
{
    struct sockaddr_storage addr;
    socklen_t addr_len = sizeof addr;
    int type;
    socklen_t type_len = sizeof type;
    if (getsockname(fd, (struct sockaddr *)&addr, &addr_len) < 0) return TYPE_UNKNOWN;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) < 0) return TYPE_UNKNOWN;
    bool ip = addr.ss_family == AF_INET || addr.ss_family == AF_INET6;
    if (type == SOCK_DGRAM && ip) return TYPE_UDP;
    if (type == SOCK_STREAM && ip) return TYPE_TCP;
    if (type == SOCK_STREAM && addr.ss_family == AF_UNIX) return TYPE_PIPE;
    return TYPE_UNKNOWN;
}

static enum handle_type fd_type(int fd)
{
    if (isatty(fd)) return TYPE_TTY;
    struct stat st;
    if (fstat(fd, &st) < 0) return TYPE_UNKNOWN;
    if (S_ISREG(st.st_mode) || S_ISCHR(st.st_mode)) return TYPE_FILE;
    if (S_ISFIFO(st.st_mode)) return TYPE_PIPE;
    return S_ISSOCK(st.st_mode) ? socket_type(fd) : TYPE_UNKNOWN;
}

static void guess_handle_type(const struct vs_args *a)
{
    int32_t fd;
    if (!vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &fd)) return;
    CHECK(fd >= 0);
    vs_ret_i32(a, fd_type(fd));
}

static vs_val constants_new(struct rt_env *env)
{
    /* Values that the library compares with; those of keys are V8's PropertyFilter. */
    static const struct {
        const char *name;
        int value;
    } table[] = {
        { "kPending", VS_PENDING },
        { "kFulfilled", VS_FULFILLED },
        { "kRejected", VS_REJECTED },
        { "kExiting", offsetof(struct rt_exit_info, exiting) / sizeof(int32_t) },
        { "kExitCode", offsetof(struct rt_exit_info, code) / sizeof(int32_t) },
        { "kHasExitCode", offsetof(struct rt_exit_info, has_code) / sizeof(int32_t) },
        { "ALL_PROPERTIES", VS_KEYS_ALL },
        { "ONLY_WRITABLE", 1 },
        { "ONLY_ENUMERABLE", VS_KEYS_ENUMERABLE },
        { "ONLY_CONFIGURABLE", 4 },
        { "SKIP_STRINGS", VS_KEYS_NO_STRINGS },
        { "SKIP_SYMBOLS", VS_KEYS_NO_SYMBOLS },
        { "kDisallowCloneAndTransfer", 0 }, /* how a JS object may travel in postMessage() */
        { "kTransferable", 1 },
        { "kCloneable", 2 },
    };
    vs_val constants = vs_obj_new_null(env->cx);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        vs_put_int(env->cx, constants, table[i].name, table[i].value);
    }
    return constants;
}

/* Uint32Array(1): nonzero = an uncaught exception may abort the process. */
static vs_val abort_toggle_new(struct rt_env *env)
{
    struct vs_cx *cx = env->cx;
    vs_val ab = vs_ref_get(env->shared[RT_SHARED_MAY_ABORT]);
    CHECK(ab);
    vs_val toggle = vs_typed_new(cx, VS_U32, ab, 0, 1);
    CHECK(toggle);
    return toggle;
}

void rt_bind_util(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put(cx, target, "privateSymbols", rt_private_symbols(env));
    vs_put(cx, target, "constants", constants_new(env));
    vs_put(cx, target, "shouldAbortOnUncaughtToggle", abort_toggle_new(env));
    vs_put_fn(cx, target, "isInsideNodeModules", is_inside_node_modules);
    vs_put_fn(cx, target, "defineLazyProperties", define_lazy_properties);
    vs_put_fn(cx, target, "getPromiseDetails", get_promise_details);
    vs_put_fn(cx, target, "getProxyDetails", get_proxy_details);
    vs_put_fn(cx, target, "getCallerLocation", get_caller_location);
    vs_put_fn(cx, target, "previewEntries", preview_entries);
    vs_put_fn(cx, target, "getOwnNonIndexProperties", get_own_non_index_properties);
    vs_put_fn(cx, target, "getConstructorName", get_constructor_name);
    vs_put_fn(cx, target, "getExternalValue", get_external_value);
    vs_put_fn(cx, target, "getCallSites", get_call_sites);
    vs_put_fn(cx, target, "sleep", sleep_ms);
    vs_put_fn(cx, target, "parseEnv", parse_env);
    vs_put_fn(cx, target, "arrayBufferViewHasBuffer", array_buffer_view_has_buffer);
    vs_put_fn(cx, target, "constructSharedArrayBuffer", construct_shared_array_buffer);
    vs_put_fn(cx, target, "markPromiseAsHandled", mark_promise_as_handled);
    vs_put_fn(cx, target, "guessHandleType", guess_handle_type);
}
