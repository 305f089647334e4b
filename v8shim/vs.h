/* v8shim/vs.h: the whole face of the V8 shim. Compiles as C11; no V8 type, size or layout shows
 * except in vs_layout.h. */
#ifndef VS_H
#define VS_H

#include "v8shim/vs_base.h"
#include "v8shim/vs_buffer.h"
#include "v8shim/vs_heap.h"
#include "v8shim/vs_isolate.h"
#include "v8shim/vs_module.h"
#include "v8shim/vs_object.h"
#include "v8shim/vs_profile.h"
#include "v8shim/vs_script.h"
#include "v8shim/vs_serial.h"
#include "v8shim/vs_snapshot.h"
#include "v8shim/vs_url_pattern.h"
#include "v8shim/vs_value.h"
#include "v8shim/vs_vm.h"
#include "v8shim/vs_wasm.h"

#endif
