/* v8shim/stack.cc: call sites of the running code or of an exception's message. */
#include "v8shim/vs_priv.h"

static v8::Local<v8::StackTrace> trace_of(vs_val stack)
{
    return std::bit_cast<v8::Local<v8::StackTrace>>(stack);
}

vs_val vs_stack_now(vs_cx *cx, int limit)
{
    return std::bit_cast<vs_val>(v8::StackTrace::CurrentStackTrace(isolate_of(cx), limit));
}

int vs_stack_count(vs_val stack)
{
    return trace_of(stack)->GetFrameCount();
}

void vs_stack_frame(vs_cx *cx, vs_val stack, int i, vs_frame *out)
{
    v8::Isolate *isolate = isolate_of(cx);
    v8::Local<v8::StackFrame> frame = trace_of(stack)->GetFrame(isolate, static_cast<uint32_t>(i));
    v8::Local<v8::String> function = frame->GetFunctionName();
    v8::Local<v8::String> script = frame->GetScriptName();
    out->function_name = function.IsEmpty() ? vs_empty_str(cx) : handle(function);
    out->script_name = script.IsEmpty() ? vs_undefined(cx) : handle(script);
    out->script_id = frame->GetScriptId();
    out->script_id_str =
        handle(v8::Integer::New(isolate, out->script_id)->ToString(isolate->GetCurrentContext()));
    out->line = frame->GetLineNumber();
    out->column = frame->GetColumn();
    out->eval = frame->IsEval();
    out->constructor = frame->IsConstructor();
}
