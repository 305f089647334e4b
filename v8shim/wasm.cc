/* v8shim/wasm.cc: streaming compilation of WebAssembly. */
#include "v8shim/vs_wasm.h"

#include <v8-wasm.h>

#include "v8shim/vs_priv.h"

struct vs_wasm_stream {
    std::shared_ptr<v8::WasmStreaming> streaming;
};

void vs_wasm_on_streaming(const v8::FunctionCallbackInfo<v8::Value> &info)
{
    v8::Isolate *isolate = info.GetIsolate();
    vs_state *st = state_of_isolate(isolate);
    vs_wasm_stream *s = new vs_wasm_stream{ v8::WasmStreaming::Unpack(isolate, info.Data()) };
    st->host.wasm_start(st, s, handle(info[0]));
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
