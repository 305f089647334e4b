/* core/message.h: a JS value on its way to another port, thread or process: structured clone with
 * transfer. */
#ifndef RT_MESSAGE_H
#define RT_MESSAGE_H

#include "v8shim/vs.h"

struct rt_env;

/* How objects of a class may travel; the numbers are those of internalBinding('util').constants. */
enum rt_transfer_mode { RT_TRANSFER_NONE = 0, RT_TRANSFERABLE = 1, RT_CLONEABLE = 2 };

/* What became of a native object in a message: embed it first. */
struct rt_parcel {
    /* The object in the env that receives it; takes over what the parcel holds. NULL: an exception
     * is pending. */
    vs_val (*open)(struct rt_env *env, struct rt_parcel *p);
    /* Frees the parcel, opened or not. ANY THREAD. */
    void (*drop)(struct rt_parcel *p);
    bool any_context; /* open() can make it in a context of node:vm, too */
};

/* A class of native objects that can be cloned or transferred. Static. */
struct rt_transfer_class {
    const char *name; /* for error texts */
    int mode;         /* enum rt_transfer_mode bits */
    /* Owned by the caller. The object is of no use afterwards when mode is RT_TRANSFERABLE. NULL:
     * an exception is pending. */
    struct rt_parcel *(*pack)(struct rt_env *env, vs_val object, int mode);
    /* It was transferred before and can't be again. May be NULL. */
    bool (*is_detached)(vs_val object);
};
/* For a binding that makes such a class; tclass is static. */
void rt_transfer_register(struct rt_env *env, struct vs_class *c,
                          const struct rt_transfer_class *tclass);

struct rt_message;

/* transfer: an array, or NULL. source: the port it is sent from, or NULL. NULL: an exception is
 * pending, nothing was detached. Owned by the caller. */
struct rt_message *rt_message_new(struct rt_env *env, vs_val value, vs_val transfer, vs_val source);
/* A message without a value, in which the sender says that it is gone. */
struct rt_message *rt_message_new_close(void);
bool rt_message_is_close(const struct rt_message *m);
/* Something was transferred, so that only one can receive it. */
bool rt_message_has_parcels(const struct rt_message *m);
/* The message has this parcel. */
bool rt_message_contains(const struct rt_message *m, bool (*is)(struct rt_parcel *p, void *data),
                         void *data);
/* The value; once when it has parcels. *ports: array of the MessagePorts that came along (pass NULL
 * if unwanted). NULL: an exception is pending. */
vs_val rt_message_open(struct rt_env *env, struct rt_message *m, vs_val *ports);
/* Another owner of the same message; each drops it. ANY THREAD: a message is read only once made,
 * but for its parcels. */
struct rt_message *rt_message_share(struct rt_message *m);
void rt_message_drop(struct rt_message *m);

/* A message in a mailbox: one owner's share of it. */
struct rt_letter {
    struct rt_letter *next; /* for the mailbox */
    struct rt_message *message;
};
/* m is taken over. All letters of a message are made before the first is opened. */
struct rt_letter *rt_letter_new_take(struct rt_message *m);
/* The message, now the caller's; the letter is gone. */
struct rt_message *rt_letter_open(struct rt_letter *l);

/* Throws a DOMException; message is UTF-8. */
void rt_throw_dom(struct rt_env *env, const char *message, const char *name);

/* core/bind/messaging.c: v is a MessagePort. */
bool rt_is_message_port(struct rt_env *env, vs_val v);

/* Called by bindings: the function that makes an empty JS object for "module:Class". */
void rt_message_set_factory(struct rt_env *env, vs_val fn);

#endif
