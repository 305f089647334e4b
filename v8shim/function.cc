/* v8shim/function.cc: functions, calls, what a callback reads beyond its arguments, promises. */
#include <cmath>

#include "v8shim/vs_priv.h"

static const v8::FunctionCallbackInfo<v8::Value> *info_of(const vs_args *a)
{
    return reinterpret_cast<const v8::FunctionCallbackInfo<v8::Value> *>(a);
}

void vs_ret_f64(const vs_args *a, double d)
{
    info_of(a)->GetReturnValue().Set(d);
}

vs_val vs_args_data(const vs_args *a)
{
    return handle(info_of(a)->Data());
}

static vs_val new_fn(vs_cx *cx, vs_fn *fn, const char *name, v8::Local<v8::Value> data,
                     v8::ConstructorBehavior construct = v8::ConstructorBehavior::kThrow)
{
    v8::Local<v8::Function> made;
    if (!v8::Function::New(context_of(cx), callback_of(fn), data, 0, construct).ToLocal(&made))
        vs_abort("vs_fn_new", name);
    made->SetName(interned(isolate_of(cx), name));
    return handle(made);
}

vs_val vs_fn_new(vs_cx *cx, vs_fn *fn, const char *name)
{
    return new_fn(cx, fn, name, v8::Local<v8::Value>());
}

vs_val vs_fn_new_data(vs_cx *cx, vs_fn *fn, const char *name, vs_val data)
{
    return new_fn(cx, fn, name, local(data));
}

vs_val vs_fn_new_any(vs_cx *cx, vs_fn *fn, const char *name, vs_val data)
{
    return new_fn(cx, fn, name, local(data), v8::ConstructorBehavior::kAllow);
}

void vs_fn_set_name(vs_val fn, vs_val name)
{
    local(fn).As<v8::Function>()->SetName(string(name));
}

vs_val vs_call(vs_cx *cx, vs_val fn, vs_val self, int argc, const vs_val *argv)
{
    check_thread(cx);
    return handle(local(fn).As<v8::Function>()->Call(isolate_of(cx), context_of(cx), local(self),
                                                     argc, locals(argv)));
}

vs_val vs_construct(vs_cx *cx, vs_val fn, int argc, const vs_val *argv)
{
    check_thread(cx);
    return handle(local(fn).As<v8::Function>()->NewInstance(context_of(cx), argc, locals(argv)));
}

vs_val vs_resolver_new(vs_cx *cx)
{
    return handle(v8::Promise::Resolver::New(context_of(cx)));
}

vs_val vs_resolver_promise(vs_val resolver)
{
    return handle(local(resolver).As<v8::Promise::Resolver>()->GetPromise());
}

bool vs_resolver_resolve(vs_cx *cx, vs_val resolver, vs_val v)
{
    return true_of(local(resolver).As<v8::Promise::Resolver>()->Resolve(context_of(cx), local(v)));
}

bool vs_resolver_reject(vs_cx *cx, vs_val resolver, vs_val err)
{
    return true_of(local(resolver).As<v8::Promise::Resolver>()->Reject(context_of(cx), local(err)));
}

enum vs_promise_state vs_promise_state(vs_val promise)
{
    return static_cast<enum vs_promise_state>(local(promise).As<v8::Promise>()->State());
}

vs_val vs_promise_result(vs_val promise)
{
    return handle(local(promise).As<v8::Promise>()->Result());
}

void vs_promise_mark_handled(vs_val promise)
{
    local(promise).As<v8::Promise>()->MarkAsHandled();
}

vs_val vs_promise_then(vs_cx *cx, vs_val promise, vs_val on_ok, vs_val on_err_or_null)
{
    v8::Local<v8::Promise> p = local(promise).As<v8::Promise>();
    v8::Local<v8::Function> ok = local(on_ok).As<v8::Function>();
    if (!on_err_or_null) return handle(p->Then(context_of(cx), ok));
    return handle(p->Then(context_of(cx), ok, local(on_err_or_null).As<v8::Function>()));
}
