/* v8shim/control.cc: driving an isolate: microtasks, foreground tasks, termination, memory, hooks.
 */
#include "v8shim/vs_priv.h"

void vs_microtasks_run(vs_cx *cx)
{
    check_thread(cx);
    isolate_of(cx)->PerformMicrotaskCheckpoint();
}

bool vs_microtask_enqueue(vs_cx *cx, vs_val fn)
{
    isolate_of(cx)->EnqueueMicrotask(local(fn).As<v8::Function>());
    return true;
}

bool vs_microtasks_running(vs_cx *cx)
{
    return v8::MicrotasksScope::IsRunningMicrotasks(isolate_of(cx));
}

bool vs_tasks_run(vs_cx *cx, void (*after)(void *user))
{
    check_thread(cx);
    return state_of(cx)->tasks->run(isolate_of(cx), after, cx->user);
}

int64_t vs_tasks_next_ns(vs_cx *cx)
{
    return state_of(cx)->tasks->next_ns();
}

bool vs_tasks_pending(vs_cx *cx)
{
    return isolate_of(cx)->HasPendingBackgroundTasks();
}

void vs_tasks_close(vs_cx *cx)
{
    check_thread(cx);
    state_of(cx)->tasks->close();
}

void vs_terminate(vs_cx *cx)
{
    isolate_of(cx)->TerminateExecution();
}

void vs_terminate_cancel(vs_cx *cx)
{
    isolate_of(cx)->CancelTerminateExecution();
}

bool vs_terminating(vs_cx *cx)
{
    return isolate_of(cx)->IsExecutionTerminating();
}

static void on_interrupt(v8::Isolate *isolate, void *fn)
{
    reinterpret_cast<void (*)(vs_cx *)>(fn)(state_of_isolate(isolate));
}

void vs_interrupt(vs_cx *cx, void (*fn)(vs_cx *cx))
{
    isolate_of(cx)->RequestInterrupt(on_interrupt, reinterpret_cast<void *>(fn));
}

/* RequestGarbageCollectionForTesting() would need the flag --expose-gc. */
void vs_gc(vs_cx *cx)
{
    check_thread(cx);
    isolate_of(cx)->LowMemoryNotification();
}

void vs_low_memory(vs_cx *cx)
{
    check_thread(cx);
    isolate_of(cx)->MemoryPressureNotification(v8::MemoryPressureLevel::kCritical);
}

void vs_external_memory(vs_cx *cx, int64_t change)
{
    state_of(cx)->external_memory.Update(isolate_of(cx), change);
}

vs_val vs_continuation(vs_cx *cx)
{
    return handle(isolate_of(cx)->GetContinuationPreservedEmbedderData());
}

void vs_continuation_set(vs_cx *cx, vs_val data)
{
    isolate_of(cx)->SetContinuationPreservedEmbedderData(local(data));
}

vs_val vs_global(vs_cx *cx)
{
    return handle(context_of(cx)->Global());
}

vs_val vs_extras(vs_cx *cx)
{
    return handle(context_of(cx)->GetExtrasBindingObject());
}

void vs_capture_stack_for_uncaught(vs_cx *cx, bool on, int frames)
{
    isolate_of(cx)->SetCaptureStackTraceForUncaughtExceptions(on, frames,
                                                              v8::StackTrace::kDetailed);
}

void vs_time_zone_changed(vs_cx *cx)
{
    isolate_of(cx)->DateTimeConfigurationChangeNotification(
        v8::Isolate::TimeZoneDetection::kRedetect);
    isolate_of(cx)->LocaleConfigurationChangeNotification();
}

void vs_hooks_apply(vs_state *st, v8::Local<v8::Context> context)
{
    v8::Isolate *isolate = isolate_of(st);
    v8::Local<v8::Function> hooks[VS_HOOKS];
    for (int i = 0; i < VS_HOOKS; i++) hooks[i] = st->promise_hooks[i].Get(isolate);
    context->SetPromiseHooks(hooks[0], hooks[1], hooks[2], hooks[3]);
}

void vs_promise_hooks(vs_cx *cx, vs_val init, vs_val before, vs_val after, vs_val resolve)
{
    vs_state *st = state_of(cx);
    v8::Isolate *isolate = isolate_of(cx);
    const vs_val given[VS_HOOKS] = { init, before, after, resolve };
    for (int i = 0; i < VS_HOOKS; i++) {
        st->promise_hooks[i].Reset();
        if (local(given[i])->IsFunction())
            st->promise_hooks[i].Reset(isolate, local(given[i]).As<v8::Function>());
    }
    vs_hooks_apply(st, st->context.Get(isolate));
    vs_vms_apply_hooks(st);
}
