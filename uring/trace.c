/* uring/trace.c: a ring of events in memory, written as JSON on request. */
#include "uring/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "uring/loop_priv.h"
#include "uring/trace_priv.h"

#define NS_PER_US 1000.0

enum event_type { EVENT_POLL, EVENT_WAIT, EVENT_START, EVENT_MORE, EVENT_END };

struct event {
    uint64_t at_ns;
    uint64_t arg; /* operations: their token; else how long it took, ns */
    int32_t res;  /* what came out; EVENT_START: the descriptor */
    uint8_t type; /* enum event_type */
    uint8_t kind; /* enum ur_kind */
};

struct ur_trace {
    uint64_t count; /* recorded, those overwritten since included */
    struct event event[UR_TRACE_EVENTS];
};

void ur_trace_start(struct ur_loop *l)
{
    if (!l->trace) l->trace = ur_alloc(sizeof *l->trace);
    l->trace->count = 0;
}

void ur_trace_free(struct ur_loop *l)
{
    free(l->trace);
    l->trace = NULL;
}

uint64_t ur_trace_now_ns(const struct ur_loop *l)
{
    return l->vt->now_ns(l->be);
}

static void record(struct ur_loop *l, const struct event *e)
{
    l->trace->event[l->trace->count++ % UR_TRACE_EVENTS] = *e;
}

void ur_trace_poll(struct ur_loop *l, uint64_t start_ns, uint64_t wait_ns, uint64_t woken_ns,
                   int count)
{
    uint64_t now = ur_trace_now_ns(l);
    record(l, &(struct event){
                  .type = EVENT_POLL, .at_ns = start_ns, .arg = now - start_ns, .res = count });
    record(l, &(struct event){ .type = EVENT_WAIT, .at_ns = wait_ns, .arg = woken_ns - wait_ns });
}

void ur_trace_submitted(struct ur_loop *l, const struct ur_desc *d)
{
    record(l, &(struct event){ .type = EVENT_START,
                               .kind = d->kind,
                               .at_ns = ur_trace_now_ns(l),
                               .arg = d->token,
                               .res = d->fd });
}

void ur_trace_completed(struct ur_loop *l, const struct ur_desc *d, const struct ur_completion *c)
{
    record(l, &(struct event){ .type = c->flags & UR_COMP_MORE ? EVENT_MORE : EVENT_END,
                               .kind = d->kind,
                               .at_ns = ur_trace_now_ns(l),
                               .arg = c->token,
                               .res = c->res });
}

/* Chrome's phases: X is a span, b, n and e are the parts of what may overlap. */
static void write_event(FILE *f, const struct event *e, int pid)
{
    double at_us = (double)e->at_ns / NS_PER_US;
    if (e->type == EVENT_POLL || e->type == EVENT_WAIT) {
        fprintf(f, "{\"name\":\"%s\",\"ph\":\"X\",\"ts\":%.3f,\"dur\":%.3f",
                e->type == EVENT_POLL ? "poll" : "wait", at_us, (double)e->arg / NS_PER_US);
        if (e->type == EVENT_POLL) fprintf(f, ",\"args\":{\"callbacks\":%" PRId32 "}", e->res);
    } else {
        char phase = e->type == EVENT_START ? 'b' : e->type == EVENT_MORE ? 'n' : 'e';
        fprintf(f,
                "{\"name\":\"%s\",\"cat\":\"op\",\"ph\":\"%c\",\"id\":\"%" PRIx64
                "\",\"ts\":%.3f,\"args\":{\"%s\":%" PRId32 "}",
                ur_kind_name((enum ur_kind)e->kind), phase, e->arg, at_us,
                e->type == EVENT_START ? "fd" : "res", e->res);
    }
    fprintf(f, ",\"pid\":%d,\"tid\":1}", pid);
}

int ur_trace_write(const struct ur_loop *l, const char *path)
{
    const struct ur_trace *t = l->trace;
    if (!t) return -ENOENT;
    FILE *f = fopen(path, "we");
    if (!f) return -errno;
    uint64_t first = t->count > UR_TRACE_EVENTS ? t->count - UR_TRACE_EVENTS : 0;
    fprintf(f, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
    for (uint64_t i = first; i < t->count; i++) {
        fputs(i > first ? ",\n" : "\n", f);
        write_event(f, &t->event[i % UR_TRACE_EVENTS], (int)getpid());
    }
    fprintf(f, "\n]}\n");
    bool failed = ferror(f);
    int err = fclose(f) ? -errno : 0;
    return failed && !err ? -EIO : err;
}
