/* v8shim/value.cc: what a value is; numbers and their conversions. */
#include <cmath>
#include <limits>

#include "v8shim/vs_priv.h"

bool vs_is_str(vs_val v)
{
    return local(v)->IsString();
}

bool vs_is_symbol(vs_val v)
{
    return local(v)->IsSymbol();
}

bool vs_is_num(vs_val v)
{
    return vs_is_smi(v) || local(v)->IsNumber();
}

bool vs_is_i32(vs_val v)
{
    return vs_is_smi(v) || local(v)->IsInt32();
}

bool vs_is_u32(vs_val v)
{
    return vs_is_smi(v) ? vs_smi(v) >= 0 : local(v)->IsUint32();
}

bool vs_is_boolean(vs_val v)
{
    return local(v)->IsBoolean();
}

bool vs_is_bigint(vs_val v)
{
    return local(v)->IsBigInt();
}

bool vs_is_fn(vs_val v)
{
    return local(v)->IsFunction();
}

bool vs_is_obj(vs_val v)
{
    return local(v)->IsObject();
}

bool vs_is_arr(vs_val v)
{
    return local(v)->IsArray();
}

bool vs_is_promise(vs_val v)
{
    return local(v)->IsPromise();
}

bool vs_is_native_error(vs_val v)
{
    return local(v)->IsNativeError();
}

bool vs_is_external(vs_val v)
{
    return local(v)->IsExternal();
}

bool vs_is_view(vs_val v)
{
    return local(v)->IsArrayBufferView();
}

bool vs_is_u8(vs_val v)
{
    return local(v)->IsUint8Array();
}

bool vs_is_ab(vs_val v)
{
    return local(v)->IsArrayBuffer();
}

bool vs_is_sab(vs_val v)
{
    return local(v)->IsSharedArrayBuffer();
}

bool vs_is_kind(vs_val value, vs_kind kind)
{
    v8::Local<v8::Value> v = local(value);
    switch (kind) {
    case VS_KIND_DATE: return v->IsDate();
    case VS_KIND_REGEXP: return v->IsRegExp();
    case VS_KIND_MAP: return v->IsMap();
    case VS_KIND_SET: return v->IsSet();
    case VS_KIND_MAP_ITERATOR: return v->IsMapIterator();
    case VS_KIND_SET_ITERATOR: return v->IsSetIterator();
    case VS_KIND_WEAK_MAP: return v->IsWeakMap();
    case VS_KIND_WEAK_SET: return v->IsWeakSet();
    case VS_KIND_WEAK_REF: return v->IsWeakRef();
    case VS_KIND_PROXY: return v->IsProxy();
    case VS_KIND_GENERATOR_FUNCTION: return v->IsGeneratorFunction();
    case VS_KIND_GENERATOR_OBJECT: return v->IsGeneratorObject();
    case VS_KIND_ASYNC_FUNCTION: return v->IsAsyncFunction();
    case VS_KIND_ARGUMENTS: return v->IsArgumentsObject();
    case VS_KIND_BOOLEAN_OBJECT: return v->IsBooleanObject();
    case VS_KIND_NUMBER_OBJECT: return v->IsNumberObject();
    case VS_KIND_STRING_OBJECT: return v->IsStringObject();
    case VS_KIND_SYMBOL_OBJECT: return v->IsSymbolObject();
    case VS_KIND_BIGINT_OBJECT: return v->IsBigIntObject();
    case VS_KIND_DATA_VIEW: return v->IsDataView();
    case VS_KIND_TYPED_ARRAY: return v->IsTypedArray();
    case VS_KIND_INT8_ARRAY: return v->IsInt8Array();
    case VS_KIND_UINT8_CLAMPED_ARRAY: return v->IsUint8ClampedArray();
    case VS_KIND_INT16_ARRAY: return v->IsInt16Array();
    case VS_KIND_UINT16_ARRAY: return v->IsUint16Array();
    case VS_KIND_INT32_ARRAY: return v->IsInt32Array();
    case VS_KIND_UINT32_ARRAY: return v->IsUint32Array();
    case VS_KIND_FLOAT32_ARRAY: return v->IsFloat32Array();
    case VS_KIND_FLOAT64_ARRAY: return v->IsFloat64Array();
    case VS_KIND_BIGINT64_ARRAY: return v->IsBigInt64Array();
    case VS_KIND_BIGUINT64_ARRAY: return v->IsBigUint64Array();
    case VS_KIND_MODULE_NAMESPACE: return v->IsModuleNamespaceObject();
    case VS_KIND_WASM_MODULE: return v->IsWasmModuleObject();
    case VS_KIND_WASM_MEMORY: return v->IsWasmMemoryObject();
    case VS_KIND_FLOAT16_ARRAY: return v->IsFloat16Array();
    }
    vs_abort("vs_is_kind", "not a kind");
}

