/* core/bind/message_port.c: MessagePort objects: a handle that reads a mailbox in the poll phase.
 *
 * Letters are announced by a no-op on the loop, so that they are delivered in the next poll phase
 * like any other I/O, after timers and before setImmediate(), each in a callback of its own. The
 * ports are served in the order in which they were made.
 */
#include <stdlib.h>

#include "core/bind/contextify.h"
#include "core/bind/messaging_priv.h"
#include "core/container.h"
#include "core/context.h"
#include "core/error.h"
#include "core/symbols.h"
#include "core/worker.h"

/* Letters read in one poll phase, if more have come meanwhile: others must get their turn. */
#define LETTERS_PER_TURN 1000

struct message_port {
    struct rt_handle handle;          /* first */
    struct message_port *prev, *next; /* in struct messaging */
    struct mailbox *box;              /* owned; NULL when it was transferred */
    struct vs_ref *emit;              /* owned: emitMessage(data, ports, type) of its context */
    bool receiving;                   /* start() was called */
    bool pending;                     /* there are letters to read */
};

static struct rt_env *env_of(struct message_port *port)
{
    return port->handle.async.env;
}

static struct ur_loop *loop_of(struct message_port *port)
{
    return env_of(port)->loop;
}

void message_port_notify(struct message_port *port)
{
    struct messaging *m = messaging_of(env_of(port));
    if (port->handle.state != RT_HANDLE_OPEN) return;
    port->pending = true;
    if (!ur_op_active(&m->announce)) ur_nop(loop_of(port), &m->announce);
}

static void list_add(struct messaging *m, struct message_port *port)
{
    port->prev = m->last_port;
    if (port->prev) {
        port->prev->next = port;
    } else {
        m->ports = port;
    }
    m->last_port = port;
}

static void list_remove(struct messaging *m, struct message_port *port)
{
    if (port->prev) {
        port->prev->next = port->next;
    } else {
        m->ports = port->next;
    }
    if (port->next) {
        port->next->prev = port->prev;
    } else {
        m->last_port = port->prev;
    }
}

static bool port_close(struct rt_handle *h)
{
    struct message_port *port = container_of(h, struct message_port, handle);
    if (h->ref) ur_loop_unref(loop_of(port));
    if (port->box) port_mailbox_release(port->box);
    rt_handle_closed(h);
    return true;
}

/* Letters that were there when it was closed can still be read until now. */
static void port_drop(struct rt_handle *h)
{
    struct message_port *port = container_of(h, struct message_port, handle);
    list_remove(messaging_of(env_of(port)), port);
    if (port->box) port_mailbox_drop(port->box, env_of(port)->inbox);
    vs_ref_drop(port->emit);
    free(port);
}

static void port_ref_changed(struct rt_handle *h)
{
    struct message_port *port = container_of(h, struct message_port, handle);
    if (h->ref) {
        ur_loop_ref(loop_of(port));
    } else {
        ur_loop_unref(loop_of(port));
    }
}

static const struct rt_handle_ops port_ops = {
    .close = port_close,
    .drop = port_drop,
    .ref_changed = port_ref_changed,
};

/* The next message, or no_message_symbol. NULL: it could not be opened, an exception is pending. */
static vs_val receive(struct message_port *port, bool wanted, vs_val *ports)
{
    struct rt_env *env = env_of(port);
    vs_val none = rt_symbol(env, no_message_symbol);
    struct rt_message *m = port_mailbox_take(port->box, !wanted);
    if (!m) return none;
    vs_val value = none;
    if (rt_message_is_close(m)) {
        rt_handle_close(&port->handle, NULL);
    } else {
        value = rt_message_open(env, m, ports);
    }
    rt_message_drop(m);
    return value;
}

static bool emit(struct message_port *port, vs_val data, vs_val ports, vs_val type)
{
    vs_val argv[] = { data, ports, type };
    return rt_call(&port->handle.async, vs_ref_get(port->emit), 3, argv);
}

/* Reads one letter and calls JS with it. false: stop reading now. *again: read on in the next turn.
 */
