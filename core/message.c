/* core/message.c: writing a message.
 *
 * Plain values go through V8's serializer. Host objects (native ones, and JS objects of the library
 * that are marked as transferable or cloneable) are collected while it runs, written as an index,
 * and packed afterwards, so that a value that can't be cloned leaves everything as it was.
 */
#include "core/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "core/error.h"
#include "core/message_priv.h"
#include "core/snapshot.h"
#include "core/symbols.h"

#define UNSUPPORTED_CLONE "Cannot clone object of unsupported type."
#define UNSUPPORTED_TRANSFER "Cannot transfer object of unsupported type."
#define NOT_LISTED "Object that needs transfer was found in message but not listed in transferList"

/* Values met while writing. References, since V8's writer closes its handle scopes around what it
 * calls. */
struct vals {
    struct vs_ref **items; /* owned */
    uint32_t count, cap;
};

/* Bytes of a message that is one block of memory. */
#define SMALL 512

/* One call of rt_message_new(). */
struct writing {
    struct rt_env *env;
    struct rt_message message; /* what it will be made of */
    struct vs_writer *writer;
    struct vals hosts;    /* host objects, by index */
    uint32_t transferred; /* the first of them came by the transfer list */
    struct vals sabs;
    struct vals buffers; /* ArrayBuffers of the transfer list */
};

void message_list_push(struct message_list *l, void *item)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 4;
        l->items = realloc(l->items, l->cap * sizeof(*l->items));
        CHECK(l->items);
    }
    l->items[l->count++] = item;
}

static void vals_push(struct vs_cx *cx, struct vals *l, vs_val v)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 4;
        l->items = realloc(l->items, l->cap * sizeof(*l->items));
        CHECK(l->items);
    }
    l->items[l->count++] = vs_ref_new(cx, v);
}

static vs_val vals_at(const struct vals *l, uint32_t i)
{
    return vs_ref_get(l->items[i]);
}

/* The position of v, or -1. */
static int64_t vals_find(const struct vals *l, vs_val v)
{
    for (uint32_t i = 0; i < l->count; i++) {
        if (vs_same_word(vals_at(l, i), v)) return i;
    }
    return -1;
}

static void vals_drop(struct vals *l)
{
    for (uint32_t i = 0; i < l->count; i++) vs_ref_drop(l->items[i]);
    free(l->items);
}

static void state_drop(struct rt_env *env)
{
    vs_ref_drop(message_state_of(env)->factory);
    free(message_state_of(env));
}

struct message_state *message_state_of(struct rt_env *env)
{
    struct message_state *s = env->binding_state[RT_STATE_message];
    if (s) return s;
    s = calloc(1, sizeof(*s));
    CHECK(s);
    env->binding_state[RT_STATE_message] = s;
    env->binding_drop[RT_STATE_message] = state_drop;
    return s;
}

/* Classes that register while the library boots: message ports, file handles, histograms. */
#define BOOT_CLASSES 4

/* The classes are registered anew by those who did it before. */
void rt_snap_message(struct rt_env *env, struct rt_snap *snap)
{
    struct message_state *s = message_state_of(env);
    CHECK(!rt_snap_saving(snap) || s->class_count == BOOT_CLASSES);
    rt_snap_ref(snap, &s->factory);
}

void rt_transfer_register(struct rt_env *env, struct vs_class *c,
                          const struct rt_transfer_class *tclass)
{
    struct message_state *s = message_state_of(env);
    CHECK(s->class_count < MESSAGE_CLASSES);
    s->classes[s->class_count].c = c;
    s->classes[s->class_count++].transfer = tclass;
}

void rt_message_set_factory(struct rt_env *env, vs_val fn)
{
    struct message_state *s = message_state_of(env);
    vs_ref_drop(s->factory);
    s->factory = vs_ref_new(env->cx, fn);
}

static void throw_dom(struct rt_env *env, vs_val message, const char *name)
{
    struct vs_cx *cx = env->cx;
    vs_val exports = rt_context_exports(env);
    vs_val constructor = exports ? vs_get_name(cx, exports, "DOMException") : NULL;
    if (!constructor || !message) return;
    vs_val argv[] = { message, vs_str_intern(cx, name) };
    vs_val error = vs_construct(cx, constructor, 2, argv);
    if (error) vs_throw(cx, error);
}

void rt_throw_dom(struct rt_env *env, const char *message, const char *name)
{
    throw_dom(env, vs_str_utf8(env->cx, message, -1), name);
}

static void throw_clone(struct rt_env *env, const char *message)
{
    rt_throw_dom(env, message, "DataCloneError");
}

