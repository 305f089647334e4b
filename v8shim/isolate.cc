/* v8shim/isolate.cc: opening and closing an isolate, and what V8 asks of its embedder (vs_host). */
#include <cstdio>
#include <cstdlib>
#include <new>
#include <unistd.h>

#include "v8shim/vs_priv.h"

/* Frames kept with an exception for the report that nobody caught it. */
static constexpr int UNCAUGHT_FRAMES = 10;
/* Where the young generation begins to grow from. V8's own is so small that start-up alone fills
 * it, and a worker's survivors then cost more memory, in pages of their own, than is freed. With a
 * larger one, buffers of received data pile up outside of the heap until V8 collects all of it for
 * their sake, where one of the young would do. */
static constexpr size_t FIRST_YOUNG_BYTES = 12 << 20;
/* V8's cache of numbers as strings grows to a size that follows from the greatest one of the young
 * generation, and a snapshot contains it: empty, and as large as it was. */
static constexpr size_t YOUNG_BYTES_SAVED = 3 << 20;

static vs_state *state_of_context(v8::Local<v8::Context> context)
{
    return state_of_isolate(context->GetIsolate());
}

[[noreturn]] static void report_fatal(const char *where, const char *what, bool oom)
{
    v8::Isolate *isolate = v8::Isolate::TryGetCurrent();
    vs_state *st = isolate ? state_of_isolate(isolate) : nullptr;
    if (!where) where = "V8";
    if (!what) what = "unknown";
    if (st && st->host.fatal) st->host.fatal(where, what, oom);
    /* On a background thread, or the host returned against its promise. */
    vs_abort(where, what);
}

static void on_fatal(const char *where, const char *what)
{
    report_fatal(where, what, false);
}

static void on_oom(const char *where, const v8::OOMDetails &details)
{
    report_fatal(where, details.detail ? details.detail : "out of memory", details.is_heap_oom);
}

/* Called as an exception leaves the outermost JS frame with no vs_try around. */
static void on_message(v8::Local<v8::Message> message, v8::Local<v8::Value> error)
{
    vs_state *st = state_of_isolate(message->GetIsolate());
    if (!st->host.uncaught) return;
    st->host.uncaught(st, handle(error), std::bit_cast<vs_val>(message));
}

/* Errors of compilation never abort: vs_compile_*() hand them to their caller. */
static bool on_uncaught_abort(v8::Isolate *isolate)
{
    vs_state *st = state_of_isolate(isolate);
    return !st->compiling && st->host.may_abort(st);
}

static void on_promise_reject(v8::PromiseRejectMessage message)
{
    v8::Local<v8::Promise> promise = message.GetPromise();
    vs_state *st = state_of_isolate(promise->GetIsolate());
    vs_val value = message.GetValue().IsEmpty() ? vs_undefined(st) : handle(message.GetValue());
    st->host.promise_reject(st, message.GetEvent(), handle(promise), value);
}

static v8::MaybeLocal<v8::Value> on_prepare_stack(v8::Local<v8::Context> context,
                                                  v8::Local<v8::Value> error,
                                                  v8::Local<v8::Array> sites)
{
    vs_state *st = state_of_context(context);
    return local(
        st->host.prepare_stack(st, handle(context->Global()), handle(error), handle(sites)));
}

v8::Local<v8::Value> vs_host_id(v8::Local<v8::Context> context, v8::Local<v8::Data> options)
{
    if (!options.IsEmpty() && options->IsFixedArray()) {
        v8::Local<v8::FixedArray> array = options.As<v8::FixedArray>();
        if (array->Length() > 0) return array->Get(context, 0).As<v8::Value>();
    }
    return v8::Undefined(context->GetIsolate());
}

/* import() itself never throws: its promise rejects. Only termination goes on as it is. */
static v8::MaybeLocal<v8::Promise> rejected(v8::Local<v8::Context> context, v8::TryCatch *failed)
{
    v8::Local<v8::Promise::Resolver> resolver;
    if (failed->HasTerminated() || !v8::Promise::Resolver::New(context).ToLocal(&resolver) ||
        resolver->Reject(context, failed->Exception()).IsNothing()) {
        failed->ReThrow();
        return {};
    }
    return resolver->GetPromise();
}

