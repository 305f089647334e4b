/* v8shim/vs_profile.h: what an isolate spends its time on, and who allocates on its heap.
 *
 * Profiles come as JSON text, chunk by chunk; write() returns false to stop. No JS runs in any of
 * this. What still runs when the isolate closes is dropped. */
#ifndef VS_PROFILE_H
#define VS_PROFILE_H

#include "v8shim/vs_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef bool vs_text_fn(void *user, const char *text, size_t len);

/* Several may run at once. Returns its id; 0: V8 takes no more. */
uint32_t vs_cpu_profile_start(struct vs_cx *cx);
/* false: no such profile runs. */
bool vs_cpu_profile_stop(struct vs_cx *cx, uint32_t id, vs_text_fn *write, void *user);

/* A sample of allocations. false: one runs already. */
bool vs_heap_profile_start(struct vs_cx *cx);
/* false: none runs. */
bool vs_heap_profile_stop(struct vs_cx *cx, vs_text_fn *write, void *user);

#ifdef __cplusplus
}
#endif
#endif
