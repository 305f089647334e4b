/* v8shim/heap_query.cc: a closer look at an isolate's heap. */
#include "v8shim/text_stream_priv.h"
#include "v8shim/vs_heap.h"
#include "v8shim/vs_priv.h"

int vs_heap_space_count(vs_cx *cx)
{
    return static_cast<int>(isolate_of(cx)->NumberOfHeapSpaces());
}

void vs_heap_space_read(vs_cx *cx, int i, vs_heap_space *out)
{
    v8::HeapSpaceStatistics s;
    isolate_of(cx)->GetHeapSpaceStatistics(&s, static_cast<size_t>(i));
    *out = { s.space_name(), s.space_size(), s.space_used_size(), s.space_available_size(),
             s.physical_space_size() };
}

void vs_heap_code_read(vs_cx *cx, vs_heap_code *out)
{
    v8::HeapCodeStatistics s;
    isolate_of(cx)->GetHeapCodeAndMetadataStatistics(&s);
    *out = { s.code_and_metadata_size(), s.bytecode_and_metadata_size(),
             s.external_script_source_size(), s.cpu_profiler_metadata_size() };
}

static size_t on_watched_limit(void *data, size_t limit, size_t first_limit)
{
    vs_state *st = static_cast<vs_state *>(data);
    return st->watched_limit(st, limit, first_limit);
}

void vs_heap_limit_watch(vs_cx *cx, size_t (*fn)(vs_cx *cx, size_t limit, size_t first_limit))
{
    vs_state *st = state_of(cx);
    st->watched_limit = fn;
    isolate_of(cx)->AddNearHeapLimitCallback(on_watched_limit, st);
}

void vs_heap_limit_unwatch(vs_cx *cx, size_t restore)
{
    isolate_of(cx)->RemoveNearHeapLimitCallback(on_watched_limit, restore);
}

namespace
{
class HasPrototype final : public v8::QueryObjectPredicate
{
  public:
    HasPrototype(v8::Local<v8::Context> context, v8::Local<v8::Value> proto)
        : context(context), proto(proto)
    {
    }

    bool Filter(v8::Local<v8::Object> object) override
    {
        if (object->IsProxy()) return false; /* walking on would run its code */
        v8::Local<v8::Value> up = object->GetPrototypeV2();
        while (up->IsObject()) {
            if (up->StrictEquals(proto)) return true;
            if (up->IsProxy()) return false;
            up = up.As<v8::Object>()->GetPrototypeV2();
        }
        return false;
    }

  private:
    v8::Local<v8::Context> context;
    v8::Local<v8::Value> proto;
};
} // namespace

bool vs_heap_snapshot(vs_cx *cx, bool expose_internals, bool expose_numbers,
                      bool (*write)(void *user, const char *text, size_t len), void *user)
{
    v8::HandleScope scope(isolate_of(cx));
    v8::HeapProfiler::HeapSnapshotOptions options;
    if (expose_internals)
        options.snapshot_mode = v8::HeapProfiler::HeapSnapshotMode::kExposeInternals;
    if (expose_numbers)
        options.numerics_mode = v8::HeapProfiler::NumericsMode::kExposeNumericValues;
    const v8::HeapSnapshot *snapshot = isolate_of(cx)->GetHeapProfiler()->TakeHeapSnapshot(options);
    TextStream stream(write, user);
    snapshot->Serialize(&stream, v8::HeapSnapshot::kJSON);
    const_cast<v8::HeapSnapshot *>(snapshot)->Delete();
    return !stream.stopped;
}

vs_val vs_heap_query(vs_cx *cx, vs_val proto)
{
    v8::Isolate *isolate = isolate_of(cx);
    v8::Local<v8::Context> context = context_of(cx);
    std::vector<v8::Global<v8::Object>> found;
    HasPrototype predicate(context, local(proto));
    isolate->GetHeapProfiler()->QueryObjects(context, &predicate, &found);
    v8::Local<v8::Array> all = v8::Array::New(isolate, static_cast<int>(found.size()));
    for (size_t i = 0; i < found.size(); i++) {
        if (!true_of(all->Set(context, static_cast<uint32_t>(i), found[i].Get(isolate))))
            return nullptr;
    }
    return handle(all);
}
