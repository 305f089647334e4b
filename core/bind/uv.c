/* core/bind/uv.c: internalBinding('uv'): names, numbers and texts of system errors as libuv gave
 * them to Node programs. There is no libuv here. */
#include <stdio.h>

#include "core/env.h"
#include "core/error.h"

static const struct uv_error {
    const char *name;
    int number;
    const char *text;
} errors[] = {
#define RT_UV_ERROR(name, number, text) { #name, number, text },
#include "core/uv_errors.def"
#undef RT_UV_ERROR
};

#define ERROR_COUNT (sizeof errors / sizeof errors[0])

/* "Unknown system error -2147483648" */
#define UNKNOWN_TEXT_MAX 40

static const struct uv_error *find_error(int32_t number)
{
    for (size_t i = 0; i < ERROR_COUNT; i++) {
        if (errors[i].number == number) return &errors[i];
    }
    return NULL;
}

static void ret_error_part(const struct vs_args *a, bool want_name)
{
    struct vs_cx *cx = vs_args_cx(a);
    int32_t number;
    if (!vs_to_i32(cx, vs_arg(a, 0), &number)) return;
    const struct uv_error *e = find_error(number);
    char unknown[UNKNOWN_TEXT_MAX];
    if (!e) snprintf(unknown, sizeof unknown, "Unknown system error %d", (int)number);
    vs_ret_maybe(a, vs_str_latin1(cx, !e ? unknown : want_name ? e->name : e->text, -1));
}

static void errname(const struct vs_args *a)
{
    ret_error_part(a, true);
}

static void get_error_message(const struct vs_args *a)
{
    ret_error_part(a, false);
}

/* Map of number -> [name, text]. */
static void get_error_map(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val map = vs_map_new(cx);
    for (size_t i = 0; i < ERROR_COUNT; i++) {
        vs_val pair[] = { vs_str_intern(cx, errors[i].name),
                          vs_str_latin1(cx, errors[i].text, -1) };
        if (!vs_map_set(cx, map, vs_i32(cx, errors[i].number), vs_arr_new(cx, pair, 2))) return;
    }
    vs_ret(a, map);
}

void rt_bind_uv(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put(cx, target, "errname", vs_fn_new_any(cx, errname, "errname", vs_undefined(cx)));
#define RT_UV_ERROR(name, number, text) vs_put_int(cx, target, "UV_" #name, number);
#include "core/uv_errors.def"
#undef RT_UV_ERROR
    vs_put_fn(cx, target, "getErrorMap", get_error_map);
    vs_put_fn(cx, target, "getErrorMessage", get_error_message);
}
