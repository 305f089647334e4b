/* v8shim/vm.cc: contexts with a sandbox behind the global object.
 *
 * Reads of a global look at the sandbox first and at the real global next; writes, definitions and
 * deletions go to the sandbox, and V8 does them on the real global as well unless an interceptor
 * says that it has handled all. Which of them do is Node's behaviour, programs depend on it.
 */
#include "v8shim/vs_vm.h"

#include "v8shim/vs_priv.h"

using namespace v8;

/* Indices of context embedder data; V8's inspector uses 0. */
#define DATA_SANDBOX 8
#define DATA_MARK 9 /* true: DATA_SANDBOX and DATA_WASM are set */
#define DATA_WASM 10

struct vs_vm {
    vs_state *st;
    Global<Context> context;                    /* weak: see vs_vm.h */
    std::unique_ptr<MicrotaskQueue> microtasks; /* NULL: the isolate's */
    vs_vm *prev;                                /* in st->vms */
    vs_vm *next;
};

static vs_vm *new_vm(vs_state *st)
{
    vs_vm *vm = new vs_vm{ st, {}, nullptr, nullptr, st->vms };
    if (vm->next) vm->next->prev = vm;
    st->vms = vm;
    return vm;
}

static void free_vm(vs_vm *vm)
{
    if (vm->prev)
        vm->prev->next = vm->next;
    else
        vm->st->vms = vm->next;
    if (vm->next) vm->next->prev = vm->prev;
    delete vm;
}

/* The parts of a vm context that an interceptor works with. */
struct Parts {
    Local<Context> context;
    Local<Object> sandbox;
    Local<Object> global; /* the proxy */
};

static bool is_marked(Local<Context> context)
{
    return context->GetNumberOfEmbedderDataFields() > DATA_MARK &&
           context->GetEmbedderData(DATA_MARK)->IsTrue();
}

/* false while the context is being made: nothing is intercepted then. */
static bool parts_of(Local<Object> holder, Parts *out)
{
    if (!holder->GetCreationContext().ToLocal(&out->context) || !is_marked(out->context))
        return false;
    out->sandbox = out->context->GetEmbedderData(DATA_SANDBOX).As<Object>();
    out->global = out->context->Global();
    return true;
}

static Intercepted get(Local<Name> key, const PropertyCallbackInfo<Value> &info)
{
    Parts p;
    Local<Value> v;
    if (!parts_of(info.HolderV2(), &p)) return Intercepted::kNo;
    if (!p.sandbox->GetRealNamedProperty(p.context, key).ToLocal(&v) &&
        !p.global->GetRealNamedProperty(p.context, key).ToLocal(&v)) {
        return Intercepted::kNo;
    }
    /* The sandbox seen from inside is the global. */
    info.GetReturnValue().Set(v == p.sandbox ? Local<Value>(p.global) : v);
    return Intercepted::kYes;
}

static Intercepted query(Local<Name> key, const PropertyCallbackInfo<Integer> &info)
{
    Parts p;
    if (!parts_of(info.HolderV2(), &p)) return Intercepted::kNo;
    bool has;
    for (Local<Object> object : { p.sandbox, p.global }) {
        if (!object->HasRealNamedProperty(p.context, key).To(&has)) return Intercepted::kNo;
        if (!has) continue;
        PropertyAttribute attributes;
        if (!object->GetRealNamedPropertyAttributes(p.context, key).To(&attributes))
            return Intercepted::kNo;
        info.GetReturnValue().Set(attributes);
        return Intercepted::kYes;
    }
    return Intercepted::kNo;
}

static bool declared(const Parts &p, Local<Object> object, Local<Name> key, bool *read_only)
{
    PropertyAttribute attributes;
    if (!object->GetRealNamedPropertyAttributes(p.context, key).To(&attributes)) return false;
    if (attributes & ReadOnly) *read_only = true;
    return true;
}

/* The sandbox has it as an accessor: its setter has run, the global must not get a copy. */
static bool is_accessor(const Parts &p, Local<Name> key, Isolate *isolate)
{
    Local<Value> v;
    if (!p.sandbox->GetOwnPropertyDescriptor(p.context, key).ToLocal(&v) || !v->IsObject())
        return false;
    Local<Object> descriptor = v.As<Object>();
    return true_of(descriptor->HasOwnProperty(p.context, interned(isolate, "get"))) ||
           true_of(descriptor->HasOwnProperty(p.context, interned(isolate, "set")));
}

