/* v8shim/profile.cc: CPU and heap profiles. V8 writes CPU profiles as JSON itself; heap profiles
 * get the form that the inspector protocol gives them. */
#include <string>
#include <vector>

#include "v8shim/text_stream_priv.h"
#include "v8shim/vs_priv.h"
#include "v8shim/vs_profile.h"

struct vs_profiles {
    v8::CpuProfiler *cpu; /* owned */
    std::vector<v8::ProfilerId> running;
    bool heap = false;
};

static vs_profiles *profiles_of(vs_cx *cx)
{
    vs_state *st = state_of(cx);
    if (!st->profiles) {
        v8::CpuProfiler *cpu = v8::CpuProfiler::New(isolate_of(cx), v8::kDebugNaming);
        st->profiles = new vs_profiles{ cpu, {} };
    }
    return st->profiles;
}

uint32_t vs_cpu_profile_start(vs_cx *cx)
{
    v8::HandleScope scope(isolate_of(cx));
    vs_profiles *p = profiles_of(cx);
    v8::CpuProfilingResult started = p->cpu->Start(v8::CpuProfilingOptions(
        v8::CpuProfilingMode::kLeafNodeLineNumbers, v8::CpuProfilingOptions::kNoSampleLimit));
    if (started.status == v8::CpuProfilingStatus::kErrorTooManyProfilers) return 0;
    p->running.push_back(started.id);
    return started.id;
}

bool vs_cpu_profile_stop(vs_cx *cx, uint32_t id, vs_text_fn *write, void *user)
{
    v8::HandleScope scope(isolate_of(cx));
    vs_profiles *p = profiles_of(cx);
    if (std::erase(p->running, id) == 0) return false;
    v8::CpuProfile *profile = p->cpu->Stop(id);
    TextStream stream(write, user);
    profile->Serialize(&stream, v8::CpuProfile::kJSON);
    profile->Delete();
    return true;
}

static void put_string(std::string *out, v8::Isolate *isolate, v8::Local<v8::String> s)
{
    static const char hex[] = "0123456789abcdef";
    v8::String::Utf8Value text(isolate, s);
    *out += '"';
    for (const char *c = *text ? *text : ""; *c; c++) {
        unsigned char byte = static_cast<unsigned char>(*c);
        if (byte < ' ') {
            *out += "\\u00";
            *out += hex[byte >> 4];
            *out += hex[byte & 15];
            continue;
        }
        if (byte == '"' || byte == '\\') *out += '\\';
        *out += *c;
    }
    *out += '"';
}

static void put_number(std::string *out, const char *name, int64_t n)
{
    *out += '"';
    *out += name;
    *out += "\":";
    *out += std::to_string(n);
}

/* As deep as the stacks that V8 samples, which it limits. */
static void put_node(std::string *out, v8::Isolate *isolate, const v8::AllocationProfile::Node *n)
{
    size_t size = 0;
    for (const v8::AllocationProfile::Allocation &a : n->allocations) size += a.size * a.count;
    *out += '{';
    put_number(out, "selfSize", static_cast<int64_t>(size));
    put_number(&(*out += ','), "id", n->node_id);
    *out += ",\"callFrame\":{";
    put_number(out, "scriptId", n->script_id);
    /* V8 counts from 1. */
    put_number(&(*out += ','), "lineNumber", n->line_number - 1);
    put_number(&(*out += ','), "columnNumber", n->column_number - 1);
    *out += ",\"functionName\":";
    put_string(out, isolate, n->name);
    *out += ",\"url\":";
    put_string(out, isolate, n->script_name);
    *out += "},\"children\":[";
    for (size_t i = 0; i < n->children.size(); i++) {
        if (i) *out += ',';
        put_node(out, isolate, n->children[i]);
    }
    *out += "]}";
}

static void put_samples(std::string *out, v8::AllocationProfile *profile)
{
    const char *comma = "";
    for (const v8::AllocationProfile::Sample &s : profile->GetSamples()) {
        *out += comma;
        *out += '{';
        put_number(out, "size", static_cast<int64_t>(s.size * s.count));
        put_number(&(*out += ','), "nodeId", s.node_id);
        put_number(&(*out += ','), "ordinal", static_cast<int64_t>(s.sample_id));
        *out += '}';
        comma = ",";
    }
}

bool vs_heap_profile_start(vs_cx *cx)
{
    vs_profiles *p = profiles_of(cx);
    if (p->heap) return false;
    p->heap = isolate_of(cx)->GetHeapProfiler()->StartSamplingHeapProfiler();
    return p->heap;
}

bool vs_heap_profile_stop(vs_cx *cx, vs_text_fn *write, void *user)
{
    v8::Isolate *isolate = isolate_of(cx);
    v8::HandleScope scope(isolate);
    vs_profiles *p = profiles_of(cx);
    if (!p->heap) return false;
    v8::HeapProfiler *profiler = isolate->GetHeapProfiler();
    v8::AllocationProfile *profile = profiler->GetAllocationProfile();
    std::string out = "{\"samples\":[";
    put_samples(&out, profile);
    out += "],\"head\":";
    put_node(&out, isolate, profile->GetRootNode());
    out += '}';
    delete profile;
    profiler->StopSamplingHeapProfiler();
    p->heap = false;
    write(user, out.data(), out.size());
    return true;
}

void vs_profiles_drop(vs_state *st)
{
    vs_profiles *p = st->profiles;
    if (!p) return;
    v8::HandleScope scope(isolate_of(st));
    for (v8::ProfilerId id : p->running) p->cpu->Stop(id)->Delete();
    p->cpu->Dispose();
    if (p->heap) isolate_of(st)->GetHeapProfiler()->StopSamplingHeapProfiler();
    delete p;
    st->profiles = nullptr;
}
