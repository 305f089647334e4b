/* core/bind/v8_gc_profiler.c: GCProfiler: the heap before and after each collection between start()
 * and stop(), which returns it as JSON text: collections are no place to make JS objects. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/bind/v8_priv.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"

#define PROFILE_VERSION 1
#define NS_PER_MS 1000000
#define NS_PER_S 1000000000
#define NS_PER_US 1e3

struct gc_profiler {
    struct rt_native native; /* first */
    struct vs_gc_watch watch;
    bool on;
    FILE *out; /* the text so far, in memory; NULL while off */
    char *text;
    size_t len;
    bool any;         /* a collection is in it */
    int64_t begun_ns; /* the collection that runs */
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static long long wall_ms(void)
{
    return clock_ns(CLOCK_REALTIME) / NS_PER_MS;
}

static const char *kind_name(enum vs_gc_kind kind)
{
    switch (kind) {
    case VS_GC_SCAVENGE: return "Scavenge";
    case VS_GC_MINOR_MARK_SWEEP: return "MinorMarkSweep";
    case VS_GC_MARK_COMPACT: return "MarkSweepCompact";
    case VS_GC_INCREMENTAL: return "IncrementalMarking";
    case VS_GC_WEAK_CALLBACKS: return "ProcessWeakCallbacks";
    }
    return "Unknown";
}

static void write_heap(FILE *out, struct vs_cx *cx)
{
    struct vs_heap h;
    vs_heap_read(cx, &h);
    fprintf(out,
            "{\"heapStatistics\":{\"totalHeapSize\":%zu,\"totalHeapSizeExecutable\":%zu,"
            "\"totalPhysicalSize\":%zu,\"totalAvailableSize\":%zu,"
            "\"totalGlobalHandlesSize\":%zu,\"usedGlobalHandlesSize\":%zu,\"usedHeapSize\":%zu,"
            "\"heapSizeLimit\":%zu,\"mallocedMemory\":%zu,\"externalMemory\":%zu,"
            "\"peakMallocedMemory\":%zu},\"heapSpaceStatistics\":[",
            h.total, h.total_executable, h.total_physical, h.total_available,
            h.total_global_handles, h.used_global_handles, h.used, h.limit, h.malloced, h.external,
            h.peak_malloced);
    for (int i = 0; i < vs_heap_space_count(cx); i++) {
        struct vs_heap_space s;
        vs_heap_space_read(cx, i, &s);
        fprintf(out,
                "%s{\"spaceName\":\"%s\",\"spaceSize\":%zu,\"spaceUsedSize\":%zu,"
                "\"spaceAvailableSize\":%zu,\"physicalSpaceSize\":%zu}",
                i ? "," : "", s.name, s.size, s.used, s.available, s.physical);
    }
    fputs("]}", out);
}

static void gc_seen(struct vs_gc_watch *w, bool end, enum vs_gc_kind kind, int flags)
{
    struct gc_profiler *p = container_of(w, struct gc_profiler, watch);
    struct vs_cx *cx = p->native.env->cx;
    int64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    if (!end) {
        fprintf(p->out, "%s{\"gcType\":\"%s\",\"beforeGC\":", p->any ? "," : "", kind_name(kind));
        p->any = true;
        write_heap(p->out, cx);
        p->begun_ns = now_ns;
    } else if (p->begun_ns) {
        double cost_us = (double)(now_ns - p->begun_ns) / NS_PER_US;
        fprintf(p->out, ",\"cost\":%.3f,\"afterGC\":", cost_us);
        write_heap(p->out, cx);
        fputc('}', p->out);
        p->begun_ns = 0;
    }
}

static void reset(struct gc_profiler *p)
{
    if (!p->out) return;
    vs_gc_watch_remove(p->native.env->cx, &p->watch);
    fclose(p->out);
    free(p->text);
    p->out = NULL;
}

static void profiler_drop(struct rt_native *n)
{
    struct gc_profiler *p = container_of(n, struct gc_profiler, native);
    reset(p);
    free(p);
}

static void construct(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
    struct gc_profiler *p = calloc(1, sizeof *p);
    CHECK(p);
    p->watch.fn = gc_seen;
    rt_native_init(&p->native, rt_env_of(a), vs_this(a), profiler_drop);
}

static void start(const struct vs_args *a)
{
    struct gc_profiler *p = vs_native_get(vs_this(a), 0);
    if (!p || p->out) return;
    p->out = open_memstream(&p->text, &p->len);
    CHECK(p->out);
    p->any = false;
    p->begun_ns = 0;
    fprintf(p->out, "{\"version\":%d,\"startTime\":%lld,\"statistics\":[", PROFILE_VERSION,
            wall_ms());
    vs_gc_watch_add(p->native.env->cx, &p->watch);
}

/* stop() -> JSON, or undefined when it was not started */
static void stop(const struct vs_args *a)
{
    struct gc_profiler *p = vs_native_get(vs_this(a), 0);
    if (!p || !p->out) return;
    fprintf(p->out, "],\"endTime\":%lld}", wall_ms());
    CHECK(fflush(p->out) == 0);
    vs_val text = vs_str_latin1(vs_args_cx(a), p->text, (ptrdiff_t)p->len);
    reset(p);
    vs_ret_maybe(a, text);
}

void rt_v8_put_gc_profiler(struct rt_env *env, vs_val target)
{
    struct vs_class *c = vs_class_new(env->cx, "GCProfiler", construct, NULL, 1);
    vs_class_method(c, "start", start);
    vs_class_method(c, "stop", stop);
    vs_put(env->cx, target, "GCProfiler", vs_class_fn(c));
}
