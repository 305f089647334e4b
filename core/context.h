/* core/context.h: what every JS context gets before a program sees it: the main one and those of
 * node:vm. */
#ifndef RT_CONTEXT_H
#define RT_CONTEXT_H

#include "v8shim/vs.h"

struct rt_env;

/* Prepares the current context. false: exception pending. */
VS_MUST_CHECK bool rt_context_prepare(struct rt_env *env);

#endif
