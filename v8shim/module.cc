/* v8shim/module.cc: ES modules over v8::Module. */
#include "v8shim/vs_module.h"

#include <cstdlib>
#include <cstring>

#include "v8shim/vs_priv.h"

using namespace v8;

/* Isolate data slot with the struct vs_module_host; slot 0 is the struct vs_state. */
#define SLOT_HOST 1

static inline Local<Module> as_module(vs_val v)
{
    return std::bit_cast<Local<Module>>(v);
}

static const vs_module_host *host_of(Isolate *isolate)
{
    return static_cast<const vs_module_host *>(isolate->GetData(SLOT_HOST));
}

void vs_module_host_set(vs_cx *cx, const vs_module_host *host)
{
    isolate_of(cx)->SetData(SLOT_HOST, const_cast<vs_module_host *>(host));
}

vs_val vs_module_compile(vs_cx *cx, vs_source *src)
{
    Isolate *isolate = isolate_of(cx);
    Local<PrimitiveArray> options = PrimitiveArray::New(isolate, 1);
    if (src->id) options->Set(isolate, 0, local(src->id).As<Primitive>());
    ScriptOrigin origin(local(src->name), src->line_off, src->column_off, true, -1, Local<Value>(),
                        false, false, true, options);
    ScriptCompiler::CachedData *cached = nullptr;
    if (src->cache)
        cached = new ScriptCompiler::CachedData(src->cache, static_cast<int>(src->cache_len));
    ScriptCompiler::Source source(string(src->code), origin, cached);
    Local<Module> module;
    vs_compiling now(cx);
    bool ok = ScriptCompiler::CompileModule(isolate, &source,
                                            cached ? ScriptCompiler::kConsumeCodeCache
                                                   : ScriptCompiler::kNoCompileOptions)
                  .ToLocal(&module);
    src->cache_rejected = cached && source.GetCachedData()->rejected;
    return ok ? handle(module) : nullptr;
}

static MaybeLocal<Value> run_steps(Local<Context> context, Local<Module> module)
{
    Isolate *isolate = context->GetIsolate();
    vs_cx *cx = state_of_isolate(isolate);
    if (!host_of(isolate)->steps(cx, handle(module))) return MaybeLocal<Value>();
    Local<Promise::Resolver> resolver;
    if (!Promise::Resolver::New(context).ToLocal(&resolver)) return MaybeLocal<Value>();
    if (resolver->Resolve(context, Undefined(isolate)).IsNothing()) return MaybeLocal<Value>();
    return resolver->GetPromise();
}

vs_val vs_module_synthetic(vs_cx *cx, vs_val name, const vs_val *names, size_t count)
{
    MemorySpan<const Local<String>> span(reinterpret_cast<const Local<String> *>(names), count);
    return handle(Module::CreateSyntheticModule(isolate_of(cx), string(name), span, run_steps));
}

int vs_module_hash(vs_val module)
{
    return as_module(module)->GetIdentityHash();
}

bool vs_module_same(vs_val a, vs_val b)
{
    return as_module(a) == as_module(b);
}

static_assert(static_cast<int>(VS_MODULE_UNINSTANTIATED) == Module::kUninstantiated);
static_assert(static_cast<int>(VS_MODULE_INSTANTIATED) == Module::kInstantiated);
static_assert(static_cast<int>(VS_MODULE_ERRORED) == Module::kErrored);
static enum vs_import_phase phase_of(ModuleImportPhase phase)
{
    return phase == ModuleImportPhase::kSource ? VS_PHASE_SOURCE : VS_PHASE_EVALUATION;
}

enum vs_module_status vs_module_status(vs_val module)
{
    return static_cast<enum vs_module_status>(as_module(module)->GetStatus());
}

vs_val vs_module_error(vs_val module)
{
    return handle(as_module(module)->GetException());
}

bool vs_module_has_await(vs_val module)
{
    return as_module(module)->HasTopLevelAwait();
}

bool vs_module_is_graph_async(vs_val module)
{
    return as_module(module)->IsGraphAsync();
}

vs_val vs_module_source_map_url(vs_val module)
{
    return handle(as_module(module)->GetUnboundModuleScript()->GetSourceMappingURL());
}

vs_val vs_module_source_url(vs_val module)
{
    return handle(as_module(module)->GetUnboundModuleScript()->GetSourceURL());
}

vs_val vs_module_unbound(vs_val module)
{
    return handle(as_module(module)->GetUnboundModuleScript());
}

