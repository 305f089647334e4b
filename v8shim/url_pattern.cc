/* v8shim/url_pattern.cc: ada's URLPattern with V8's regular expressions. */
#include "v8shim/vs_url_pattern.h"

#include <ada.h>

#include "v8shim/vs_priv.h"

namespace
{

v8::Local<v8::String> text_of(v8::Isolate *isolate, std::string_view text)
{
    return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                   static_cast<int>(text.size()))
        .ToLocalChecked();
}

/* What ada asks of a regular expression. An exception means "no": none is left pending. */
class v8_regex
{
  public:
    using regex_type = v8::Global<v8::RegExp>;
    using groups = std::vector<std::optional<std::string>>;

    static std::optional<regex_type> create_instance(std::string_view pattern, bool ignore_case);
    static std::optional<groups> regex_search(std::string_view input, const regex_type &regex);
    static bool regex_match(std::string_view input, const regex_type &regex);
};

std::optional<v8_regex::regex_type> v8_regex::create_instance(std::string_view pattern,
                                                              bool ignore_case)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    v8::HandleScope scope(isolate);
    v8::TryCatch no_error(isolate);
    int flags = v8::RegExp::kUnicodeSets | (ignore_case ? v8::RegExp::kIgnoreCase : 0);
    v8::Local<v8::RegExp> regex;
    if (!v8::RegExp::New(isolate->GetCurrentContext(), text_of(isolate, pattern),
                         static_cast<v8::RegExp::Flags>(flags))
             .ToLocal(&regex))
        return std::nullopt;
    return regex_type(isolate, regex);
}

/* The match as V8 makes it, or empty. */
v8::MaybeLocal<v8::Array> run(v8::Isolate *isolate, std::string_view input,
                              const v8_regex::regex_type &regex)
{
    v8::TryCatch no_error(isolate);
    v8::Local<v8::Object> match;
    if (!regex.Get(isolate)
             ->Exec(isolate->GetCurrentContext(), text_of(isolate, input))
             .ToLocal(&match) ||
        !match->IsArray())
        return {};
    return match.As<v8::Array>();
}

std::optional<v8_regex::groups> v8_regex::regex_search(std::string_view input,
                                                       const regex_type &regex)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    v8::HandleScope scope(isolate);
    v8::Local<v8::Array> match;
    if (!run(isolate, input, regex).ToLocal(&match)) return std::nullopt;
    groups found;
    for (uint32_t i = 1; i < match->Length(); i++) {
        v8::Local<v8::Value> group;
        if (!match->Get(isolate->GetCurrentContext(), i).ToLocal(&group)) return std::nullopt;
        if (group->IsString()) {
            v8::String::Utf8Value text(isolate, group);
            found.emplace_back(std::string(*text, static_cast<size_t>(text.length())));
        } else {
            found.emplace_back(std::nullopt);
        }
    }
    return found;
}

bool v8_regex::regex_match(std::string_view input, const regex_type &regex)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    v8::HandleScope scope(isolate);
    return !run(isolate, input, regex).IsEmpty();
}

std::string_view view_of(const vs_text &text)
{
    return { text.ptr, text.len };
}

std::optional<std::string> part_of(const vs_url_input *input, vs_url_part part)
{
    const vs_text &text = input->parts[part];
    if (!text.ptr) return std::nullopt;
    return std::string(view_of(text));
}

ada::url_pattern_input input_of(const vs_url_input *input)
{
    if (!input->in_parts) return view_of(input->text);
    return ada::url_pattern_init{
        .protocol = part_of(input, VS_URL_PROTOCOL),
        .username = part_of(input, VS_URL_USERNAME),
        .password = part_of(input, VS_URL_PASSWORD),
        .hostname = part_of(input, VS_URL_HOSTNAME),
        .port = part_of(input, VS_URL_PORT),
        .pathname = part_of(input, VS_URL_PATHNAME),
        .search = part_of(input, VS_URL_SEARCH),
        .hash = part_of(input, VS_URL_HASH),
        .base_url = part_of(input, VS_URL_BASE),
    };
}

/* A base URL as ada wants it: NULL for none. */
struct base_url {
    std::string_view view;
    bool there;
    explicit base_url(const vs_text *base)
        : view(base ? view_of(*base) : std::string_view()), there(base != nullptr)
    {
    }
    const std::string_view *get() const { return there ? &view : nullptr; }
};

/* { groups: { name: text or undefined }, input } */
vs_val component_new(vs_cx *cx, const ada::url_pattern_component_result &result)
{
    v8::Isolate *isolate = isolate_of(cx);
    v8::Local<v8::Context> context = context_of(cx);
    v8::Local<v8::Object> groups = v8::Object::New(isolate);
    for (const auto &[name, text] : result.groups) {
        v8::Local<v8::Value> value = v8::Undefined(isolate);
        if (text) value = text_of(isolate, *text);
        groups->CreateDataProperty(context, text_of(isolate, name), value).Check();
    }
    v8::Local<v8::Object> out = v8::Object::New(isolate);
    out->CreateDataProperty(context, text_of(isolate, "groups"), groups).Check();
    out->CreateDataProperty(context, text_of(isolate, "input"), text_of(isolate, result.input))
        .Check();
    return handle(v8::Local<v8::Data>(out));
}

} // namespace

struct vs_url_pattern {
    ada::url_pattern<v8_regex> pattern;
};

vs_url_pattern *vs_url_pattern_new(const vs_url_input *input, const vs_text *base, bool ignore_case)
{
    base_url url(base);
    ada::url_pattern_options options{ .ignore_case = ignore_case };
    auto made = ada::parse_url_pattern<v8_regex>(input_of(input), url.get(), &options);
    if (!made) return nullptr;
    return new vs_url_pattern{ std::move(*made) };
}

void vs_url_pattern_drop(vs_url_pattern *p)
{
    delete p;
}

const char *vs_url_pattern_part(const vs_url_pattern *p, vs_url_part part, size_t *len)
{
    const auto &pattern = p->pattern;
    const std::string_view texts[VS_URL_PARTS] = {
        pattern.get_protocol(), pattern.get_username(), pattern.get_password(),
        pattern.get_hostname(), pattern.get_port(),     pattern.get_pathname(),
        pattern.get_search(),   pattern.get_hash(),
    };
    *len = texts[part].size();
    return texts[part].data();
}

bool vs_url_pattern_has_groups(const vs_url_pattern *p)
{
    return p->pattern.has_regexp_groups();
}

int vs_url_pattern_test(vs_url_pattern *p, const vs_url_input *input, const vs_text *base)
{
    base_url url(base);
    auto result = p->pattern.test(input_of(input), url.get());
    return result ? *result : -1;
}

int vs_url_pattern_exec(vs_cx *cx, vs_url_pattern *p, const vs_url_input *input,
                        const vs_text *base, vs_val parts[VS_URL_PARTS])
{
    base_url url(base);
    auto result = p->pattern.exec(input_of(input), url.get());
    if (!result) return -1;
    if (!*result) return 0;
    const ada::url_pattern_result &match = **result;
    const ada::url_pattern_component_result *components[VS_URL_PARTS] = {
        &match.protocol, &match.username, &match.password, &match.hostname,
        &match.port,     &match.pathname, &match.search,   &match.hash,
    };
    for (int i = 0; i < VS_URL_PARTS; i++) parts[i] = component_new(cx, *components[i]);
    return 1;
}
