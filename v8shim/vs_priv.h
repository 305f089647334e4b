/* v8shim/vs_priv.h: what the files of v8shim/ share: the whole of struct vs_cx, and the ways
 * between vs_val and v8::Local, which are the same word.
 */
#ifndef VS_PRIV_H
#define VS_PRIV_H

#include <bit>
#include <memory>
#include <pthread.h>
#include <v8-external-memory-accounter.h>
#include <v8-snapshot.h>
#include <v8.h>

#include "v8shim/tasks_priv.h"
#include "v8shim/vs.h"

struct vs_profiles;
struct vs_vm;
struct vs_weak;

#ifdef VS_DEBUG
/* Scopes deeper than this are not checked. */
#define VS_DEBUG_SCOPES 256
#endif

enum { VS_HOOKS = 4 };

/* What a struct vs_cx pointer really points to. */
struct vs_state : vs_cx {
    vs_host host;
    v8::Global<v8::Context> context; /* the main one, entered for the isolate's life */
    std::shared_ptr<vs_task_runner> tasks;
    vs_class *classes = nullptr; /* all, newest first */
    vs_vm *vms = nullptr;        /* contexts beside the main one */
    vs_gc_watch *gc_watches = nullptr;
    vs_weak *dying = nullptr; /* references whose value this garbage collection took */
    v8::Global<v8::Function> promise_hooks[VS_HOOKS]; /* init, before, after, resolve */
    v8::ExternalMemoryAccounter external_memory;
    size_t (*near_heap_limit)(vs_cx *cx, size_t limit) = nullptr;
    size_t (*watched_limit)(vs_cx *cx, size_t limit, size_t first_limit) = nullptr;
    vs_profiles *profiles = nullptr;        /* owned: profile.cc, once one was asked for */
    bool compiling = false;                 /* a vs_compile_*() is running; no JS does */
    v8::SnapshotCreator *creator = nullptr; /* owned; VS_HEAP_SAVE only */
    size_t next_value = 0;                  /* of the snapshot, for vs_snapshot_get() */
    size_t next_class = 0;
#ifdef VS_DEBUG
    pthread_t thread;
    int scope_depth = 0;
    const vs_scope *scopes[VS_DEBUG_SCOPES];
#endif
};

/* A bug of the caller or a call that cannot fail and did: says so on stderr and aborts. */
[[noreturn]] void vs_abort(const char *where, const char *what);

/* Shared by all isolates, because a transferred backing store outlives the isolate it came from. */
v8::ArrayBuffer::Allocator *buffer_allocator();
/* What it has given out. ANY THREAD. */
size_t buffer_bytes();

static inline v8::Isolate *isolate_of(const vs_cx *cx)
{
    return static_cast<v8::Isolate *>(cx->isolate);
}

static inline vs_state *state_of(vs_cx *cx)
{
    return static_cast<vs_state *>(cx);
}

/* While one lives, what is thrown are errors of compilation. */
struct vs_compiling {
    vs_state *st;
    explicit vs_compiling(vs_cx *cx) : st(state_of(cx)) { st->compiling = true; }
    ~vs_compiling() { st->compiling = false; }
};

/* NULL while the isolate is being made. */
static inline vs_state *state_of_isolate(v8::Isolate *isolate)
{
    return static_cast<vs_state *>(isolate->GetData(0));
}

static inline v8::Local<v8::Context> context_of(const vs_cx *cx)
{
    return isolate_of(cx)->GetCurrentContext();
}

/* Every entry that needs the isolate's thread may call this; it costs nothing in a release. */
static inline void check_thread(vs_cx *cx)
{
#ifdef VS_DEBUG
    if (!pthread_equal(state_of(cx)->thread, pthread_self()))
        vs_abort("v8shim", "called from a thread that does not own the isolate");
#endif
}

static_assert(sizeof(v8::Local<v8::Data>) == sizeof(vs_val));

static inline v8::Local<v8::Value> local(vs_val v)
{
    return std::bit_cast<v8::Local<v8::Value>>(v);
}

static inline v8::Local<v8::Object> object(vs_val v)
{
    return std::bit_cast<v8::Local<v8::Object>>(v);
}

