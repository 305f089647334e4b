/* core/bind/os_cpus.c: os.cpus() and os.availableParallelism(). */
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/bind/os_priv.h"

/* Lines of /proc that matter are shorter. */
#define LINE_MAX_LEN 512
/* Numbers of a processor that the library gets: model, speed, then five times. */
enum { CPU_FIELDS = 7 };

/* The n-th processor's "model name" in /proc/cpuinfo, which is open at its start. */
static void read_model(FILE *cpuinfo, unsigned n, char model[LINE_MAX_LEN])
{
    char line[LINE_MAX_LEN];
    unsigned cpu = UINT_MAX;
    strcpy(model, "unknown");
    if (!cpuinfo) return;
    rewind(cpuinfo);
    while (fgets(line, sizeof line, cpuinfo)) {
        char *value = strchr(line, ':');
        if (!value) continue;
        value += strspn(value, ": \t");
        value[strcspn(value, "\n")] = '\0';
        if (strncmp(line, "processor", strlen("processor")) == 0)
            cpu = (unsigned)strtoul(value, NULL, 10);
        if (cpu != n || strncmp(line, "model name", strlen("model name")) != 0) continue;
        strcpy(model, value);
        return;
    }
}

static double read_mhz(unsigned n)
{
    char path[64];
    double khz = 0;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%u/cpufreq/scaling_cur_freq", n);
    FILE *f = fopen(path, "re");
    if (f && fscanf(f, "%lf", &khz) != 1) khz = 0;
    if (f) fclose(f);
    return (double)(long)(khz / 1000);
}

/* One processor after the other: model, speed in MHz, ms in user, nice, sys, idle, irq. */
void rt_os_get_cpus(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    char line[LINE_MAX_LEN], model[LINE_MAX_LEN];
    FILE *stat = fopen("/proc/stat", "re"), *cpuinfo = fopen("/proc/cpuinfo", "re");
    vs_val all = vs_arr_new(cx, NULL, 0);
    const double ms_per_tick = 1000.0 / (double)sysconf(_SC_CLK_TCK);
    uint32_t count = 0;
    bool ok = true;
    while (ok && stat && fgets(line, sizeof line, stat)) {
        unsigned n;
        double user, nice, sys, idle, wait, irq;
        /* The first line, "cpu  ...", is the sum. */
        if (strncmp(line, "cpu ", strlen("cpu ")) == 0) continue;
        if (sscanf(line, "cpu%u %lf %lf %lf %lf %lf %lf", &n, &user, &nice, &sys, &idle, &wait,
                   &irq) != CPU_FIELDS)
            continue;
        read_model(cpuinfo, n, model);
        vs_val name = vs_str_utf8(cx, model, -1);
        vs_val fields[CPU_FIELDS] = {
            name,
            vs_num(cx, read_mhz(n)),
            vs_num(cx, user * ms_per_tick),
            vs_num(cx, nice * ms_per_tick),
            vs_num(cx, sys * ms_per_tick),
            vs_num(cx, idle * ms_per_tick),
            vs_num(cx, irq * ms_per_tick),
        };
        ok = name;
        for (int i = 0; ok && i < CPU_FIELDS; i++) ok = vs_set_index(cx, all, count++, fields[i]);
    }
    if (stat) fclose(stat);
    if (cpuinfo) fclose(cpuinfo);
    if (ok) vs_ret(a, all);
}

/* Processors that the control group at path (below the mount point) may use up; 0: no limit. */
static double read_quota(const char *group)
{
    char path[PATH_MAX];
    double quota, period;
    int len = snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", group);
    FILE *f = len < (int)sizeof path ? fopen(path, "re") : NULL;
    bool limited = f && fscanf(f, "%lf %lf", &quota, &period) == 2 && period > 0;
    if (f) fclose(f);
    return limited ? quota / period : 0;
}

/* The tightest limit of our control group (version 2) and those above it; 0: none. */
static double quota_of_groups(void)
{
    char line[PATH_MAX], *group = NULL;
    double tightest = 0;
    FILE *f = fopen("/proc/self/cgroup", "re");
    while (f && !group && fgets(line, sizeof line, f)) {
        if (strncmp(line, "0::", strlen("0::")) == 0) group = line + strlen("0::");
    }
    if (f) fclose(f);
    if (!group) return 0;
    group[strcspn(group, "\n")] = '\0';
    for (;;) {
        double quota = read_quota(group);
        if (quota > 0 && (tightest == 0 || quota < tightest)) tightest = quota;
        char *slash = strrchr(group, '/');
        if (!slash) return tightest;
        *slash = '\0';
    }
}

void rt_os_get_parallelism(const struct vs_args *a)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set)
                                                            : (int)sysconf(_SC_NPROCESSORS_ONLN);
    double quota = quota_of_groups();
    if (quota > 0 && quota < count) count = (int)quota;
    vs_ret_i32(a, count > 1 ? count : 1);
}
