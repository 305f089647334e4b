/* uring/trace_priv.h: recording; to be called only while l->trace is set. */
#ifndef URING_TRACE_PRIV_H
#define URING_TRACE_PRIV_H

#include <stdint.h>

#include "uring/backend.h"

struct ur_loop;
struct ur_trace;

/* The back end's clock. */
uint64_t ur_trace_now_ns(const struct ur_loop *l);
/* One poll: from start, waiting between wait and woken, until now; count callbacks. */
void ur_trace_poll(struct ur_loop *l, uint64_t start_ns, uint64_t wait_ns, uint64_t woken_ns,
                   int count);
void ur_trace_submitted(struct ur_loop *l, const struct ur_desc *d);
void ur_trace_completed(struct ur_loop *l, const struct ur_desc *d, const struct ur_completion *c);
void ur_trace_free(struct ur_loop *l);

#endif