static v8::MaybeLocal<v8::Promise> on_import_phase(v8::Local<v8::Context> context,
                                                   v8::Local<v8::Data> options,
                                                   v8::Local<v8::Value> referrer,
                                                   v8::Local<v8::String> specifier,
                                                   v8::ModuleImportPhase phase,
                                                   v8::Local<v8::FixedArray> attributes)
{
    vs_state *st = state_of_context(context);
    v8::Isolate *isolate = isolate_of(st);
    int count = attributes->Length();
    v8::Local<v8::Array> flat = v8::Array::New(isolate, count);
    for (int i = 0; i < count; i++) {
        v8::Local<v8::Value> item = attributes->Get(context, i).As<v8::Value>();
        if (flat->Set(context, static_cast<uint32_t>(i), item).IsNothing()) return {};
    }
    struct vs_import request = {
        .id = handle(vs_host_id(context, options)),
        .referrer = handle(referrer),
        .specifier = handle(specifier),
        .attributes = handle(flat),
        .phase = phase == v8::ModuleImportPhase::kSource ? VS_PHASE_SOURCE : VS_PHASE_EVALUATION,
    };
    v8::TryCatch failed(isolate);
    vs_val promise = st->host.import_dynamic(st, &request);
    if (!promise) return rejected(context, &failed);
    /* The host's promise is of the main context; import() shows one of its own context. */
    v8::Local<v8::Promise::Resolver> resolver;
    if (!v8::Promise::Resolver::New(context).ToLocal(&resolver) ||
        resolver->Resolve(context, local(promise)).IsNothing()) {
        return rejected(context, &failed);
    }
    return resolver->GetPromise();
}

/* V8 calls this one for the evaluation phase, the one above for import.source(). */
static v8::MaybeLocal<v8::Promise> on_import(v8::Local<v8::Context> context,
                                             v8::Local<v8::Data> options,
                                             v8::Local<v8::Value> referrer,
                                             v8::Local<v8::String> specifier,
                                             v8::Local<v8::FixedArray> attributes)
{
    return on_import_phase(context, options, referrer, specifier,
                           v8::ModuleImportPhase::kEvaluation, attributes);
}

static void on_import_meta(v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                           v8::Local<v8::Object> meta)
{
    vs_state *st = state_of_context(context);
    st->host.import_meta(st, handle(module), handle(meta));
}

static v8::ModifyCodeGenerationFromStringsResult on_codegen(v8::Local<v8::Context> context,
                                                            v8::Local<v8::Value> source,
                                                            bool is_code_like)
{
    vs_state *st = state_of_context(context);
    return { st->host.allow_codegen(st, handle(context->Global()), handle(source)), {} };
}

static void on_gc_begin(v8::Isolate *isolate, v8::GCType kind, v8::GCCallbackFlags flags,
                        void *data)
{
    vs_gc_tell(static_cast<vs_state *>(data), false, kind, flags);
}

static void on_gc_end(v8::Isolate *isolate, v8::GCType kind, v8::GCCallbackFlags flags, void *data)
{
    vs_gc_tell(static_cast<vs_state *>(data), true, kind, flags);
    vs_weak_run(static_cast<vs_state *>(data));
}

static void set_callbacks(vs_state *st)
{
    v8::Isolate *isolate = isolate_of(st);
    const vs_host *host = &st->host;
    isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
    isolate->AddMessageListenerWithErrorLevel(on_message, v8::Isolate::kMessageError);
    isolate->SetCaptureStackTraceForUncaughtExceptions(true, UNCAUGHT_FRAMES,
                                                       v8::StackTrace::kDetailed);
    isolate->SetFatalErrorHandler(on_fatal);
    isolate->SetOOMErrorHandler(on_oom);
    isolate->AddGCPrologueCallback(on_gc_begin, st);
    isolate->AddGCEpilogueCallback(on_gc_end, st);
    if (host->may_abort) isolate->SetAbortOnUncaughtExceptionCallback(on_uncaught_abort);
    if (host->promise_reject) isolate->SetPromiseRejectCallback(on_promise_reject);
    if (host->prepare_stack) isolate->SetPrepareStackTraceCallback(on_prepare_stack);
    if (host->import_dynamic) {
        isolate->SetHostImportModuleDynamicallyCallback(on_import);
        isolate->SetHostImportModuleWithPhaseDynamicallyCallback(on_import_phase);
    }
    if (host->import_meta) isolate->SetHostInitializeImportMetaObjectCallback(on_import_meta);
    if (host->wasm_start) isolate->SetWasmStreamingCallback(vs_wasm_on_streaming);
    if (host->allow_codegen) isolate->SetModifyCodeGenerationFromStringsCallback(on_codegen);
}

