/* v8shim/interceptor.cc: objects whose named properties C answers (struct vs_interceptor). */
#include "v8shim/vs_priv.h"

/* What a property callback works with. */
struct interception {
    vs_cx *cx;
    const vs_interceptor *table;
};

static interception interception_of(v8::Isolate *isolate, v8::Local<v8::Value> data)
{
    const void *table = vs_in_executable(data.As<v8::Int32>()->Value());
    return { state_of_isolate(isolate), static_cast<const vs_interceptor *>(table) };
}

/* An exception is an answer, too: V8 looks no further then. */
static v8::Intercepted answered(v8::Isolate *isolate, bool ours)
{
    return ours || isolate->HasPendingException() ? v8::Intercepted::kYes : v8::Intercepted::kNo;
}

static v8::Intercepted on_get(v8::Local<v8::Name> key,
                              const v8::PropertyCallbackInfo<v8::Value> &info)
{
    interception at = interception_of(info.GetIsolate(), info.Data());
    vs_val v = at.table->get(at.cx, handle(key));
    if (v) info.GetReturnValue().Set(local(v));
    return answered(info.GetIsolate(), v);
}

static v8::Intercepted on_set(v8::Local<v8::Name> key, v8::Local<v8::Value> value,
                              const v8::PropertyCallbackInfo<void> &info)
{
    interception at = interception_of(info.GetIsolate(), info.Data());
    return answered(info.GetIsolate(), at.table->set(at.cx, handle(key), handle(value)));
}

static v8::Intercepted on_query(v8::Local<v8::Name> key,
                                const v8::PropertyCallbackInfo<v8::Integer> &info)
{
    interception at = interception_of(info.GetIsolate(), info.Data());
    int attrs = at.table->query(at.cx, handle(key));
    if (attrs >= 0) info.GetReturnValue().Set(attrs);
    return answered(info.GetIsolate(), attrs >= 0);
}

static v8::Intercepted on_delete(v8::Local<v8::Name> key,
                                 const v8::PropertyCallbackInfo<v8::Boolean> &info)
{
    interception at = interception_of(info.GetIsolate(), info.Data());
    info.GetReturnValue().Set(at.table->del(at.cx, handle(key)));
    return v8::Intercepted::kYes;
}

static void on_keys(const v8::PropertyCallbackInfo<v8::Array> &info)
{
    interception at = interception_of(info.GetIsolate(), info.Data());
    vs_val keys = at.table->keys(at.cx);
    if (keys) info.GetReturnValue().Set(local(keys).As<v8::Array>());
}

static vs_val given(bool has, v8::Local<v8::Value> v)
{
    return has ? handle(v) : nullptr;
}

static v8::Intercepted on_define(v8::Local<v8::Name> key, const v8::PropertyDescriptor &desc,
                                 const v8::PropertyCallbackInfo<void> &info)
{
    interception at = interception_of(info.GetIsolate(), info.Data());
    vs_descriptor d = {};
    d.value = given(desc.has_value(), desc.value());
    d.get = given(desc.has_get(), desc.get());
    d.set = given(desc.has_set(), desc.set());
    d.writable = desc.has_writable() ? desc.writable() : -1;
    d.enumerable = desc.has_enumerable() ? desc.enumerable() : -1;
    d.configurable = desc.has_configurable() ? desc.configurable() : -1;
    return answered(info.GetIsolate(), at.table->define(at.cx, handle(key), &d));
}

vs_val vs_obj_new_intercepted(vs_cx *cx, const vs_interceptor *table)
{
    v8::Isolate *isolate = isolate_of(cx);
    v8::Local<v8::ObjectTemplate> made = v8::ObjectTemplate::New(isolate);
    v8::Local<v8::Integer> data = v8::Integer::New(isolate, vs_executable_distance(table));
    const void *references[] = {
        reinterpret_cast<const void *>(on_get),   reinterpret_cast<const void *>(on_set),
        reinterpret_cast<const void *>(on_query), reinterpret_cast<const void *>(on_delete),
        reinterpret_cast<const void *>(on_keys),  reinterpret_cast<const void *>(on_define),
    };
    for (const void *reference : references) vs_reference_record(reference);
    made->SetHandler(v8::NamedPropertyHandlerConfiguration(
        on_get, on_set, on_query, on_delete, on_keys, table->define ? on_define : nullptr, nullptr,
        data, v8::PropertyHandlerFlags::kHasNoSideEffect));
    return handle(made->NewInstance(context_of(cx)));
}
