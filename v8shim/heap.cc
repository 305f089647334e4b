/* v8shim/heap.cc: how much memory an isolate uses; watching collections. */
#include "v8shim/vs_priv.h"

void vs_heap_read(vs_cx *cx, vs_heap *out)
{
    v8::HeapStatistics s;
    isolate_of(cx)->GetHeapStatistics(&s);
    *out = {};
    out->total = s.total_heap_size();
    out->total_executable = s.total_heap_size_executable();
    out->total_physical = s.total_physical_size();
    out->total_available = s.total_available_size();
    out->total_global_handles = s.total_global_handles_size();
    out->used = s.used_heap_size();
    out->used_global_handles = s.used_global_handles_size();
    out->limit = s.heap_size_limit();
    out->malloced = s.malloced_memory();
    out->peak_malloced = s.peak_malloced_memory();
    out->external = s.external_memory();
    out->array_buffers = buffer_bytes();
    out->native_contexts = s.number_of_native_contexts();
    out->detached_contexts = s.number_of_detached_contexts();
    out->zap_garbage = s.does_zap_garbage();
}

static_assert(static_cast<int>(VS_GC_SCAVENGE) == v8::kGCTypeScavenge);
static_assert(static_cast<int>(VS_GC_MINOR_MARK_SWEEP) == v8::kGCTypeMinorMarkSweep);
static_assert(static_cast<int>(VS_GC_MARK_COMPACT) == v8::kGCTypeMarkSweepCompact);
static_assert(static_cast<int>(VS_GC_INCREMENTAL) == v8::kGCTypeIncrementalMarking);
static_assert(static_cast<int>(VS_GC_WEAK_CALLBACKS) == v8::kGCTypeProcessWeakCallbacks);

void vs_gc_watch_add(vs_cx *cx, vs_gc_watch *w)
{
    vs_state *st = state_of(cx);
    w->next = st->gc_watches;
    st->gc_watches = w;
}

void vs_gc_watch_remove(vs_cx *cx, vs_gc_watch *w)
{
    vs_gc_watch **link = &state_of(cx)->gc_watches;
    while (*link != w) link = &(*link)->next;
    *link = w->next;
}

void vs_gc_tell(vs_state *st, bool end, v8::GCType kind, v8::GCCallbackFlags flags)
{
    for (vs_gc_watch *w = st->gc_watches; w; w = w->next)
        w->fn(w, end, static_cast<vs_gc_kind>(kind), flags);
}
