/* core/stream_priv.h: between the files of core/stream*.c. */
#ifndef RT_STREAM_PRIV_H
#define RT_STREAM_PRIV_H

#include "core/stream.h"

/* Calls onread(buffer) with streamBaseState saying res. NULL: there is none, or it threw. */
vs_val rt_stream_call_onread(struct rt_stream *s, struct rt_callback *cb, int64_t res,
                             vs_val buffer);

/* stream_user.c: reading into a buffer of the program's. */
void rt_user_buffer_set(struct rt_stream *s, vs_val view);
/* Copies data into it, one onread() per filling. What is left when JS stops reading is held. */
void rt_user_buffer_fill(struct rt_stream *s, const uint8_t *data, size_t len);
/* True: held bytes come first, from the next poll; the transport starts after them. */
bool rt_user_buffer_resume(struct rt_stream *s);
void rt_user_buffer_drop(struct rt_stream *s);

/* stream_write.c */
void rt_stream_class_extend_writes(struct vs_class *c);

#endif