bool vs_strict_equals(vs_val a, vs_val b)
{
    return local(a)->StrictEquals(local(b));
}

bool vs_same_value(vs_val a, vs_val b)
{
    return local(a)->SameValue(local(b));
}

vs_val vs_typeof(vs_cx *cx, vs_val v)
{
    return handle(local(v)->TypeOf(isolate_of(cx)));
}

vs_val vs_i32(vs_cx *cx, int32_t n)
{
    return handle(v8::Integer::New(isolate_of(cx), n));
}

vs_val vs_num(vs_cx *cx, double d)
{
    return handle(v8::Number::New(isolate_of(cx), d));
}

vs_val vs_bigint_i64(vs_cx *cx, int64_t n)
{
    return handle(v8::BigInt::New(isolate_of(cx), n));
}

vs_val vs_bigint_u64(vs_cx *cx, uint64_t n)
{
    return handle(v8::BigInt::NewFromUnsigned(isolate_of(cx), n));
}

bool vs_to_f64(vs_cx *cx, vs_val v, double *out)
{
    if (vs_is_smi(v)) {
        *out = vs_smi(v);
        return true;
    }
    return local(v)->NumberValue(context_of(cx)).To(out);
}

bool vs_to_i32(vs_cx *cx, vs_val v, int32_t *out)
{
    if (vs_is_smi(v)) {
        *out = vs_smi(v);
        return true;
    }
    return local(v)->Int32Value(context_of(cx)).To(out);
}

bool vs_to_u32(vs_cx *cx, vs_val v, uint32_t *out)
{
    if (vs_is_smi(v)) {
        *out = static_cast<uint32_t>(vs_smi(v));
        return true;
    }
    return local(v)->Uint32Value(context_of(cx)).To(out);
}

bool vs_to_i64(vs_cx *cx, vs_val v, int64_t *out)
{
    if (vs_is_smi(v)) {
        *out = vs_smi(v);
        return true;
    }
    return local(v)->IntegerValue(context_of(cx)).To(out);
}

bool vs_to_bool(vs_cx *cx, vs_val v)
{
    return local(v)->BooleanValue(isolate_of(cx));
}

/* Towards zero; what does not fit becomes the nearest that does, NaN 0. */
static int64_t truncated(double d)
{
    if (std::isnan(d)) return 0;
    if (d >= 0x1p63) return std::numeric_limits<int64_t>::max();
    if (d < -0x1p63) return std::numeric_limits<int64_t>::min();
    return static_cast<int64_t>(d);
}

double vs_f64(vs_val v)
{
    if (vs_is_smi(v)) return vs_smi(v);
    if (local(v)->IsNumber()) return local(v).As<v8::Number>()->Value();
    return static_cast<double>(vs_int64(v));
}

int32_t vs_int(vs_val v)
{
    return static_cast<int32_t>(vs_int64(v));
}

uint32_t vs_uint(vs_val v)
{
    return static_cast<uint32_t>(vs_int64(v));
}

int64_t vs_int64(vs_val v)
{
    if (vs_is_smi(v)) return vs_smi(v);
    if (local(v)->IsNumber()) return truncated(local(v).As<v8::Number>()->Value());
    if (local(v)->IsBigInt()) return local(v).As<v8::BigInt>()->Int64Value();
    return 0;
}

int64_t vs_bigint_to_i64(vs_val v, bool *lossless)
{
    return local(v).As<v8::BigInt>()->Int64Value(lossless);
}

uint64_t vs_bigint_to_u64(vs_val v, bool *lossless)
{
    return local(v).As<v8::BigInt>()->Uint64Value(lossless);
}

vs_val vs_symbol_new(vs_cx *cx, vs_val description)
{
    return handle(v8::Symbol::New(isolate_of(cx), string(description)));
}

vs_val vs_symbol_for(vs_cx *cx, const char *key)
{
    v8::Isolate *isolate = isolate_of(cx);
    return handle(v8::Symbol::For(isolate, interned(isolate, key)));
}

vs_val vs_symbol_known(vs_cx *cx, const char *name)
{
    static constexpr struct {
        const char *name;
        v8::Local<v8::Symbol> (*get)(v8::Isolate *);
    } known[] = {
        { "iterator", v8::Symbol::GetIterator },
        { "asyncIterator", v8::Symbol::GetAsyncIterator },
        { "toStringTag", v8::Symbol::GetToStringTag },
        { "hasInstance", v8::Symbol::GetHasInstance },
    };
    for (const auto &symbol : known)
        if (!__builtin_strcmp(symbol.name, name)) return handle(symbol.get(isolate_of(cx)));
    return nullptr;
}

vs_val vs_private_new(vs_cx *cx, const char *name)
{
    v8::Isolate *isolate = isolate_of(cx);
    return handle(v8::Private::New(isolate, interned(isolate, name)));
}