static Intercepted set(Local<Name> key, Local<Value> v, const PropertyCallbackInfo<void> &info)
{
    Parts p;
    if (!parts_of(info.HolderV2(), &p)) return Intercepted::kNo;
    bool read_only = false;
    bool on_global = declared(p, p.global, key, &read_only);
    bool on_sandbox = declared(p, p.sandbox, key, &read_only);
    if (read_only) return Intercepted::kNo;
    if (!on_global && !on_sandbox) {
        /* `x = 1` in strict code must throw; a function declaration is such a store, too. */
        bool contextual = p.global != info.This();
        if (info.ShouldThrowOnError() && contextual && !v->IsFunction()) return Intercepted::kNo;
        if (key->IsSymbol()) return Intercepted::kNo;
    }
    if (p.sandbox->Set(p.context, key, v).IsNothing()) return Intercepted::kYes;
    bool handled = on_sandbox && is_accessor(p, key, info.GetIsolate());
    return handled ? Intercepted::kYes : Intercepted::kNo;
}

static Intercepted describe(Local<Name> key, const PropertyCallbackInfo<Value> &info)
{
    Parts p;
    Local<Value> descriptor;
    if (!parts_of(info.HolderV2(), &p)) return Intercepted::kNo;
    if (!true_of(p.sandbox->HasOwnProperty(p.context, key))) return Intercepted::kNo;
    if (!p.sandbox->GetOwnPropertyDescriptor(p.context, key).ToLocal(&descriptor))
        return Intercepted::kNo;
    info.GetReturnValue().Set(descriptor);
    return Intercepted::kYes;
}

static void define_on(const Parts &p, Local<Name> key, const PropertyDescriptor &wanted,
                      PropertyDescriptor *d)
{
    if (wanted.has_enumerable()) d->set_enumerable(wanted.enumerable());
    if (wanted.has_configurable()) d->set_configurable(wanted.configurable());
    /* A failure shows when V8 defines it on the global. */
    p.sandbox->DefineProperty(p.context, key, *d).IsJust();
}

static Intercepted define(Local<Name> key, const PropertyDescriptor &wanted,
                          const PropertyCallbackInfo<void> &info)
{
    Parts p;
    if (!parts_of(info.HolderV2(), &p)) return Intercepted::kNo;
    PropertyAttribute attributes = None;
    bool known = p.global->GetRealNamedPropertyAttributes(p.context, key).To(&attributes);
    if (known && (attributes & ReadOnly) && (attributes & DontDelete)) return Intercepted::kNo;
    Local<Value> undefined = Undefined(info.GetIsolate());
    if (wanted.has_get() || wanted.has_set()) {
        PropertyDescriptor d(wanted.has_get() ? wanted.get() : undefined,
                             wanted.has_set() ? wanted.set() : undefined);
        define_on(p, key, wanted, &d);
        return Intercepted::kNo;
    }
    Local<Value> v = wanted.has_value() ? wanted.value() : undefined;
    if (wanted.has_writable()) {
        PropertyDescriptor d(v, wanted.writable());
        define_on(p, key, wanted, &d);
    } else {
        PropertyDescriptor d(v);
        define_on(p, key, wanted, &d);
    }
    return Intercepted::kNo;
}

static Intercepted remove(Local<Name> key, const PropertyCallbackInfo<Boolean> &info)
{
    Parts p;
    if (!parts_of(info.HolderV2(), &p)) return Intercepted::kNo;
    if (true_of(p.sandbox->Delete(p.context, key))) return Intercepted::kNo;
    info.GetReturnValue().Set(false);
    return Intercepted::kYes;
}

static void keys(const PropertyCallbackInfo<Array> &info)
{
    Parts p;
    Local<Array> names;
    if (!parts_of(info.HolderV2(), &p)) return;
    if (p.sandbox
            ->GetPropertyNames(p.context, KeyCollectionMode::kOwnOnly,
                               PropertyFilter::ALL_PROPERTIES, IndexFilter::kSkipIndices)
            .ToLocal(&names)) {
        info.GetReturnValue().Set(names);
    }
}

