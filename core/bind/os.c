/* core/bind/os.c: internalBinding('os'): what node:os tells of the machine, from the kernel's
 * files. Functions that fail return undefined and describe the error in their last argument. */
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "core/bind/os_priv.h"
#include "core/encoding.h"
#include "core/error.h"
#include "core/vars.h"

#define LOAD_AVERAGES 3
/* passwd entries longer than this don't fit; getpwuid_r() says ERANGE below it. */
#define PASSWD_MAX (1 << 20)

static void ret_str(const struct vs_args *a, const char *text)
{
    vs_ret_maybe(a, vs_str_utf8(vs_args_cx(a), text, -1));
}

void rt_os_describe(struct rt_env *env, vs_val details, int err, const char *syscall)
{
    struct vs_cx *cx = env->cx;
    if (!vs_is_obj(details)) return;
    vs_val code = vs_str_intern(cx, rt_err_name(err));
    vs_val text = vs_str_utf8(cx, rt_err_text(err), -1);
    vs_val name = vs_str_intern(cx, syscall);
    CHECK(text);
    vs_put_int(cx, details, "errno", err);
    vs_put(cx, details, "code", code);
    vs_put(cx, details, "message", text);
    vs_put(cx, details, "syscall", name);
}

static void get_hostname(const struct vs_args *a)
{
    char name[HOST_NAME_MAX + 1];
    if (gethostname(name, sizeof name) < 0) {
        rt_os_describe(rt_env_of(a), vs_arg(a, 0), -errno, "uv_os_gethostname");
        return;
    }
    ret_str(a, name);
}

/* [type, version, release, machine] */
static void get_os_information(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct utsname u;
    if (uname(&u) < 0) {
        rt_os_describe(env, vs_arg(a, 0), -errno, "uv_os_uname");
        return;
    }
    const char *texts[] = { u.sysname, u.version, u.release, u.machine };
    vs_val parts[sizeof texts / sizeof texts[0]];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        parts[i] = vs_str_utf8(env->cx, texts[i], -1);
        if (!parts[i]) return;
    }
    vs_ret(a, vs_arr_new(env->cx, parts, sizeof texts / sizeof texts[0]));
}

/* (Float64Array of three) */
static void get_load_avg(const struct vs_args *a)
{
    struct vs_bytes b = vs_bytes(vs_arg(a, 0));
    CHECK(b.len == LOAD_AVERAGES * sizeof(double));
    double averages[LOAD_AVERAGES] = { 0 };
    FILE *f = fopen("/proc/loadavg", "re");
    int got = f ? fscanf(f, "%lf %lf %lf", &averages[0], &averages[1], &averages[2]) : 0;
    if (f) fclose(f);
    if (got == LOAD_AVERAGES) memcpy(b.ptr, averages, sizeof averages);
}

/* Seconds. /proc/uptime counts from the start of a container. */
static void get_uptime(const struct vs_args *a)
{
    double seconds;
    FILE *f = fopen("/proc/uptime", "re");
    int got = f ? fscanf(f, "%lf", &seconds) : 0;
    if (f) fclose(f);
    if (got != 1) {
        struct timespec now;
        if (clock_gettime(CLOCK_BOOTTIME, &now) < 0) {
            rt_os_describe(rt_env_of(a), vs_arg(a, 0), -errno, "uv_uptime");
            return;
        }
        seconds = (double)now.tv_sec;
    }
    vs_ret_f64(a, seconds);
}

/* A line "name:  N kB" of /proc/meminfo, in bytes; 0 when there is none. */
static double meminfo(const char *name)
{
    char line[128];
    double bytes = 0;
    size_t len = strlen(name);
    FILE *f = fopen("/proc/meminfo", "re");
    while (f && bytes == 0 && fgets(line, sizeof line, f)) {
        if (strncmp(line, name, len) == 0 && line[len] == ':')
            bytes = 1024.0 * strtod(line + len + 1, NULL);
    }
    if (f) fclose(f);
    return bytes;
}

static void get_total_mem(const struct vs_args *a)
{
    vs_ret_f64(a, meminfo("MemTotal"));
}

static void get_free_mem(const struct vs_args *a)
{
    vs_ret_f64(a, meminfo("MemAvailable"));
}

