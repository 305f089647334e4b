/* uring/list_priv.h: a circular list; the head is a link of its own, so that unlinking needs no
 * head. */
#ifndef URING_LIST_PRIV_H
#define URING_LIST_PRIV_H

#include <stdbool.h>

#include "uring/op.h"

static inline void list_init(struct ur_link *head)
{
    head->next = head->prev = head;
}

static inline bool list_empty(const struct ur_link *head)
{
    return head->next == head;
}

static inline void list_append(struct ur_link *head, struct ur_link *item)
{
    item->next = head;
    item->prev = head->prev;
    head->prev->next = item;
    head->prev = item;
}

static inline void list_prepend(struct ur_link *head, struct ur_link *item)
{
    list_append(head->next, item);
}

static inline void list_unlink(struct ur_link *item)
{
    item->prev->next = item->next;
    item->next->prev = item->prev;
}

static inline struct ur_link *list_pop(struct ur_link *head)
{
    struct ur_link *item = head->next;
    list_unlink(item);
    return item;
}

/* Move all of from to the empty list to. */
static inline void list_take(struct ur_link *to, struct ur_link *from)
{
    list_init(to);
    if (list_empty(from)) return;
    *to = *from;
    to->next->prev = to;
    to->prev->next = to;
    list_init(from);
}

#endif
