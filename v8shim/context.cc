/* v8shim/context.cc: contexts beside the main one (vm), and promise hooks, which belong to
 * contexts. */
#include <new>

#include "v8shim/vs_priv.h"

struct vs_context {
    vs_state *st;
    v8::Global<v8::Context> context;
    std::unique_ptr<v8::MicrotaskQueue> microtasks; /* NULL: the isolate's */
    vs_context *prev;                               /* in st->contexts */
    vs_context *next;
};

static void apply_hooks(vs_state *st, v8::Local<v8::Context> context)
{
    v8::Isolate *isolate = isolate_of(st);
    v8::Local<v8::Function> hooks[4];
    for (int i = 0; i < 4; i++) hooks[i] = st->promise_hooks[i].Get(isolate);
    context->SetPromiseHooks(hooks[0], hooks[1], hooks[2], hooks[3]);
}

void vs_promise_hooks(vs_cx *cx, vs_val init, vs_val before, vs_val after, vs_val resolve)
{
    vs_state *st = state_of(cx);
    v8::Isolate *isolate = isolate_of(cx);
    const vs_val given[4] = { init, before, after, resolve };
    for (int i = 0; i < 4; i++) {
        st->promise_hooks[i].Reset();
        if (local(given[i])->IsFunction())
            st->promise_hooks[i].Reset(isolate, local(given[i]).As<v8::Function>());
    }
    apply_hooks(st, st->context.Get(isolate));
    for (vs_context *c = st->contexts; c; c = c->next) apply_hooks(st, c->context.Get(isolate));
}

vs_context *vs_context_new(vs_cx *cx, vs_class *global_class, bool own_microtasks)
{
    vs_state *st = state_of(cx);
    v8::Isolate *isolate = isolate_of(cx);
    v8::HandleScope scope(isolate);
    std::unique_ptr<v8::MicrotaskQueue> microtasks;
    if (own_microtasks)
        microtasks = v8::MicrotaskQueue::New(isolate, v8::MicrotasksPolicy::kExplicit);
    v8::MaybeLocal<v8::ObjectTemplate> global;
    if (global_class) global = vs_class_instances(global_class);
    v8::Local<v8::Context> context =
        v8::Context::New(isolate, nullptr, global, {}, {}, microtasks.get());
    if (context.IsEmpty()) return nullptr;
    context->SetSecurityToken(st->context.Get(isolate)->GetSecurityToken());
    context->AllowCodeGenerationFromStrings(!st->host.allow_codegen);
    apply_hooks(st, context);

    vs_context *c = new vs_context{ st, {}, std::move(microtasks), nullptr, st->contexts };
    c->context.Reset(isolate, context);
    if (c->next) c->next->prev = c;
    st->contexts = c;
    return c;
}

static void forget(vs_context *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        c->st->contexts = c->next;
    if (c->next) c->next->prev = c->prev;
    delete c;
}

static void on_context_gone(const v8::WeakCallbackInfo<vs_context> &info)
{
    info.GetParameter()->context.Reset();
    forget(info.GetParameter());
}

/* Functions of the context may outlive this reference, and use its microtask queue. */
void vs_context_drop(vs_context *c)
{
    if (!c) return;
    if (c->microtasks)
        c->context.SetWeak(c, on_context_gone, v8::WeakCallbackType::kParameter);
    else
        forget(c);
}

void vs_contexts_drop(vs_state *st)
{
    while (st->contexts) forget(st->contexts);
}

vs_val vs_context_global(vs_cx *cx, vs_context *c)
{
    return handle(c->context.Get(isolate_of(cx))->Global());
}

void vs_context_enter(vs_cx *cx, vs_context *c)
{
    c->context.Get(isolate_of(cx))->Enter();
}

void vs_context_leave(vs_cx *cx, vs_context *c)
{
    c->context.Get(isolate_of(cx))->Exit();
}
