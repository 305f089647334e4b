/* core/bind/cares_priv.h: between the files of the cares_wrap binding. */
#ifndef RT_BIND_CARES_PRIV_H
#define RT_BIND_CARES_PRIV_H

#include <ares.h>

#include "core/native.h"
#include "uring/timer.h"
#include "v8shim/vs.h"

struct rt_env;
struct cares_socket;

/* setServers() while queries run; the library's number for it. */
#define CARES_PENDING (-1000)

/* ChannelWrap's state; goes with its JS object, which stays while queries run. */
struct cares_channel {
    struct rt_native native; /* first */
    ares_channel_t *ares;    /* owned */
    struct cares_socket *sockets;
    struct ur_timer timer;
    uint32_t queries; /* not answered to JS yet */
};

/* Puts ChannelWrap on target: cares_channel.c. */
void rt_cares_put_channel(struct rt_env *env, vs_val target);

struct cares_channel *cares_channel_of(const struct vs_args *a);
/* A query begins or has been answered to JS. */
void cares_query_begins(struct cares_channel *c);
void cares_query_ends(struct cares_channel *c);
/* After anything that may change what c-ares waits for. */
void cares_reset_timer(struct cares_channel *c);

/* Adds queryA... and getHostByAddr to the class: cares_query.c. */
void cares_put_queries(struct vs_class *c);
/* What a record says as JS: cares_record.c. typed: with a property `type`, as in resolveAny().
 * NULL: exception pending. */
vs_val cares_record(struct rt_env *env, const ares_dns_rr_t *rr, bool typed);

#endif
