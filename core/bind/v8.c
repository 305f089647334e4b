/* core/bind/v8.c: internalBinding('v8'): statistics of the heap, flags of the engine. */
#include <stdlib.h>

#include "core/bind/heap_stream.h"
#include "core/bind/v8_priv.h"
#include "core/env.h"
#include "core/error.h"
#include "core/heap_file.h"
#include "core/seat.h"

/* Order of the numbers in the arrays that the library reads; k...Index on the binding. */
enum heap_field {
    TOTAL,
    TOTAL_EXECUTABLE,
    TOTAL_PHYSICAL,
    TOTAL_AVAILABLE,
    USED,
    LIMIT,
    MALLOCED,
    PEAK_MALLOCED,
    ZAP_GARBAGE,
    NATIVE_CONTEXTS,
    DETACHED_CONTEXTS,
    TOTAL_GLOBAL_HANDLES,
    USED_GLOBAL_HANDLES,
    EXTERNAL,
    HEAP_FIELDS,
};
enum code_field { CODE, BYTECODE, EXTERNAL_SOURCE, CPU_PROFILER, CODE_FIELDS };
enum space_field { SPACE_SIZE, SPACE_USED, SPACE_AVAILABLE, SPACE_PHYSICAL, SPACE_FIELDS };

/* Per-env state: the arrays, one after the other. The library holds them as long as the env lives.
 */
struct statistics {
    double heap[HEAP_FIELDS];
    double code[CODE_FIELDS];
    double space[SPACE_FIELDS];
};

static struct statistics *statistics_of(const struct vs_args *a)
{
    return rt_env_of(a)->binding_state[RT_STATE_v8];
}

static void update_heap_statistics(const struct vs_args *a)
{
    struct vs_heap h;
    vs_heap_read(vs_args_cx(a), &h);
    double *out = statistics_of(a)->heap;
    out[TOTAL] = (double)h.total;
    out[TOTAL_EXECUTABLE] = (double)h.total_executable;
    out[TOTAL_PHYSICAL] = (double)h.total_physical;
    out[TOTAL_AVAILABLE] = (double)h.total_available;
    out[USED] = (double)h.used;
    out[LIMIT] = (double)h.limit;
    out[MALLOCED] = (double)h.malloced;
    out[PEAK_MALLOCED] = (double)h.peak_malloced;
    out[ZAP_GARBAGE] = h.zap_garbage;
    out[NATIVE_CONTEXTS] = (double)h.native_contexts;
    out[DETACHED_CONTEXTS] = (double)h.detached_contexts;
    out[TOTAL_GLOBAL_HANDLES] = (double)h.total_global_handles;
    out[USED_GLOBAL_HANDLES] = (double)h.used_global_handles;
    out[EXTERNAL] = (double)h.external;
}

static void update_code_statistics(const struct vs_args *a)
{
    struct vs_heap_code c;
    vs_heap_code_read(vs_args_cx(a), &c);
    double *out = statistics_of(a)->code;
    out[CODE] = (double)c.code;
    out[BYTECODE] = (double)c.bytecode;
    out[EXTERNAL_SOURCE] = (double)c.external_source;
    out[CPU_PROFILER] = (double)c.cpu_profiler;
}

/* (index into kHeapSpaces) */
static void update_space_statistics(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct vs_heap_space s;
    int i = vs_int(vs_arg(a, 0));
    CHECK(i >= 0 && i < vs_heap_space_count(cx));
    vs_heap_space_read(cx, i, &s);
    double *out = statistics_of(a)->space;
    out[SPACE_SIZE] = (double)s.size;
    out[SPACE_USED] = (double)s.used;
    out[SPACE_AVAILABLE] = (double)s.available;
    out[SPACE_PHYSICAL] = (double)s.physical;
}

static void cached_data_version_tag(const struct vs_args *a)
{
    vs_ret_f64(a, vs_cache_tag());
}

static void set_flags_from_string(const struct vs_args *a)
{
    struct vs_text flags;
    if (!vs_text_read(vs_args_cx(a), vs_arg(a, 0), &flags)) return;
    vs_flags_set(flags.ptr);
    rt_seats_renew();
    vs_text_reset(&flags);
}

static void is_string_one_byte(const struct vs_args *a)
{
    CHECK(vs_is_str(vs_arg(a, 0)));
    vs_ret_bool(a, vs_str_is_one_byte(vs_arg(a, 0)));
}

static void set_near_limit(const struct vs_args *a)
{
    rt_heap_file_near_limit(rt_env_of(a), vs_uint(vs_arg(a, 0)));
}

/* torc keeps no objects in a C++ heap of V8's. */
static void get_cpp_heap_statistics(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val out = vs_obj_new_null(cx);
    vs_put_int(cx, out, "committed_size_bytes", 0);
    vs_put_int(cx, out, "resident_size_bytes", 0);
    vs_put_int(cx, out, "used_size_bytes", 0);
    vs_put(cx, out, "space_statistics", vs_arr_new(cx, NULL, 0));
    vs_put(cx, out, "type_names", vs_arr_new(cx, NULL, 0));
    vs_ret(a, out);
}

static vs_val space_names(struct vs_cx *cx)
{
    vs_val names = vs_arr_new(cx, NULL, 0);
    for (int i = 0; i < vs_heap_space_count(cx); i++) {
        struct vs_heap_space s;
        vs_heap_space_read(cx, i, &s);
        CHECK(vs_set_index(cx, names, (uint32_t)i, vs_str_intern(cx, s.name)));
    }
    return names;
}

