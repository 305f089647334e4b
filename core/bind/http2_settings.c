/* core/bind/http2_settings.c: SETTINGS, ours and the peer's. They pass through one array shared
 * with the library, state->settings. */
#include <stdlib.h>

#include "core/bind/http2_priv.h"
#include "core/buffer.h"
#include "core/error.h"

#define SETTINGS_STANDARD H2_SET_FLAGS
#define SETTINGS_MAX (SETTINGS_STANDARD + H2_CUSTOM_MAX)
#define SETTING_BYTES 6 /* of an entry in a frame */

/* In the order Node sends them. */
static const struct {
    enum h2_setting_place place;
    nghttp2_settings_id id;
    uint32_t initial; /* RFC 9113, 6.5.2; the header list's is Node's */
} standard[SETTINGS_STANDARD] = {
    { H2_SET_HEADER_TABLE_SIZE, NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 4096 },
    { H2_SET_ENABLE_PUSH, NGHTTP2_SETTINGS_ENABLE_PUSH, 1 },
    { H2_SET_MAX_CONCURRENT_STREAMS, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, UINT32_MAX },
    { H2_SET_INITIAL_WINDOW_SIZE, NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 65535 },
    { H2_SET_MAX_FRAME_SIZE, NGHTTP2_SETTINGS_MAX_FRAME_SIZE, 16384 },
    { H2_SET_MAX_HEADER_LIST_SIZE, NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, 65535 },
    { H2_SET_ENABLE_CONNECT_PROTOCOL, NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 0 },
};

static uint32_t custom_count(const uint32_t *array)
{
    uint32_t count = array[H2_SET_CUSTOM_COUNT];
    return count < H2_CUSTOM_MAX ? count : H2_CUSTOM_MAX;
}

static nghttp2_settings_entry custom_at(const uint32_t *array, uint32_t i)
{
    const uint32_t *pair = array + H2_SET_CUSTOM + 2 * i;
    return (nghttp2_settings_entry){ (int32_t)pair[0], pair[1] };
}

/* The entries that JS has set. How many. */
static size_t entries_read(const uint32_t *array, nghttp2_settings_entry *out)
{
    size_t n = 0;
    for (size_t i = 0; i < SETTINGS_STANDARD; i++) {
        if (!(array[H2_SET_FLAGS] & (1u << standard[i].place))) continue;
        out[n++] = (nghttp2_settings_entry){ standard[i].id, array[standard[i].place] };
    }
    uint32_t count = custom_count(array);
    for (uint32_t i = 0; i < count; i++) out[n++] = custom_at(array, i);
    return n;
}

static void pack_settings(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    nghttp2_settings_entry entries[SETTINGS_MAX];
    uint8_t packed[SETTINGS_MAX * SETTING_BYTES];
    size_t count = entries_read(h2_state_of(env)->settings, entries);
    nghttp2_ssize len = nghttp2_pack_settings_payload2(packed, sizeof packed, entries, count);
    if (len >= 0) vs_ret_maybe(a, rt_buffer_new(env, packed, (size_t)len));
}

static void refresh_default_settings(const struct vs_args *a)
{
    uint32_t *array = h2_state_of(rt_env_of(a))->settings;
    for (size_t i = 0; i < SETTINGS_STANDARD; i++) array[standard[i].place] = standard[i].initial;
    array[H2_SET_FLAGS] = (1u << SETTINGS_STANDARD) - 1;
    array[H2_SET_CUSTOM_COUNT] = 0;
}

void h2_settings_bind(struct rt_env *env, vs_val target)
{
    vs_put_fn(env->cx, target, "refreshDefaultSettings", refresh_default_settings);
    vs_put_fn(env->cx, target, "packSettings", pack_settings);
}

/* ---- of a session ---- */

/* The entry of an id, added if there is room; NULL: there is none. */
static nghttp2_settings_entry *custom_entry(struct h2_custom *c, int32_t id, bool add)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (c->entries[i].settings_id == id) return &c->entries[i];
    if (!add || c->count == H2_CUSTOM_MAX) return NULL;
    c->entries[c->count] = (nghttp2_settings_entry){ id, 0 };
    return &c->entries[c->count++];
}

static void custom_set(struct h2_custom *c, nghttp2_settings_entry from, bool add)
{
    nghttp2_settings_entry *entry = custom_entry(c, from.settings_id, add);
    if (!entry) return;
    entry->value = from.value;
    c->known |= 1u << (entry - c->entries);
}

/* The count is the library's word to us and ours to it: taken, so that the next session does not
 * find it again. */
static uint32_t custom_take(uint32_t *array)
{
    uint32_t count = custom_count(array);
    array[H2_SET_CUSTOM_COUNT] = 0;
    return count;
}

void h2_settings_allow(struct h2_session *s)
{
    uint32_t *array = s->state->settings;
    uint32_t count = custom_take(array);
    for (uint32_t i = 0; i < count; i++)
        custom_entry(&s->remote_custom, custom_at(array, i).settings_id, true);
}

void h2_settings_received(struct h2_session *s, const nghttp2_settings *frame)
{
    for (size_t i = 0; i < frame->niv; i++) custom_set(&s->remote_custom, frame->iv[i], false);
}

/* settings(cb): false when too many wait for their acknowledgement. */
static void session_settings(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    nghttp2_settings_entry entries[SETTINGS_MAX];
    if (!s) return;
    uint32_t *array = s->state->settings;
    size_t count = entries_read(array, entries);
    uint32_t customs = custom_take(array);
    bool taken = h2_pending_add(s, &s->settings, NULL, vs_arg(a, 0));
    if (taken) {
        for (uint32_t i = 0; i < customs; i++)
            custom_set(&s->local_custom, custom_at(array, i), true);
        int err = nghttp2_submit_settings(s->ng, NGHTTP2_FLAG_NONE, entries, count);
        if (err) h2_fail(s, err, NULL);
        h2_due(s);
    }
    vs_ret_bool(a, taken);
}

static void show(struct h2_session *s, const struct h2_custom *custom,
                 uint32_t (*get)(nghttp2_session *ng, nghttp2_settings_id id))
{
    uint32_t *array = s->state->settings;
    for (size_t i = 0; i < SETTINGS_STANDARD; i++)
        array[standard[i].place] = get(s->ng, standard[i].id);
    uint32_t count = 0;
    for (uint32_t i = 0; i < custom->count; i++) {
        if (!(custom->known & (1u << i))) continue;
        uint32_t *pair = array + H2_SET_CUSTOM + 2 * count++;
        pair[0] = (uint32_t)custom->entries[i].settings_id;
        pair[1] = custom->entries[i].value;
    }
    array[H2_SET_CUSTOM_COUNT] = count;
}

static void session_local_settings(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    if (s) show(s, &s->local_custom, nghttp2_session_get_local_settings);
}

static void session_remote_settings(const struct vs_args *a)
{
    struct h2_session *s = h2_session_of(a);
    if (s) show(s, &s->remote_custom, nghttp2_session_get_remote_settings);
}

void h2_settings_methods(struct vs_class *c)
{
    vs_class_method(c, "settings", session_settings);
    vs_class_method(c, "localSettings", session_local_settings);
    vs_class_method(c, "remoteSettings", session_remote_settings);
}
