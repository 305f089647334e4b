/* v8shim/layout.cc: every constant of vs_layout.h and the layout of struct vs_args, against V8's
 * headers. No code.
 */
#include "v8shim/vs_priv.h"

using v8::internal::Internals;

static_assert(V8_MAJOR_VERSION == VS_V8_MAJOR && V8_MINOR_VERSION == VS_V8_MINOR);

static_assert(v8::internal::kSmiTag == 0 && v8::internal::kSmiTagMask == VS_SMI_TAG_MASK);
static_assert(Internals::IntToSmi(1) == uintptr_t{ 1 } << VS_SMI_SHIFT);
static_assert(Internals::IntToSmi(-1) == ~uintptr_t{ 0 } << VS_SMI_SHIFT);

static_assert(Internals::kIsolateEmbedderDataOffset == VS_ISOLATE_EMBEDDER_SLOT0);
static_assert(Internals::kIsolateRootsOffset == VS_ISOLATE_ROOTS);

static_assert(Internals::kUndefinedValueRootIndex == VS_ROOT_UNDEFINED);
static_assert(Internals::kNullValueRootIndex == VS_ROOT_NULL);
static_assert(Internals::kTrueValueRootIndex == VS_ROOT_TRUE);
static_assert(Internals::kFalseValueRootIndex == VS_ROOT_FALSE);
static_assert(Internals::kEmptyStringRootIndex == VS_ROOT_EMPTY_STRING);

static_assert(sizeof(v8::HandleScope) == sizeof(vs_scope));
static_assert(sizeof(v8::TryCatch) == sizeof(vs_try));
static_assert(sizeof(v8::String::ValueView) == VS_STRVIEW_WORDS * sizeof(uintptr_t));

/* The indices are private to FunctionCallbackInfo; V8's class of this name is its friend and is
 * known to us by name only. */
namespace v8::internal
{
class FunctionCallbackArguments
{
    using info = FunctionCallbackInfo<Value>;
    static_assert(info::kIsolateIndex == VS_ARGS_ISOLATE);
    static_assert(info::kReturnValueIndex == VS_ARGS_RETURN);
    static_assert(info::kNewTargetIndex == VS_ARGS_NEW_TARGET);
    static_assert(info::kThisValuesIndex == -1);
    static_assert(info::kSize == sizeof(vs_args) && sizeof(info) == sizeof(vs_args));
    static_assert(info::kImplicitArgsOffset == offsetof(vs_args, implicit));
    static_assert(info::kValuesOffset == offsetof(vs_args, values));
    static_assert(info::kLengthOffset == offsetof(vs_args, count));
};
} // namespace v8::internal

/* The numbers of enums that cross as they are. */
static_assert(+v8::kPromiseRejectWithNoHandler == VS_REJECT_NO_HANDLER);
static_assert(+v8::kPromiseHandlerAddedAfterReject == VS_REJECT_HANDLER_ADDED);
static_assert(+v8::kPromiseRejectAfterResolved == VS_REJECT_AFTER_RESOLVED);
static_assert(+v8::kPromiseResolveAfterResolved == VS_RESOLVE_AFTER_RESOLVED);
static_assert(+v8::None == VS_ATTR_NONE && +v8::ReadOnly == VS_READ_ONLY);
static_assert(+v8::DontEnum == VS_DONT_ENUM && +v8::DontDelete == VS_DONT_DELETE);
static_assert(+v8::ALL_PROPERTIES == VS_KEYS_ALL && +v8::ONLY_ENUMERABLE == VS_KEYS_ENUMERABLE);
static_assert(+v8::SKIP_STRINGS == VS_KEYS_NO_STRINGS && +v8::SKIP_SYMBOLS == VS_KEYS_NO_SYMBOLS);
static_assert(+v8::Promise::kPending == VS_PENDING && +v8::Promise::kFulfilled == VS_FULFILLED);
static_assert(+v8::Promise::kRejected == VS_REJECTED);
static_assert(VS_STR_MAX_LEN == v8::String::kMaxLength);
static_assert(VS_TYPED_MAX_LEN == static_cast<double>(v8::TypedArray::kMaxByteLength));
