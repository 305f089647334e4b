/* uring/trace.h: what a loop does, as Chrome's trace events in JSON: turns, waits, and each
 * operation from start to end. https://ui.perfetto.dev opens it. Costs one branch per operation
 * when off; when on, the newest UR_TRACE_EVENTS are kept. Loop's thread. */
#ifndef URING_TRACE_H
#define URING_TRACE_H

struct ur_loop;

#define UR_TRACE_EVENTS (1u << 18)

void ur_trace_start(struct ur_loop *l);

/* Write what was recorded since the start to a file, replacing it. 0 or -errno. */
int ur_trace_write(const struct ur_loop *l, const char *path);

#endif
