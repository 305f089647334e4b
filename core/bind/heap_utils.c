/* core/bind/heap_utils.c: internalBinding('heap_utils'): heap snapshots. */
#include "core/bind/heap_stream.h"
#include "core/env.h"
#include "core/error.h"
#include "core/heap_file.h"

/* (path or undefined, [expose internals, expose numbers]): the path of the file. */
static void trigger_heap_snapshot(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    char name[RT_HEAP_FILE_NAME];
    struct vs_text path;
    struct vs_bytes options = vs_bytes(vs_arg(a, 1));
    CHECK(options.len == 2);
    bool internals = options.ptr[0], numbers = options.ptr[1];
    vs_val file = vs_arg(a, 0);
    if (vs_is_undefined(env->cx, file)) {
        rt_heap_file_name(env, name);
        file = vs_str_latin1(env->cx, name, -1);
    }
    if (!vs_text_read_path(env->cx, file, &path)) return;
    int err;
    const char *failed = rt_heap_file_write(env, path.ptr, internals, numbers, &err);
    if (failed) {
        rt_throw_uv(env, err, failed, path.ptr, NULL);
    } else {
        vs_ret(a, file);
    }
    vs_text_reset(&path);
}

/* ([expose internals, expose numbers]): a handle to read it from. */
static void create_stream(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct heap_text text = { 0 };
    struct vs_bytes options = vs_bytes(vs_arg(a, 0));
    CHECK(options.len == 2);
    vs_heap_snapshot(env->cx, options.ptr[0], options.ptr[1], rt_heap_text_write, &text);
    vs_ret_maybe(a, rt_heap_stream_new_take(env, &text));
}

void rt_bind_heap_utils(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "triggerHeapSnapshot", trigger_heap_snapshot);
    vs_put_fn(env->cx, target, "createHeapSnapshotStream", create_stream);
    rt_put_missing(env, target, "heap_utils", "buildEmbedderGraph");
}
