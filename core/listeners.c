/* core/listeners.c: see the header. */
#include "core/listeners.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"

#define CONNECTIONS_MAX 4096 /* kept for a thread that comes; more are closed */

/* The socket of one thread. */
struct socket {
    int fd;      /* owned; -1: none */
    bool in_use; /* the thread that is running has asked for it */
    int *kept;   /* owned: connections */
    uint32_t kept_count;
};

/* An address that threads listen on. One that asks twice for any free port gets two of these. */
struct place {
    struct sockaddr_storage asked, bound;
    socklen_t len;
    bool v6only;
    struct socket sockets[RT_THREADS_MAX + 1];
    struct place *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct place *places; /* under lock; for the life of the process */

static int open_socket(const struct place *p, const struct sockaddr_storage *addr, bool shared)
{
    int on = 1, only = p->v6only, family = addr->ss_family;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0) ||
        (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) < 0) ||
        bind(fd, (const struct sockaddr *)addr, p->len) < 0) {
        int err = -errno;
        close(fd);
        return err;
    }
    return fd;
}

/* Binds as a program alone would, to hear if the address is taken and which port is free. */
static int settle(struct place *p)
{
    socklen_t len = sizeof p->bound;
    int fd = open_socket(p, &p->asked, false);
    if (fd < 0) return fd;
    int err = getsockname(fd, (struct sockaddr *)&p->bound, &len) < 0 ? -errno : 0;
    close(fd);
    return err;
}

static bool any_port(const struct sockaddr_storage *addr)
{
    return addr->ss_family == AF_INET6 ? !((const struct sockaddr_in6 *)addr)->sin6_port
                                       : !((const struct sockaddr_in *)addr)->sin_port;
}

/* The place for the thread's next socket there; NULL: there is none yet. */
static struct place *find(uint32_t thread, const struct place *like)
{
    for (struct place *p = places; p; p = p->next) {
        bool same = p->len == like->len && p->v6only == like->v6only &&
                    memcmp(&p->asked, &like->asked, sizeof p->asked) == 0;
        if (same && !(p->sockets[thread].in_use && any_port(&p->asked))) return p;
    }
    return NULL;
}

static struct place *add(const struct place *like)
{
    struct place *p = calloc(1, sizeof *p), **end = &places;
    CHECK(p);
    *p = *like;
    for (uint32_t i = 0; i <= RT_THREADS_MAX; i++) p->sockets[i].fd = -1;
    while (*end) end = &(*end)->next;
    *end = p;
    return p;
}

/* With the lock held: nobody listens there. */
static bool is_free(const struct place *p)
{
    for (uint32_t i = 0; i <= RT_THREADS_MAX; i++) {
        if (p->sockets[i].fd >= 0) return false;
    }
    return true;
}

static int give(struct place *p, uint32_t thread)
{
    struct socket *s = &p->sockets[thread];
    if (s->in_use) return -EADDRINUSE;
    if (is_free(p)) {
        int err = settle(p);
        if (err) return err;
    }
    if (s->fd < 0) {
        int fd = open_socket(p, &p->bound, true);
        if (fd < 0) return fd;
        s->fd = fd;
    }
    int fd = fcntl(s->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) return -errno;
    s->in_use = true;
    return fd;
}

int rt_listeners_open(uint32_t thread, const struct sockaddr *addr, socklen_t len, bool v6only)
{
    struct place like = { .len = len, .v6only = v6only };
    memcpy(&like.asked, addr, len);
    pthread_mutex_lock(&lock);
    struct place *p = find(thread, &like);
    int fd = give(p ? p : add(&like), thread);
    pthread_mutex_unlock(&lock);
    return fd;
}

/* With the lock held: the thread's socket that fd is a descriptor of; NULL: none. */
static struct socket *socket_of(uint32_t thread, int fd)
{
    struct stat a, b;
    if (fstat(fd, &a) < 0) return NULL;
    for (struct place *p = places; p; p = p->next) {
        struct socket *s = &p->sockets[thread];
        if (s->fd >= 0 && fstat(s->fd, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
            return s;
    }
    return NULL;
}

static void drop_socket(struct socket *s)
{
    for (uint32_t i = 0; i < s->kept_count; i++) close(s->kept[i]);
    free(s->kept);
    if (s->fd >= 0) close(s->fd);
    *s = (struct socket){ .fd = -1 };
}

void rt_listeners_close(uint32_t thread, int fd)
{
    pthread_mutex_lock(&lock);
    struct socket *s = socket_of(thread, fd);
    if (s) {
        shutdown(s->fd, SHUT_RDWR); /* the accept in flight holds it open for a moment */
        drop_socket(s);
    }
    pthread_mutex_unlock(&lock);
}

void rt_listeners_keep_take(uint32_t thread, int fd, int connection)
{
    pthread_mutex_lock(&lock);
    struct socket *s = socket_of(thread, fd);
    if (s && s->kept_count < CONNECTIONS_MAX) {
        s->kept = realloc(s->kept, (s->kept_count + 1) * sizeof *s->kept);
        CHECK(s->kept);
        s->kept[s->kept_count++] = connection;
    } else {
        close(connection);
    }
    pthread_mutex_unlock(&lock);
}

int rt_listeners_next(uint32_t thread, int fd)
{
    pthread_mutex_lock(&lock);
    struct socket *s = socket_of(thread, fd);
    int connection = s && s->kept_count ? s->kept[--s->kept_count] : -1;
    pthread_mutex_unlock(&lock);
    return connection;
}

bool rt_listeners_any(uint32_t thread)
{
    bool any = false;
    pthread_mutex_lock(&lock);
    for (struct place *p = places; p && !any; p = p->next) any = p->sockets[thread].fd >= 0;
    pthread_mutex_unlock(&lock);
    return any;
}

void rt_listeners_ended(uint32_t thread, bool again)
{
    pthread_mutex_lock(&lock);
    for (struct place *p = places; p; p = p->next) {
        if (again) {
            p->sockets[thread].in_use = false;
        } else {
            drop_socket(&p->sockets[thread]);
        }
    }
    pthread_mutex_unlock(&lock);
}