static void put_indices(struct vs_cx *cx, vs_val target)
{
    static const struct {
        const char *name;
        int index;
    } indices[] = {
        { "kTotalHeapSizeIndex", TOTAL },
        { "kTotalHeapSizeExecutableIndex", TOTAL_EXECUTABLE },
        { "kTotalPhysicalSizeIndex", TOTAL_PHYSICAL },
        { "kTotalAvailableSize", TOTAL_AVAILABLE },
        { "kUsedHeapSizeIndex", USED },
        { "kHeapSizeLimitIndex", LIMIT },
        { "kMallocedMemoryIndex", MALLOCED },
        { "kPeakMallocedMemoryIndex", PEAK_MALLOCED },
        { "kDoesZapGarbageIndex", ZAP_GARBAGE },
        { "kNumberOfNativeContextsIndex", NATIVE_CONTEXTS },
        { "kNumberOfDetachedContextsIndex", DETACHED_CONTEXTS },
        { "kTotalGlobalHandlesSizeIndex", TOTAL_GLOBAL_HANDLES },
        { "kUsedGlobalHandlesSizeIndex", USED_GLOBAL_HANDLES },
        { "kExternalMemoryIndex", EXTERNAL },
        { "kCodeAndMetadataSizeIndex", CODE },
        { "kBytecodeAndMetadataSizeIndex", BYTECODE },
        { "kExternalScriptSourceSizeIndex", EXTERNAL_SOURCE },
        { "kCPUProfilerMetaDataSizeIndex", CPU_PROFILER },
        { "kSpaceSizeIndex", SPACE_SIZE },
        { "kSpaceUsedSizeIndex", SPACE_USED },
        { "kSpaceAvailableSizeIndex", SPACE_AVAILABLE },
        { "kPhysicalSpaceSizeIndex", SPACE_PHYSICAL },
    };
    for (size_t i = 0; i < sizeof indices / sizeof indices[0]; i++) {
        vs_put_int(cx, target, indices[i].name, indices[i].index);
    }
}

static void put_arrays(struct rt_env *env, vs_val target)
{
    static const struct {
        const char *name;
        size_t off, count;
    } arrays[] = {
        { "heapStatisticsBuffer", offsetof(struct statistics, heap), HEAP_FIELDS },
        { "heapCodeStatisticsBuffer", offsetof(struct statistics, code), CODE_FIELDS },
        { "heapSpaceStatisticsBuffer", offsetof(struct statistics, space), SPACE_FIELDS },
    };
    vs_val ab = vs_ab_new(env->cx, sizeof(struct statistics));
    CHECK(ab);
    env->binding_state[RT_STATE_v8] = vs_bytes(ab).ptr;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        vs_val array = vs_typed_new(env->cx, VS_F64, ab, arrays[i].off, arrays[i].count);
        CHECK(array);
        vs_put(env->cx, target, arrays[i].name, array);
    }
}

static void start_cpu_profile(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    uint32_t id = vs_cpu_profile_start(env->cx);
    if (id) {
        vs_ret_f64(a, id);
    } else {
        rt_throw_code(env, VS_ERROR, "ERR_CPU_PROFILE_TOO_MANY", "There are too many CPU profiles");
    }
}

/* (id): the profile as JSON. */
static void stop_cpu_profile(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct heap_text text = { 0 };
    double id;
    if (!vs_to_f64(env->cx, vs_arg(a, 0), &id)) return;
    if (vs_cpu_profile_stop(env->cx, (uint32_t)id, rt_heap_text_write, &text)) {
        vs_ret_maybe(a, vs_str_utf8(env->cx, text.ptr, (ptrdiff_t)text.len));
    } else {
        rt_throw_code(env, VS_ERROR, "ERR_CPU_PROFILE_NOT_STARTED", "CPU profile not started");
    }
    free(text.ptr);
}

void rt_bind_v8(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    put_arrays(env, target);
    put_indices(cx, target);
    vs_put(cx, target, "kHeapSpaces", space_names(cx));
    vs_val level = vs_obj_new_null(cx);
    vs_put_int(cx, level, "DETAILED", 1);
    vs_put_int(cx, level, "BRIEF", 0);
    vs_put(cx, target, "detailLevel", level);
    vs_put_fn(cx, target, "cachedDataVersionTag", cached_data_version_tag);
    vs_put_fn(cx, target, "updateHeapStatisticsBuffer", update_heap_statistics);
    vs_put_fn(cx, target, "updateHeapCodeStatisticsBuffer", update_code_statistics);
    vs_put_fn(cx, target, "updateHeapSpaceStatisticsBuffer", update_space_statistics);
    vs_put_fn(cx, target, "setFlagsFromString", set_flags_from_string);
    vs_put_fn(cx, target, "isStringOneByteRepresentation", is_string_one_byte);
    vs_put_fn(cx, target, "getCppHeapStatistics", get_cpp_heap_statistics);
    rt_v8_put_gc_profiler(env, target);
    vs_put_fn(cx, target, "setHeapSnapshotNearHeapLimit", set_near_limit);
    rt_put_missing(env, target, "v8", "getHashSeed");
    vs_put_fn(cx, target, "startCpuProfile", start_cpu_profile);
    vs_put_fn(cx, target, "stopCpuProfile", stop_cpu_profile);
}
