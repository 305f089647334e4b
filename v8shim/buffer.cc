/* v8shim/buffer.cc: ArrayBuffers, views on them, and pins.
 *
 * Pointers come from Data(), which is three instructions. GetBackingStore() counts references with
 * atomics and takes a lock: only pins, which hold memory for the kernel, use it.
 */
#include <new>

#include "v8shim/vs_priv.h"

static bool is_buffer(v8::Local<v8::Value> v)
{
    return v->IsArrayBuffer() || v->IsSharedArrayBuffer();
}

/* V8 gives both kinds of buffer the same representation. */
static v8::Local<v8::ArrayBuffer> any_buffer(v8::Local<v8::Value> v)
{
    return std::bit_cast<v8::Local<v8::ArrayBuffer>>(v);
}

/* Buffer() moves a small view off V8's heap, so that its address stays. */
struct vs_bytes vs_bytes(vs_val v)
{
    v8::Local<v8::Value> value = local(v);
    if (value->IsArrayBufferView()) {
        v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
        size_t len = view->ByteLength();
        if (len == 0) return { nullptr, 0 };
        return { static_cast<uint8_t *>(view->Buffer()->Data()) + view->ByteOffset(), len };
    }
    if (!is_buffer(value)) return { nullptr, 0 };
    size_t len = any_buffer(value)->ByteLength();
    if (len == 0) return { nullptr, 0 };
    return { static_cast<uint8_t *>(any_buffer(value)->Data()), len };
}

size_t vs_view_off(vs_val view)
{
    return local(view).As<v8::ArrayBufferView>()->ByteOffset();
}

size_t vs_view_len(vs_val view)
{
    return local(view).As<v8::ArrayBufferView>()->ByteLength();
}

bool vs_view_has_buffer(vs_val view)
{
    return local(view).As<v8::ArrayBufferView>()->HasBuffer();
}

vs_val vs_view_buffer(vs_val view)
{
    return handle(local(view).As<v8::ArrayBufferView>()->Buffer());
}

static vs_val new_buffer(vs_cx *cx, size_t len, v8::BackingStoreInitializationMode mode)
{
    if (len > v8::ArrayBuffer::kMaxByteLength) return vs_throw_no_memory(cx);
    vs_val ab = handle(v8::ArrayBuffer::MaybeNew(isolate_of(cx), len, mode));
    return ab ? ab : vs_throw_no_memory(cx);
}

vs_val vs_ab_new(vs_cx *cx, size_t len)
{
    return new_buffer(cx, len, v8::BackingStoreInitializationMode::kZeroInitialized);
}

vs_val vs_ab_new_uninit(vs_cx *cx, size_t len)
{
    return new_buffer(cx, len, v8::BackingStoreInitializationMode::kUninitialized);
}

vs_val vs_ab_new_external(vs_cx *cx, void *ptr, size_t len,
                          void (*drop)(void *ptr, size_t len, void *data), void *data)
{
    std::unique_ptr<v8::BackingStore> store = v8::ArrayBuffer::NewBackingStore(
        ptr, len, drop ? drop : v8::BackingStore::EmptyDeleter, data);
    return handle(v8::ArrayBuffer::New(isolate_of(cx), std::move(store)));
}

bool vs_ab_detachable(vs_val ab)
{
    return local(ab).As<v8::ArrayBuffer>()->IsDetachable();
}

bool vs_ab_detached(vs_val ab)
{
    return local(ab).As<v8::ArrayBuffer>()->WasDetached();
}

void vs_ab_detach_key_set(vs_val ab, vs_val key)
{
    local(ab).As<v8::ArrayBuffer>()->SetDetachKey(local(key));
}

bool vs_ab_detach(vs_cx *cx, vs_val ab)
{
    return true_of(local(ab).As<v8::ArrayBuffer>()->Detach(v8::Local<v8::Value>()));
}

