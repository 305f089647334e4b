/* core/inbox.h: how other threads reach an env: notes that its loop reads in the poll phase.
 *
 * An inbox is counted and outlives its env, so that who holds a share may post at any moment; once
 * it is closed, posting does nothing. Many posts between two polls are one wake.
 */
#ifndef RT_INBOX_H
#define RT_INBOX_H

#include <stdbool.h>

struct rt_inbox;
struct ur_loop;

/* Embedded by the caller, who sets read and withdraws the note before freeing it. */
struct rt_note {
    void (*read)(struct rt_note *n); /* on the env's thread, in a callback of the loop */
    struct rt_note *prev, *next;     /* private from here on: in the inbox, under its lock */
    bool queued;
};

/* For an env that opens: wakes loop, which must not have another wake callback. The caller has the
 * first share. */
struct rt_inbox *rt_inbox_new(struct ur_loop *loop);
/* ANY THREAD. */
struct rt_inbox *rt_inbox_hold(struct rt_inbox *i);
void rt_inbox_drop(struct rt_inbox *i);
/* ANY THREAD: n will be read, once however often it is posted until then. */
void rt_inbox_post(struct rt_inbox *i, struct rt_note *n);
/* ANY THREAD: a post in two steps, for who holds locks that the reader of n takes: put, and when
 * they are free, wake. True: the wake is due. */
bool rt_inbox_put(struct rt_inbox *i, struct rt_note *n);
/* ANY THREAD: makes a poll that waits return. */
void rt_inbox_wake(struct rt_inbox *i);
/* The env's thread: n will not be read unless posted again. */
void rt_inbox_withdraw(struct rt_inbox *i, struct rt_note *n);
/* The env's thread, before the loop closes: nothing is read any more. */
void rt_inbox_close(struct rt_inbox *i);

#endif
