/* core/listeners.h: the listening sockets of the threads of `torc --threads=N`. ANY THREAD.
 *
 * The threads run one script, so each asks for the same addresses, and each gets a socket of its
 * own: the kernel shares the connections out among them (SO_REUSEPORT). The process keeps a
 * descriptor of every one, so that its queue outlives a thread that crashes; the thread that takes
 * its place, with the same number, goes on with it.
 */
#ifndef RT_LISTENERS_H
#define RT_LISTENERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Threads are numbered from 1. */
#define RT_THREADS_MAX 1024u

/* The socket of one thread at one address. It is there for the life of the process. */
struct rt_seat;
struct rt_inbox;
struct rt_note;

/* A bound socket of thread's own, to be closed by the caller as any other; or -errno. -EADDRINUSE
 * also when a program outside of this process listens there. */
int rt_listeners_open(uint32_t thread, const struct sockaddr *addr, socklen_t len, bool v6only,
                      struct rt_seat **seat);
/* The thread has or had a socket. */
bool rt_listeners_any(uint32_t thread);
/* The thread has ended. again: another one will take its sockets; otherwise they are closed. */
void rt_listeners_ended(uint32_t thread, bool again);

/* The thread listens: n is posted to inbox whenever rt_seat_next() has something. */
void rt_seat_serve(struct rt_seat *s, struct rt_inbox *inbox, struct rt_note *n);
/* n will not be posted any more. */
void rt_seat_leave(struct rt_seat *s);
/* The same, and the thread does not want the socket any more: nobody may connect. */
void rt_seat_close(struct rt_seat *s);

/* The thread serves one connection more, or less, that came by this socket. */
void rt_seat_count(struct rt_seat *s, int more);
/* The kernel shares connections out by a hash of their addresses, which is not even. When s has
 * clearly more than another thread: takes over connection, which that one will get. */
bool rt_seat_pass_take(struct rt_seat *s, int connection);
/* Takes over a connection that the kernel has accepted for s, and that the thread, which ends, has
 * not seen; the next thread of this number gets it. */
void rt_seat_keep_take(struct rt_seat *s, int connection);
/* A connection that was passed to s, or kept for it. -1: no more. */
int rt_seat_next(struct rt_seat *s);

#endif
