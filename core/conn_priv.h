/* core/conn_priv.h: between conn.c and conn_setup.c. */
#ifndef RT_CONN_PRIV_H
#define RT_CONN_PRIV_H

#include "core/conn.h"

/* The connect in flight ends; then rt_conn_close_rest() is called. */
void rt_connect_cancel(struct rt_conn *c);
/* JS hears that it was cancelled, once, before the last completion. */
void rt_connect_give_up(struct rt_conn *c);
/* c->fd is connected now. */
void rt_conn_connected(struct rt_conn *c, enum ur_stream_kind kind);
/* False: JS may not be told yet. */
bool rt_conn_close_rest(struct rt_conn *c);
void rt_server_close(struct rt_conn *c);
/* Pass the handle's reference flag on to what is open. */
void rt_conn_sync_ref(struct rt_conn *c);

#endif
