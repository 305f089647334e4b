/* v8shim/ref.cc: references, strong and weak. A vs_ref is V8's own slot of a global handle, so that
 * reading one is a cast.
 *
 * A weak one has V8's two passes. In the first, inside the garbage collection, V8 wants the slot
 * back and allows nothing else. gone() runs at the end of the same collection (isolate.cc,
 * on_gc_end): V8's own second pass may come as a later task, and between the two the owner would
 * hold a slot that is free.
 */
#include <new>

#include "v8shim/vs_priv.h"

/* One weak reference: the parameter of its slot. */
struct vs_weak {
    vs_state *st;
    uintptr_t *slot;
    void (*gone)(void *data);
    void *data;
    vs_weak *next; /* in st->dying */
};

static uintptr_t *slot_of(vs_ref *r)
{
    return reinterpret_cast<uintptr_t *>(r);
}

vs_ref *vs_ref_new(vs_cx *cx, vs_val v)
{
    check_thread(cx);
    auto *isolate = reinterpret_cast<v8::internal::Isolate *>(cx->isolate);
    return reinterpret_cast<vs_ref *>(v8::api_internal::GlobalizeReference(isolate, vs_word(v)));
}

static bool is_weak(uintptr_t *slot)
{
    using v8::internal::Internals;
    return Internals::GetNodeState(slot) == Internals::kNodeStateIsWeakValue;
}

static void make_strong(uintptr_t *slot)
{
    if (is_weak(slot)) delete static_cast<vs_weak *>(v8::api_internal::ClearWeak(slot));
}

void vs_ref_drop(vs_ref *r)
{
    if (!r) return;
    make_strong(slot_of(r));
    v8::api_internal::DisposeGlobal(slot_of(r));
}

static void on_first_pass(const v8::WeakCallbackInfo<void> &info)
{
    vs_weak *w = static_cast<vs_weak *>(info.GetParameter());
    v8::api_internal::DisposeGlobal(w->slot);
    w->next = w->st->dying;
    w->st->dying = w;
}

void vs_ref_weak(vs_cx *cx, vs_ref *r, void (*gone)(void *data), void *data)
{
    make_strong(slot_of(r));
    vs_weak *w = new vs_weak{ state_of(cx), slot_of(r), gone, data, nullptr };
    v8::api_internal::MakeWeak(slot_of(r), w, on_first_pass, v8::WeakCallbackType::kParameter);
}

void vs_ref_strong(vs_cx *cx, vs_ref *r)
{
    make_strong(slot_of(r));
}

void vs_weak_run(vs_state *st)
{
    if (!st->dying) return;
    /* A collection may begin where no context is entered, and gone() may ask V8 for something. */
    v8::HandleScope scope(isolate_of(st));
    v8::Context::Scope context(st->context.Get(isolate_of(st)));
    while (vs_weak *w = st->dying) {
        st->dying = w->next;
        w->gone(w->data);
        delete w;
    }
}
