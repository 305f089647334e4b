/* core/conn.h: a handle over one descriptor that is a byte stream or a listening socket: what TCP,
 * Pipe and TTY have in common.
 *
 * Life: made without a descriptor (fd -1) -> rt_conn_open_take() makes it a stream, or
 * rt_conn_listen() a server -> close. Everything belongs to the env's thread. */
#ifndef RT_CONN_H
#define RT_CONN_H

#include "core/handle.h"
#include "core/stream.h"
#include "uring/poll.h"
#include "uring/sock.h"

struct rt_conn;
struct rt_connect;
struct rt_channel;
struct rt_seat;

enum rt_conn_bits {
    RT_CONN_OPEN = 1, /* io is in use */
    RT_CONN_LISTENING = 2,
    RT_CONN_READABLE = 4, /* connected, or opened for reading */
    RT_CONN_WRITABLE = 8,
    RT_CONN_SHUT = 16,          /* shutdown was asked for */
    RT_CONN_WRITE_FIRST = 32,   /* try the system call before queueing: stdio and pipes */
    RT_CONN_BLOCKING = 64,      /* setBlocking(true): writes block */
    RT_CONN_KEEP_FD = 128,      /* stdio: closing the handle leaves the descriptor */
    RT_CONN_RESET = 256,        /* close with a reset */
    RT_CONN_IPC = 2048,         /* an IPC channel, when it is opened */
    RT_CONN_UNCONNECTED = 1024, /* open() gave a socket that will be connected */
    RT_CONN_OWN_SOCKET = 512,   /* made here */
    RT_CONN_UNHEARD = 4096,     /* nobody hears when it is closed: the peer may hear first */
};

struct rt_server {
    struct ur_listener io;
    struct rt_conn *conn;
};

struct rt_conn {
    struct rt_handle handle; /* first */
    struct rt_stream stream;
    struct ur_stream io;
    struct rt_server *server;     /* owned, or NULL */
    struct rt_connect *connect;   /* in flight, or NULL */
    struct rt_channel *channel;   /* owned: in place of io for an IPC channel, or NULL */
    struct rt_shutdown *shutdown; /* waits for queued sends, or NULL */
    struct ur_op flush_op;        /* close: a poll has passed, did the queue move? */
    uint64_t flush_left;
    uint8_t flush_idle; /* polls without a move */
    int fd;             /* -1: none yet, or closed */
    int delayed_err;    /* of bind: reported by what comes next, as libuv does */
    uint16_t bits;      /* enum rt_conn_bits */
    /* Makes the handle of an accepted connection; NULL: an exception is pending. Set by servers. */
    vs_val (*accept)(struct rt_conn *server, int fd);
    /* Servers of torc --threads, and what they have accepted; else NULL. Set after init. */
    struct rt_seat *seat;
    /* Takes over a connection that came when no JS could run any more; NULL: it is closed. Set by
     * the owner after init. */
    void (*unserved_take)(struct rt_conn *c, int fd);
    /* Called when the handle begins to close; may be NULL. Set by the owner after init. */
    void (*on_close)(struct rt_conn *c);
};

/* Makes c the native part of object (an instance of a class below rt_stream_handle_class()). c is
 * malloc'd, or the first member of what is, and freed with the handle. */
void rt_conn_init(struct rt_conn *c, struct rt_env *env, vs_val object, int provider);
/* The conn of a handle object; NULL when it is closed. */
struct rt_conn *rt_conn_of(vs_val v);

/* Take over fd as a connected stream. access: O_RDONLY, O_WRONLY or O_RDWR. */
void rt_conn_open_take(struct rt_conn *c, int fd, enum ur_stream_kind kind, int access);

/* Take over fd, a socket without a peer: connect or listen decides what it becomes. Reading may be
 * started already. */
void rt_conn_adopt_take(struct rt_conn *c, int fd);

/* listen(2) on c->fd and accept; each connection goes to onconnection(status, handle). 0/-errno. */
int rt_conn_listen(struct rt_conn *c, int backlog,
                   vs_val (*accept)(struct rt_conn *server, int fd));

/* For a server that listens: fd is its next connection. From the loop only. */
void rt_conn_serve_take(struct rt_conn *c, int fd);

/* Connect c->fd; req.oncomplete(status, handle, req, readable, writable) follows. err: 0, or what a
 * bind before has left: the request then fails with it without a connect. */
void rt_conn_connect(struct rt_conn *c, vs_val req, int provider, const struct sockaddr *addr,
                     socklen_t len, int err);

/* Another process is given the descriptor to read from: nothing more is taken from it here. */
void rt_conn_share(struct rt_conn *c);

/* Close c at once with a TCP reset instead of a FIN: what reset(cb) does. 0 or -errno. */
int rt_conn_reset(struct rt_conn *c, vs_val cb);

#endif
