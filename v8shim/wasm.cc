/* v8shim/wasm.cc: streaming compilation of WebAssembly. */
#include "v8shim/vs_wasm.h"

#include <v8-wasm.h>

#include "v8shim/vs_priv.h"

/* Isolate data slot with the vs_wasm_start_fn. */
#define SLOT_START 2

struct vs_wasm_stream {
    std::shared_ptr<v8::WasmStreaming> streaming;
};

static void on_compile_streaming(const v8::FunctionCallbackInfo<v8::Value> &info)
{
    v8::Isolate *isolate = info.GetIsolate();
    vs_wasm_start_fn *start = reinterpret_cast<vs_wasm_start_fn *>(isolate->GetData(SLOT_START));
    vs_wasm_stream *s = new vs_wasm_stream{ v8::WasmStreaming::Unpack(isolate, info.Data()) };
    start(state_of_isolate(isolate), s, handle(info[0]));
}

void vs_wasm_streaming_set(vs_cx *cx, vs_wasm_start_fn *start)
{
    isolate_of(cx)->SetData(SLOT_START, reinterpret_cast<void *>(start));
    isolate_of(cx)->SetWasmStreamingCallback(on_compile_streaming);
}

void vs_wasm_stream_set_url(vs_wasm_stream *s, const char *url, size_t len)
{
    s->streaming->SetUrl(url, len);
}

void vs_wasm_stream_push(vs_wasm_stream *s, const uint8_t *bytes, size_t len)
{
    s->streaming->OnBytesReceived(bytes, len);
}

void vs_wasm_stream_finish(vs_wasm_stream *s)
{
    s->streaming->Finish();
}

void vs_wasm_stream_abort(vs_wasm_stream *s, vs_val error)
{
    s->streaming->Abort(local(error));
}

void vs_wasm_stream_drop(vs_wasm_stream *s)
{
    delete s;
}
