/* core/listeners.c: see the header. */
#include "core/listeners.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"
#include "core/inbox.h"

#define CONNECTIONS_MAX 4096 /* kept for a thread; more are closed, or not passed to it */
/* A thread serves what it has accepted as long as it has at most so many connections more than the
 * one that has fewest, and this part of that one's: to pass one on costs a wake. */
#define UNEVEN_COUNT 1
#define UNEVEN_PART 32

struct place;

/* Under lock, but for the count and its shadow of inbox. */
struct rt_seat {
    struct place *place;
    int fd;      /* owned; -1: none */
    bool in_use; /* the thread that is running has asked for it */
    int *kept;   /* owned: connections */
    uint32_t kept_count;
    struct rt_inbox *inbox; /* owned share; NULL: nobody listens */
    struct rt_note *note;
    atomic_bool listens; /* there is an inbox */
    atomic_int count;    /* connections: those being served and those kept */
};

/* An address that threads listen on. One that asks twice for any free port gets two of these. */
struct place {
    struct sockaddr_storage asked, bound;
    socklen_t len;
    bool v6only;
    struct rt_seat seats[RT_THREADS_MAX + 1];
    atomic_uint last; /* the highest thread that has asked */
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
        if (same && !(p->seats[thread].in_use && any_port(&p->asked))) return p;
    }
    return NULL;
}

static struct place *add(const struct place *like)
{
    struct place *p = calloc(1, sizeof *p), **end = &places;
    CHECK(p);
    *p = *like;
    for (uint32_t i = 0; i <= RT_THREADS_MAX; i++) {
        p->seats[i].fd = -1;
        p->seats[i].place = p;
    }
    while (*end) end = &(*end)->next;
    *end = p;
    return p;
}

/* With the lock held: nobody listens there. */
static bool is_free(const struct place *p)
{
    for (uint32_t i = 0; i <= RT_THREADS_MAX; i++) {
        if (p->seats[i].fd >= 0) return false;
    }
    return true;
}

static int give(struct place *p, uint32_t thread)
{
    struct rt_seat *s = &p->seats[thread];
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
    if (thread > atomic_load(&p->last)) atomic_store(&p->last, thread);
    return fd;
}

int rt_listeners_open(uint32_t thread, const struct sockaddr *addr, socklen_t len, bool v6only,
                      struct rt_seat **seat)
{
    struct place like = { .len = len, .v6only = v6only };
    memcpy(&like.asked, addr, len);
    pthread_mutex_lock(&lock);
    struct place *p = find(thread, &like);
    if (!p) p = add(&like);
    int fd = give(p, thread);
    *seat = &p->seats[thread];
    pthread_mutex_unlock(&lock);
    return fd;
}

/* With the lock held. */
static void leave(struct rt_seat *s)
{
    if (s->inbox) rt_inbox_drop(s->inbox);
    s->inbox = NULL;
    s->note = NULL;
    atomic_store(&s->listens, false);
}

/* With the lock held. The connections being served go on. */
static void drop_socket(struct rt_seat *s)
{
    leave(s);
    while (s->kept_count > 0) {
        close(s->kept[--s->kept_count]);
        rt_seat_count(s, -1);
    }
    free(s->kept);
    s->kept = NULL;
    if (s->fd >= 0) close(s->fd);
    s->fd = -1;
    s->in_use = false;
}

bool rt_listeners_any(uint32_t thread)
{
    bool any = false;
    pthread_mutex_lock(&lock);
    for (struct place *p = places; p && !any; p = p->next) any = p->seats[thread].fd >= 0;
    pthread_mutex_unlock(&lock);
    return any;
}

void rt_listeners_ended(uint32_t thread, bool again)
{
    pthread_mutex_lock(&lock);
    for (struct place *p = places; p; p = p->next) {
        if (again) {
            p->seats[thread].in_use = false;
        } else {
            drop_socket(&p->seats[thread]);
        }
    }
    pthread_mutex_unlock(&lock);
}

void rt_seat_serve(struct rt_seat *s, struct rt_inbox *inbox, struct rt_note *n)
{
    pthread_mutex_lock(&lock);
    leave(s);
    s->inbox = rt_inbox_hold(inbox);
    s->note = n;
    atomic_store(&s->listens, true);
    pthread_mutex_unlock(&lock);
}

void rt_seat_leave(struct rt_seat *s)
{
    pthread_mutex_lock(&lock);
    leave(s);
    pthread_mutex_unlock(&lock);
}

void rt_seat_close(struct rt_seat *s)
{
    pthread_mutex_lock(&lock);
    /* The accept in flight holds it open for a moment. */
    if (s->fd >= 0) shutdown(s->fd, SHUT_RDWR);
    drop_socket(s);
    pthread_mutex_unlock(&lock);
}

void rt_seat_count(struct rt_seat *s, int more)
{
    atomic_fetch_add_explicit(&s->count, more, memory_order_relaxed);
}

static int count_of(struct rt_seat *s)
{
    return atomic_load_explicit(&s->count, memory_order_relaxed);
}

/* Of those that listen, the one with the fewest connections. */
static struct rt_seat *fewest(struct rt_seat *s)
{
    struct place *p = s->place;
    uint32_t last = atomic_load_explicit(&p->last, memory_order_relaxed);
    struct rt_seat *best = s;
    for (uint32_t i = 1; i <= last; i++) {
        struct rt_seat *other = &p->seats[i];
        bool listens = atomic_load_explicit(&other->listens, memory_order_relaxed);
        if (listens && count_of(other) < count_of(best)) best = other;
    }
    return best;
}

/* With the lock held. False: there is no room. */
static bool keep(struct rt_seat *s, int connection)
{
    if (s->fd < 0 || s->kept_count == CONNECTIONS_MAX) return false;
    s->kept = realloc(s->kept, (s->kept_count + 1) * sizeof *s->kept);
    CHECK(s->kept);
    s->kept[s->kept_count++] = connection;
    rt_seat_count(s, 1);
    return true;
}

bool rt_seat_pass_take(struct rt_seat *s, int connection)
{
    struct rt_seat *to = fewest(s);
    int least = count_of(to);
    if (count_of(s) - least <= UNEVEN_COUNT + least / UNEVEN_PART) return false;
    pthread_mutex_lock(&lock);
    bool passed = to->inbox && keep(to, connection);
    if (passed) rt_inbox_post(to->inbox, to->note);
    pthread_mutex_unlock(&lock);
    return passed;
}

void rt_seat_keep_take(struct rt_seat *s, int connection)
{
    pthread_mutex_lock(&lock);
    if (!keep(s, connection)) close(connection);
    pthread_mutex_unlock(&lock);
}

int rt_seat_next(struct rt_seat *s)
{
    int connection = -1;
    pthread_mutex_lock(&lock);
    if (s->kept_count > 0) {
        connection = s->kept[--s->kept_count];
        rt_seat_count(s, -1);
    }
    pthread_mutex_unlock(&lock);
    return connection;
}
