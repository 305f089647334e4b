/* v8shim/lazy.cc: properties whose value is made when it is first read. */
#include "v8shim/vs_priv.h"

/* The accessor has one data value for two things: an array of the loader and its data. */
enum { LAZY_LOAD, LAZY_DATA, LAZY_FIELDS };

static void load_lazy(v8::Local<v8::Name> key, const v8::PropertyCallbackInfo<v8::Value> &info)
{
    vs_cx *cx = static_cast<vs_cx *>(info.GetIsolate()->GetData(0));
    vs_val parts = handle(info.Data());
    vs_val load = vs_get_index(cx, parts, LAZY_LOAD);
    vs_val data = vs_get_index(cx, parts, LAZY_DATA);
    if (!load || !data) return;
    vs_lazy_fn *fn = reinterpret_cast<vs_lazy_fn *>(vs_external_ptr(load));
    vs_val v = fn(cx, handle(key), data);
    if (v) info.GetReturnValue().Set(local(v));
}

bool vs_define_lazy(struct vs_cx *cx, vs_val obj, vs_val key, vs_lazy_fn *load, vs_val data,
                    int attrs)
{
    vs_val parts[LAZY_FIELDS];
    parts[LAZY_LOAD] = vs_external_new(cx, reinterpret_cast<void *>(load));
    parts[LAZY_DATA] = data;
    return true_of(object(obj)->SetLazyDataProperty(context_of(cx), name(key), load_lazy,
                                                    local(vs_arr_new(cx, parts, LAZY_FIELDS)),
                                                    static_cast<v8::PropertyAttribute>(attrs)));
}
