/* core/handle.h: long-lived resources that keep the loop alive until closed: sockets, servers,
 * pipes, watchers.
 *
 * Life: open -> closing (close() called; operations are being cancelled) -> closed (after the last
 * completion). JS is told in the close phase: of the same turn, as in Node, or of the one that
 * brings the last completion, where it waits for one of them. When it was told and the handle is
 * closed, drop() frees the struct; nothing else does. A handle that is referenced and active keeps
 * the loop alive.
 */
#ifndef RT_HANDLE_H
#define RT_HANDLE_H

#include "core/async.h"

struct rt_handle;

struct rt_handle_ops {
    /* Cancel everything in flight and release the fd; call rt_handle_closed() once the last
     * completion has come (at once is fine when nothing is in flight). False: JS may not be told
     * before that. */
    bool (*close)(struct rt_handle *h);
    /* JS is about to be told: finish the requests that it still waits for with -ECANCELED. May be
     * NULL. */
    void (*give_up)(struct rt_handle *h);
    /* Free the struct that embeds h; its JS references are gone already. */
    void (*drop)(struct rt_handle *h);
    /* The reference flag changed: pass it on to the operations in flight. May be NULL. */
    void (*ref_changed)(struct rt_handle *h);
};

enum rt_handle_state { RT_HANDLE_OPEN, RT_HANDLE_CLOSING, RT_HANDLE_CLOSED };
/* What JS knows of its end: nothing, nothing before the close phase, all. */
enum rt_handle_telling { RT_HANDLE_UNTOLD, RT_HANDLE_LISTED, RT_HANDLE_TOLD };

struct rt_handle {
    struct rt_async async; /* first */
    const struct rt_handle_ops *ops;
    struct rt_handle *prev, *next; /* env->handles, or next of the list of those to be told */
    uint8_t state;                 /* enum rt_handle_state */
    uint8_t telling;               /* enum rt_handle_telling */
    bool ref;                      /* unref() clears it */
    bool close_listener;           /* close(cb) was given: object[handle_onclose] is called */
};

struct rt_handle_list {
    struct rt_handle *first;
    struct rt_handle *closed; /* waiting for the close phase, newest first: libuv's order */
    uint32_t told;            /* and not closed yet */
};

void rt_handle_init(struct rt_handle *h, struct rt_env *env, vs_val object, int provider,
                    const struct rt_handle_ops *ops, void *native);
/* What handle.close(cb) does; cb may be undefined. Closing twice is fine. */
void rt_handle_close(struct rt_handle *h, vs_val cb);
/* The owner's last operation is done. If JS was told already this ends with ops->drop(); else that
 * follows the JS callback in the next close phase. */
void rt_handle_closed(struct rt_handle *h);
/* The close phase of a turn. */
void rt_handles_run_closed(struct rt_env *env);
bool rt_handles_have_closed(const struct rt_env *env);
/* Handles are there, open or not. */
bool rt_handles_left(const struct rt_env *env);
/* Class with close, hasRef, ref, unref, getAsyncId...; parent of TCP, Pipe, TTY, ... */
struct vs_class *rt_handle_class(struct rt_env *env);

#endif