static void set_limits(v8::ResourceConstraints *constraints, vs_limits *limits)
{
    uint64_t memory = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                      static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
    constraints->ConfigureDefaults(memory, 0);
    if (limits->max_old) constraints->set_max_old_generation_size_in_bytes(limits->max_old);
    if (limits->max_young) constraints->set_max_young_generation_size_in_bytes(limits->max_young);
    if (limits->code_range) constraints->set_code_range_size_in_bytes(limits->code_range);
    limits->max_old = constraints->max_old_generation_size_in_bytes();
    limits->max_young = constraints->max_young_generation_size_in_bytes();
    limits->code_range = constraints->code_range_size_in_bytes();
}

static size_t on_near_limit(void *data, size_t limit, size_t)
{
    vs_state *st = static_cast<vs_state *>(data);
    return st->near_heap_limit(st, limit);
}

static v8::Local<v8::Context> main_context(v8::Isolate *isolate, const vs_host *host)
{
    if (host->heap != VS_HEAP_SAVED || !vs_snapshot_is_open(host->snapshot))
        return v8::Context::New(isolate);
    v8::Local<v8::Context> context;
    if (!v8::Context::FromSnapshot(isolate, 0).ToLocal(&context))
        vs_abort("vs_isolate_open", "the snapshot has no context");
    return context;
}

vs_cx *vs_isolate_open(const vs_host *host, vs_limits *limits)
{
    vs_state *st = new (std::nothrow) vs_state{};
    if (!st) return nullptr;
    st->host = *host;
    st->user = host->user;
#ifdef VS_DEBUG
    st->thread = pthread_self();
#endif
    /* V8 asks for the runner while it initialises the isolate. */
    v8::Isolate *isolate = v8::Isolate::Allocate();
    st->isolate = isolate;
    st->tasks = std::make_shared<vs_task_runner>(host->wake, host->user);
    vs_platform_add(isolate, st->tasks);

    v8::Isolate::CreateParams params;
    params.array_buffer_allocator = buffer_allocator();
    params.fatal_error_callback = on_fatal;
    params.oom_error_callback = on_oom;
    if (limits) set_limits(&params.constraints, limits);
    params.constraints.set_initial_young_generation_size_in_bytes(FIRST_YOUNG_BYTES);
    vs_snapshot_prepare(&params, host);
    if (host->heap == VS_HEAP_SAVE) {
        params.constraints.set_max_young_generation_size_in_bytes(YOUNG_BYTES_SAVED);
        st->creator = new v8::SnapshotCreator(isolate, params); /* enters it */
    } else {
        v8::Isolate::Initialize(isolate, params);
        isolate->Enter();
    }
    isolate->SetData(0, static_cast<vs_cx *>(st));
    /* Not by the constraints: those leave JS frames with the default, and deep recursion crashes.
     */
    if (limits && limits->stack)
        isolate->SetStackLimit(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) -
                               limits->stack);
    if (limits && limits->near_heap_limit) {
        st->near_heap_limit = limits->near_heap_limit;
        isolate->AddNearHeapLimitCallback(on_near_limit, st);
    }
    set_callbacks(st);

    v8::HandleScope scope(isolate);
    v8::Local<v8::Context> context = main_context(isolate, host);
    /* V8 asks allow_codegen() only where it may not decide itself. */
    /* Otherwise V8's own option decides. */
    if (host->allow_codegen) context->AllowCodeGenerationFromStrings(false);
    st->context.Reset(isolate, context);
    context->Enter();
    return st;
}

void vs_isolate_forget(vs_state *st)
{
    v8::Isolate *isolate = isolate_of(st);
    isolate->RemoveMessageListeners(on_message);
    isolate->RemoveGCPrologueCallback(on_gc_begin, st);
    isolate->RemoveGCEpilogueCallback(on_gc_end, st);
    vs_profiles_drop(st);
    for (v8::Global<v8::Function> &hook : st->promise_hooks) hook.Reset();
    vs_vms_drop(st);
    vs_classes_drop(st);
    st->context.Reset();
    st->tasks->close();
}

void vs_isolate_free(vs_state *st)
{
    v8::Isolate *isolate = isolate_of(st);
    /* The address may be given to another isolate as soon as it is free: it leaves the platform's
     * table after its last task and before that. */
    vs_platform_keep_pages_begin();
    isolate->Deinitialize();
    vs_platform_keep_pages_end();
    vs_platform_remove(isolate);
    v8::Isolate::Free(isolate);
    delete st;
}

void vs_isolate_close(vs_cx *cx)
{
    vs_state *st = state_of(cx);
    v8::Isolate *isolate = isolate_of(cx);
    check_thread(cx);
    {
        v8::HandleScope scope(isolate);
        st->context.Get(isolate)->Exit();
    }
    vs_isolate_forget(st);
    isolate->Exit();
    vs_isolate_free(st);
}