static bool deliver(struct message_port *port, bool forced, bool *again)
{
    struct rt_env *env = env_of(port);
    struct vs_cx *cx = env->cx;
    vs_val ports = vs_undefined(cx), error = NULL;
    struct vs_try t;
    vs_try_open(cx, &t);
    vs_val value = receive(port, forced || port->receiving, &ports);
    if (!value && vs_try_caught(&t) && !vs_try_terminated(&t)) error = vs_try_exception(&t);
    vs_try_close(&t);
    if (value && vs_same_word(value, rt_symbol(env, no_message_symbol))) return false;
    if (value && emit(port, value, ports, rt_str(env, message))) return true;
    if (error) emit(port, error, vs_undefined(cx), vs_str_intern(cx, "messageerror"));
    *again = true;
    return false;
}

static void read_letters(struct message_port *port, bool forced)
{
    struct rt_env *env = env_of(port);
    uint32_t limit = port_mailbox_count(port->box);
    if (limit < LETTERS_PER_TURN) limit = LETTERS_PER_TURN;
    bool again = false;
    struct vs_scope all;
    vs_scope_open(env->cx, &all);
    /* What is made of the letters belongs to the port's context. */
    vs_val object = rt_async_object(&port->handle.async);
    vs_context_enter_of(env->cx, object);
    while (port->box && rt_can_call_js(env)) {
        if (!forced && limit-- == 0) {
            again = true;
            break;
        }
        struct vs_scope scope;
        vs_scope_open(env->cx, &scope);
        bool more = deliver(port, forced, &again);
        vs_scope_close(&scope);
        if (!more) break;
    }
    vs_context_leave_of(env->cx, object);
    vs_scope_close(&all);
    if (again && port->box) message_port_notify(port);
}

void message_port_read(struct message_port *port)
{
    if (port->handle.state == RT_HANDLE_OPEN && port->box) read_letters(port, false);
}

/* Ports stay in the list until the close phase, whatever the JS that is called does to them; those
 * it makes are for the next poll phase. */
static void announced(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct messaging *m = container_of(op, struct messaging, announce);
    struct message_port *last = m->last_port;
    for (struct message_port *port = m->ports; port; port = port == last ? NULL : port->next) {
        bool pending = port->pending && port->handle.state == RT_HANDLE_OPEN;
        port->pending = false;
        if (pending) read_letters(port, false);
    }
}

void message_ports_init(struct rt_env *env, struct messaging *m)
{
    ur_op_init(&m->announce, announced);
    ur_op_unref(env->loop, &m->announce);
}

/* Calls the library's oninit, which makes the object an event target. */
static bool call_oninit(struct rt_env *env, vs_val object)
{
    vs_val init = vs_get(env->cx, object, rt_symbol(env, oninit));
    if (!init) return false;
    return !vs_is_fn(init) || vs_call(env->cx, init, object, 0, NULL);
}

vs_val rt_message_port_make(struct rt_env *env, struct mailbox *box)
{
    struct vs_cx *cx = env->cx;
    vs_val object = vs_class_make(messaging_of(env)->port_class);
    vs_val exports = rt_context_exports(env);
    vs_val emit_fn = exports ? vs_get_name(cx, exports, "emitMessage") : NULL;
    if (!object || !emit_fn) {
        rt_mailbox_drop(box);
        return NULL;
    }
    struct message_port *port = calloc(1, sizeof(*port));
    CHECK(port);
    list_add(messaging_of(env), port);
    port->box = box;
    port->emit = vs_ref_new(cx, emit_fn);
    rt_handle_init(&port->handle, env, object, RT_PROVIDER_MESSAGEPORT, &port_ops, port);
    /* The prototype has a handle_onclose. */
    port->handle.close_listener = true;
    ur_loop_ref(env->loop);
    port_mailbox_claim(box, port, env->inbox);
    return call_oninit(env, object) ? object : NULL;
}

/* The port of a MessagePort object; NULL when it has been closed. */
static struct message_port *port_of(vs_val object)
{
    struct message_port *port = vs_native_get(object, 0);
    return port && port->handle.state == RT_HANDLE_OPEN && port->box ? port : NULL;
}

static struct message_port *this_port(const struct vs_args *a)
{
    return port_of(vs_this(a));
}

/* postMessage(value, transferList | { transfer }) -> whether anyone may hear it; undefined: it
 * can't be posted */