/* The entry of a user; *buf holds its texts, free() it. Returns 0 or -errno. */
static int read_passwd(uid_t uid, struct passwd *out, char **buf)
{
    struct passwd *found;
    *buf = NULL;
    for (size_t size = 1024; size <= PASSWD_MAX; size *= 2) {
        char *bigger = realloc(*buf, size);
        if (!bigger) return -ENOMEM;
        *buf = bigger;
        int err = getpwuid_r(uid, out, *buf, size, &found);
        if (err == 0) return found ? 0 : -ENOENT;
        if (err != ERANGE) return -err;
    }
    return -ERANGE;
}

/* $HOME, then the user's entry. */
static void get_home_directory(const struct vs_args *a)
{
    struct passwd user;
    char *buf;
    char *home = rt_vars_get(rt_env_of(a)->vars, "HOME");
    if (home) {
        ret_str(a, home);
        free(home);
        return;
    }
    int err = read_passwd(geteuid(), &user, &buf);
    if (err == 0) {
        ret_str(a, user.pw_dir);
    } else {
        rt_os_describe(rt_env_of(a), vs_arg(a, 0), err, "uv_os_homedir");
    }
    free(buf);
}

static bool put_text(struct rt_env *env, vs_val object, const char *name, const char *text,
                     enum rt_encoding encoding)
{
    vs_val v = text ? rt_encode(env, text, strlen(text), encoding) : vs_null(env->cx);
    if (v) vs_put(env->cx, object, name, v);
    return v;
}

/* ({ encoding }, details) */
static void get_user_info(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    struct passwd user;
    char *buf;
    enum rt_encoding encoding = RT_UTF8;
    if (vs_is_obj(vs_arg(a, 0))) {
        vs_val name = vs_get_name(cx, vs_arg(a, 0), "encoding");
        if (!name) return;
        encoding = rt_encoding_of(env, name, RT_UTF8);
    }
    int err = read_passwd(geteuid(), &user, &buf);
    if (err < 0) {
        rt_os_describe(env, vs_arg(a, 1), err, "uv_os_get_passwd");
        goto out;
    }
    vs_val info = vs_obj_new_null(cx);
    vs_put_int(cx, info, "uid", user.pw_uid);
    vs_put_int(cx, info, "gid", user.pw_gid);
    if (put_text(env, info, "username", user.pw_name, encoding) &&
        put_text(env, info, "homedir", user.pw_dir, encoding) &&
        put_text(env, info, "shell", user.pw_shell, encoding))
        vs_ret(a, info);
out:
    free(buf);
}

/* (pid, details) */
static void get_priority(const struct vs_args *a)
{
    errno = 0; /* -1 is a priority */
    int priority = getpriority(PRIO_PROCESS, (id_t)vs_int(vs_arg(a, 0)));
    if (priority == -1 && errno != 0) {
        rt_os_describe(rt_env_of(a), vs_arg(a, 1), -errno, "uv_os_getpriority");
        return;
    }
    vs_ret_i32(a, priority);
}

/* (pid, priority, details): 0 or -errno. */
static void set_priority(const struct vs_args *a)
{
    int err = 0;
    if (setpriority(PRIO_PROCESS, (id_t)vs_int(vs_arg(a, 0)), vs_int(vs_arg(a, 1))) < 0)
        err = -errno;
    if (err) rt_os_describe(rt_env_of(a), vs_arg(a, 2), err, "uv_os_setpriority");
    vs_ret_i32(a, err);
}

void rt_bind_os(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "getHostname", get_hostname);
    vs_put_fn(cx, target, "getLoadAvg", get_load_avg);
    vs_put_fn(cx, target, "getUptime", get_uptime);
    vs_put_fn(cx, target, "getTotalMem", get_total_mem);
    vs_put_fn(cx, target, "getFreeMem", get_free_mem);
    vs_put_fn(cx, target, "getCPUs", rt_os_get_cpus);
    vs_put_fn(cx, target, "getInterfaceAddresses", rt_os_get_interfaces);
    vs_put_fn(cx, target, "getHomeDirectory", get_home_directory);
    vs_put_fn(cx, target, "getUserInfo", get_user_info);
    vs_put_fn(cx, target, "setPriority", set_priority);
    vs_put_fn(cx, target, "getPriority", get_priority);
    vs_put_fn(cx, target, "getAvailableParallelism", rt_os_get_parallelism);
    vs_put_fn(cx, target, "getOSInformation", get_os_information);
    vs_put(cx, target, "isBigEndian", vs_bool(cx, false));
}
