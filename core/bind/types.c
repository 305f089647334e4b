/* core/bind/types.c: internalBinding('types'), the kinds of object that JS alone can't tell. */
#include "core/env.h"

/* Its data is the enum vs_kind to look for. */
static void is_of_kind(const struct vs_args *a)
{
    vs_ret_bool(a, vs_is_kind(vs_arg(a, 0), (enum vs_kind)vs_int(vs_args_data(a))));
}

static void is_any_array_buffer(const struct vs_args *a)
{
    vs_ret_bool(a, vs_is_ab(vs_arg(a, 0)) || vs_is_sab(vs_arg(a, 0)));
}

static void is_array_buffer(const struct vs_args *a)
{
    vs_ret_bool(a, vs_is_ab(vs_arg(a, 0)));
}

static void is_shared_array_buffer(const struct vs_args *a)
{
    vs_ret_bool(a, vs_is_sab(vs_arg(a, 0)));
}

static void is_external(const struct vs_args *a)
{
    vs_ret_bool(a, vs_is_external(vs_arg(a, 0)));
}

static void is_native_error(const struct vs_args *a)
{
    vs_ret_bool(a, vs_is_native_error(vs_arg(a, 0)));
}

static void is_promise(const struct vs_args *a)
{
    vs_ret_bool(a, vs_is_promise(vs_arg(a, 0)));
}

static void is_boxed_primitive(const struct vs_args *a)
{
    static const enum vs_kind boxes[] = { VS_KIND_NUMBER_OBJECT, VS_KIND_STRING_OBJECT,
                                          VS_KIND_BOOLEAN_OBJECT, VS_KIND_BIGINT_OBJECT,
                                          VS_KIND_SYMBOL_OBJECT };
    bool boxed = false;
    for (size_t i = 0; !boxed && i < sizeof boxes / sizeof boxes[0]; i++) {
        boxed = vs_is_kind(vs_arg(a, 0), boxes[i]);
    }
    vs_ret_bool(a, boxed);
}

static const struct {
    const char *name;
    enum vs_kind kind;
} kinds[] = {
    { "isDate", VS_KIND_DATE },
    { "isArgumentsObject", VS_KIND_ARGUMENTS },
    { "isBigIntObject", VS_KIND_BIGINT_OBJECT },
    { "isBooleanObject", VS_KIND_BOOLEAN_OBJECT },
    { "isNumberObject", VS_KIND_NUMBER_OBJECT },
    { "isStringObject", VS_KIND_STRING_OBJECT },
    { "isSymbolObject", VS_KIND_SYMBOL_OBJECT },
    { "isRegExp", VS_KIND_REGEXP },
    { "isAsyncFunction", VS_KIND_ASYNC_FUNCTION },
    { "isGeneratorFunction", VS_KIND_GENERATOR_FUNCTION },
    { "isGeneratorObject", VS_KIND_GENERATOR_OBJECT },
    { "isMap", VS_KIND_MAP },
    { "isSet", VS_KIND_SET },
    { "isMapIterator", VS_KIND_MAP_ITERATOR },
    { "isSetIterator", VS_KIND_SET_ITERATOR },
    { "isWeakMap", VS_KIND_WEAK_MAP },
    { "isWeakSet", VS_KIND_WEAK_SET },
    { "isProxy", VS_KIND_PROXY },
    { "isModuleNamespaceObject", VS_KIND_MODULE_NAMESPACE },
};

void rt_bind_types(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "isExternal", is_external);
    vs_put_fn(cx, target, "isNativeError", is_native_error);
    vs_put_fn(cx, target, "isPromise", is_promise);
    vs_put_fn(cx, target, "isArrayBuffer", is_array_buffer);
    vs_put_fn(cx, target, "isSharedArrayBuffer", is_shared_array_buffer);
    vs_put_fn(cx, target, "isAnyArrayBuffer", is_any_array_buffer);
    vs_put_fn(cx, target, "isBoxedPrimitive", is_boxed_primitive);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        vs_val kind = vs_i32(cx, (int32_t)kinds[i].kind);
        vs_put(cx, target, kinds[i].name, vs_fn_new_data(cx, is_of_kind, kinds[i].name, kind));
    }
}