static void post_message(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    if (vs_argc(a) == 0) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_MISSING_ARGS",
                      "Not enough arguments to MessagePort.postMessage");
        return;
    }
    vs_val list;
    if (!messaging_transfer_list(env, vs_arg(a, 1), &list)) return;
    struct rt_message *m = rt_message_new(env, vs_arg(a, 0), list, vs_this(a));
    if (!m) return;
    /* Only now: cloning may have run JS that closed the port. */
    struct message_port *port = this_port(a);
    if (!port) {
        rt_message_drop(m);
        return;
    }
    switch (port_mailbox_post_take(port->box, m)) {
    case PORT_POST_TOO_MANY: return; /* the library throws */
    case PORT_POST_LOST:
        rt_emit_warning(env,
                        "The target port was posted to itself, and the communication channel "
                        "was lost",
                        NULL, NULL);
        break;
    case PORT_POST_NOBODY: vs_ret_bool(a, false); return;
    case PORT_POST_DONE: break;
    }
    vs_ret_bool(a, true);
}

static void start(const struct vs_args *a)
{
    struct message_port *port = this_port(a);
    if (!port) return;
    port->receiving = true;
    if (port_mailbox_count(port->box) > 0) message_port_notify(port);
}

void message_port_stop(const struct vs_args *a)
{
    CHECK(rt_is_message_port(rt_env_of(a), vs_arg(a, 0)));
    struct message_port *port = port_of(vs_arg(a, 0));
    if (port) port->receiving = false;
}

/* Delivers now what is in the mailbox, started or not. */
void message_port_drain(const struct vs_args *a)
{
    if (!rt_is_message_port(rt_env_of(a), vs_arg(a, 0))) return;
    struct message_port *port = port_of(vs_arg(a, 0));
    if (port) read_letters(port, true);
}

/* False: something else, and an error is thrown. */
static bool expect_port(struct rt_env *env, vs_val v)
{
    if (rt_is_message_port(env, v)) return true;
    rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                  "The \"port\" argument must be a MessagePort instance");
    return false;
}

/* receiveMessageOnPort(port) -> value, or no_message_symbol */
void message_port_receive(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    if (!expect_port(env, vs_arg(a, 0))) return;
    struct message_port *port = port_of(vs_arg(a, 0));
    if (!port) {
        vs_ret(a, rt_symbol(env, no_message_symbol));
        return;
    }
    vs_context_enter_of(env->cx, vs_arg(a, 0));
    vs_ret_maybe(a, receive(port, true, NULL));
    vs_context_leave_of(env->cx, vs_arg(a, 0));
}

static void construct(const struct vs_args *a)
{
    rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_CONSTRUCT_CALL_INVALID",
                  "Constructor cannot be called");
}

/* The mailbox leaves, the object is closed. */
static struct mailbox *detach(struct message_port *port)
{
    struct mailbox *box = port->box;
    port->box = NULL;
    port_mailbox_release(box);
    rt_handle_close(&port->handle, NULL);
    return box;
}

/* moveMessagePortToContext(port, contextified object) -> a MessagePort of that context */
void message_port_move(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    if (!expect_port(env, vs_arg(a, 0))) return;
    struct message_port *port = port_of(vs_arg(a, 0));
    if (!port) {
        rt_throw_code(env, VS_ERROR, "ERR_CLOSED_MESSAGE_PORT",
                      "Cannot send data on closed MessagePort");
        return;
    }
    struct vs_vm *vm = vs_is_obj(vs_arg(a, 1)) ? rt_contextify_vm(env, vs_arg(a, 1)) : NULL;
    if (!vm) {
        rt_throw_code(env, VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE", "Invalid context argument");
        return;
    }
    vs_vm_enter(env->cx, vm);
    vs_ret_maybe(a, rt_message_port_make(env, detach(port)));
    vs_vm_leave(env->cx, vm);
}

static struct rt_parcel *pack(struct rt_env *env, vs_val object, int mode)
{
    struct message_port *port = port_of(object);
    CHECK(port);
    return port_parcel_new_take(detach(port));
}

static bool is_detached(vs_val object)
{
    return !port_of(object);
}

static const struct rt_transfer_class port_transfer = {
    .name = "MessagePort",
    .mode = RT_TRANSFERABLE,
    .pack = pack,
    .is_detached = is_detached,
};

void message_port_register(struct rt_env *env, struct vs_class *c)
{
    rt_transfer_register(env, c, &port_transfer);
}

struct vs_class *message_port_class(struct rt_env *env)
{
    struct vs_class *c = vs_class_new(env->cx, "MessagePort", construct, rt_handle_class(env), 1);
    vs_class_method(c, "postMessage", post_message);
    vs_class_method(c, "start", start);
    message_port_register(env, c);
    return c;
}
