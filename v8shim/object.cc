/* v8shim/object.cc: properties, arrays, collections and what util.inspect looks into. */
#include "v8shim/vs_priv.h"

vs_val vs_obj_new(vs_cx *cx)
{
    return handle(v8::Object::New(isolate_of(cx)));
}

vs_val vs_obj_new_null(vs_cx *cx)
{
    v8::Isolate *isolate = isolate_of(cx);
    return handle(v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0));
}

vs_val vs_get(vs_cx *cx, vs_val obj, vs_val key)
{
    return handle(object(obj)->Get(context_of(cx), local(key)));
}

vs_val vs_get_name(vs_cx *cx, vs_val obj, const char *name)
{
    return handle(object(obj)->Get(context_of(cx), interned(isolate_of(cx), name)));
}

vs_val vs_get_index(vs_cx *cx, vs_val obj, uint32_t index)
{
    return handle(object(obj)->Get(context_of(cx), index));
}

bool vs_set(vs_cx *cx, vs_val obj, vs_val key, vs_val v)
{
    return true_of(object(obj)->Set(context_of(cx), local(key), local(v)));
}

bool vs_set_index(vs_cx *cx, vs_val obj, uint32_t index, vs_val v)
{
    return true_of(object(obj)->Set(context_of(cx), index, local(v)));
}

bool vs_has_own(vs_cx *cx, vs_val obj, vs_val key, bool *out)
{
    return object(obj)->HasOwnProperty(context_of(cx), name(key)).To(out);
}

bool vs_delete(vs_cx *cx, vs_val obj, vs_val key)
{
    return object(obj)->Delete(context_of(cx), local(key)).IsJust();
}

bool vs_define(vs_cx *cx, vs_val obj, vs_val key, vs_val v, int attrs)
{
    return object(obj)
        ->DefineOwnProperty(context_of(cx), name(key), local(v),
                            static_cast<v8::PropertyAttribute>(attrs))
        .IsJust();
}

void vs_put(vs_cx *cx, vs_val obj, const char *name, vs_val v)
{
    v8::Local<v8::String> key = interned(isolate_of(cx), name);
    if (!true_of(object(obj)->CreateDataProperty(context_of(cx), key, local(v))))
        vs_abort("vs_put", name);
}

void vs_put_int(vs_cx *cx, vs_val obj, const char *name, double n)
{
    vs_put(cx, obj, name, vs_num(cx, n));
}

void vs_put_str(vs_cx *cx, vs_val obj, const char *name, const char *utf8)
{
    vs_val v = vs_str_utf8(cx, utf8, -1);
    if (!v) vs_abort("vs_put_str", name);
    vs_put(cx, obj, name, v);
}

void vs_put_fn(vs_cx *cx, vs_val obj, const char *name, vs_fn *fn)
{
    vs_put(cx, obj, name, vs_fn_new(cx, fn, name));
}

static void put_accessor(vs_cx *cx, vs_val obj, const char *name, vs_fn *getter, vs_fn *setter,
                         v8::PropertyAttribute attributes)
{
    v8::Local<v8::Function> get = local(vs_fn_new(cx, getter, name)).As<v8::Function>();
    v8::Local<v8::Function> set;
    if (setter) set = local(vs_fn_new(cx, setter, name)).As<v8::Function>();
    object(obj)->SetAccessorProperty(interned(isolate_of(cx), name), get, set, attributes);
}

void vs_put_accessor(vs_cx *cx, vs_val obj, const char *name, vs_fn *getter, vs_fn *setter)
{
    put_accessor(cx, obj, name, getter, setter, v8::None);
}

void vs_put_hidden_accessor(vs_cx *cx, vs_val obj, const char *name, vs_fn *getter, vs_fn *setter)
{
    put_accessor(cx, obj, name, getter, setter, v8::DontEnum);
}

vs_val vs_proto(vs_cx *cx, vs_val obj)
{
    return handle(object(obj)->GetPrototypeV2());
}

bool vs_proto_set(vs_cx *cx, vs_val obj, vs_val proto)
{
    return true_of(object(obj)->SetPrototypeV2(context_of(cx), local(proto)));
}

vs_val vs_constructor_name(vs_cx *cx, vs_val obj)
{
    return handle(object(obj)->GetConstructorName());
}

vs_val vs_own_keys(vs_cx *cx, vs_val obj, int filter, bool with_indices)
{
    return handle(object(obj)->GetPropertyNames(
        context_of(cx), v8::KeyCollectionMode::kOwnOnly, static_cast<v8::PropertyFilter>(filter),
        with_indices ? v8::IndexFilter::kIncludeIndices : v8::IndexFilter::kSkipIndices,
        v8::KeyConversionMode::kConvertToString));
}

int vs_identity_hash(vs_val obj)
{
    return object(obj)->GetIdentityHash();
}

bool vs_instance_of(vs_cx *cx, vs_val obj, vs_val constructor, bool *out)
{
    return local(obj)->InstanceOf(context_of(cx), object(constructor)).To(out);
}

bool vs_freeze(vs_cx *cx, vs_val obj)
{
    return true_of(object(obj)->SetIntegrityLevel(context_of(cx), v8::IntegrityLevel::kFrozen));
}

vs_val vs_private_get(vs_cx *cx, vs_val obj, vs_val symbol)
{
    return handle(
        object(obj)->GetPrivate(context_of(cx), std::bit_cast<v8::Local<v8::Private>>(symbol)));
}

bool vs_private_set(vs_cx *cx, vs_val obj, vs_val symbol, vs_val v)
{
    return true_of(object(obj)->SetPrivate(
        context_of(cx), std::bit_cast<v8::Local<v8::Private>>(symbol), local(v)));
}

vs_val vs_arr_new(vs_cx *cx, const vs_val *items, size_t count)
{
    return handle(v8::Array::New(isolate_of(cx), locals(items), count));
}

uint32_t vs_arr_len(vs_val arr)
{
    return local(arr).As<v8::Array>()->Length();
}

vs_val vs_map_new(vs_cx *cx)
{
    return handle(v8::Map::New(isolate_of(cx)));
}

vs_val vs_map_set(vs_cx *cx, vs_val map, vs_val key, vs_val v)
{
    return handle(local(map).As<v8::Map>()->Set(context_of(cx), local(key), local(v)));
}

vs_val vs_set_new(vs_cx *cx)
{
    return handle(v8::Set::New(isolate_of(cx)));
}

vs_val vs_set_add(vs_cx *cx, vs_val set, vs_val v)
{
    return handle(local(set).As<v8::Set>()->Add(context_of(cx), local(v)));
}

bool vs_proxy_parts(vs_val proxy, vs_val *target, vs_val *handler)
{
    if (!local(proxy)->IsProxy()) return false;
    v8::Local<v8::Proxy> p = local(proxy).As<v8::Proxy>();
    *target = handle(p->GetTarget());
    *handler = handle(p->GetHandler());
    return true;
}

vs_val vs_preview_entries(vs_cx *cx, vs_val obj, bool *key_value)
{
    return handle(object(obj)->PreviewEntries(key_value));
}
