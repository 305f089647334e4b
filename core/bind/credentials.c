/* core/bind/credentials.c: internalBinding('credentials'): users, groups, and variables that a
 * set-user-id program must not trust. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/env.h"
#include "core/error.h"
#include "core/vars.h"

/* Results of the setters, which the library turns into errors: no such user, no such group. */
enum { FOUND, UNKNOWN_FIRST, UNKNOWN_SECOND };

/* The variable, to be freed; NULL: not set, or the program has more rights than its user. */
static char *trusted(struct rt_env *env, const char *name)
{
    return getauxval(AT_SECURE) ? NULL : rt_vars_get(env->vars, name);
}

/* safeGetenv(name): undefined when the program has more rights than its user. */
static void safe_getenv(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_text name;
    if (!vs_text_read(cx, vs_arg(a, 0), &name)) return;
    char *value = trusted(rt_env_of(a), name.ptr);
    if (value) vs_ret_maybe(a, vs_str_utf8(cx, value, -1));
    free(value);
    vs_text_reset(&name);
}

/* The first of TMPDIR, TMP, TEMP that is not empty, without a slash at its end; undefined: none. */
static void get_temp_dir(const struct vs_args *a)
{
    static const char *const names[] = { "TMPDIR", "TMP", "TEMP" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *dir = trusted(rt_env_of(a), names[i]);
        size_t len = dir ? strlen(dir) : 0;
        if (len > 1 && dir[len - 1] == '/') len--;
        if (len) vs_ret_maybe(a, vs_str_utf8(vs_args_cx(a), dir, (ptrdiff_t)len));
        free(dir);
        if (len) return;
    }
}

static void get_uid(const struct vs_args *a)
{
    vs_ret_f64(a, getuid());
}

static void get_euid(const struct vs_args *a)
{
    vs_ret_f64(a, geteuid());
}

static void get_gid(const struct vs_args *a)
{
    vs_ret_f64(a, getgid());
}

static void get_egid(const struct vs_args *a)
{
    vs_ret_f64(a, getegid());
}

static bool has_group(const gid_t *groups, int count, gid_t group)
{
    for (int i = 0; i < count; i++) {
        if (groups[i] == group) return true;
    }
    return false;
}

/* Supplementary groups and the effective one. */
static void get_groups(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    int count = getgroups(0, NULL);
    gid_t *groups = count >= 0 ? calloc((size_t)count + 1, sizeof *groups) : NULL;
    CHECK(count < 0 || groups);
    if (count > 0) count = getgroups(count, groups);
    if (count < 0) {
        rt_throw_uv(env, -errno, "getgroups", NULL, NULL);
        free(groups);
        return;
    }
    if (!has_group(groups, count, getegid())) groups[count++] = getegid();
    vs_val out = vs_arr_new(env->cx, NULL, 0);
    for (int i = 0; i < count; i++) {
        CHECK(vs_set_index(env->cx, out, (uint32_t)i, vs_num(env->cx, groups[i])));
    }
    free(groups);
    vs_ret(a, out);
}

/* What the setters take for "leave it as it is": no identifier. */
#define NO_ID UINT32_MAX

/* A number, or a name looked up. False: there is none of that name. */
static bool find_user(struct vs_cx *cx, vs_val v, uid_t *out)
{
    struct vs_text name;
    if (vs_is_num(v)) {
        *out = vs_uint(v);
        return *out != NO_ID;
    }
    if (!vs_text_read(cx, v, &name)) return false;
    const struct passwd *user = getpwnam(name.ptr);
    if (user) *out = user->pw_uid;
    vs_text_reset(&name);
    return user != NULL;
}

static bool find_group(struct vs_cx *cx, vs_val v, gid_t *out)
{
    struct vs_text name;
    if (vs_is_num(v)) {
        *out = vs_uint(v);
        return *out != NO_ID;
    }
    if (!vs_text_read(cx, v, &name)) return false;
    const struct group *group = getgrnam(name.ptr);
    if (group) *out = group->gr_gid;
    vs_text_reset(&name);
    return group != NULL;
}

static void finish(const struct vs_args *a, int result, const char *syscall)
{
    if (result != 0)
        rt_throw_uv(rt_env_of(a), -errno, syscall, NULL, NULL);
    else
        vs_ret_i32(a, FOUND);
}

static void set_user(const struct vs_args *a, int (*set)(uid_t), const char *syscall)
{
    uid_t user;
    if (!find_user(vs_args_cx(a), vs_arg(a, 0), &user)) {
        vs_ret_i32(a, UNKNOWN_FIRST);
        return;
    }
    finish(a, set(user), syscall);
}

static void set_group(const struct vs_args *a, int (*set)(gid_t), const char *syscall)
{
    gid_t group;
    if (!find_group(vs_args_cx(a), vs_arg(a, 0), &group)) {
        vs_ret_i32(a, UNKNOWN_FIRST);
        return;
    }
    finish(a, set(group), syscall);
}

static void set_uid(const struct vs_args *a)
{
    set_user(a, setuid, "setuid");
}

static void set_euid(const struct vs_args *a)
{
    set_user(a, seteuid, "seteuid");
}

static void set_gid(const struct vs_args *a)
{
    set_group(a, setgid, "setgid");
}

static void set_egid(const struct vs_args *a)
{
    set_group(a, setegid, "setegid");
}

/* setgroups(array): 0, or the position, from 1, of a group that does not exist. */
static void set_groups(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    uint32_t count = vs_arr_len(vs_arg(a, 0));
    gid_t *groups = calloc((size_t)count + 1, sizeof *groups);
    CHECK(groups);
    for (uint32_t i = 0; i < count; i++) {
        vs_val v = vs_get_index(cx, vs_arg(a, 0), i);
        if (!v) goto done;
        if (!find_group(cx, v, &groups[i])) {
            vs_ret_i32(a, (int32_t)i + 1);
            goto done;
        }
    }
    finish(a, setgroups(count, groups), "setgroups");
done:
    free(groups);
}

/* initgroups(user, extra group) */
static void init_groups(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    uid_t id;
    gid_t group;
    if (!find_group(cx, vs_arg(a, 1), &group)) {
        vs_ret_i32(a, UNKNOWN_SECOND);
        return;
    }
    const struct passwd *user = find_user(cx, vs_arg(a, 0), &id) ? getpwuid(id) : NULL;
    if (!user) {
        vs_ret_i32(a, UNKNOWN_FIRST);
        return;
    }
    char *name = strdup(user->pw_name);
    CHECK(name);
    finish(a, initgroups(name, group), "initgroups");
    free(name);
}

void rt_bind_credentials(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "safeGetenv", safe_getenv);
    vs_put_fn(cx, target, "getTempDir", get_temp_dir);
    vs_put(cx, target, "implementsPosixCredentials", vs_bool(cx, true));
    vs_put_fn(cx, target, "getuid", get_uid);
    vs_put_fn(cx, target, "geteuid", get_euid);
    vs_put_fn(cx, target, "getgid", get_gid);
    vs_put_fn(cx, target, "getegid", get_egid);
    vs_put_fn(cx, target, "getgroups", get_groups);
    vs_put_fn(cx, target, "initgroups", init_groups);
    vs_put_fn(cx, target, "setuid", set_uid);
    vs_put_fn(cx, target, "seteuid", set_euid);
    vs_put_fn(cx, target, "setgid", set_gid);
    vs_put_fn(cx, target, "setegid", set_egid);
    vs_put_fn(cx, target, "setgroups", set_groups);
}
