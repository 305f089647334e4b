/* core/bind/fs_call.c: from JS arguments to a call, and calls done at once. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"
#include "core/js_stack.h"

void fs_in_init(struct fs_in *in, const struct vs_args *a, const struct fs_op *op)
{
    in->args = a;
    in->call =
        (struct fs_call){ .op = op, .env = rt_env_of(a), .res = -ECANCELED, .fd = -1, .off = -1 };
}

static bool read_text(struct fs_in *in, int i, struct vs_text *text, const char **out)
{
    if (!vs_text_read_path(in->call.env->cx, vs_arg(in->args, i), text)) {
        fs_in_reset(in);
        return false;
    }
    *out = text->ptr;
    return true;
}

bool fs_in_path(struct fs_in *in, int i)
{
    return read_text(in, i, &in->path, &in->call.path);
}

bool fs_in_dest(struct fs_in *in, int i)
{
    return read_text(in, i, &in->dest, &in->call.dest);
}

/* True: v is of a kind that Node's native check of descriptors names otherwise than the library's,
 * and the error is thrown. */
static bool throw_odd_kind(struct rt_env *env, vs_val v)
{
    struct vs_cx *cx = env->cx;
    struct vs_text text;
    bool bigint = vs_is_bigint(v), shown = bigint || vs_is_symbol(v);
    const char *kind = vs_is_fn(v)                                       ? "function"
                       : vs_is_obj(v) && vs_is_null(cx, vs_proto(cx, v)) ? "an instance of Object"
                                                                         : NULL;
    if (!shown && !kind) return false;
    if (shown && !vs_text_read(cx, vs_to_detail_str(cx, v), &text)) return true;
    rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                  "The \"fd\" argument must be of type number. Received %s%s%s",
                  bigint ? "type bigint (" : "", shown ? text.ptr : kind, bigint ? ")" : "");
    if (shown) vs_text_reset(&text);
    return true;
}

/* What is no descriptor, the library's own check tells in its words. */
static bool odd_fd(struct fs_in *in, vs_val v)
{
    struct rt_env *env = in->call.env;
    struct vs_cx *cx = env->cx;
    if (throw_odd_kind(env, v)) {
        fs_in_reset(in);
        return false;
    }
    vs_val id = vs_str_intern(cx, "internal/fs/utils");
    vs_val utils = vs_call(cx, vs_ref_get(env->require), vs_undefined(cx), 1, &id);
    vs_val check = utils ? vs_get_name(cx, utils, "getValidatedFd") : NULL;
    vs_val fd = check ? vs_call(cx, check, vs_undefined(cx), 1, &v) : NULL;
    if (!fd) {
        fs_in_reset(in);
        return false;
    }
    in->call.fd = vs_int(fd);
    return true;
}

bool fs_in_fd(struct fs_in *in, int i)
{
    vs_val v = vs_arg(in->args, i);
    if (!vs_is_smi(v) || vs_smi(v) < 0) return odd_fd(in, v);
    in->call.fd = vs_smi(v);
    return true;
}

#define MODE_BITS_MAX 7

bool fs_in_mode_bits(struct fs_in *in, int i)
{
    struct rt_env *env = in->call.env;
    vs_val v = vs_arg(in->args, i);
    in->call.flags = 0;
    if (vs_is_nullish(env->cx, v)) return true;
    double bits = vs_f64(v);
    if (!vs_is_num(v)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                      "mode must be int32 or null/undefined");
    } else if (isnan(bits)) {
        rt_throw_code(env, VS_RANGE_ERROR, "ERR_OUT_OF_RANGE", "mode is out of range");
    } else if (bits < 0 || bits > MODE_BITS_MAX) {
        rt_throw_code(env, VS_RANGE_ERROR, "ERR_OUT_OF_RANGE",
                      "mode is out of range: >= 0 && <= %d", MODE_BITS_MAX);
    } else {
        in->call.flags = (int)bits;
        return true;
    }
    fs_in_reset(in);
    return false;
}

/* A path that is not in the text was made by us and is in call.bytes. */
static void reset_texts(struct fs_in *in)
{
    if (in->call.path && in->call.path != in->call.bytes) vs_text_reset(&in->path);
    if (in->call.dest) vs_text_reset(&in->dest);
}

void fs_in_reset(struct fs_in *in)
{
    reset_texts(in);
    fs_call_reset(&in->call, true);
}

void fs_call_reset(struct fs_call *c, bool unused)
{
    if (c->op->reset) c->op->reset(c, unused);
    for (uint32_t i = 0; i < c->pin_count; i++) vs_pin_drop(c->pins[i]);
    free(c->pins);
    if (c->iov != &c->one) free(c->iov);
    free(c->bytes);
}

bool fs_call_missing(const struct fs_call *c)
{
    return (c->no_entry_ok && c->res == -ENOENT) || (c->no_dir_ok && c->res == -ENOTDIR);
}

vs_val fs_call_error(const struct fs_call *c)
{
    const char *path = c->hide_path ? NULL : c->path;
    return rt_uv_exception(c->env, (int)c->res, c->op->syscall, path, c->dest);
}

vs_val fs_run_sync(struct fs_in *in)
{
    struct fs_call *c = &in->call;
    struct vs_cx *cx = c->env->cx;
    if (c->env->tells_sync_io) rt_stack_warn(c->env, "Detected use of sync API");
    c->op->work(c);
    vs_val v = NULL;
    if (fs_call_missing(c)) {
        v = vs_undefined(cx);
    } else if (c->res >= 0) {
        v = c->op->result ? c->op->result(c) : vs_undefined(cx);
    } else {
        vs_val error = fs_call_error(c);
        if (error) vs_throw(cx, error);
    }
    reset_texts(in);
    fs_call_reset(c, !v);
    return v;
}

void fs_run_async(struct fs_in *in, vs_val req)
{
    vs_val v = fs_task_start_take(&in->call, req);
    reset_texts(in);
    vs_ret_maybe(in->args, v);
}

void fs_run(struct fs_in *in, int req_at)
{
    vs_val req = vs_arg(in->args, req_at);
    if (vs_is_undefined(in->call.env->cx, req)) {
        vs_ret_maybe(in->args, fs_run_sync(in));
    } else {
        fs_run_async(in, req);
    }
}

static bool put(struct rt_env *env, vs_val obj, vs_val key, vs_val v)
{
    return v && vs_set(env->cx, obj, key, v);
}

void fs_throw_errno(struct rt_env *env, int number, const char *syscall, const char *path,
                    bool twice)
{
    struct vs_cx *cx = env->cx;
    const char *code = rt_err_name(-number);
    char *text;
    CHECK(asprintf(&text, "%s, %s%s%s '%s'", code, strerror(number), twice ? ": " : "",
                   twice ? path : "", path) >= 0);
    vs_val e = vs_error_new(cx, VS_ERROR, text);
    free(text);
    if (e && put(env, e, rt_str(env, errno_), vs_i32(cx, number)) &&
        put(env, e, rt_str(env, code), vs_str_intern(cx, code)) &&
        put(env, e, rt_str(env, path), vs_str_utf8(cx, path, -1)) &&
        put(env, e, rt_str(env, syscall), vs_str_intern(cx, syscall)))
        vs_throw(cx, e);
}
