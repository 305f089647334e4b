/* core/bind/messaging.c: internalBinding('messaging'): channels, structuredClone(), DOMException.
 * Ports are in message_port.c. */
#include <stdlib.h>

#include "core/bind/messaging_priv.h"
#include "core/error.h"
#include "core/snapshot.h"
#include "core/symbols.h"

struct messaging *messaging_of(struct rt_env *env)
{
    return env->binding_state[RT_STATE_messaging];
}

bool rt_is_message_port(struct rt_env *env, vs_val v)
{
    struct messaging *m = messaging_of(env);
    return m && vs_is_obj(v) && vs_class_is(m->port_class, v);
}

/* Copies the entries of an iterable into *out. false: an exception is pending; *out NULL: not
 * iterable. */
static bool read_iterable(struct rt_env *env, vs_val v, vs_val *out)
{
    struct vs_cx *cx = env->cx;
    *out = NULL;
    if (!vs_is_obj(v)) return true;
    vs_val fn = vs_get(cx, v, vs_symbol_known(cx, "iterator"));
    if (!fn) return false;
    if (!vs_is_fn(fn)) return true;
    vs_val iterator = vs_call(cx, fn, v, 0, NULL);
    if (!iterator) return false;
    if (!vs_is_obj(iterator)) return true;
    vs_val next = vs_get_name(cx, iterator, "next");
    if (!next) return false;
    if (!vs_is_fn(next)) return true;
    vs_val list = vs_arr_new(cx, NULL, 0);
    for (uint32_t count = 0;; count++) {
        vs_val step = vs_call(cx, next, iterator, 0, NULL);
        if (!step) return false;
        if (!vs_is_obj(step)) return true;
        vs_val done = vs_get_name(cx, step, "done");
        if (!done) return false;
        if (vs_to_bool(cx, done)) break;
        vs_val item = vs_get_name(cx, step, "value");
        if (!item || !vs_set_index(cx, list, count, item)) return false;
    }
    *out = list;
    return true;
}

static bool throw_not_iterable(struct rt_env *env, const char *what)
{
    rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                  "Optional %s argument must be an iterable", what);
    return false;
}

bool messaging_transfer_list(struct rt_env *env, vs_val arg, vs_val *out)
{
    *out = NULL;
    if (vs_is_nullish(env->cx, arg)) return true;
    if (!vs_is_obj(arg)) return throw_not_iterable(env, "transferList");
    if (!read_iterable(env, arg, out)) return false;
    if (*out) return true;
    vs_val transfer = vs_get_name(env->cx, arg, "transfer");
    if (!transfer) return false;
    if (vs_is_undefined(env->cx, transfer)) return true;
    if (!read_iterable(env, transfer, out)) return false;
    return *out || throw_not_iterable(env, "options.transfer");
}

/* structuredClone(value, { transfer }) */
static void structured_clone(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    vs_val transfer = vs_get_name(env->cx, vs_arg(a, 1), "transfer"), list = NULL;
    if (!transfer || !read_iterable(env, transfer, &list)) return;
    struct rt_message *m = rt_message_new(env, vs_arg(a, 0), list, NULL);
    if (!m) return;
    vs_ret_maybe(a, rt_message_open(env, m, NULL));
    rt_message_drop(m);
}

static void message_channel(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    if (!vs_is_construct_call(a)) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_CONSTRUCT_CALL_REQUIRED",
                      "Cannot call constructor without `new`");
        return;
    }
    struct mailbox *ends[2];
    rt_channel_new(ends);
    vs_val port1 = rt_message_port_make(env, ends[0]);
    if (!port1) rt_mailbox_drop(ends[1]);
    vs_val port2 = port1 ? rt_message_port_make(env, ends[1]) : NULL;
    if (!port2) return;
    if (!vs_set(env->cx, vs_this(a), vs_str_intern(env->cx, "port1"), port1)) return;
    if (!vs_set(env->cx, vs_this(a), vs_str_intern(env->cx, "port2"), port2)) return;
}

/* broadcastChannel(name) -> a port joined with all others of that name */
static void broadcast_channel(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_text name;
    if (!vs_text_read(env->cx, vs_arg(a, 0), &name)) return;
    struct port_group *group = port_group_named(name.ptr);
    vs_text_reset(&name);
    vs_ret_maybe(a, rt_message_port_make(env, port_mailbox_new(group)));
    port_group_drop(group);
}

static void set_deserializer(const struct vs_args *a)
{
    CHECK(vs_is_fn(vs_arg(a, 0)));
    rt_message_set_factory(rt_env_of(a), vs_arg(a, 0));
}

static vs_val load_dom_exception(struct vs_cx *cx, vs_val key, vs_val data)
{
    return vs_get_name(cx, vs_ref_get(rt_env_from_cx(cx)->per_context), "DOMException");
}

/* exposeLazyDOMExceptionProperty(globalThis) */
static void expose_dom_exception(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    if (!vs_define_lazy(cx, vs_arg(a, 0), vs_str_intern(cx, "DOMException"), load_dom_exception,
                        vs_undefined(cx), VS_DONT_ENUM)) {
        return;
    }
}

static void state_drop(struct rt_env *env)
{
    free(messaging_of(env));
}

static struct messaging *state_new(struct rt_env *env)
{
    struct messaging *m = calloc(1, sizeof(*m));
    CHECK(m);
    env->binding_state[RT_STATE_messaging] = m;
    env->binding_drop[RT_STATE_messaging] = state_drop;
    message_ports_init(env, m);
    return m;
}

void rt_snap_messaging(struct rt_env *env, struct rt_snap *snap)
{
    struct messaging *m = rt_snap_saving(snap) ? messaging_of(env) : state_new(env);
    rt_snap_class(snap, &m->port_class);
    if (!rt_snap_saving(snap)) message_port_register(env, m->port_class);
}

void rt_bind_messaging(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct messaging *m = state_new(env);
    m->port_class = message_port_class(env);
    struct vs_class *channel = vs_class_new(cx, "MessageChannel", message_channel, NULL, 0);
    vs_put(cx, target, "MessageChannel", vs_class_fn(channel));
    vs_put(cx, target, "MessagePort", vs_class_fn(m->port_class));
    vs_put_fn(cx, target, "exposeLazyDOMExceptionProperty", expose_dom_exception);
    vs_put_fn(cx, target, "stopMessagePort", message_port_stop);
    vs_put_fn(cx, target, "drainMessagePort", message_port_drain);
    vs_put_fn(cx, target, "receiveMessageOnPort", message_port_receive);
    vs_put_fn(cx, target, "setDeserializerCreateObjectFunction", set_deserializer);
    vs_put_fn(cx, target, "broadcastChannel", broadcast_channel);
    vs_put_fn(cx, target, "structuredClone", structured_clone);
    vs_put_fn(cx, target, "moveMessagePortToContext", message_port_move);
    vs_put(cx, target, "DOMException", load_dom_exception(cx, NULL, NULL));
}
