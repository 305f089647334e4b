/* uring/crowd.c: waiting a moment for several receives where many streams take turns.
 *
 * A server that is quicker than its clients wakes for each of their requests, and sleeps again:
 * that is a call and a switch of threads for each. Where many streams were busy a moment ago the
 * next few are on their way already, so a wait is for some of them, but not for long. They are
 * never more than a part of those that were busy: with all of them, both sides would take turns,
 * one idle while the other works. A wait that brings no second one doubles the number of waits
 * until the next try. */
#include "uring/loop_priv.h"

/* After so many receives it is counted how many streams they were for. */
#define RECEIVES 256u
/* Of the busy streams, one in so many is waited for. */
#define PART 8u
#define WANTED_MIN 4u /* with fewer, calls are not what a request costs */
#define WANTED_MAX 8u
#define SKIPS_MAX 256u
/* A timer that is due sooner is not to be late for this. */
#define TIMEOUT_MIN_NS 1000000

void ur_crowd_open(struct ur_loop *l)
{
    l->crowd = (struct ur_crowd){ .round = 1, .left = RECEIVES };
}

void ur_crowd_received(struct ur_loop *l, uint32_t *stream_round)
{
    struct ur_crowd *c = &l->crowd;
    c->came++;
    if (*stream_round != c->round) {
        *stream_round = c->round;
        c->seen++;
    }
    if (--c->left > 0) return;
    c->busy = c->seen;
    c->seen = 0;
    c->left = RECEIVES;
    c->round++;
}

uint32_t ur_crowd_wanted(struct ur_loop *l, int64_t timeout_ns)
{
    struct ur_crowd *c = &l->crowd;
    uint32_t wanted = c->busy / PART;
    c->came = 0;
    c->wanted = 1;
    if (wanted < WANTED_MIN || (timeout_ns >= 0 && timeout_ns < TIMEOUT_MIN_NS)) return 1;
    if (c->skip > 0) {
        c->skip--;
        return 1;
    }
    c->wanted = wanted < WANTED_MAX ? wanted : WANTED_MAX;
    return c->wanted;
}

void ur_crowd_learn(struct ur_loop *l)
{
    struct ur_crowd *c = &l->crowd;
    if (c->wanted < 2) return;
    if (c->came > 1)
        c->backoff = 0;
    else if (c->backoff < SKIPS_MAX)
        c->backoff = c->backoff ? 2 * c->backoff : 1;
    c->skip = c->backoff;
}
