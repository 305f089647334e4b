/* v8shim/script.cc: compiling and running source text, and V8's code cache. */
#include <cstdlib>
#include <cstring>

#include "v8shim/vs_priv.h"

/* The symbol by which import() in this text finds its module loader again (isolate.cc, on_import).
 */
static v8::Local<v8::Data> host_options(v8::Isolate *isolate, vs_val id)
{
    if (!id) return {};
    v8::Local<v8::PrimitiveArray> options = v8::PrimitiveArray::New(isolate, 1);
    options->Set(isolate, 0, std::bit_cast<v8::Local<v8::Primitive>>(id));
    return options;
}

/* Scripts count as shared across origins, or V8 would hide their errors' details. */
static v8::ScriptOrigin origin_of(v8::Isolate *isolate, const vs_source *src)
{
    v8::Local<v8::Value> map_url;
    if (src->source_map_url) map_url = local(src->source_map_url);
    return v8::ScriptOrigin(local(src->name), src->line_off, src->column_off, true, -1, map_url,
                            false, false, false, host_options(isolate, src->id));
}

/* V8 owns the description, the caller still owns the bytes. */
static v8::ScriptCompiler::CachedData *cached_data(const vs_source *src)
{
    if (!src->cache) return nullptr;
    return new v8::ScriptCompiler::CachedData(src->cache, static_cast<int>(src->cache_len),
                                              v8::ScriptCompiler::CachedData::BufferNotOwned);
}

static v8::ScriptCompiler::CompileOptions options_of(const vs_source *src)
{
    if (src->cache) return v8::ScriptCompiler::kConsumeCodeCache;
    return src->eager ? v8::ScriptCompiler::kEagerCompile : v8::ScriptCompiler::kNoCompileOptions;
}

vs_val vs_compile_function(vs_cx *cx, vs_source *src, const vs_val *params, int param_count,
                           const vs_val *scopes, int scope_count)
{
    v8::Isolate *isolate = isolate_of(cx);
    v8::ScriptCompiler::Source source(string(src->code), origin_of(isolate, src), cached_data(src));
    vs_compiling now(cx);
    v8::MaybeLocal<v8::Function> fn = v8::ScriptCompiler::CompileFunction(
        context_of(cx), &source, static_cast<size_t>(param_count),
        reinterpret_cast<v8::Local<v8::String> *>(locals(params)), static_cast<size_t>(scope_count),
        reinterpret_cast<v8::Local<v8::Object> *>(locals(scopes)), options_of(src));
    src->cache_rejected = src->cache && source.GetCachedData()->rejected;
    return handle(fn);
}

vs_val vs_compile_script(vs_cx *cx, vs_source *src)
{
    v8::Isolate *isolate = isolate_of(cx);
    v8::ScriptCompiler::Source source(string(src->code), origin_of(isolate, src), cached_data(src));
    vs_compiling now(cx);
    v8::MaybeLocal<v8::UnboundScript> script =
        v8::ScriptCompiler::CompileUnboundScript(isolate, &source, options_of(src));
    src->cache_rejected = src->cache && source.GetCachedData()->rejected;
    return handle(script);
}

static v8::Local<v8::UnboundScript> unbound(vs_val script)
{
    return std::bit_cast<v8::Local<v8::UnboundScript>>(script);
}

vs_val vs_script_run(vs_cx *cx, vs_val script)
{
    check_thread(cx);
    return handle(unbound(script)->BindToCurrentContext()->Run(context_of(cx)));
}

vs_val vs_script_source_map_url(vs_val script)
{
    return handle(unbound(script)->GetSourceMappingURL());
}

vs_val vs_fn_source_map_url(vs_val fn)
{
    return handle(local(fn).As<v8::Function>()->GetScriptOrigin().SourceMapUrl());
}

vs_val vs_script_source_url(vs_val script)
{
    return handle(unbound(script)->GetSourceURL());
}

vs_val vs_fn_source_url(vs_val fn)
{
    return handle(local(fn).As<v8::Function>()->GetScriptOrigin().ResourceName());
}

/* V8 allocates with new[], the contract is malloc. */
static uint8_t *copy_cache(v8::ScriptCompiler::CachedData *made, size_t *len)
{
    std::unique_ptr<v8::ScriptCompiler::CachedData> cache(made);
    if (!cache) return nullptr;
    *len = static_cast<size_t>(cache->length);
    uint8_t *copy = static_cast<uint8_t *>(malloc(*len));
    if (copy) memcpy(copy, cache->data, *len);
    return copy;
}

uint8_t *vs_script_cache_new(vs_val script, size_t *len)
{
    return copy_cache(v8::ScriptCompiler::CreateCodeCache(unbound(script)), len);
}

uint8_t *vs_fn_cache_new(vs_val fn, size_t *len)
{
    return copy_cache(v8::ScriptCompiler::CreateCodeCacheForFunction(local(fn).As<v8::Function>()),
                      len);
}

uint32_t vs_cache_tag(void)
{
    return v8::ScriptCompiler::CachedDataVersionTag();
}
