/* core/error.c: error numbers to names, words and JS error objects. Fatal exceptions are in
 * fatal.c. */
#include "core/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/env.h"

/* Longest message text an error of ours can have; more is cut. */
#define ERROR_TEXT_MAX 1024

struct uv_error {
    int err;
    const char *name;
    const char *text;
};

static const struct uv_error uv_errors[] = {
#define RT_UV_ERROR(name, number, text) { number, #name, text },
#include "core/uv_errors.def"
#undef RT_UV_ERROR
};

static const struct uv_error *find_error(int err)
{
    for (size_t i = 0; i < sizeof uv_errors / sizeof uv_errors[0]; i++) {
        if (uv_errors[i].err == err) return &uv_errors[i];
    }
    return NULL;
}

const char *rt_err_name(int err)
{
    const struct uv_error *e = find_error(err);
    return e ? e->name : "UNKNOWN";
}

const char *rt_err_text(int err)
{
    const struct uv_error *e = find_error(err);
    return e ? e->text : "unknown error";
}

_Noreturn void rt_check_failed(const char *file, int line, const char *cond)
{
    fprintf(stderr, "torc: %s:%d: invariant does not hold: %s\n", file, line, cond);
    abort();
}

/* "ENOENT: no such file or directory, open 'x' -> 'y'" into a string handle. */
static vs_val uv_message(struct vs_cx *cx, int err, const char *syscall, const char *path,
                         const char *dest)
{
    const char *parts[] = { rt_err_name(err),
                            ": ",
                            rt_err_text(err),
                            ", ",
                            syscall,
                            path ? " '" : "",
                            path ? path : "",
                            path ? "'" : "",
                            dest ? " -> '" : "",
                            dest ? dest : "",
                            dest ? "'" : "" };
    size_t len = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) len += strlen(parts[i]);
    char *text = malloc(len + 1);
    CHECK(text);
    char *p = text;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) p = stpcpy(p, parts[i]);
    vs_val v = vs_str_utf8(cx, text, (ptrdiff_t)len);
    free(text);
    return v;
}

static bool put_text(struct rt_env *env, vs_val obj, vs_val key, const char *text)
{
    vs_val v = vs_str_utf8(env->cx, text, -1);
    return v && vs_set(env->cx, obj, key, v);
}

vs_val rt_uv_exception(struct rt_env *env, int err, const char *syscall, const char *path,
                       const char *dest)
{
    struct vs_cx *cx = env->cx;
    vs_val message = uv_message(cx, err, syscall, path, dest);
    if (!message) return NULL;
    vs_val e = vs_error_from_str(cx, VS_ERROR, message);
    if (!e || !vs_set(cx, e, rt_str(env, errno_), vs_i32(cx, err)) ||
        !put_text(env, e, rt_str(env, code), rt_err_name(err)) ||
        !put_text(env, e, rt_str(env, syscall), syscall))
        return NULL;
    if (path && !put_text(env, e, rt_str(env, path), path)) return NULL;
    if (dest && !put_text(env, e, rt_str(env, dest), dest)) return NULL;
    return e;
}

void rt_throw_uv(struct rt_env *env, int err, const char *syscall, const char *path,
                 const char *dest)
{
    vs_val e = rt_uv_exception(env, err, syscall, path, dest);
    if (e) vs_throw(env->cx, e);
}

static vs_val error_code(struct rt_env *env, enum vs_error_kind kind, const char *code,
                         const char *format, va_list args)
{
    char text[ERROR_TEXT_MAX];
    vsnprintf(text, sizeof text, format, args);
    vs_val e = vs_error_new(env->cx, kind, text);
    if (!e || (code && !put_text(env, e, rt_str(env, code), code))) return NULL;
    return e;
}

vs_val rt_error_code(struct rt_env *env, enum vs_error_kind kind, const char *code,
                     const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vs_val e = error_code(env, kind, code, format, args);
    va_end(args);
    return e;
}

void rt_throw_code(struct rt_env *env, enum vs_error_kind kind, const char *code,
                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vs_val e = error_code(env, kind, code, format, args);
    va_end(args);
    if (e) vs_throw(env->cx, e);
}

void rt_throw_missing(struct rt_env *env, const char *what)
{
    rt_throw_code(env, VS_ERROR, "ERR_TORC_MISSING", "torc has no %s yet", what);
}

bool rt_emit_warning(struct rt_env *env, const char *text, const char *name, const char *code)
{
    struct vs_cx *cx = env->cx;
    vs_val process = vs_ref_get(env->process), fn = vs_get_name(cx, process, "emitWarning");
    if (!fn) return false;
    vs_val argv[] = {
        vs_str_utf8(cx, text, -1),
        name ? vs_str_utf8(cx, name, -1) : vs_undefined(cx),
        code ? vs_str_utf8(cx, code, -1) : vs_undefined(cx),
    };
    return !vs_is_fn(fn) || vs_call(cx, fn, process, sizeof argv / sizeof argv[0], argv);
}
