/* v8shim/shape.cc: objects whose properties are known before they are made. */
#include <string_view>
#include <vector>

#include "v8shim/vs_priv.h"

struct vs_shape {
    v8::Global<v8::DictionaryTemplate> names;
    size_t count;
};

vs_shape *vs_shape_new(vs_cx *cx, const char *const *names, const size_t *lens, size_t count)
{
    v8::Isolate *isolate = isolate_of(cx);
    v8::HandleScope scope(isolate);
    std::vector<std::string_view> views;
    for (size_t i = 0; i < count; i++) views.emplace_back(names[i], lens[i]);
    v8::Local<v8::DictionaryTemplate> made =
        v8::DictionaryTemplate::New(isolate, { views.data(), count });
    return new vs_shape{ { isolate, made }, count };
}

void vs_shape_drop(vs_shape *s)
{
    delete s;
}

vs_val vs_shape_make(vs_cx *cx, const vs_shape *s, vs_val *values)
{
    static_assert(sizeof(v8::MaybeLocal<v8::Value>) == sizeof(vs_val));
    auto *maybe = reinterpret_cast<v8::MaybeLocal<v8::Value> *>(values);
    return handle(s->names.Get(isolate_of(cx))->NewInstance(context_of(cx), { maybe, s->count }));
}
