/* uring/choose_priv.h: which back end a loop gets. */
#ifndef URING_CHOOSE_PRIV_H
#define URING_CHOOSE_PRIV_H

#include "uring/loop_priv.h"

/* Open the one that o names, with its first buffers, into l. 0, or -errno and a sentence in
 * reason; when `auto` took epoll, 0 and a sentence. Every field of o is set. */
int ur_choose(struct ur_loop *l, const struct ur_loop_options *o, char *reason, size_t reason_len);

#endif
