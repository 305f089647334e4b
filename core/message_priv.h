/* core/message_priv.h: what message.c (writing) and message_read.c share. */
#ifndef RT_MESSAGE_PRIV_H
#define RT_MESSAGE_PRIV_H

#include <stdatomic.h>

#include "core/env.h"
#include "core/message.h"

/* Written before a host object that is written as a plain one, instead of an index. */
#define MESSAGE_PLAIN_OBJECT UINT32_MAX

/* An array that grows by doubling. */
struct message_list {
    void **items;
    uint32_t count, cap;
};
void message_list_push(struct message_list *l, void *item);

struct rt_message {
    atomic_uint shares;
    bool is_close;
    bool letter_used;
    struct rt_letter letter; /* the first one needs no memory of its own */
    const uint8_t *data;
    size_t len;
    uint8_t *large;              /* owned: data, from malloc(). NULL: data is behind the struct */
    struct message_list buffers; /* struct vs_shared: transferred ArrayBuffers, by id */
    struct message_list shared;  /* struct vs_shared: SharedArrayBuffers, by id */
    struct message_list wasm;    /* struct vs_shared: WebAssembly.Modules, by id */
    struct message_list parcels; /* struct rt_parcel: host objects, by id */
};

/* Per-env state, in RT_STATE_message. */
#define MESSAGE_CLASSES 16
struct message_state {
    struct {
        struct vs_class *c;
        const struct rt_transfer_class *transfer;
    } classes[MESSAGE_CLASSES];
    int class_count;
    struct vs_ref *factory; /* owned */
};
struct message_state *message_state_of(struct rt_env *env);

/* A JS object that says itself how it travels: its data follows the message's value, written and
 * read by the functions below. */
struct js_parcel {
    struct rt_parcel parcel; /* first */
    char *factory_key;       /* owned: "module:Class" */
};
extern const struct rt_parcel js_parcel_ops;

static inline bool is_js_parcel(const struct rt_parcel *p)
{
    return p->drop == js_parcel_ops.drop;
}

#endif
