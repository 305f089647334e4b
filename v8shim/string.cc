/* v8shim/string.cc: making strings from bytes and units, with and without a copy. */
#include <cstring>

#include "v8shim/vs_priv.h"

/* 0x80 in each byte: what ASCII never has. */
static constexpr uint64_t HIGH_BITS = 0x8080808080808080;
/* Between two looks at the result; long enough for the compiler to use vector registers. */
static constexpr size_t ASCII_BLOCK = 64;

static bool is_ascii(const char *s, size_t len)
{
    uint64_t word;
    uint64_t seen = 0;
    while (len >= ASCII_BLOCK) {
        for (size_t i = 0; i < ASCII_BLOCK; i += sizeof word) {
            memcpy(&word, s + i, sizeof word);
            seen |= word;
        }
        if (seen & HIGH_BITS) return false;
        s += ASCII_BLOCK;
        len -= ASCII_BLOCK;
    }
    while (len >= sizeof word) {
        memcpy(&word, s, sizeof word);
        seen |= word;
        s += sizeof word;
        len -= sizeof word;
    }
    while (len--) seen |= static_cast<uint8_t>(*s++);
    return !(seen & HIGH_BITS);
}

static vs_val string_or_throw(vs_cx *cx, v8::MaybeLocal<v8::String> made)
{
    vs_val v = handle(made);
    return v ? v : vs_throw_too_long(cx);
}

static vs_val new_one_byte(vs_cx *cx, const void *s, size_t len, v8::NewStringType type)
{
    if (len > static_cast<size_t>(v8::String::kMaxLength)) return vs_throw_too_long(cx);
    return string_or_throw(cx, v8::String::NewFromOneByte(isolate_of(cx),
                                                          static_cast<const uint8_t *>(s), type,
                                                          static_cast<int>(len)));
}

/* ASCII is copied; only the rest is decoded. */
vs_val vs_str_utf8(vs_cx *cx, const char *s, ptrdiff_t len)
{
    size_t count = len < 0 ? strlen(s) : static_cast<size_t>(len);
    if (is_ascii(s, count)) return new_one_byte(cx, s, count, v8::NewStringType::kNormal);
    if (count > static_cast<size_t>(v8::String::kMaxLength)) return vs_throw_too_long(cx);
    return string_or_throw(cx,
                           v8::String::NewFromUtf8(isolate_of(cx), s, v8::NewStringType::kNormal,
                                                   static_cast<int>(count)));
}

vs_val vs_str_latin1(vs_cx *cx, const void *s, ptrdiff_t len)
{
    size_t count = len < 0 ? strlen(static_cast<const char *>(s)) : static_cast<size_t>(len);
    return new_one_byte(cx, s, count, v8::NewStringType::kNormal);
}

vs_val vs_str_utf16(vs_cx *cx, const uint16_t *s, size_t len)
{
    if (len > static_cast<size_t>(v8::String::kMaxLength)) return vs_throw_too_long(cx);
    return string_or_throw(cx,
                           v8::String::NewFromTwoByte(isolate_of(cx), s, v8::NewStringType::kNormal,
                                                      static_cast<int>(len)));
}

vs_val vs_str_intern(vs_cx *cx, const char *s)
{
    return new_one_byte(cx, s, strlen(s), v8::NewStringType::kInternalized);
}

vs_val vs_str_concat(vs_cx *cx, vs_val a, vs_val b)
{
    return string_or_throw(cx, v8::String::Concat(isolate_of(cx), string(a), string(b)));
}

namespace
{

/* Memory that V8 reads in place. */
class latin1_resource final : public v8::String::ExternalOneByteStringResource
{
  public:
    latin1_resource(const char *s, size_t len, void (*drop)(void *), void *drop_arg)
        : s_(s), len_(len), drop_(drop), drop_arg_(drop_arg)
    {
    }
    ~latin1_resource() override
    {
        if (drop_) drop_(drop_arg_);
    }
    const char *data() const override { return s_; }
    size_t length() const override { return len_; }

  private:
    const char *const s_;
    const size_t len_;
    void (*const drop_)(void *);
    void *const drop_arg_;
};

class utf16_resource final : public v8::String::ExternalStringResource
{
  public:
    utf16_resource(const uint16_t *s, size_t len, void (*drop)(void *), void *drop_arg)
        : s_(s), len_(len), drop_(drop), drop_arg_(drop_arg)
    {
    }
    ~utf16_resource() override
    {
        if (drop_) drop_(drop_arg_);
    }
    const uint16_t *data() const override { return s_; }
    size_t length() const override { return len_; }

  private:
    const uint16_t *const s_;
    const size_t len_;
    void (*const drop_)(void *);
    void *const drop_arg_;
};

} // namespace

/* V8 keeps the resource until the string dies, unless it refuses. */
vs_val vs_str_external_latin1_take(vs_cx *cx, const char *s, size_t len, void (*drop)(void *data),
                                   void *data)
{
    auto *resource = new latin1_resource(s, len, drop, data);
    if (!drop) vs_reference_record_latin1(resource, s, len);
    vs_val v = handle(v8::String::NewExternalOneByte(isolate_of(cx), resource));
    if (v) return v;
    delete resource;
    return vs_throw_too_long(cx);
}

vs_val vs_str_external_utf16_take(vs_cx *cx, const uint16_t *s, size_t len,
                                  void (*drop)(void *data), void *data)
{
    auto *resource = new utf16_resource(s, len, drop, data);
    if (!drop) vs_reference_record_utf16(resource, s, len);
    vs_val v = handle(v8::String::NewExternalTwoByte(isolate_of(cx), resource));
    if (v) return v;
    delete resource;
    return vs_throw_too_long(cx);
}

vs_val vs_str_static_latin1(vs_cx *cx, const char *s, size_t len)
{
    return vs_str_external_latin1_take(cx, s, len, nullptr, nullptr);
}

vs_val vs_str_static_utf16(vs_cx *cx, const uint16_t *s, size_t len)
{
    return vs_str_external_utf16_take(cx, s, len, nullptr, nullptr);
}
