/* core/context.h: what every JS context gets before a program sees it: the main one and those of
 * node:vm. */
#ifndef RT_CONTEXT_H
#define RT_CONTEXT_H

#include "v8shim/vs.h"

struct rt_env;

/* Prepares the current context. false: exception pending. */
VS_MUST_CHECK bool rt_context_prepare(struct rt_env *env);

/* What the library's internal/per_context scripts export in the current context: DOMException,
 * emitMessage. The main one has run them by then; others do when they are first asked. NULL:
 * exception pending. */
vs_val rt_context_exports(struct rt_env *env);
/* Runs them. false: exception pending. */
VS_MUST_CHECK bool rt_context_run_scripts(struct rt_env *env, vs_val exports, vs_val primordials);

#endif
