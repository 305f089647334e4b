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

/* A bound socket of thread's own, to be closed by the caller as any other; or -errno. -EADDRINUSE
 * also when a program outside of this process listens there. */
int rt_listeners_open(uint32_t thread, const struct sockaddr *addr, socklen_t len, bool v6only);
/* The thread does not want the socket any more: nobody may connect. */
void rt_listeners_close(uint32_t thread, int fd);
/* Takes over a connection that the kernel has accepted for fd, and that the thread, which ends, has
 * not seen; the next thread of this number gets it by rt_listeners_next(). */
void rt_listeners_keep_take(uint32_t thread, int fd, int connection);
/* -1: no more. */
int rt_listeners_next(uint32_t thread, int fd);
/* The thread has or had a socket. */
bool rt_listeners_any(uint32_t thread);
/* The thread has ended. again: another one will take its sockets; otherwise they are closed. */
void rt_listeners_ended(uint32_t thread, bool again);

#endif
