/* core/bind/process_usage.c: clocks, CPU time and memory of the process, for process.*Usage() and
 * friends. Results go into a Float64Array of the library. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "core/bind/process_state.h"
#include "core/env.h"
#include "core/error.h"
#include "core/process.h"

#define US_PER_S 1e6
#define NS_PER_S 1000000000
#define KIB 1024

static struct timespec monotonic_now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts;
}

static void hrtime(const struct vs_args *a)
{
    struct rt_process *p = rt_process_state(rt_env_of(a));
    struct timespec ts = monotonic_now();
    p->hrtime[0] = (uint32_t)((uint64_t)ts.tv_sec >> 32);
    p->hrtime[1] = (uint32_t)ts.tv_sec;
    p->hrtime[2] = (uint32_t)ts.tv_nsec;
}

static void hrtime_bigint(const struct vs_args *a)
{
    struct rt_process *p = rt_process_state(rt_env_of(a));
    struct timespec ts = monotonic_now();
    uint64_t ns = (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
    memcpy(p->hrtime, &ns, sizeof ns);
}

static void uptime(const struct vs_args *a)
{
    struct timespec ts = monotonic_now();
    int64_t ns = (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec - rt_env_of(a)->start_ns;
    vs_ret_f64(a, (double)ns / NS_PER_S);
}

/* The library's Float64Array in argument 0, which has room for count numbers. */
static double *out_array(const struct vs_args *a, size_t count)
{
    struct vs_bytes bytes = vs_bytes(vs_arg(a, 0));
    CHECK(bytes.len == count * sizeof(double));
    return (double *)bytes.ptr;
}

static double micros(struct timeval tv)
{
    return (double)tv.tv_sec * US_PER_S + (double)tv.tv_usec;
}

/* err: of asking for the usage. */
static void put_cpu_usage(const struct vs_args *a, const struct rusage *usage, int err)
{
    if (err) {
        rt_throw_uv(rt_env_of(a), err, "uv_getrusage", NULL, NULL);
        return;
    }
    double *out = out_array(a, 2);
    out[0] = micros(usage->ru_utime);
    out[1] = micros(usage->ru_stime);
}

static void cpu_usage(const struct vs_args *a)
{
    struct rusage usage;
    int err = getrusage(RUSAGE_SELF, &usage) == 0 ? 0 : -errno;
    put_cpu_usage(a, &usage, err);
}

static void thread_cpu_usage(const struct vs_args *a)
{
    struct rusage usage;
    int err = rt_env_cpu_usage(rt_env_of(a), &usage);
    put_cpu_usage(a, &usage, err);
}

static void resource_usage(const struct vs_args *a)
{
    struct rusage u;
    if (getrusage(RUSAGE_SELF, &u) != 0) {
        rt_throw_uv(rt_env_of(a), -errno, "uv_getrusage", NULL, NULL);
        return;
    }
    const double values[] = {
        micros(u.ru_utime),  micros(u.ru_stime),    (double)u.ru_maxrss,  (double)u.ru_ixrss,
        (double)u.ru_idrss,  (double)u.ru_isrss,    (double)u.ru_minflt,  (double)u.ru_majflt,
        (double)u.ru_nswap,  (double)u.ru_inblock,  (double)u.ru_oublock, (double)u.ru_msgsnd,
        (double)u.ru_msgrcv, (double)u.ru_nsignals, (double)u.ru_nvcsw,   (double)u.ru_nivcsw,
    };
    memcpy(out_array(a, sizeof values / sizeof values[0]), values, sizeof values);
}

/* Bytes of physical memory in use, or -errno. */
static int64_t resident_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f) return -errno;
    int64_t pages;
    int got = fscanf(f, "%*d %" SCNd64, &pages);
    fclose(f);
    return got == 1 ? pages * sysconf(_SC_PAGESIZE) : -EINVAL;
}

static void rss(const struct vs_args *a)
{
    int64_t bytes = resident_bytes();
    if (bytes < 0)
        rt_throw_uv(rt_env_of(a), (int)bytes, "uv_resident_set_memory", NULL, NULL);
    else
        vs_ret_f64(a, (double)bytes);
}

static void memory_usage(const struct vs_args *a)
{
    int64_t bytes = resident_bytes();
    if (bytes < 0) {
        rt_throw_uv(rt_env_of(a), (int)bytes, "uv_resident_set_memory", NULL, NULL);
        return;
    }
    struct vs_heap heap;
    vs_heap_read(vs_args_cx(a), &heap);
    const double values[] = {
        (double)bytes,         (double)heap.total,         (double)heap.used,
        (double)heap.external, (double)heap.array_buffers,
    };
    memcpy(out_array(a, sizeof values / sizeof values[0]), values, sizeof values);
}

