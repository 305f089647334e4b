/* v8shim/vs_serial.h: the structured clone wire format, and memory that changes isolates with it.
 */
#ifndef VS_SERIAL_H
#define VS_SERIAL_H

#include "v8shim/vs_base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct vs_writer;
struct vs_reader;

enum vs_write_result {
    VS_WRITE_DONE,
    VS_WRITE_THREW,   /* an exception is pending */
    VS_WRITE_REFUSED, /* the value can't be cloned: V8 words the clone_error */
};

/* What a writer leaves to its owner. user is the one given to vs_writer_new(). */
struct vs_writer_host {
    /* A value can't be cloned; message is a string. Throw something. */
    void (*clone_error)(struct vs_cx *cx, void *user, vs_val message);
    /* Is this object one for write_host()? NULL: only those with native pointers are. */
    bool (*is_host)(struct vs_cx *cx, void *user, vs_val object);
    /* Write object with the functions below. NULL: all are refused. */
    enum vs_write_result (*write_host)(struct vs_cx *cx, void *user, vs_val object);
    /* A number by which the reader finds the SharedArrayBuffer or WebAssembly.Module again. NULL:
     * all are refused. */
    enum vs_write_result (*shared_id)(struct vs_cx *cx, void *user, vs_val sab, uint32_t *id);
    enum vs_write_result (*wasm_id)(struct vs_cx *cx, void *user, vs_val module, uint32_t *id);
};

/* Owned by the caller. host must outlive the writer. */
struct vs_writer *vs_writer_new(struct vs_cx *cx, const struct vs_writer_host *host, void *user);
void vs_writer_drop(struct vs_writer *w);
/* Before anything is written: memory to write to while it suffices, the caller's until release or
 * drop. */
void vs_writer_lend(struct vs_writer *w, uint8_t *memory, size_t len);
void vs_writer_header(struct vs_writer *w);
/* false: an exception is pending; the bytes written so far are of no use. */
VS_MUST_CHECK bool vs_writer_value(struct vs_writer *w, vs_val v);
void vs_writer_u32(struct vs_writer *w, uint32_t n);
void vs_writer_u64(struct vs_writer *w, uint64_t n);
void vs_writer_f64(struct vs_writer *w, double n);
void vs_writer_bytes(struct vs_writer *w, const void *data, size_t len);
/* Instead of its bytes, write that ab is the reader's vs_reader_transfer(id). */
void vs_writer_transfer(struct vs_writer *w, uint32_t id, vs_val ab);
/* ArrayBufferViews go to write_host(), too. */
void vs_writer_views_are_host(struct vs_writer *w, bool on);
/* The bytes; free() them, unless they are in what was lent. The writer is empty afterwards. */
uint8_t *vs_writer_release(struct vs_writer *w, size_t *len);

struct vs_reader_host {
    /* Read what write_host() wrote. NULL: an exception is pending, or else V8 throws its own. */
    vs_val (*read_host)(struct vs_cx *cx, void *user);
    vs_val (*shared)(struct vs_cx *cx, void *user, uint32_t id);
    vs_val (*wasm)(struct vs_cx *cx, void *user, uint32_t id);
};

/* Owned by the caller; data is borrowed and host must outlive the reader. Members of host may be
 * NULL: such objects are errors then. */
struct vs_reader *vs_reader_new(struct vs_cx *cx, const uint8_t *data, size_t len,
                                const struct vs_reader_host *host, void *user);
void vs_reader_drop(struct vs_reader *r);
/* false: not this format; an exception is pending. */
VS_MUST_CHECK bool vs_reader_header(struct vs_reader *r);
uint32_t vs_reader_version(struct vs_reader *r);
/* NULL: damaged data, an exception is pending. */
vs_val vs_reader_value(struct vs_reader *r);
void vs_reader_transfer(struct vs_reader *r, uint32_t id, vs_val ab);
/* false: the data ends here. No exception. */
VS_MUST_CHECK bool vs_reader_u32(struct vs_reader *r, uint32_t *n);
VS_MUST_CHECK bool vs_reader_u64(struct vs_reader *r, uint64_t *n);
VS_MUST_CHECK bool vs_reader_f64(struct vs_reader *r, double *n);
/* *out points into data. */
VS_MUST_CHECK bool vs_reader_bytes(struct vs_reader *r, size_t len, const uint8_t **out);

/* The memory of an ArrayBuffer or SharedArrayBuffer, or a compiled WebAssembly.Module: what can be
 * handed to another isolate. Drop on ANY THREAD. */
struct vs_shared;
struct vs_shared *vs_shared_new(vs_val buffer_or_module);
/* A new object over it, in any isolate. NULL: an exception is pending. */
vs_val vs_shared_open(struct vs_cx *cx, const struct vs_shared *s);
void vs_shared_drop(struct vs_shared *s);

#ifdef __cplusplus
}
#endif
#endif
