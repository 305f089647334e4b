/* v8shim/vs_object.h: objects, arrays, functions, classes with native state, references that
 * outlive a call. */
#ifndef VS_OBJECT_H
#define VS_OBJECT_H

#include "v8shim/vs_base.h"

#ifdef __cplusplus
extern "C" {
#endif

vs_val vs_obj_new(struct vs_cx *cx);
vs_val vs_obj_new_null(struct vs_cx *cx); /* prototype null */
/* Properties. false or NULL: exception pending (getters and proxies run). */
vs_val vs_get(struct vs_cx *cx, vs_val obj, vs_val key);
vs_val vs_get_name(struct vs_cx *cx, vs_val obj, const char *name);
vs_val vs_get_index(struct vs_cx *cx, vs_val obj, uint32_t index);
VS_MUST_CHECK bool vs_set(struct vs_cx *cx, vs_val obj, vs_val key, vs_val v);
VS_MUST_CHECK bool vs_set_index(struct vs_cx *cx, vs_val obj, uint32_t index, vs_val v);
VS_MUST_CHECK bool vs_has_own(struct vs_cx *cx, vs_val obj, vs_val key, bool *out);
VS_MUST_CHECK bool vs_delete(struct vs_cx *cx, vs_val obj, vs_val key);
/* Own property, defined without running setters. attrs: bits of enum vs_attr. */
enum vs_attr { VS_ATTR_NONE = 0, VS_READ_ONLY = 1, VS_DONT_ENUM = 2, VS_DONT_DELETE = 4 };
VS_MUST_CHECK bool vs_define(struct vs_cx *cx, vs_val obj, vs_val key, vs_val v, int attrs);
/* The value is made by load() when it is first read, and stays then; writing replaces it unread.
 * load() returns NULL for a pending exception. It is in the executable; data is no object. */
typedef vs_val vs_lazy_fn(struct vs_cx *cx, vs_val key, vs_val data);
VS_MUST_CHECK bool vs_define_lazy(struct vs_cx *cx, vs_val obj, vs_val key, vs_lazy_fn *load,
                                  vs_val data, int attrs);
/* For building binding objects: plain objects of our own, where setting can't fail. Aborts if it
 * does. */
void vs_put(struct vs_cx *cx, vs_val obj, const char *name, vs_val v);
void vs_put_int(struct vs_cx *cx, vs_val obj, const char *name, double n);
void vs_put_str(struct vs_cx *cx, vs_val obj, const char *name, const char *utf8);
void vs_put_fn(struct vs_cx *cx, vs_val obj, const char *name, vs_fn *fn);
/* Accessor property; setter may be NULL. */
void vs_put_accessor(struct vs_cx *cx, vs_val obj, const char *name, vs_fn *getter, vs_fn *setter);
/* The same, not enumerable. */
void vs_put_hidden_accessor(struct vs_cx *cx, vs_val obj, const char *name, vs_fn *getter,
                            vs_fn *setter);

vs_val vs_proto(struct vs_cx *cx, vs_val obj);
VS_MUST_CHECK bool vs_proto_set(struct vs_cx *cx, vs_val obj, vs_val proto);
/* The name of the function that made obj; never runs JS. */
vs_val vs_constructor_name(struct vs_cx *cx, vs_val obj);
/* Own property names. filter: enum vs_key_filter bits. */
enum vs_key_filter {
    VS_KEYS_ALL = 0,
    VS_KEYS_ENUMERABLE = 2,
    VS_KEYS_NO_STRINGS = 8,
    VS_KEYS_NO_SYMBOLS = 16
};
vs_val vs_own_keys(struct vs_cx *cx, vs_val obj, int filter, bool with_indices);
int vs_identity_hash(vs_val obj);
VS_MUST_CHECK bool vs_instance_of(struct vs_cx *cx, vs_val obj, vs_val constructor, bool *out);
VS_MUST_CHECK bool vs_freeze(struct vs_cx *cx, vs_val obj);

/* Private-symbol properties: never run JS. get: undefined when absent. */
vs_val vs_private_get(struct vs_cx *cx, vs_val obj, vs_val symbol);
VS_MUST_CHECK bool vs_private_set(struct vs_cx *cx, vs_val obj, vs_val symbol, vs_val v);

vs_val vs_arr_new(struct vs_cx *cx, const vs_val *items, size_t count);
uint32_t vs_arr_len(vs_val arr);
vs_val vs_map_new(struct vs_cx *cx);
vs_val vs_map_set(struct vs_cx *cx, vs_val map, vs_val key, vs_val v);
vs_val vs_set_new(struct vs_cx *cx);
vs_val vs_set_add(struct vs_cx *cx, vs_val set, vs_val v);

/* What util.inspect looks into. Never run JS. */
bool vs_proxy_parts(vs_val proxy, vs_val *target, vs_val *handler);
/* Entries of a Map, Set, weak collection or their iterators; NULL for other objects. */
vs_val vs_preview_entries(struct vs_cx *cx, vs_val obj, bool *key_value);

/* Functions. name: ASCII. */
vs_val vs_fn_new(struct vs_cx *cx, vs_fn *fn, const char *name);
vs_val vs_fn_new_data(struct vs_cx *cx, vs_fn *fn, const char *name, vs_val data);
/* The same, and it may be called with new and extended by classes. */
vs_val vs_fn_new_any(struct vs_cx *cx, vs_fn *fn, const char *name, vs_val data);
void vs_fn_set_name(vs_val fn, vs_val name);
/* NULL: it threw. When no JS is below on the stack the exception went to vs_host.uncaught()
 * already. */
vs_val vs_call(struct vs_cx *cx, vs_val fn, vs_val self, int argc, const vs_val *argv);
vs_val vs_construct(struct vs_cx *cx, vs_val fn, int argc, const vs_val *argv);

/* Promises. */
vs_val vs_resolver_new(struct vs_cx *cx); /* resolve/reject it below; its promise: */
vs_val vs_resolver_promise(vs_val resolver);
VS_MUST_CHECK bool vs_resolver_resolve(struct vs_cx *cx, vs_val resolver, vs_val v);
VS_MUST_CHECK bool vs_resolver_reject(struct vs_cx *cx, vs_val resolver, vs_val err);
enum vs_promise_state { VS_PENDING, VS_FULFILLED, VS_REJECTED };
enum vs_promise_state vs_promise_state(vs_val promise);
vs_val vs_promise_result(vs_val promise); /* not while pending */
void vs_promise_mark_handled(vs_val promise);
vs_val vs_promise_then(struct vs_cx *cx, vs_val promise, vs_val on_ok, vs_val on_err_or_null);

/* Objects with the same plain properties, in the same order, and Object.prototype; they share a
 * hidden class from the start. V8 keeps what it makes of names for as long as the context lives: a
 * caller that gets them from elsewhere has to limit how many it makes. */
struct vs_shape;
/* names: ASCII, different from each other, no array indices. The caller owns it. */
struct vs_shape *vs_shape_new(struct vs_cx *cx, const char *const *names, const size_t *lens,
                              size_t count);
void vs_shape_drop(struct vs_shape *s); /* NULL is fine */
/* values: as many as there are names; undefined contents afterwards. */
vs_val vs_shape_make(struct vs_cx *cx, const struct vs_shape *s, vs_val *values);

/* References: owned by the caller until dropped; hold the value alive. */
struct vs_ref;
struct vs_ref *vs_ref_new(struct vs_cx *cx, vs_val v);
void vs_ref_drop(struct vs_ref *r); /* NULL is fine */
/* Borrowed, no new handle: valid until the reference is dropped. */
static inline vs_val vs_ref_get(const struct vs_ref *r)
{
    return (vs_val)r;
}
/* From now on the reference keeps nothing alive. When the value died, gone(data) runs once, on the
 * isolate's thread at the end of the same garbage collection (V8 calls are fine, JS is not); the
 * reference has been dropped by then. vs_ref_strong() undoes it. */
void vs_ref_weak(struct vs_cx *cx, struct vs_ref *r, void (*gone)(void *data), void *data);
void vs_ref_strong(struct vs_cx *cx, struct vs_ref *r);

/* A constructor whose instances carry native pointers. Lives until the isolate closes. */
struct vs_class;
/* ctor NULL: illegal to construct from JS. fields: number of native pointers (vs_native_get index
 * range). */
struct vs_class *vs_class_new(struct vs_cx *cx, const char *name, vs_fn *ctor,
                              struct vs_class *parent, int fields);
void vs_class_method(struct vs_class *c, const char *name, vs_fn *fn);
void vs_class_static(struct vs_class *c, const char *name, vs_fn *fn);
void vs_class_accessor(struct vs_class *c, const char *name, vs_fn *getter, vs_fn *setter);
/* Constant on the prototype. */
void vs_class_const(struct vs_class *c, const char *name, vs_val v);
vs_val vs_class_fn(struct vs_class *c);   /* the constructor function in the current context */
vs_val vs_class_make(struct vs_class *c); /* an instance, without calling ctor; NULL = exception */
bool vs_class_is(struct vs_class *c, vs_val v); /* made by c or a class below it */

/* Native pointer (aligned to 2, or NULL) in an instance of a class. obj must have that field. */
void vs_native_set(vs_val obj, int field, void *ptr);
void *vs_native_get(vs_val obj, int field);
int vs_native_count(vs_val obj); /* 0 for other objects */
/* A value, or what is none (a module, a script), in a field instead. It lives as long as obj does:
 * unlike a reference, a field does not keep a circle alive. */
void vs_held_set(vs_val obj, int field, vs_val v);
vs_val vs_held_get(vs_val obj, int field);

/* A native pointer as a value. */
vs_val vs_external_new(struct vs_cx *cx, void *ptr);
void *vs_external_ptr(vs_val v);

/* A property descriptor: handles are NULL and flags -1 where it does not say. */
struct vs_descriptor {
    vs_val value;
    vs_val get;
    vs_val set;
    int writable;
    int enumerable;
    int configurable;
};
/* An object whose named properties are answered by C (process.env). Keys are strings or symbols;
 * array indices are plain properties. */
struct vs_interceptor {
    /* NULL: not here (look further), or an exception is pending. */
    vs_val (*get)(struct vs_cx *cx, vs_val key);
    /* true: handled; false: an exception is pending or it isn't ours. */
    bool (*set)(struct vs_cx *cx, vs_val key, vs_val v);
    /* enum vs_attr bits, or -1: not here. */
    int (*query)(struct vs_cx *cx, vs_val key);
    /* true: deleted or absent. */
    bool (*del)(struct vs_cx *cx, vs_val key);
    vs_val (*keys)(struct vs_cx *cx); /* array of strings */
    /* Object.defineProperty(). true: handled; false: an exception is pending or it isn't ours. May
     * be NULL: V8 defines an ordinary property. */
    bool (*define)(struct vs_cx *cx, vs_val key, const struct vs_descriptor *desc);
};
/* table must live as long as the process. */
vs_val vs_obj_new_intercepted(struct vs_cx *cx, const struct vs_interceptor *table);

#ifdef __cplusplus
}
#endif
#endif
