/* perf/loop/tools.h: what the cases share. Nothing here fails: it ends the process and says why. */
#ifndef PERF_LOOP_TOOLS_H
#define PERF_LOOP_TOOLS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <time.h>

#include "perf/loop/case.h"
#include "uring/loop.h"

#define PERF_NEED(cond) ((cond) ? (void)0 : perf_failed(#cond, __FILE__, __LINE__))
_Noreturn void perf_failed(const char *what, const char *file, int line);

void *perf_alloc(size_t len); /* zeroed */

struct ur_loop *perf_loop_open(void);

/* What l used, and the clock of its thread. */
void perf_loop_count(const struct ur_loop *l, clockid_t clock, struct perf_counts *out);

/* Have the calling thread stay on one processor: the server on one, who loads it on the next. With
 * a single processor both stay anywhere. */
enum perf_role { PERF_SERVER, PERF_LOADER };
void perf_pin(enum perf_role role);

/* Listening on a port of its own on loopback; *addr is where. */
int perf_listen(struct sockaddr_in *addr);
int perf_connect(const struct sockaddr_in *addr, bool nonblocking);

#endif