/* The transfer class of a native object, NULL for others. */
static const struct rt_transfer_class *class_of(struct rt_env *env, vs_val object)
{
    if (vs_native_count(object) == 0) return NULL;
    struct message_state *s = message_state_of(env);
    for (int i = 0; i < s->class_count; i++) {
        if (vs_class_is(s->classes[i].c, object)) return s->classes[i].transfer;
    }
    return NULL;
}

/* The mode a JS object of the library was marked with, -1 for other objects. */
static int js_mode(struct rt_env *env, vs_val object)
{
    vs_val key = rt_private(env, transfer_mode_private_symbol);
    vs_val mode = vs_private_get(env->cx, object, key);
    return mode && vs_is_num(mode) ? vs_int(mode) : -1;
}

static int host_mode(struct rt_env *env, vs_val object)
{
    const struct rt_transfer_class *c = class_of(env, object);
    if (c) return c->mode;
    int mode = js_mode(env, object);
    return mode < 0 ? RT_TRANSFER_NONE : mode;
}

static void on_clone_error(struct vs_cx *cx, void *user, vs_val message)
{
    throw_dom(rt_env_from_cx(cx), message, "DataCloneError");
}

static bool on_is_host(struct vs_cx *cx, void *user, vs_val object)
{
    return vs_native_count(object) > 0 || js_mode(rt_env_from_cx(cx), object) >= 0;
}

/* An object with interceptors, which V8 always takes for a host object: process.env. It travels as
 * a plain one. */
static bool write_plain(struct writing *w, vs_val object)
{
    struct vs_cx *cx = w->env->cx;
    vs_val copy = vs_obj_new(cx);
    vs_val keys = vs_own_keys(cx, object, VS_KEYS_ENUMERABLE | VS_KEYS_NO_SYMBOLS, true);
    if (!keys) return false;
    for (uint32_t i = 0; i < vs_arr_len(keys); i++) {
        vs_val key = vs_get_index(cx, keys, i);
        vs_val v = key ? vs_get(cx, object, key) : NULL;
        if (!v || !vs_define(cx, copy, key, v, VS_ATTR_NONE)) return false;
    }
    vs_writer_u32(w->writer, MESSAGE_PLAIN_OBJECT);
    return vs_writer_value(w->writer, copy);
}

static enum vs_write_result on_write_host(struct vs_cx *cx, void *user, vs_val object)
{
    struct writing *w = user;
    int64_t index = vals_find(&w->hosts, object);
    if (index >= 0) {
        vs_writer_u32(w->writer, (uint32_t)index);
        return VS_WRITE_DONE;
    }
    if (!on_is_host(cx, user, object))
        return write_plain(w, object) ? VS_WRITE_DONE : VS_WRITE_THREW;
    int mode = host_mode(w->env, object);
    if (mode & RT_CLONEABLE) {
        vs_writer_u32(w->writer, w->hosts.count);
        vals_push(w->env->cx, &w->hosts, object);
        return VS_WRITE_DONE;
    }
    throw_clone(w->env, mode & RT_TRANSFERABLE ? NOT_LISTED : UNSUPPORTED_CLONE);
    return VS_WRITE_THREW;
}

static enum vs_write_result on_shared_id(struct vs_cx *cx, void *user, vs_val sab, uint32_t *id)
{
    struct writing *w = user;
    int64_t index = vals_find(&w->sabs, sab);
    if (index < 0) {
        index = w->sabs.count;
        vals_push(w->env->cx, &w->sabs, sab);
        message_list_push(&w->message.shared, vs_shared_new(sab));
    }
    *id = (uint32_t)index;
    return VS_WRITE_DONE;
}

static enum vs_write_result on_wasm_id(struct vs_cx *cx, void *user, vs_val module, uint32_t *id)
{
    struct writing *w = user;
    *id = w->message.wasm.count;
    message_list_push(&w->message.wasm, vs_shared_new(module));
    return VS_WRITE_DONE;
}

static const struct vs_writer_host writer_host = {
    .clone_error = on_clone_error,
    .is_host = on_is_host,
    .write_host = on_write_host,
    .shared_id = on_shared_id,
    .wasm_id = on_wasm_id,
};

static bool list_buffer(struct writing *w, vs_val ab)
{
    if (!vs_ab_detachable(ab) || vs_ab_detached(ab)) {
        throw_clone(w->env, UNSUPPORTED_TRANSFER);
        return false;
    }
    if (vals_find(&w->buffers, ab) >= 0) {
        throw_clone(w->env, "Transfer list contains duplicate ArrayBuffer");
        return false;
    }
    vs_writer_transfer(w->writer, w->buffers.count, ab);
    vals_push(w->env->cx, &w->buffers, ab);
    return true;
}