vs_val vs_sab_new(vs_cx *cx, size_t len)
{
    if (len > v8::ArrayBuffer::kMaxByteLength) return vs_throw_no_memory(cx);
    std::unique_ptr<v8::BackingStore> store = v8::SharedArrayBuffer::NewBackingStore(
        isolate_of(cx), len, v8::BackingStoreInitializationMode::kZeroInitialized,
        v8::BackingStoreOnFailureMode::kReturnNull);
    if (!store) return vs_throw_no_memory(cx);
    return handle(v8::SharedArrayBuffer::New(isolate_of(cx), std::move(store)));
}

static vs_val new_on_private(vs_elem elem, v8::Local<v8::ArrayBuffer> ab, size_t off, size_t count)
{
    switch (elem) {
    case VS_I8: return handle(v8::Int8Array::New(ab, off, count));
    case VS_U8: return handle(v8::Uint8Array::New(ab, off, count));
    case VS_U8C: return handle(v8::Uint8ClampedArray::New(ab, off, count));
    case VS_I16: return handle(v8::Int16Array::New(ab, off, count));
    case VS_U16: return handle(v8::Uint16Array::New(ab, off, count));
    case VS_I32: return handle(v8::Int32Array::New(ab, off, count));
    case VS_U32: return handle(v8::Uint32Array::New(ab, off, count));
    case VS_F32: return handle(v8::Float32Array::New(ab, off, count));
    case VS_F64: return handle(v8::Float64Array::New(ab, off, count));
    case VS_I64: return handle(v8::BigInt64Array::New(ab, off, count));
    case VS_U64: return handle(v8::BigUint64Array::New(ab, off, count));
    }
    vs_abort("vs_typed_new", "not an element type");
}

static vs_val new_on_shared(vs_elem elem, v8::Local<v8::SharedArrayBuffer> ab, size_t off,
                            size_t count)
{
    switch (elem) {
    case VS_I8: return handle(v8::Int8Array::New(ab, off, count));
    case VS_U8: return handle(v8::Uint8Array::New(ab, off, count));
    case VS_U8C: return handle(v8::Uint8ClampedArray::New(ab, off, count));
    case VS_I16: return handle(v8::Int16Array::New(ab, off, count));
    case VS_U16: return handle(v8::Uint16Array::New(ab, off, count));
    case VS_I32: return handle(v8::Int32Array::New(ab, off, count));
    case VS_U32: return handle(v8::Uint32Array::New(ab, off, count));
    case VS_F32: return handle(v8::Float32Array::New(ab, off, count));
    case VS_F64: return handle(v8::Float64Array::New(ab, off, count));
    case VS_I64: return handle(v8::BigInt64Array::New(ab, off, count));
    case VS_U64: return handle(v8::BigUint64Array::New(ab, off, count));
    }
    vs_abort("vs_typed_new", "not an element type");
}

vs_val vs_typed_new(vs_cx *cx, vs_elem elem, vs_val ab, size_t off, size_t count)
{
    if (local(ab)->IsSharedArrayBuffer())
        return new_on_shared(elem, local(ab).As<v8::SharedArrayBuffer>(), off, count);
    return new_on_private(elem, local(ab).As<v8::ArrayBuffer>(), off, count);
}

struct vs_pin {
    std::shared_ptr<v8::BackingStore> store;
    struct vs_bytes bytes;
};

vs_pin *vs_pin_new(vs_val view_or_buffer)
{
    v8::Local<v8::Value> value = local(view_or_buffer);
    v8::Local<v8::ArrayBuffer> ab;
    if (value->IsArrayBufferView()) {
        ab = value.As<v8::ArrayBufferView>()->Buffer();
    } else if (is_buffer(value)) {
        ab = any_buffer(value);
    } else {
        return nullptr;
    }
    if (ab->WasDetached()) return nullptr;
    return new vs_pin{ ab->GetBackingStore(), vs_bytes(view_or_buffer) };
}

struct vs_bytes vs_pin_bytes(const vs_pin *p)
{
    return p->bytes;
}

void vs_pin_drop(vs_pin *p)
{
    delete p;
}
