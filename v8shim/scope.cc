/* v8shim/scope.cc: handle scopes and V8's TryCatch in caller storage; throwing; what is known of an
 * exception's origin.
 */
#include <new>

#include "v8shim/vs_priv.h"

#ifdef VS_DEBUG
static void note_scope_open(vs_state *st, const vs_scope *s)
{
    if (st->scope_depth < VS_DEBUG_SCOPES) st->scopes[st->scope_depth] = s;
    st->scope_depth++;
}

static void note_scope_close(vs_state *st, const vs_scope *s)
{
    int depth = --st->scope_depth;
    if (depth < 0) vs_abort("vs_scope_close", "no scope is open");
    if (depth < VS_DEBUG_SCOPES && st->scopes[depth] != s)
        vs_abort("vs_scope_close", "an inner scope is still open");
}
#endif

void vs_scope_open(vs_cx *cx, vs_scope *s)
{
    check_thread(cx);
    ::new (s) v8::HandleScope(isolate_of(cx));
#ifdef VS_DEBUG
    note_scope_open(state_of(cx), s);
#endif
}

void vs_scope_close(vs_scope *s)
{
    v8::HandleScope *scope = reinterpret_cast<v8::HandleScope *>(s);
#ifdef VS_DEBUG
    note_scope_close(state_of_isolate(scope->GetIsolate()), s);
#endif
    scope->~HandleScope();
}

static v8::TryCatch *try_catch(const vs_try *t)
{
    return reinterpret_cast<v8::TryCatch *>(const_cast<vs_try *>(t));
}

void vs_try_open(vs_cx *cx, vs_try *t)
{
    check_thread(cx);
    ::new (t) v8::TryCatch(isolate_of(cx));
}

bool vs_try_caught(const vs_try *t)
{
    return try_catch(t)->HasCaught();
}

bool vs_try_terminated(const vs_try *t)
{
    return try_catch(t)->HasTerminated();
}

vs_val vs_try_exception(const vs_try *t)
{
    return handle(try_catch(t)->Exception());
}

vs_val vs_try_message(const vs_try *t)
{
    return std::bit_cast<vs_val>(try_catch(t)->Message());
}

void vs_try_rethrow(vs_try *t)
{
    try_catch(t)->ReThrow();
}

void vs_try_close(vs_try *t)
{
    try_catch(t)->~TryCatch();
}

void vs_throw(vs_cx *cx, vs_val error)
{
    isolate_of(cx)->ThrowException(local(error));
}

static constexpr int NO_POSITION = 0;

void vs_message_info(vs_cx *cx, vs_val message, struct vs_message_info *out)
{
    v8::Local<v8::Message> m = std::bit_cast<v8::Local<v8::Message>>(message);
    v8::Local<v8::Context> context = context_of(cx);
    out->text = handle(m->Get());
    out->resource = handle(m->GetScriptResourceName());
    out->source_line = handle(m->GetSourceLine(context));
    out->stack = std::bit_cast<vs_val>(m->GetStackTrace());
    out->line = m->GetLineNumber(context).FromMaybe(NO_POSITION);
    out->column_start = m->GetStartColumn(context).FromMaybe(NO_POSITION);
    out->column_end = m->GetEndColumn(context).FromMaybe(NO_POSITION);
    v8::ScriptOrigin origin = m->GetScriptOrigin();
    bool first_line = out->line - origin.LineOffset() == 1;
    out->column_off = first_line && origin.ColumnOffset() > 0 ? origin.ColumnOffset() : 0;
}