uint8_t *vs_unbound_module_cache_new(vs_val unbound, size_t *len)
{
    ScriptCompiler::CachedData *data =
        ScriptCompiler::CreateCodeCache(std::bit_cast<Local<UnboundModuleScript>>(unbound));
    if (!data) return nullptr;
    uint8_t *copy = static_cast<uint8_t *>(malloc(static_cast<size_t>(data->length)));
    if (copy) memcpy(copy, data->data, static_cast<size_t>(data->length));
    *len = copy ? static_cast<size_t>(data->length) : 0;
    delete data;
    return copy;
}

int vs_module_request_count(vs_cx *cx, vs_val module)
{
    return as_module(module)->GetModuleRequests()->Length();
}

static Local<ModuleRequest> request_at(Local<Context> context, Local<FixedArray> requests,
                                       int index)
{
    return requests->Get(context, index).As<ModuleRequest>();
}

/* Attributes come as [key, value, source offset, ...]. */
#define ATTRIBUTE_PARTS 3

bool vs_module_request(vs_cx *cx, vs_val module, int index, struct vs_module_request *out)
{
    Isolate *isolate = isolate_of(cx);
    Local<Context> context = isolate->GetCurrentContext();
    Local<ModuleRequest> request =
        request_at(context, as_module(module)->GetModuleRequests(), index);
    Local<Object> attributes = Object::New(isolate, Null(isolate), nullptr, nullptr, 0);
    Local<FixedArray> parts = request->GetImportAttributes();
    for (int i = 0; i < parts->Length(); i += ATTRIBUTE_PARTS) {
        Local<Name> key = parts->Get(context, i).As<Name>();
        Local<Value> value = parts->Get(context, i + 1).As<Value>();
        if (attributes->CreateDataProperty(context, key, value).IsNothing()) return false;
    }
    if (attributes->SetIntegrityLevel(context, IntegrityLevel::kFrozen).IsNothing()) return false;
    out->specifier = handle(request->GetSpecifier());
    out->attributes = handle(attributes);
    out->phase = phase_of(request->GetPhase());
    return true;
}

/* V8 hands back the objects of the request itself, so identity finds it. */
static int request_index(Local<Context> context, Local<Module> referrer, Local<String> specifier,
                         Local<FixedArray> attributes, ModuleImportPhase phase)
{
    HandleScope scope(context->GetIsolate());
    Local<FixedArray> requests = referrer->GetModuleRequests();
    for (int i = 0; i < requests->Length(); i++) {
        Local<ModuleRequest> request = request_at(context, requests, i);
        if (request->GetPhase() == phase && request->GetSpecifier() == specifier &&
            Local<Data>(request->GetImportAttributes()) == Local<Data>(attributes)) {
            return i;
        }
    }
    vs_abort("module.cc", "V8 asked for a module that is not in the list of requests");
}

static MaybeLocal<Module> resolve(Local<Context> context, Local<String> specifier,
                                  Local<FixedArray> attributes, Local<Module> referrer)
{
    Isolate *isolate = context->GetIsolate();
    int index =
        request_index(context, referrer, specifier, attributes, ModuleImportPhase::kEvaluation);
    vs_val found = host_of(isolate)->resolve(state_of_isolate(isolate), handle(referrer), index);
    return found ? as_module(found) : MaybeLocal<Module>();
}

static MaybeLocal<Object> resolve_source(Local<Context> context, Local<String> specifier,
                                         Local<FixedArray> attributes, Local<Module> referrer)
{
    Isolate *isolate = context->GetIsolate();
    int index = request_index(context, referrer, specifier, attributes, ModuleImportPhase::kSource);
    vs_val found =
        host_of(isolate)->resolve_source(state_of_isolate(isolate), handle(referrer), index);
    return found ? object(found) : MaybeLocal<Object>();
}

bool vs_module_instantiate(vs_cx *cx, vs_val module)
{
    Local<Context> context = context_of(cx);
    return as_module(module)->InstantiateModule(context, resolve, resolve_source).FromMaybe(false);
}

vs_val vs_module_evaluate(vs_cx *cx, vs_val module)
{
    return handle(as_module(module)->Evaluate(context_of(cx)));
}

vs_val vs_module_namespace(vs_val module)
{
    return handle(as_module(module)->GetModuleNamespace());
}

bool vs_module_set_export(vs_cx *cx, vs_val module, vs_val name, vs_val v)
{
    return as_module(module)
        ->SetSyntheticModuleExport(isolate_of(cx), string(name), local(v))
        .FromMaybe(false);
}

void vs_module_stalled(vs_cx *cx, vs_val module,
                       void (*found)(vs_cx *cx, vs_val message, void *data), void *data)
{
    Isolate *isolate = isolate_of(cx);
    auto stalled = as_module(module)->GetStalledTopLevelAwaitMessages(isolate);
    for (Local<Message> message : stalled.second) found(cx, std::bit_cast<vs_val>(message), data);
}
