/* v8shim/error.cc: error objects; the two errors that the shim itself throws. */
#include <cstdio>

#include "v8shim/vs_priv.h"

vs_val vs_error_from_str(vs_cx *cx, vs_error_kind kind, vs_val message)
{
    switch (kind) {
    case VS_ERROR: return handle(v8::Exception::Error(string(message)));
    case VS_RANGE_ERROR: return handle(v8::Exception::RangeError(string(message)));
    case VS_REFERENCE_ERROR: return handle(v8::Exception::ReferenceError(string(message)));
    case VS_SYNTAX_ERROR: return handle(v8::Exception::SyntaxError(string(message)));
    case VS_TYPE_ERROR: return handle(v8::Exception::TypeError(string(message)));
    }
    vs_abort("vs_error_from_str", "not a kind");
}

vs_val vs_error_new(vs_cx *cx, vs_error_kind kind, const char *utf8_message)
{
    vs_val message = vs_str_utf8(cx, utf8_message, -1);
    return message ? vs_error_from_str(cx, kind, message) : nullptr;
}

vs_val vs_error_header(vs_cx *cx, vs_val error)
{
    return vs_to_detail_str(cx, error);
}

vs_val vs_to_detail_str(vs_cx *cx, vs_val v)
{
    return handle(local(v)->ToDetailString(context_of(cx)));
}

vs_val vs_message_new(vs_cx *cx, vs_val exception)
{
    return std::bit_cast<vs_val>(v8::Exception::CreateMessage(isolate_of(cx), local(exception)));
}

/* As Node words it, whose library and tests look at the code. */
vs_val vs_throw_too_long(vs_cx *cx)
{
    char text[80];
    snprintf(text, sizeof text, "Cannot create a string longer than 0x%x characters",
             static_cast<unsigned>(v8::String::kMaxLength));
    vs_val error = vs_error_new(cx, VS_ERROR, text);
    vs_put_str(cx, error, "code", "ERR_STRING_TOO_LONG");
    vs_throw(cx, error);
    return nullptr;
}

vs_val vs_throw_no_memory(vs_cx *cx)
{
    vs_val error = vs_error_new(cx, VS_RANGE_ERROR, "Failed to allocate memory");
    vs_put_str(cx, error, "code", "ERR_MEMORY_ALLOCATION_FAILED");
    vs_throw(cx, error);
    return nullptr;
}