/* Indices are names for everything above but the list of keys. */
static Local<Name> index_name(Isolate *isolate, uint32_t index)
{
    return Integer::NewFromUnsigned(isolate, index)
        ->ToString(isolate->GetCurrentContext())
        .ToLocalChecked();
}

static Intercepted get_at(uint32_t index, const PropertyCallbackInfo<Value> &info)
{
    return get(index_name(info.GetIsolate(), index), info);
}

static Intercepted query_at(uint32_t index, const PropertyCallbackInfo<Integer> &info)
{
    return query(index_name(info.GetIsolate(), index), info);
}

static Intercepted set_at(uint32_t index, Local<Value> v, const PropertyCallbackInfo<void> &info)
{
    return set(index_name(info.GetIsolate(), index), v, info);
}

static Intercepted describe_at(uint32_t index, const PropertyCallbackInfo<Value> &info)
{
    return describe(index_name(info.GetIsolate(), index), info);
}

static Intercepted define_at(uint32_t index, const PropertyDescriptor &wanted,
                             const PropertyCallbackInfo<void> &info)
{
    return define(index_name(info.GetIsolate(), index), wanted, info);
}

static Intercepted remove_at(uint32_t index, const PropertyCallbackInfo<Boolean> &info)
{
    return remove(index_name(info.GetIsolate(), index), info);
}

static void indices(const PropertyCallbackInfo<Array> &info)
{
    Parts p;
    Local<Array> all;
    if (!parts_of(info.HolderV2(), &p)) return;
    if (!p.sandbox
             ->GetPropertyNames(p.context, KeyCollectionMode::kOwnOnly,
                                PropertyFilter::ALL_PROPERTIES, IndexFilter::kIncludeIndices)
             .ToLocal(&all)) {
        return;
    }
    Isolate *isolate = info.GetIsolate();
    Local<Array> numbers = Array::New(isolate);
    uint32_t count = 0;
    for (uint32_t i = 0; i < all->Length(); i++) {
        Local<Value> key;
        if (!all->Get(p.context, i).ToLocal(&key)) return;
        if (!key->IsUint32()) continue;
        if (numbers->Set(p.context, count++, key).IsNothing()) return;
    }
    info.GetReturnValue().Set(numbers);
}

static Local<ObjectTemplate> sandboxed_global(Isolate *isolate)
{
    Local<ObjectTemplate> global = FunctionTemplate::New(isolate)->InstanceTemplate();
    NamedPropertyHandlerConfiguration named(get, set, query, remove, keys, define, describe,
                                            Local<Value>(), PropertyHandlerFlags::kHasNoSideEffect);
    IndexedPropertyHandlerConfiguration indexed(get_at, set_at, query_at, remove_at, indices,
                                                define_at, describe_at, Local<Value>(),
                                                PropertyHandlerFlags::kHasNoSideEffect);
    global->SetHandler(named);
    global->SetHandler(indexed);
    return global;
}

static bool allow_wasm(Local<Context> context, Local<String> source)
{
    return !is_marked(context) || context->GetEmbedderData(DATA_WASM)->IsTrue();
}

static void mark(vs_cx *cx, Local<Context> context, const vs_vm_options *options)
{
    Isolate *isolate = isolate_of(cx);
    /* Objects of the main context are usable in this one, and the other way round. */
    context->SetSecurityToken(context_of(cx)->GetSecurityToken());
    context->AllowCodeGenerationFromStrings(options->allow_strings);
    if (!options->allow_wasm) isolate->SetAllowWasmCodeGenerationCallback(allow_wasm);
    context->SetEmbedderData(DATA_WASM, Boolean::New(isolate, options->allow_wasm));
    Local<Value> sandbox = options->sandbox ? local(options->sandbox) : context->Global();
    context->SetEmbedderData(DATA_SANDBOX, sandbox);
    context->SetEmbedderData(DATA_MARK, True(isolate));
}

