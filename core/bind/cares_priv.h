/* core/bind/cares_priv.h: between the files of the cares_wrap binding. */
#ifndef RT_BIND_CARES_PRIV_H
#define RT_BIND_CARES_PRIV_H

#include "v8shim/vs.h"

struct rt_env;

/* Puts ChannelWrap on target: cares_channel.c. */
void rt_cares_put_channel(struct rt_env *env, vs_val target);

#endif
