/* v8shim/vs_wasm.h: WebAssembly.compileStreaming() and instantiateStreaming(). */
#ifndef VS_WASM_H
#define VS_WASM_H

#include "v8shim/vs_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One module whose bytes arrive piece by piece. Owned by who was given it; any order of pushes,
 * then one finish or abort, then drop. */
struct vs_wasm_stream;

void vs_wasm_stream_set_url(struct vs_wasm_stream *s, const char *url, size_t len);
void vs_wasm_stream_push(struct vs_wasm_stream *s, const uint8_t *bytes, size_t len);
/* The promise of compileStreaming() settles later, by the bytes or with error. */
void vs_wasm_stream_finish(struct vs_wasm_stream *s);
void vs_wasm_stream_abort(struct vs_wasm_stream *s, vs_val error);
void vs_wasm_stream_drop(struct vs_wasm_stream *s);

#ifdef __cplusplus
}
#endif
#endif