static inline v8::Local<v8::String> string(vs_val v)
{
    return std::bit_cast<v8::Local<v8::String>>(v);
}

static inline v8::Local<v8::Name> name(vs_val v)
{
    return std::bit_cast<v8::Local<v8::Name>>(v);
}

/* Empty becomes NULL. */
static inline vs_val handle(v8::MaybeLocal<v8::Data> v)
{
    return std::bit_cast<vs_val>(v.FromMaybe(v8::Local<v8::Data>()));
}

static inline bool true_of(v8::Maybe<bool> b)
{
    return b.FromMaybe(false);
}

/* An array of handles, as V8 wants it. */
static inline v8::Local<v8::Value> *locals(const vs_val *items)
{
    return reinterpret_cast<v8::Local<v8::Value> *>(const_cast<vs_val *>(items));
}

/* snapshot.cc: a place in the executable as a number that is the same in each process: data that V8
 * keeps for callbacks has to be context-free, which an External is not. */
int32_t vs_executable_distance(const void *address);
const void *vs_in_executable(int32_t distance);
/* snapshot.cc: V8 is about to get this address, which a heap that is being saved must name. */
void vs_reference_record(const void *address);
/* The same for a resource over static text. */
void vs_reference_record_latin1(const void *resource, const char *s, size_t len);
void vs_reference_record_utf16(const void *resource, const uint16_t *s, size_t len);

/* A C callback, as V8 wants it: struct vs_args is FunctionCallbackInfo (layout.cc). */
static inline v8::FunctionCallback callback_of(vs_fn *fn)
{
    vs_reference_record(reinterpret_cast<const void *>(fn));
    return reinterpret_cast<v8::FunctionCallback>(reinterpret_cast<void (*)()>(fn));
}

/* An internalised string of a constant ASCII text. */
static inline v8::Local<v8::String> interned(v8::Isolate *isolate, const char *text)
{
    return v8::String::NewFromUtf8(isolate, text, v8::NewStringType::kInternalized)
        .ToLocalChecked();
}

/* snapshot.cc: what an isolate with such a heap starts from. */
void vs_snapshot_prepare(v8::Isolate::CreateParams *params, const vs_host *host);
bool vs_snapshot_is_open(unsigned number);
/* isolate.cc: drops all that this side holds of the isolate, before it is saved or closed. */
void vs_isolate_forget(vs_state *st);
/* isolate.cc: the end of the isolate, which is not entered any more, and of st. */
void vs_isolate_free(vs_state *st);
/* class.cc: drops all classes, as the isolate closes. */
void vs_classes_drop(vs_state *st);
/* profile.cc: ends the profiles that run. */
void vs_profiles_drop(vs_state *st);
/* vm.cc: the same for contexts beside the main one. */
void vs_vms_drop(vs_state *st);
/* vm.cc: gives them all the isolate's promise hooks. */
void vs_vms_apply_hooks(vs_state *st);
/* control.cc: gives a context the isolate's promise hooks; V8 keeps them by context. */
void vs_hooks_apply(vs_state *st, v8::Local<v8::Context> context);
/* ref.cc: runs gone() of the references in st->dying. */
void vs_weak_run(vs_state *st);
/* heap.cc: tells the vs_gc_watch objects. */
void vs_gc_tell(vs_state *st, bool end, v8::GCType kind, v8::GCCallbackFlags flags);
/* isolate.cc: the symbol in a script's host-defined options; undefined without. */
v8::Local<v8::Value> vs_host_id(v8::Local<v8::Context> context, v8::Local<v8::Data> options);
/* wasm.cc: V8's call for WebAssembly.compileStreaming(). */
void vs_wasm_on_streaming(const v8::FunctionCallbackInfo<v8::Value> &info);
/* error.cc: an Error with Node's code ERR_STRING_TOO_LONG is pending; returns NULL. */
vs_val vs_throw_too_long(vs_cx *cx);
/* error.cc: a RangeError is pending; returns NULL. */
vs_val vs_throw_no_memory(vs_cx *cx);

#endif
