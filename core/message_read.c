/* core/message_read.c: opening a message where it arrives. */
#include <stdlib.h>

#include "core/error.h"
#include "core/message_priv.h"
#include "core/symbols.h"

/* One call of rt_message_open(). */
struct reading {
    struct rt_env *env;
    struct rt_message *message;
    struct vs_reader *reader;
    vs_val *hosts; /* by index, made before the value is read */
};

static vs_val open_js(struct rt_env *env, struct rt_parcel *p)
{
    struct js_parcel *js = (struct js_parcel *)p;
    struct vs_ref *factory = message_state_of(env)->factory;
    CHECK(factory);
    vs_val argv[] = { vs_str_utf8(env->cx, js->factory_key, -1) };
    return argv[0] ? vs_call(env->cx, vs_ref_get(factory), vs_undefined(env->cx), 1, argv) : NULL;
}

static void drop_js(struct rt_parcel *p)
{
    free(((struct js_parcel *)p)->factory_key);
    free(p);
}

const struct rt_parcel js_parcel_ops = { .open = open_js, .drop = drop_js };

static vs_val throw_damaged(struct rt_env *env)
{
    rt_throw_dom(env, "The message could not be deserialized.", "DataCloneError");
    return NULL;
}

static vs_val on_read_host(struct vs_cx *cx, void *user)
{
    struct reading *r = user;
    uint32_t index;
    if (!vs_reader_u32(r->reader, &index)) return throw_damaged(r->env);
    if (index == MESSAGE_PLAIN_OBJECT) return vs_reader_value(r->reader);
    return index < r->message->parcels.count ? r->hosts[index] : throw_damaged(r->env);
}

static vs_val open_shared(struct reading *r, struct message_list *l, uint32_t id)
{
    return id < l->count ? vs_shared_open(r->env->cx, l->items[id]) : throw_damaged(r->env);
}

static vs_val on_shared(struct vs_cx *cx, void *user, uint32_t id)
{
    struct reading *r = user;
    return open_shared(r, &r->message->shared, id);
}

static vs_val on_wasm(struct vs_cx *cx, void *user, uint32_t id)
{
    struct reading *r = user;
    return open_shared(r, &r->message->wasm, id);
}

static const struct vs_reader_host reader_host = {
    .read_host = on_read_host,
    .shared = on_shared,
    .wasm = on_wasm,
};

static bool open_parcels(struct reading *r)
{
    for (uint32_t i = 0; i < r->message->parcels.count; i++) {
        struct rt_parcel *p = r->message->parcels.items[i];
        if (!p->any_context && !vs_context_is_main(r->env->cx)) {
            rt_throw_code(r->env, VS_ERROR, "ERR_MESSAGE_TARGET_CONTEXT_UNAVAILABLE",
                          "A message object could not be deserialized successfully in the target "
                          "vm.Context");
            return false;
        }
        r->hosts[i] = p->open(r->env, p);
        if (!r->hosts[i]) return false;
    }
    return true;
}

/* Behind the value: the data of the JS objects, in order. */
static bool fill_parcels(struct reading *r)
{
    struct rt_env *env = r->env;
    for (uint32_t i = 0; i < r->message->parcels.count; i++) {
        if (!is_js_parcel(r->message->parcels.items[i])) continue;
        vs_val data = vs_reader_value(r->reader);
        if (!data) return false;
        vs_val fn = vs_get(env->cx, r->hosts[i], rt_symbol(env, messaging_deserialize_symbol));
        if (!fn) return false;
        if (vs_is_fn(fn) && !vs_call(env->cx, fn, r->hosts[i], 1, &data)) return false;
    }
    return true;
}

/* The MessagePorts among the host objects. */
static vs_val port_array(struct reading *r)
{
    struct vs_cx *cx = r->env->cx;
    vs_val ports = vs_arr_new(cx, NULL, 0);
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->message->parcels.count; i++) {
        if (!rt_is_message_port(r->env, r->hosts[i])) continue;
        if (!vs_set_index(cx, ports, count++, r->hosts[i])) return NULL;
    }
    return ports;
}

vs_val rt_message_open(struct rt_env *env, struct rt_message *m, vs_val *ports)
{
    struct reading r = { .env = env, .message = m };
    if (m->parcels.count) {
        r.hosts = calloc(m->parcels.count, sizeof(*r.hosts));
        CHECK(r.hosts);
    }
    r.reader = vs_reader_new(env->cx, m->data, m->len, &reader_host, &r);
    vs_val value = NULL;
    bool ok = open_parcels(&r) && vs_reader_header(r.reader);
    for (uint32_t i = 0; ok && i < m->buffers.count; i++) {
        vs_val ab = vs_shared_open(env->cx, m->buffers.items[i]);
        ok = ab != NULL;
        if (ok) vs_reader_transfer(r.reader, i, ab);
    }
    if (ok) value = vs_reader_value(r.reader);
    if (value && !fill_parcels(&r)) value = NULL;
    if (value && ports) {
        *ports = port_array(&r);
        if (!*ports) value = NULL;
    }
    vs_reader_drop(r.reader);
    free(r.hosts);
    return value;
}

bool rt_message_is_close(const struct rt_message *m)
{
    return m->is_close;
}

bool rt_message_has_parcels(const struct rt_message *m)
{
    return m->parcels.count > 0 || m->buffers.count > 0;
}

bool rt_message_contains(const struct rt_message *m, bool (*is)(struct rt_parcel *p, void *data),
                         void *data)
{
    for (uint32_t i = 0; i < m->parcels.count; i++) {
        if (is(m->parcels.items[i], data)) return true;
    }
    return false;
}
