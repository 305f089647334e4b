/* v8shim/serial.cc: structured clone over v8::ValueSerializer and v8::ValueDeserializer. */
#include "v8shim/vs_serial.h"

#include <cstdlib>
#include <cstring>
#include <v8-value-serializer.h>
#include <v8-wasm.h>

#include "v8shim/vs_priv.h"

namespace
{

class WriterMemory : public v8::ValueSerializer::Delegate
{
  public:
    void *ReallocateBufferMemory(void *old, size_t size, size_t *actual) override
    {
        if (!old && size <= lent_len) {
            *actual = lent_len;
            return lent;
        }
        bool moves = old && old == lent;
        void *now = realloc(moves ? nullptr : old, size);
        if (now && moves) memcpy(now, lent, lent_len);
        *actual = size;
        return now;
    }

    void FreeBufferMemory(void *memory) override
    {
        if (memory != lent) free(memory);
    }

    void lend(uint8_t *memory, size_t len)
    {
        lent = memory;
        lent_len = len;
    }

  private:
    uint8_t *lent = nullptr; /* borrowed */
    size_t lent_len = 0;
};

class WriterDelegate final : public WriterMemory
{
  public:
    WriterDelegate(vs_cx *cx, const vs_writer_host *host, void *user)
        : cx(cx), host(host), user(user)
    {
    }

    void ThrowDataCloneError(v8::Local<v8::String> message) override
    {
        host->clone_error(cx, user, handle(message));
    }

    bool HasCustomHostObject(v8::Isolate *) override { return host->is_host != nullptr; }

    v8::Maybe<bool> IsHostObject(v8::Isolate *, v8::Local<v8::Object> object) override
    {
        return v8::Just(host->is_host(cx, user, handle(object)));
    }

    v8::Maybe<bool> WriteHostObject(v8::Isolate *isolate, v8::Local<v8::Object> object) override
    {
        vs_write_result result = VS_WRITE_REFUSED;
        if (host->write_host) result = host->write_host(cx, user, handle(object));
        if (result == VS_WRITE_REFUSED) return Delegate::WriteHostObject(isolate, object);
        return result == VS_WRITE_DONE ? v8::Just(true) : v8::Nothing<bool>();
    }

    v8::Maybe<uint32_t> GetSharedArrayBufferId(v8::Isolate *isolate,
                                               v8::Local<v8::SharedArrayBuffer> sab) override
    {
        uint32_t id = 0;
        vs_write_result result = VS_WRITE_REFUSED;
        if (host->shared_id) result = host->shared_id(cx, user, handle(sab), &id);
        if (result == VS_WRITE_REFUSED) return Delegate::GetSharedArrayBufferId(isolate, sab);
        return result == VS_WRITE_DONE ? v8::Just(id) : v8::Nothing<uint32_t>();
    }

    v8::Maybe<uint32_t> GetWasmModuleTransferId(v8::Isolate *isolate,
                                                v8::Local<v8::WasmModuleObject> module) override
    {
        uint32_t id = 0;
        vs_write_result result = VS_WRITE_REFUSED;
        if (host->wasm_id) result = host->wasm_id(cx, user, handle(module), &id);
        if (result == VS_WRITE_REFUSED) return Delegate::GetWasmModuleTransferId(isolate, module);
        return result == VS_WRITE_DONE ? v8::Just(id) : v8::Nothing<uint32_t>();
    }

  private:
    vs_cx *cx;
    const vs_writer_host *host;
    void *user;
};

class ReaderDelegate final : public v8::ValueDeserializer::Delegate
{
  public:
    ReaderDelegate(vs_cx *cx, const vs_reader_host *host, void *user)
        : cx(cx), host(host), user(user)
    {
    }

    v8::MaybeLocal<v8::Object> ReadHostObject(v8::Isolate *isolate) override
    {
        if (!host->read_host) return Delegate::ReadHostObject(isolate);
        /* V8 forbids it while it reads; the reader of a host object has to call JS. */
        v8::Isolate::AllowJavascriptExecutionScope allow(isolate);
        vs_val v = host->read_host(cx, user);
        if (!v) return {};
        return object(v);
    }

    v8::MaybeLocal<v8::WasmModuleObject> GetWasmModuleFromId(v8::Isolate *isolate,
                                                             uint32_t id) override
    {
        if (!host->wasm) return Delegate::GetWasmModuleFromId(isolate, id);
        vs_val v = host->wasm(cx, user, id);
        if (!v) return {};
        return local(v).As<v8::WasmModuleObject>();
    }

    v8::MaybeLocal<v8::SharedArrayBuffer> GetSharedArrayBufferFromId(v8::Isolate *isolate,
                                                                     uint32_t id) override
    {
        if (!host->shared) return Delegate::GetSharedArrayBufferFromId(isolate, id);
        vs_val v = host->shared(cx, user, id);
        if (!v) return {};
        return local(v).As<v8::SharedArrayBuffer>();
    }

  private:
    vs_cx *cx;
    const vs_reader_host *host;
    void *user;
};

} // namespace

struct vs_writer {
    vs_cx *cx;
    WriterDelegate delegate;
    v8::ValueSerializer serializer;