/* The number in a file of one line. "max" and numbers out of range: UINT64_MAX. 0: no such file. */
static uint64_t read_limit(const char *path)
{
    FILE *f = fopen(path, "re");
    if (!f) return 0;
    char text[32];
    uint64_t n = 0;
    if (fgets(text, sizeof text, f)) {
        n = strncmp(text, "max", 3) == 0 ? UINT64_MAX : strtoull(text, NULL, 10);
    }
    fclose(f);
    return n;
}

/* Finds the memory cgroup of the process: version 2 has the line "0::/path", version 1
 * "N:memory:/path". Returns 0 when there is none. */
static int find_cgroup(char *path, size_t len)
{
    char line[NAME_MAX];
    int version = 0;
    FILE *f = fopen("/proc/self/cgroup", "re");
    if (!f) return 0;
    while (version == 0 && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        char *v1 = strstr(line, ":memory:");
        if (v1) {
            version = 1;
            snprintf(path, len, "/sys/fs/cgroup/memory%s", v1 + strlen(":memory:"));
        } else if (strncmp(line, "0::", 3) == 0) {
            version = 2;
            snprintf(path, len, "/sys/fs/cgroup%s", line + 3);
        }
    }
    fclose(f);
    return version;
}

static uint64_t cgroup_number(const char *cgroup, const char *file)
{
    char path[PATH_MAX + NAME_MAX];
    snprintf(path, sizeof path, "%s/%s", cgroup, file);
    return read_limit(path);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Version 1 writes "no limit" as the largest multiple of a page. */
static uint64_t v1_limit(uint64_t n)
{
    uint64_t unlimited = (uint64_t)LONG_MAX & ~((uint64_t)sysconf(_SC_PAGESIZE) - 1);
    return n == unlimited ? UINT64_MAX : n;
}

/* 0: not in a cgroup; UINT64_MAX: in one without a limit. */
static uint64_t cgroup_limit(int version, const char *cgroup)
{
    if (version == 1) {
        return least(v1_limit(cgroup_number(cgroup, "memory.limit_in_bytes")),
                     v1_limit(cgroup_number(cgroup, "memory.soft_limit_in_bytes")));
    }
    if (version == 2) {
        return least(cgroup_number(cgroup, "memory.max"), cgroup_number(cgroup, "memory.high"));
    }
    return 0;
}

static uint64_t resource_limit(int resource)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) || limit.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
    return limit.rlim_cur;
}

static void constrained_memory(const struct vs_args *a)
{
    char cgroup[PATH_MAX];
    int version = find_cgroup(cgroup, sizeof cgroup);
    uint64_t of_cgroup = cgroup_limit(version, cgroup);
    uint64_t limit = least(resource_limit(RLIMIT_AS), resource_limit(RLIMIT_DATA));
    vs_ret_f64(a, (double)(of_cgroup ? least(limit, of_cgroup) : limit));
}

/* A line "Name: 123 kB" of /proc/meminfo, in bytes. */
static uint64_t meminfo(const char *name)
{
    char line[128];
    uint64_t kib = 0;
    FILE *f = fopen("/proc/meminfo", "re");
    if (!f) return 0;
    size_t len = strlen(name);
    while (fgets(line, sizeof line, f)) {
        if (strncmp(line, name, len) != 0) continue;
        sscanf(line + len, "%" SCNu64, &kib);
        break;
    }
    fclose(f);
    return kib * KIB;
}

uint64_t rt_memory_available(void)
{
    char cgroup[PATH_MAX];
    int version = find_cgroup(cgroup, sizeof cgroup);
    uint64_t limit = cgroup_limit(version, cgroup), available = meminfo("MemAvailable:");
    if (limit > 0 && limit <= meminfo("MemTotal:")) {
        uint64_t used =
            cgroup_number(cgroup, version == 1 ? "memory.usage_in_bytes" : "memory.current");
        available = used < limit ? limit - used : 0;
    }
    return available;
}

static void available_memory(const struct vs_args *a)
{
    vs_ret_f64(a, (double)rt_memory_available());
}

void rt_process_put_usage(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "hrtime", hrtime);
    vs_put_fn(cx, target, "hrtimeBigInt", hrtime_bigint);
    vs_put_fn(cx, target, "uptime", uptime);
    vs_put_fn(cx, target, "cpuUsage", cpu_usage);
    vs_put_fn(cx, target, "threadCpuUsage", thread_cpu_usage);
    vs_put_fn(cx, target, "resourceUsage", resource_usage);
    vs_put_fn(cx, target, "memoryUsage", memory_usage);
    vs_put_fn(cx, target, "rss", rss);
    vs_put_fn(cx, target, "constrainedMemory", constrained_memory);
    vs_put_fn(cx, target, "availableMemory", available_memory);
    vs_put(cx, target, "hrtimeBuffer", vs_ref_get(rt_process_state(env)->hrtime_buffer));
}
