/* v8shim/lazy.cc: properties whose value is made when it is first read. */
#include "v8shim/vs_priv.h"

/* The accessor has one data value for two things: an array of the loader and its data. */
enum { LAZY_LOAD, LAZY_DATA, LAZY_FIELDS };

static void load_lazy(v8::Local<v8::Name> key, const v8::PropertyCallbackInfo<v8::Value> &info)
{
    v8::Isolate *isolate = info.GetIsolate();
    v8::Local<v8::PrimitiveArray> parts = std::bit_cast<v8::Local<v8::PrimitiveArray>>(info.Data());
    const void *place = vs_in_executable(parts->Get(isolate, LAZY_LOAD).As<v8::Int32>()->Value());
    vs_lazy_fn *load = reinterpret_cast<vs_lazy_fn *>(reinterpret_cast<intptr_t>(place));
    vs_val data = handle(parts->Get(isolate, LAZY_DATA));
    vs_val v = load(state_of_isolate(isolate), handle(key), data);
    if (v) info.GetReturnValue().Set(local(v));
}

bool vs_define_lazy(struct vs_cx *cx, vs_val obj, vs_val key, vs_lazy_fn *load, vs_val data,
                    int attrs)
{
    v8::Isolate *isolate = isolate_of(cx);
    int32_t distance = vs_executable_distance(reinterpret_cast<const void *>(load));
    v8::Local<v8::PrimitiveArray> parts = v8::PrimitiveArray::New(isolate, LAZY_FIELDS);
    parts->Set(isolate, LAZY_LOAD, v8::Integer::New(isolate, distance));
    parts->Set(isolate, LAZY_DATA, std::bit_cast<v8::Local<v8::Primitive>>(data));
    vs_reference_record(reinterpret_cast<const void *>(load_lazy));
    return true_of(object(obj)->SetLazyDataProperty(context_of(cx), name(key), load_lazy,
                                                    std::bit_cast<v8::Local<v8::Value>>(parts),
                                                    static_cast<v8::PropertyAttribute>(attrs)));
}
