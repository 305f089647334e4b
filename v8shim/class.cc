/* v8shim/class.cc: constructors whose instances carry native pointers, and native pointers as
 * values.
 *
 * Methods and accessors have a signature: V8 itself refuses a receiver that is not an instance of
 * the class with TypeError "Illegal invocation", so a native that they read is always the class's
 * own.
 */
#include <new>

#include "v8shim/vs_priv.h"
#include "v8shim/vs_snapshot.h"

struct vs_class {
    vs_state *st;
    v8::Global<v8::FunctionTemplate> function;
    vs_class *next; /* in st->classes */
};

static v8::Local<v8::FunctionTemplate> template_of(const vs_class *c)
{
    return c->function.Get(isolate_of(c->st));
}

static void on_illegal_construct(const vs_args *a)
{
    vs_cx *cx = vs_args_cx(a);
    vs_throw(cx, vs_error_new(cx, VS_TYPE_ERROR, "Illegal constructor"));
}

static vs_class *keep(vs_state *st, v8::Local<v8::FunctionTemplate> function)
{
    vs_class *c = new vs_class{ st, {}, st->classes };
    c->function.Reset(isolate_of(st), function);
    st->classes = c;
    return c;
}

vs_class *vs_class_new(vs_cx *cx, const char *name, vs_fn *ctor, vs_class *parent, int fields)
{
    vs_state *st = state_of(cx);
    v8::Isolate *isolate = isolate_of(cx);
    v8::HandleScope scope(isolate);
    v8::Local<v8::FunctionTemplate> function =
        v8::FunctionTemplate::New(isolate, callback_of(ctor ? ctor : on_illegal_construct));
    function->SetClassName(interned(isolate, name));
    function->InstanceTemplate()->SetInternalFieldCount(fields);
    if (parent) function->Inherit(template_of(parent));

    return keep(st, function);
}

void vs_snapshot_add_class(vs_cx *cx, vs_class *c)
{
    state_of(cx)->creator->AddData(template_of(c));
}

vs_class *vs_snapshot_get_class(vs_cx *cx)
{
    vs_state *st = state_of(cx);
    v8::Isolate *isolate = isolate_of(cx);
    v8::Local<v8::FunctionTemplate> function;
    if (!isolate->GetDataFromSnapshotOnce<v8::FunctionTemplate>(st->next_class++)
             .ToLocal(&function))
        vs_abort("vs_snapshot_get_class", "the snapshot has no such class");
    return keep(st, function);
}

void vs_classes_drop(vs_state *st)
{
    while (vs_class *c = st->classes) {
        st->classes = c->next;
        delete c;
    }
}

/* A method of c's instances, or a function without a receiver of its own where c is NULL. */
static v8::Local<v8::FunctionTemplate> new_method(vs_state *st, vs_class *c, const char *name,
                                                  vs_fn *fn)
{
    v8::Isolate *isolate = isolate_of(st);
    v8::Local<v8::Signature> signature;
    if (c) signature = v8::Signature::New(isolate, template_of(c));
    v8::Local<v8::FunctionTemplate> method =
        v8::FunctionTemplate::New(isolate, callback_of(fn), v8::Local<v8::Value>(), signature, 0,
                                  v8::ConstructorBehavior::kThrow);
    method->SetClassName(interned(isolate, name));
    return method;
}

void vs_class_method(vs_class *c, const char *name, vs_fn *fn)
{
    v8::Isolate *isolate = isolate_of(c->st);
    v8::HandleScope scope(isolate);
    template_of(c)->PrototypeTemplate()->Set(interned(isolate, name),
                                             new_method(c->st, c, name, fn));
}

void vs_class_static(vs_class *c, const char *name, vs_fn *fn)
{
    v8::Isolate *isolate = isolate_of(c->st);
    v8::HandleScope scope(isolate);
    template_of(c)->Set(interned(isolate, name), new_method(c->st, nullptr, name, fn));
}

void vs_class_accessor(vs_class *c, const char *name, vs_fn *getter, vs_fn *setter)
{
    v8::Isolate *isolate = isolate_of(c->st);
    v8::HandleScope scope(isolate);
    v8::Local<v8::FunctionTemplate> set;
    if (setter) set = new_method(c->st, c, name, setter);
    template_of(c)->PrototypeTemplate()->SetAccessorProperty(
        interned(isolate, name), new_method(c->st, c, name, getter), set);
}

void vs_class_const(vs_class *c, const char *name, vs_val v)
{
    v8::Isolate *isolate = isolate_of(c->st);
    v8::HandleScope scope(isolate);
    template_of(c)->PrototypeTemplate()->Set(
        interned(isolate, name), local(v),
        static_cast<v8::PropertyAttribute>(v8::ReadOnly | v8::DontDelete));
}

vs_val vs_class_fn(vs_class *c)
{
    return handle(template_of(c)->GetFunction(context_of(c->st)));
}

vs_val vs_class_make(vs_class *c)
{
    return handle(template_of(c)->InstanceTemplate()->NewInstance(context_of(c->st)));
}

bool vs_class_is(vs_class *c, vs_val v)
{
    return template_of(c)->HasInstance(local(v));
}

void vs_native_set(vs_val obj, int field, void *ptr)
{
    object(obj)->SetAlignedPointerInInternalField(field, ptr);
}

/* A field that was never set holds undefined, which has the tag bit that aligned pointers lack. */
void *vs_native_get(vs_val obj, int field)
{
    uintptr_t word =
        reinterpret_cast<uintptr_t>(object(obj)->GetAlignedPointerFromInternalField(field));
    return word & VS_SMI_TAG_MASK ? nullptr : reinterpret_cast<void *>(word);
}

void vs_held_set(vs_val obj, int field, vs_val v)
{
    object(obj)->SetInternalField(field, std::bit_cast<v8::Local<v8::Data>>(v));
}

vs_val vs_held_get(vs_val obj, int field)
{
    return std::bit_cast<vs_val>(object(obj)->GetInternalField(field));
}

int vs_native_count(vs_val obj)
{
    return local(obj)->IsObject() ? object(obj)->InternalFieldCount() : 0;
}

vs_val vs_external_new(vs_cx *cx, void *ptr)
{
    vs_reference_record(ptr);
    return handle(v8::External::New(isolate_of(cx), ptr));
}

void *vs_external_ptr(vs_val v)
{
    return local(v).As<v8::External>()->Value();
}
