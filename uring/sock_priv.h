/* uring/sock_priv.h: what the files of a stream share. */
#ifndef URING_SOCK_PRIV_H
#define URING_SOCK_PRIV_H

#include "uring/sock.h"

enum ur_stream_bits {
    S_READING = 1 << 0, /* between start and stop */
    S_REF = 1 << 1,     /* by the user's wish */
    S_RELEASE = 1 << 2, /* closing, but the descriptor stays open */
    S_PARKED = 1 << 3,
    S_ENDED = 1 << 4,    /* end_res is waiting to be delivered */
    S_ONE_SHOT = 1 << 5, /* multishot receives do not work with the descriptor */
    S_SPARE = 1 << 6,    /* the receive in flight has the private buffer */
    S_FLUSH = 1 << 7,    /* on the loop's flush list */
    S_SHUTDOWN = 1 << 8, /* wanted, not done */
    S_CLOSING = 1 << 9,
    S_CLOSE_SENT = 1 << 10,
    S_CONNECTING = 1 << 11,
    S_THROTTLED = 1 << 12,  /* the sender is ahead of us: receive a chunk at a time */
    S_ONCE_FIRST = 1 << 13, /* a single receive for the first chunk */
    S_FINISHING = 1 << 14   /* closing behind the last send: both are in flight */
};

/* Count the stream for ur_loop_alive(), or not, as its bits now say. */
void ur_stream_sync_ref(struct ur_stream *s);
/* While closing: go on when nothing is in flight any more. */
void ur_stream_close_step(struct ur_stream *s);
/* Give all that is queued to one operation, to which the next one started is linked. */
void ur_stream_send_last(struct ur_stream *s);
/* Start what is queued in the next poll. */
void ur_stream_want_flush(struct ur_stream *s);
/* Free what was held. */
void ur_stream_drop_held(struct ur_stream *s);

ur_done_fn ur_recv_op_done, ur_send_op_done, ur_held_op_done;

#endif
