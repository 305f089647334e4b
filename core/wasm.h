/* core/wasm.h: WebAssembly.compileStreaming(). */
#ifndef RT_WASM_H
#define RT_WASM_H

#include "v8shim/vs.h"

/* vs_host.wasm_start: hands the stream to the library, which fills it (core/bind/wasm_web_api.c).
 */
void rt_wasm_start(struct vs_cx *cx, struct vs_wasm_stream *stream, vs_val source);

#endif
