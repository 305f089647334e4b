/* core/bind/buffer_priv.h: what the files of internalBinding('buffer') share. */
#ifndef RT_BUFFER_PRIV_H
#define RT_BUFFER_PRIV_H

#include "core/env.h"

/* Argument i as an index: undefined is otherwise. false: an exception is pending. */
VS_MUST_CHECK bool rt_buffer_index(const struct vs_args *a, int i, size_t otherwise, size_t *out);
/* Whether argument i is a view, or a string; if not, a TypeError is pending. */
VS_MUST_CHECK bool rt_buffer_is_view(const struct vs_args *a, int i);
VS_MUST_CHECK bool rt_buffer_is_str(const struct vs_args *a, int i);

/* Each puts its functions on the binding. */
void rt_put_buffer_text(struct rt_env *env, vs_val target);
void rt_put_buffer_search(struct rt_env *env, vs_val target);

#endif