static bool throw_duplicate(struct writing *w, vs_val object)
{
    struct vs_text name;
    if (!vs_text_read(w->env->cx, vs_constructor_name(w->env->cx, object), &name)) return false;
    char text[VS_TEXT_SMALL];
    snprintf(text, sizeof(text), "Transfer list contains duplicate %s", name.ptr);
    vs_text_reset(&name);
    throw_clone(w->env, text);
    return false;
}

static bool list_host(struct writing *w, vs_val object, vs_val source)
{
    const struct rt_transfer_class *c = class_of(w->env, object);
    if (!(host_mode(w->env, object) & RT_TRANSFERABLE)) {
        throw_clone(w->env, "Found invalid value in transferList.");
        return false;
    }
    if (vals_find(&w->hosts, object) >= 0) return throw_duplicate(w, object);
    if (source && vs_same_word(source, object)) {
        throw_clone(w->env, "Transfer list contains source port");
        return false;
    }
    if (c && c->is_detached && c->is_detached(object)) {
        char text[VS_TEXT_SMALL];
        snprintf(text, sizeof(text), "%s in transfer list is already detached", c->name);
        throw_clone(w->env, text);
        return false;
    }
    vals_push(w->env->cx, &w->hosts, object);
    return true;
}

static bool list_entry(struct writing *w, vs_val v, vs_val source)
{
    struct vs_cx *cx = w->env->cx;
    if (!vs_is_obj(v)) {
        throw_clone(w->env, "Found invalid value in transferList.");
        return false;
    }
    vs_val mark = vs_private_get(cx, v, rt_private(w->env, untransferable_object_private_symbol));
    if (mark && !vs_is_undefined(cx, mark)) {
        throw_clone(w->env, UNSUPPORTED_TRANSFER);
        return false;
    }
    return vs_is_ab(v) ? list_buffer(w, v) : list_host(w, v, source);
}

/* What a listed JS object needs to take along, as it says itself. */
static bool list_nested(struct writing *w)
{
    struct rt_env *env = w->env;
    for (uint32_t i = 0; i < w->hosts.count; i++) {
        if (class_of(env, vals_at(&w->hosts, i))) continue;
        vs_val fn =
            vs_get(env->cx, vals_at(&w->hosts, i), rt_symbol(env, messaging_transfer_list_symbol));
        if (!fn) return false;
        if (!vs_is_fn(fn)) continue;
        vs_val list = vs_call(env->cx, fn, vals_at(&w->hosts, i), 0, NULL);
        if (!list) return false;
        for (uint32_t j = 0; vs_is_arr(list) && j < vs_arr_len(list); j++) {
            vs_val item = vs_get_index(env->cx, list, j);
            if (!item) return false;
            if (vs_is_obj(item) && vals_find(&w->hosts, item) >= 0) {
                throw_clone(env, "The transfer list is invalid.");
                return false;
            }
            if (!list_entry(w, item, NULL)) return false;
        }
    }
    return true;
}

static bool list_all(struct writing *w, vs_val transfer, vs_val source)
{
    for (uint32_t i = 0; transfer && i < vs_arr_len(transfer); i++) {
        vs_val entry = vs_get_index(w->env->cx, transfer, i);
        if (!entry || !list_entry(w, entry, source)) return false;
    }
    if (!list_nested(w)) return false;
    w->transferred = w->hosts.count;
    return true;
}

/* Asks a JS object for { data, deserializeInfo }; data follows the value in the message. */
static struct rt_parcel *pack_js(struct writing *w, vs_val object, int mode)
{
    struct rt_env *env = w->env;
    struct vs_cx *cx = env->cx;
    bool transfer = mode == RT_TRANSFERABLE;
    vs_val key = transfer ? rt_symbol(env, messaging_transfer_symbol)
                          : rt_symbol(env, messaging_clone_symbol);
    vs_val fn = vs_get(cx, object, key);
    if (!fn) return NULL;
    if (!vs_is_fn(fn)) {
        if (transfer) return pack_js(w, object, RT_CLONEABLE);
        throw_clone(env, UNSUPPORTED_CLONE);
        return NULL;
    }
    vs_val result = vs_call(cx, fn, object, 0, NULL);
    if (!result) return NULL;
    if (!vs_is_obj(result)) {
        throw_clone(env, UNSUPPORTED_CLONE);
        return NULL;
    }
    vs_val data = vs_get_name(cx, result, "data");
    vs_val info = data ? vs_get_name(cx, result, "deserializeInfo") : NULL;
    struct vs_text text;
    if (!info || !vs_text_read(cx, info, &text)) return NULL;
    struct js_parcel *p = calloc(1, sizeof(*p));
    CHECK(p);
    p->parcel = js_parcel_ops;
    p->factory_key = strdup(text.ptr);
    CHECK(p->factory_key);
    vs_text_reset(&text);
    if (vs_writer_value(w->writer, data)) return &p->parcel;
    p->parcel.drop(&p->parcel);
    return NULL;
}

