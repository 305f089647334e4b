/* An object whose properties C answers behaves as an ordinary one towards JS. */
#include "test/c/vs_world.h"

static char value[32];
static bool present;

static bool is_ours(struct vs_cx *cx, vs_val key)
{
    return vs_is_str(key) && vs_strict_equals(key, vs_str_intern(cx, "OURS"));
}

static vs_val get(struct vs_cx *cx, vs_val key)
{
    if (vs_is_str(key) && vs_strict_equals(key, vs_str_intern(cx, "THROWS"))) {
        vs_throw(cx, vs_error_new(cx, VS_RANGE_ERROR, "from get"));
        return NULL;
    }
    return is_ours(cx, key) && present ? vs_str_utf8(cx, value, -1) : NULL;
}

static bool set(struct vs_cx *cx, vs_val key, vs_val v)
{
    struct vs_text t;
    if (!is_ours(cx, key) || !vs_text_read(cx, v, &t)) return false;
    snprintf(value, sizeof value, "%s", t.ptr);
    vs_text_reset(&t);
    return present = true;
}

static int query(struct vs_cx *cx, vs_val key)
{
    return is_ours(cx, key) && present ? VS_ATTR_NONE : -1;
}

static bool del(struct vs_cx *cx, vs_val key)
{
    if (is_ours(cx, key)) present = false;
    return true;
}

static vs_val keys(struct vs_cx *cx)
{
    vs_val ours = vs_str_intern(cx, "OURS");
    return vs_arr_new(cx, &ours, present);
}

static bool define(struct vs_cx *cx, vs_val key, const struct vs_descriptor *desc)
{
    if (!desc->value || desc->get || desc->writable == 0) {
        vs_throw(cx, vs_error_new(cx, VS_TYPE_ERROR, "no such descriptor"));
        return false;
    }
    assert(desc->enumerable == 1 && desc->configurable == -1);
    return set(cx, key, desc->value);
}

int main(void)
{
    static const struct vs_interceptor table = { get, set, query, del, keys, define };
    struct world w;
    world_open(&w);
    vs_put(w.cx, vs_global(w.cx), "env", vs_obj_new_intercepted(w.cx, &table));

    assert(world_true(&w, "env.OURS === undefined && !('OURS' in env)"));
    assert(world_true(&w, "Object.keys(env).length === 0"));
    assert(world_true(&w, "env.OURS = 42; env.OURS === '42' && 'OURS' in env"));
    assert(world_true(&w, "Object.keys(env).join() === 'OURS'"));
    assert(world_true(&w, "JSON.stringify(env) === '{\"OURS\":\"42\"}'"));
    assert(
        world_true(&w, "Object.hasOwn(env, 'OURS') && env.toString === Object.prototype.toString"));
    assert(world_true(&w, "delete env.OURS && delete env.other && !('OURS' in env)"));
    assert(world_true(&w, "env.other = 1; env.other === 1"));
    assert(world_true(&w, "env[3] = 'x'; env[3] === 'x'"));
    assert(world_true(&w, "env[Symbol.iterator] === undefined"));
    assert(world_true(&w, "Object.defineProperty(env, 'OURS', { value: 'd', enumerable: true });"
                          "env.OURS === 'd'"));
    assert(world_try(&w, "Object.defineProperty(env, 'OURS', { get() {} })") == NULL);
    assert(!strcmp(w.uncaught_text, "TypeError: no such descriptor"));
    assert(world_try(&w, "env.THROWS") == NULL);
    assert(!strcmp(w.uncaught_text, "RangeError: from get"));
    world_close(&w);
    return 0;
}
