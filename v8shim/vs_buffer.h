/* v8shim/vs_buffer.h: ArrayBuffers, views on them, pins that keep their memory for the kernel. */
#ifndef VS_BUFFER_H
#define VS_BUFFER_H

#include "v8shim/vs_base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct vs_bytes {
    uint8_t *ptr; /* NULL when detached or empty */
    size_t len;
};

/* The bytes of an ArrayBufferView, ArrayBuffer or SharedArrayBuffer; {NULL, 0} for other values.
 * Borrowed until JS may run, which can detach it. Moves a small view off the JS heap, so that it
 * stays where it is. */
struct vs_bytes vs_bytes(vs_val v);
size_t vs_view_off(vs_val view);
size_t vs_view_len(vs_val view);      /* bytes */
bool vs_view_has_buffer(vs_val view); /* false: small, its bytes are still on the JS heap */
vs_val vs_view_buffer(vs_val view);   /* its ArrayBuffer; moves a small view off the heap */

/* New memory. NULL = out of memory, RangeError pending. */
vs_val vs_ab_new(struct vs_cx *cx, size_t len);        /* zeroed */
vs_val vs_ab_new_uninit(struct vs_cx *cx, size_t len); /* not zeroed: the caller fills it */
/* Wraps memory of the caller. drop(ptr, len, data) runs later, on ANY THREAD, perhaps after the
 * isolate is gone; NULL: the memory lives as long as the process. */
vs_val vs_ab_new_external(struct vs_cx *cx, void *ptr, size_t len,
                          void (*drop)(void *ptr, size_t len, void *data), void *data);
bool vs_ab_detachable(vs_val ab);
bool vs_ab_detached(vs_val ab);
/* From now on only who has key may detach it: vs_ab_detach() and transfers fail. */
void vs_ab_detach_key_set(vs_val ab, vs_val key);
VS_MUST_CHECK bool vs_ab_detach(struct vs_cx *cx, vs_val ab);
vs_val vs_sab_new(struct vs_cx *cx, size_t len);

enum vs_elem {
    VS_I8,
    VS_U8,
    VS_U8C,
    VS_I16,
    VS_U16,
    VS_I32,
    VS_U32,
    VS_F32,
    VS_F64,
    VS_I64,
    VS_U64,
};
/* off in bytes, count in elements. ab may be an ArrayBuffer or a SharedArrayBuffer. */
vs_val vs_typed_new(struct vs_cx *cx, enum vs_elem elem, vs_val ab, size_t off, size_t count);

/* Holds the memory behind a view or buffer, whatever JS does to the object. Drop on ANY THREAD. */
struct vs_pin;
struct vs_pin *vs_pin_new(vs_val view_or_buffer);     /* NULL: not one, or detached */
struct vs_bytes vs_pin_bytes(const struct vs_pin *p); /* of the view at the time of pinning */
void vs_pin_drop(struct vs_pin *p);                   /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