vs_vm *vs_vm_new(vs_cx *cx, const vs_vm_options *options)
{
    Isolate *isolate = isolate_of(cx);
    EscapableHandleScope scope(isolate);
    vs_vm *vm = new_vm(state_of(cx));
    if (options->own_microtasks)
        vm->microtasks = MicrotaskQueue::New(isolate, MicrotasksPolicy::kExplicit);
    MaybeLocal<ObjectTemplate> global;
    if (options->sandbox) global = sandboxed_global(isolate);
    Local<Context> context =
        Context::New(isolate, nullptr, global, MaybeLocal<Value>(),
                     DeserializeInternalFieldsCallback(), vm->microtasks.get());
    if (context.IsEmpty()) {
        free_vm(vm);
        return nullptr;
    }
    mark(cx, context, options);
    vs_hooks_apply(state_of(cx), context);
    vm->context.Reset(isolate, context);
    if (options->sandbox) {
        /* The way from the sandbox to the context, for the garbage collector. */
        Local<Private> key = Private::ForApi(isolate, interned(isolate, "torc:vm global"));
        Local<Object> holder = object(options->sandbox);
        if (holder->SetPrivate(context_of(cx), key, context->Global()).IsNothing()) {
            free_vm(vm);
            return nullptr;
        }
    }
    vm->context.SetWeak();
    return vm;
}

static void context_gone(const WeakCallbackInfo<vs_vm> &info)
{
    info.GetParameter()->context.Reset();
    free_vm(info.GetParameter());
}

/* Functions of the context may outlive the owner and post to its queue. */
void vs_vm_drop(vs_vm *vm)
{
    if (!vm) return;
    if (vm->microtasks && !vm->context.IsEmpty()) {
        vm->context.ClearWeak();
        vm->context.SetWeak(vm, context_gone, WeakCallbackType::kParameter);
    } else {
        free_vm(vm);
    }
}

void vs_vms_drop(vs_state *st)
{
    while (st->vms) free_vm(st->vms);
}

void vs_vms_apply_hooks(vs_state *st)
{
    HandleScope scope(isolate_of(st));
    for (vs_vm *vm = st->vms; vm; vm = vm->next)
        if (!vm->context.IsEmpty()) vs_hooks_apply(st, vm->context.Get(isolate_of(st)));
}

vs_val vs_vm_global(vs_cx *cx, vs_vm *vm)
{
    Local<Context> context = vm->context.Get(isolate_of(cx));
    return context.IsEmpty() ? nullptr : handle(context->Global());
}

void vs_vm_enter(vs_cx *cx, vs_vm *vm)
{
    vm->context.Get(isolate_of(cx))->Enter();
}

void vs_vm_leave(vs_cx *cx, vs_vm *vm)
{
    vm->context.Get(isolate_of(cx))->Exit();
}

void vs_context_enter_of(vs_cx *cx, vs_val v)
{
    object(v)->GetCreationContextChecked()->Enter();
}

void vs_context_leave_of(vs_cx *cx, vs_val v)
{
    object(v)->GetCreationContextChecked()->Exit();
}

bool vs_context_is_main(vs_cx *cx)
{
    return context_of(cx) == state_of(cx)->context.Get(isolate_of(cx));
}

bool vs_vm_has_microtasks(const vs_vm *vm)
{
    return vm->microtasks != nullptr;
}

void vs_vm_microtasks_run(vs_cx *cx, vs_vm *vm)
{
    if (vm->microtasks) vm->microtasks->PerformCheckpoint(isolate_of(cx));
}

vs_val vs_memory_measure(vs_cx *cx, bool detailed, bool eager)
{
    Isolate *isolate = isolate_of(cx);
    Local<Promise::Resolver> resolver;
    if (!Promise::Resolver::New(context_of(cx)).ToLocal(&resolver)) return nullptr;
    isolate->MeasureMemory(MeasureMemoryDelegate::Default(isolate, context_of(cx), resolver,
                                                          detailed ? MeasureMemoryMode::kDetailed
                                                                   : MeasureMemoryMode::kSummary),
                           eager ? MeasureMemoryExecution::kEager
                                 : MeasureMemoryExecution::kDefault);
    return handle(resolver->GetPromise());
}