    vs_writer(vs_cx *cx, const vs_writer_host *host, void *user)
        : cx(cx), delegate(cx, host, user), serializer(isolate_of(cx), &delegate)
    {
    }
};

vs_writer *vs_writer_new(vs_cx *cx, const vs_writer_host *host, void *user)
{
    return new vs_writer(cx, host, user);
}

void vs_writer_drop(vs_writer *w)
{
    delete w;
}

void vs_writer_lend(vs_writer *w, uint8_t *memory, size_t len)
{
    w->delegate.lend(memory, len);
}

void vs_writer_header(vs_writer *w)
{
    w->serializer.WriteHeader();
}

bool vs_writer_value(vs_writer *w, vs_val v)
{
    return true_of(w->serializer.WriteValue(context_of(w->cx), local(v)));
}

void vs_writer_u32(vs_writer *w, uint32_t n)
{
    w->serializer.WriteUint32(n);
}

void vs_writer_u64(vs_writer *w, uint64_t n)
{
    w->serializer.WriteUint64(n);
}

void vs_writer_f64(vs_writer *w, double n)
{
    w->serializer.WriteDouble(n);
}

void vs_writer_bytes(vs_writer *w, const void *data, size_t len)
{
    w->serializer.WriteRawBytes(data, len);
}

void vs_writer_transfer(vs_writer *w, uint32_t id, vs_val ab)
{
    w->serializer.TransferArrayBuffer(id, local(ab).As<v8::ArrayBuffer>());
}

void vs_writer_views_are_host(vs_writer *w, bool on)
{
    w->serializer.SetTreatArrayBufferViewsAsHostObjects(on);
}

uint8_t *vs_writer_release(vs_writer *w, size_t *len)
{
    std::pair<uint8_t *, size_t> bytes = w->serializer.Release();
    *len = bytes.second;
    w->delegate.lend(nullptr, 0);
    return bytes.first;
}

struct vs_reader {
    vs_cx *cx;
    ReaderDelegate delegate;
    v8::ValueDeserializer deserializer;

    vs_reader(vs_cx *cx, const uint8_t *data, size_t len, const vs_reader_host *host, void *user)
        : cx(cx), delegate(cx, host, user), deserializer(isolate_of(cx), data, len, &delegate)
    {
    }
};

vs_reader *vs_reader_new(vs_cx *cx, const uint8_t *data, size_t len, const vs_reader_host *host,
                         void *user)
{
    return new vs_reader(cx, data, len, host, user);
}

void vs_reader_drop(vs_reader *r)
{
    delete r;
}

bool vs_reader_header(vs_reader *r)
{
    return true_of(r->deserializer.ReadHeader(context_of(r->cx)));
}

uint32_t vs_reader_version(vs_reader *r)
{
    return r->deserializer.GetWireFormatVersion();
}

vs_val vs_reader_value(vs_reader *r)
{
    return handle(r->deserializer.ReadValue(context_of(r->cx)));
}

void vs_reader_transfer(vs_reader *r, uint32_t id, vs_val ab)
{
    if (local(ab)->IsSharedArrayBuffer()) {
        r->deserializer.TransferSharedArrayBuffer(id, local(ab).As<v8::SharedArrayBuffer>());
    } else {
        r->deserializer.TransferArrayBuffer(id, local(ab).As<v8::ArrayBuffer>());
    }
}

bool vs_reader_u32(vs_reader *r, uint32_t *n)
{
    return r->deserializer.ReadUint32(n);
}

bool vs_reader_u64(vs_reader *r, uint64_t *n)
{
    return r->deserializer.ReadUint64(n);
}

bool vs_reader_f64(vs_reader *r, double *n)
{
    return r->deserializer.ReadDouble(n);
}

bool vs_reader_bytes(vs_reader *r, size_t len, const uint8_t **out)
{
    const void *data;
    if (!r->deserializer.ReadRawBytes(len, &data)) return false;
    *out = static_cast<const uint8_t *>(data);
    return true;
}

/* Exactly one of the two is set. */
struct vs_shared {
    std::shared_ptr<v8::BackingStore> store;
    std::unique_ptr<v8::CompiledWasmModule> wasm;
};

vs_shared *vs_shared_new(vs_val v)
{
    vs_shared *s = new vs_shared;
    if (local(v)->IsArrayBuffer()) {
        s->store = local(v).As<v8::ArrayBuffer>()->GetBackingStore();
    } else if (local(v)->IsSharedArrayBuffer()) {
        s->store = local(v).As<v8::SharedArrayBuffer>()->GetBackingStore();
    } else {
        s->wasm = std::make_unique<v8::CompiledWasmModule>(
            local(v).As<v8::WasmModuleObject>()->GetCompiledModule());
    }
    return s;
}

vs_val vs_shared_open(vs_cx *cx, const vs_shared *s)
{
    v8::Isolate *isolate = isolate_of(cx);
    if (s->wasm) return handle(v8::WasmModuleObject::FromCompiledModule(isolate, *s->wasm));
    if (s->store->IsShared()) return handle(v8::SharedArrayBuffer::New(isolate, s->store));
    return handle(v8::ArrayBuffer::New(isolate, s->store));
}

void vs_shared_drop(vs_shared *s)
{
    delete s;
}
