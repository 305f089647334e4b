/* v8shim/text.cc: reading strings: units, bytes, views, and UTF-8 copies for system calls. */
#include <cstdlib>
#include <cstring>
#include <new>

#include "v8shim/vs_priv.h"

/* The most bytes of UTF-8 that one UTF-16 unit makes. */
static constexpr size_t UTF8_PER_UNIT = 3;

uint32_t vs_str_len(vs_val v)
{
    return static_cast<uint32_t>(string(v)->Length());
}

bool vs_str_is_one_byte(vs_val v)
{
    return string(v)->IsOneByte();
}

size_t vs_str_utf8_len(vs_cx *cx, vs_val v)
{
    return string(v)->Utf8LengthV2(isolate_of(cx));
}

size_t vs_str_write_utf8(vs_cx *cx, vs_val v, char *buf, size_t cap, size_t *units_read)
{
    return string(v)->WriteUtf8V2(isolate_of(cx), buf, cap,
                                  v8::String::WriteFlags::kReplaceInvalidUtf8, units_read);
}

void vs_str_write_latin1(vs_cx *cx, vs_val v, uint32_t off, uint32_t len, uint8_t *buf)
{
    string(v)->WriteOneByteV2(isolate_of(cx), off, len, buf);
}

void vs_str_write_utf16(vs_cx *cx, vs_val v, uint32_t off, uint32_t len, uint16_t *buf)
{
    string(v)->WriteV2(isolate_of(cx), off, len, buf);
}

void vs_strview_open(vs_cx *cx, vs_val str, vs_strview *view)
{
    auto *v = ::new (view->w) v8::String::ValueView(isolate_of(cx), string(str));
    view->one_byte = v->is_one_byte();
    view->len = v->length();
    view->data = view->one_byte ? static_cast<const void *>(v->data8()) : v->data16();
}

void vs_strview_close(vs_strview *view)
{
    reinterpret_cast<v8::String::ValueView *>(view->w)->~ValueView();
}

/* Memory for len bytes and a NUL. */
static bool text_reserve(vs_cx *cx, vs_text *out, size_t len)
{
    out->ptr = len < sizeof out->small ? out->small : static_cast<char *>(malloc(len + 1));
    if (out->ptr) return true;
    vs_throw_no_memory(cx);
    return false;
}

/* Short strings need not be measured first. */
static bool text_from_str(vs_cx *cx, v8::Local<v8::String> str, vs_text *out)
{
    v8::Isolate *isolate = isolate_of(cx);
    size_t most = static_cast<size_t>(str->Length()) * UTF8_PER_UNIT;
    if (most >= sizeof out->small) most = str->Utf8LengthV2(isolate);
    if (!text_reserve(cx, out, most)) return false;
    out->len =
        str->WriteUtf8V2(isolate, out->ptr, most, v8::String::WriteFlags::kReplaceInvalidUtf8);
    out->ptr[out->len] = '\0';
    return true;
}

bool vs_text_read(vs_cx *cx, vs_val v, vs_text *out)
{
    v8::Local<v8::String> str;
    if (local(v)->IsString()) {
        str = string(v);
    } else if (!local(v)->ToString(context_of(cx)).ToLocal(&str)) {
        return false;
    }
    return text_from_str(cx, str, out);
}

bool vs_text_read_path(vs_cx *cx, vs_val v, vs_text *out)
{
    if (local(v)->IsString()) return text_from_str(cx, string(v), out);
    if (!local(v)->IsUint8Array()) {
        vs_throw(cx, vs_error_new(cx, VS_TYPE_ERROR, "path must be a string or Uint8Array"));
        return false;
    }
    struct vs_bytes bytes = vs_bytes(v);
    if (!text_reserve(cx, out, bytes.len)) return false;
    if (bytes.len) memcpy(out->ptr, bytes.ptr, bytes.len);
    out->len = bytes.len;
    out->ptr[out->len] = '\0';
    return true;
}

void vs_text_reset(vs_text *t)
{
    if (t->ptr != t->small) free(t->ptr);
    t->ptr = nullptr;
}