/* The value is written: now take what was found in it. Packing can write further host objects. */
static bool pack_all(struct writing *w)
{
    for (uint32_t i = 0; i < w->buffers.count; i++) {
        message_list_push(&w->message.buffers, vs_shared_new(vals_at(&w->buffers, i)));
        if (!vs_ab_detach(w->env->cx, vals_at(&w->buffers, i))) return false;
    }
    for (uint32_t i = 0; i < w->hosts.count; i++) {
        vs_val object = vals_at(&w->hosts, i);
        int mode = i < w->transferred ? RT_TRANSFERABLE : RT_CLONEABLE;
        const struct rt_transfer_class *c = class_of(w->env, object);
        struct rt_parcel *p = c ? c->pack(w->env, object, mode) : pack_js(w, object, mode);
        if (!p) return false;
        message_list_push(&w->message.parcels, p);
    }
    return true;
}

static void drop_shared(struct message_list *l)
{
    for (uint32_t i = 0; i < l->count; i++) vs_shared_drop(l->items[i]);
    free(l->items);
}

/* What m is made of, but for its bytes. */
static void reset_parts(struct rt_message *m)
{
    for (uint32_t i = 0; i < m->parcels.count; i++) {
        struct rt_parcel *p = m->parcels.items[i];
        p->drop(p);
    }
    free(m->parcels.items);
    drop_shared(&m->buffers);
    drop_shared(&m->shared);
    drop_shared(&m->wasm);
}

/* The parts are moved to it. */
static struct rt_message *message_alloc(const struct rt_message *parts, size_t behind)
{
    struct rt_message *m = malloc(sizeof(*m) + behind);
    CHECK(m);
    *m = *parts;
    atomic_init(&m->shares, 1);
    return m;
}

/* data: len bytes, taken over if they are in none of the caller's memory. */
static struct rt_message *message_of(const struct rt_message *parts, uint8_t *data, size_t len,
                                     bool callers)
{
    struct rt_message *m = message_alloc(parts, callers ? len : 0);
    m->large = callers ? NULL : data;
    m->data = callers ? memcpy(m + 1, data, len) : data;
    m->len = len;
    return m;
}

struct rt_message *rt_message_new(struct rt_env *env, vs_val value, vs_val transfer, vs_val source)
{
    uint8_t small[SMALL];
    struct writing w = { .env = env };
    w.writer = vs_writer_new(env->cx, &writer_host, &w);
    vs_writer_lend(w.writer, small, sizeof(small));
    vs_writer_header(w.writer);
    bool ok = list_all(&w, transfer, source) && vs_writer_value(w.writer, value) && pack_all(&w);
    size_t len;
    uint8_t *data = vs_writer_release(w.writer, &len);
    vs_writer_drop(w.writer);
    vals_drop(&w.hosts);
    vals_drop(&w.sabs);
    vals_drop(&w.buffers);
    if (ok) return message_of(&w.message, data, len, data == small);
    reset_parts(&w.message);
    if (data != small) free(data);
    return NULL;
}

struct rt_message *rt_message_new_close(void)
{
    return message_alloc(&(struct rt_message){ .is_close = true }, 0);
}

struct rt_message *rt_message_share(struct rt_message *m)
{
    atomic_fetch_add_explicit(&m->shares, 1, memory_order_relaxed);
    return m;
}

void rt_message_drop(struct rt_message *m)
{
    if (atomic_fetch_sub_explicit(&m->shares, 1, memory_order_acq_rel) != 1) return;
    reset_parts(m);
    free(m->large);
    free(m);
}

struct rt_letter *rt_letter_new_take(struct rt_message *m)
{
    struct rt_letter *l = m->letter_used ? malloc(sizeof(*l)) : &m->letter;
    CHECK(l);
    *l = (struct rt_letter){ .message = m };
    m->letter_used = true;
    return l;
}

struct rt_message *rt_letter_open(struct rt_letter *l)
{
    struct rt_message *m = l->message;
    if (l != &m->letter) free(l);
    return m;
}
