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
