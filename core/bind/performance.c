/* core/bind/performance.c: internalBinding('performance'): clock, milestones of start-up, observer
 * counts. Histograms are in histogram.c, 'gc' entries in performance_gc.c. */
#include <stdlib.h>
#include <time.h>

#include "core/bind/histogram.h"
#include "core/bind/performance_priv.h"
#include "core/error.h"

#define NS_PER_S 1000000000

int64_t rt_performance_now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* Milliseconds since the time origin. */
static void now(const struct vs_args *a)
{
    vs_ret_f64(a, (double)(rt_performance_now_ns() - rt_env_of(a)->start_ns) / NS_PER_MS);
}

static void loop_idle_time(const struct vs_args *a)
{
    vs_ret_f64(a, (double)rt_idle_ns(rt_env_of(a)) / NS_PER_MS);
}

static void mark_bootstrap_complete(const struct vs_args *a)
{
    rt_mark(rt_env_of(a), RT_MILESTONE_BOOTSTRAP_COMPLETE);
}

/* [turns, events delivered, events still waiting]: a poll delivers all it has taken. */
static void loop_metrics(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct ur_stats stats;
    ur_loop_stats(env->loop, &stats);
    vs_val values[] = {
        vs_num(env->cx, (double)stats.polls),
        vs_num(env->cx, (double)stats.dispatched),
        vs_num(env->cx, 0),
    };
    vs_ret(a, vs_arr_new(env->cx, values, sizeof values / sizeof values[0]));
}

/* setupObservers(fn): fn(name, type, startTime, duration, details) takes entries that C makes. */
static void setup_observers(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_ref_drop(env->hooks.perf_entry);
    env->hooks.perf_entry = vs_ref_new(env->cx, vs_arg(a, 0));
}

bool rt_performance_observed(struct rt_env *env, enum rt_entry_type type)
{
    struct vs_scope scope;
    if (!env->can_call_js || !env->hooks.perf_entry) return false;
    vs_scope_open(env->cx, &scope);
    vs_val binding = rt_binding_get(env, "performance");
    vs_val counts = binding ? vs_get_name(env->cx, binding, "observerCounts") : NULL;
    bool observed = counts && ((const uint32_t *)(const void *)vs_bytes(counts).ptr)[type] > 0;
    vs_scope_close(&scope);
    return observed;
}

void rt_performance_entry(struct rt_env *env, const char *name, const char *type, int64_t start_ns,
                          int64_t end_ns, vs_val details)
{
    struct vs_cx *cx = env->cx;
    vs_val argv[] = { vs_str_intern(cx, name), vs_str_intern(cx, type),
                      vs_num(cx, (double)(start_ns - env->start_ns) / NS_PER_MS),
                      vs_num(cx, (double)(end_ns - start_ns) / NS_PER_MS), details };
    vs_call(cx, vs_ref_get(env->hooks.perf_entry), vs_undefined(cx), 5, argv);
}

static void put_hidden(struct vs_cx *cx, vs_val target, const char *name, int value)
{
    CHECK(vs_define(cx, target, vs_str_intern(cx, name), vs_i32(cx, value),
                    VS_READ_ONLY | VS_DONT_ENUM | VS_DONT_DELETE));
}

static vs_val constants_new(struct vs_cx *cx)
{
    static const struct {
        const char *name;
        int value;
    } shown[] = {
        { "NODE_PERFORMANCE_GC_MAJOR", 4 },
        { "NODE_PERFORMANCE_GC_MINOR", 1 },
        { "NODE_PERFORMANCE_GC_MINOR_MARK_SWEEP", 2 },
        { "NODE_PERFORMANCE_GC_INCREMENTAL", 8 },
        { "NODE_PERFORMANCE_GC_WEAKCB", 16 },
        { "NODE_PERFORMANCE_GC_FLAGS_NO", 0 },
        { "NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED", 2 },
        { "NODE_PERFORMANCE_GC_FLAGS_FORCED", 4 },
        { "NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING", 8 },
        { "NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE", 16 },
        { "NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY", 32 },
        { "NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE", 64 },
    };
    static const char *const entry_types[RT_ENTRY_COUNT] = {
        [RT_ENTRY_GC] = "NODE_PERFORMANCE_ENTRY_TYPE_GC",
        [RT_ENTRY_HTTP] = "NODE_PERFORMANCE_ENTRY_TYPE_HTTP",
        [RT_ENTRY_HTTP2] = "NODE_PERFORMANCE_ENTRY_TYPE_HTTP2",
        [RT_ENTRY_NET] = "NODE_PERFORMANCE_ENTRY_TYPE_NET",
        [RT_ENTRY_DNS] = "NODE_PERFORMANCE_ENTRY_TYPE_DNS",
        [RT_ENTRY_QUIC] = "NODE_PERFORMANCE_ENTRY_TYPE_QUIC",
    };
    static const char *const milestones[RT_MILESTONE_COUNT] = {
        [RT_MILESTONE_TIME_ORIGIN_TIMESTAMP] = "NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN_TIMESTAMP",
        [RT_MILESTONE_TIME_ORIGIN] = "NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN",
        [RT_MILESTONE_ENVIRONMENT] = "NODE_PERFORMANCE_MILESTONE_ENVIRONMENT",
        [RT_MILESTONE_NODE_START] = "NODE_PERFORMANCE_MILESTONE_NODE_START",
        [RT_MILESTONE_V8_START] = "NODE_PERFORMANCE_MILESTONE_V8_START",
        [RT_MILESTONE_LOOP_START] = "NODE_PERFORMANCE_MILESTONE_LOOP_START",
        [RT_MILESTONE_LOOP_EXIT] = "NODE_PERFORMANCE_MILESTONE_LOOP_EXIT",
        [RT_MILESTONE_BOOTSTRAP_COMPLETE] = "NODE_PERFORMANCE_MILESTONE_BOOTSTRAP_COMPLETE",
    };
    vs_val out = vs_obj_new(cx);
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        CHECK(vs_define(cx, out, vs_str_intern(cx, shown[i].name), vs_i32(cx, shown[i].value),
                        VS_READ_ONLY | VS_DONT_DELETE));
    }
    for (int i = 0; i < RT_ENTRY_COUNT; i++) put_hidden(cx, out, entry_types[i], i);
    for (int i = 0; i < RT_MILESTONE_COUNT; i++) put_hidden(cx, out, milestones[i], i);
    return out;
}

void rt_bind_performance(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "now", now);
    vs_put_fn(cx, target, "loopIdleTime", loop_idle_time);
    vs_put_fn(cx, target, "markBootstrapComplete", mark_bootstrap_complete);
    vs_put_fn(cx, target, "uvMetricsInfo", loop_metrics);
    vs_put_fn(cx, target, "setupObservers", setup_observers);
    rt_performance_put_gc(env, target);
    rt_put_missing(env, target, "performance", "notify");
    vs_val counts = vs_ab_new(cx, RT_ENTRY_COUNT * sizeof(uint32_t));
    vs_put(cx, target, "observerCounts", vs_typed_new(cx, VS_U32, counts, 0, RT_ENTRY_COUNT));
    vs_val milestones = vs_ref_get(env->shared[RT_SHARED_MILESTONES]);
    vs_put(cx, target, "milestones", vs_typed_new(cx, VS_F64, milestones, 0, RT_MILESTONE_COUNT));
    vs_put(cx, target, "constants", constants_new(cx));
    rt_histogram_put(env, target);
}
