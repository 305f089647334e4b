/* uring/fake_obj.c: streams, listeners and files in memory, for the fake back end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "uring/base_priv.h"
#include "uring/desc.h"
#include "uring/fake_priv.h"

#define FILE_LEN_MAX (64u << 20)

/* ---- descriptors ---- */

struct fake_obj *ur_fake_find(const struct fake_world *w, int fd)
{
    uint32_t i = (uint32_t)(fd - FAKE_FIRST_FD);
    return fd >= FAKE_FIRST_FD && i < w->cap ? w->fd[i] : NULL;
}

/* The lowest free number, as a kernel does: reuse is what tests are after. */
int ur_fake_install(struct fake_world *w, struct fake_obj *o)
{
    uint32_t i = 0;
    while (i < w->cap && w->fd[i]) i++;
    if (i == w->cap) {
        uint32_t cap = w->cap ? w->cap * 2 : 64;
        w->fd = ur_grow(w->fd, cap, sizeof *w->fd);
        memset(w->fd + w->cap, 0, (cap - w->cap) * sizeof *w->fd);
        w->cap = cap;
    }
    w->fd[i] = o;
    w->count++;
    return FAKE_FIRST_FD + (int)i;
}

static struct fake_obj *new_obj(enum fake_type type)
{
    struct fake_obj *o = ur_alloc(sizeof *o);
    *o = (struct fake_obj){ .type = type, .changes = 1 };
    return o;
}

static void drop_inode(struct fake_world *w, struct fake_inode *n)
{
    if (--n->refs || n->path) return;
    struct fake_inode **at = &w->inodes;
    while (*at != n) at = &(*at)->next;
    *at = n->next;
    free(n->data);
    free(n);
}

static void free_obj(struct fake_world *w, struct fake_obj *o)
{
    if (o->peer) {
        o->peer->at_end = true;
        o->peer->changes++;
        o->peer->peer = NULL;
    }
    ur_fake_dgrams_free(o);
    for (uint32_t i = 0; i < o->backlog_count; i++) free_obj(w, o->backlog[i]);
    if (o->inode) drop_inode(w, o->inode);
    free(o->in);
    free(o);
}

int ur_fake_close(struct fake_world *w, int fd)
{
    struct fake_obj *o = ur_fake_find(w, fd);
    if (!o) return -EBADF;
    /* The rule of the loop: cancel, last completion, then close. */
    UR_CHECK(o->ops == 0);
    w->fd[fd - FAKE_FIRST_FD] = NULL;
    w->count--;
    free_obj(w, o);
    return 0;
}

void ur_fake_world_free(struct fake_world *w)
{
    for (uint32_t i = 0; i < w->cap; i++) {
        if (w->fd[i]) free_obj(w, w->fd[i]);
    }
    free(w->fd);
    while (w->inodes) {
        struct fake_inode *n = w->inodes;
        w->inodes = n->next;
        free(n->path);
        free(n->data);
        free(n);
    }
}

/* ---- streams and listeners ---- */

struct fake_obj *ur_fake_stream_new(void)
{
    struct fake_obj *o = new_obj(FAKE_STREAM);
    o->in = ur_alloc(FAKE_PIPE_LEN);
    o->can_read = o->can_write = true;
    return o;
}

struct fake_obj *ur_fake_listener_new(uint16_t port)
{
    struct fake_obj *o = new_obj(FAKE_LISTENER);
    o->port = port;
    return o;
}

void ur_fake_join(struct fake_obj *a, struct fake_obj *b)
{
    a->peer = b;
    b->peer = a;
}

int ur_fake_accept(struct fake_world *w, struct fake_obj *o)
{
    if (o->type != FAKE_LISTENER) return -EINVAL;
    if (!o->backlog_count) return -EAGAIN;
    struct fake_obj *s = o->backlog[0];
    o->backlog_count--;
    memmove(o->backlog, o->backlog + 1, o->backlog_count * sizeof o->backlog[0]);
    return ur_fake_install(w, s);
}

int ur_fake_connect(struct fake_world *w, struct fake_obj *o, uint16_t port)
{
    if (o->type != FAKE_STREAM) return -EINVAL;
    if (o->peer || o->at_end) return -EISCONN;
    for (uint32_t i = 0; i < w->cap; i++) {
        struct fake_obj *l = w->fd[i];
        if (!l || l->type != FAKE_LISTENER || l->port != port) continue;
        if (l->backlog_count == FAKE_BACKLOG) return -EAGAIN;
        struct fake_obj *s = ur_fake_stream_new();
        ur_fake_join(o, s);
        l->backlog[l->backlog_count++] = s;
        l->changes++;
        o->changes++;
        return 0;
    }
    return -ECONNREFUSED;
}

int ur_fake_shutdown(struct fake_obj *o)
{
    if (o->type != FAKE_STREAM || (!o->peer && !o->at_end)) return -ENOTCONN;
    o->can_write = false;
    if (o->peer) {
        o->peer->at_end = true;
        o->peer->changes++;
    }
    return 0;
}

uint32_t ur_fake_ready(const struct fake_obj *o)
{
    uint32_t ready = 0;
    if (o->type == FAKE_FILE) return POLLIN | POLLOUT;
    if (o->type == FAKE_LISTENER) return o->backlog_count ? POLLIN : 0;
    if (o->type == FAKE_DGRAM) return (o->dgrams ? POLLIN : 0) | POLLOUT;
    if (o->in_len || o->at_end) ready |= POLLIN;
    if (!o->peer || o->peer->in_len < FAKE_PIPE_LEN) ready |= POLLOUT;
    if (o->at_end) ready |= POLLRDHUP;
    if (o->at_end && !o->peer) ready |= POLLHUP;
    return ready;
}

int64_t ur_fake_readable(const struct fake_obj *o, uint64_t off)
{
    if (o->type == FAKE_FILE) {
        uint64_t pos = off == UR_OFF_CURRENT ? o->pos : off;
        if ((o->flags & O_ACCMODE) == O_WRONLY) return -EBADF;
        return pos < o->inode->len ? (int64_t)(o->inode->len - pos) : 0;
    }
    if (o->type != FAKE_STREAM) return -ENOTCONN;
    if (!o->can_read) return -EBADF;
    if (o->in_len) return (int64_t)o->in_len;
    if (o->at_end) return 0;
    return o->peer ? -EAGAIN : -ENOTCONN;
}

int64_t ur_fake_writable(const struct fake_obj *o)
{
    if (o->type == FAKE_FILE && (o->flags & O_ACCMODE) == O_RDONLY) return -EBADF;
    if (o->type == FAKE_FILE) return FILE_LEN_MAX;
    if (o->type != FAKE_STREAM) return -ENOTCONN;
    if (!o->can_write) return o->can_read ? -EPIPE : -EBADF;
    if (!o->peer) return -EPIPE;
    size_t room = FAKE_PIPE_LEN - o->peer->in_len;
    return room ? (int64_t)room : -EAGAIN;
}

void ur_fake_read(struct fake_obj *o, void *buf, size_t len, uint64_t off)
{
    if (!len) return;
    if (o->type == FAKE_FILE) {
        uint64_t pos = off == UR_OFF_CURRENT ? o->pos : off;
        memcpy(buf, o->inode->data + pos, len);
        if (off == UR_OFF_CURRENT) o->pos += len;
        return;
    }
    memcpy(buf, o->in, len);
    o->in_len -= len;
    memmove(o->in, o->in + len, o->in_len);
    if (o->peer) o->peer->changes++;
}

static void resize(struct fake_inode *n, size_t len)
{
    n->data = ur_grow(n->data, len ? len : 1, 1);
    if (len > n->len) memset(n->data + n->len, 0, len - n->len);
    n->len = len;
}

void ur_fake_write(struct fake_obj *o, const void *buf, size_t len, uint64_t off)
{
    if (!len) return;
    if (o->type == FAKE_STREAM) {
        struct fake_obj *to = o->peer;
        memcpy(to->in + to->in_len, buf, len);
        to->in_len += len;
        to->changes++;
        return;
    }
    uint64_t pos = off == UR_OFF_CURRENT ? o->pos : off;
    if (o->flags & O_APPEND) pos = o->inode->len;
    if (pos + len > o->inode->len) resize(o->inode, pos + len);
    memcpy(o->inode->data + pos, buf, len);
    if (off == UR_OFF_CURRENT) o->pos = pos + len;
}

/* ---- files ---- */

static struct fake_inode *lookup(const struct fake_world *w, const char *path)
{
    struct fake_inode *n = w->inodes;
    while (n && (!n->path || strcmp(n->path, path))) n = n->next;
    return n;
}

int ur_fake_open(struct fake_world *w, const char *path, int flags, uint32_t mode)
{
    struct fake_inode *n = lookup(w, path);
    if (!n && !(flags & O_CREAT)) return -ENOENT;
    if (n && (flags & O_CREAT) && (flags & O_EXCL)) return -EEXIST;
    if (!n) {
        n = ur_alloc(sizeof *n);
        *n = (struct fake_inode){ .next = w->inodes, .path = strdup(path), .mode = mode };
        UR_CHECK(n->path);
        w->inodes = n;
    }
    if (flags & O_TRUNC) resize(n, 0);
    struct fake_obj *o = new_obj(FAKE_FILE);
    o->inode = n;
    o->flags = flags;
    n->refs++;
    return ur_fake_install(w, o);
}

int ur_fake_stat(struct fake_world *w, struct fake_obj *o, const char *path, struct statx *out)
{
    struct fake_inode *n = o ? o->inode : lookup(w, path);
    memset(out, 0, sizeof *out);
    out->stx_mask = STATX_BASIC_STATS;
    if (o && o->type != FAKE_FILE) {
        out->stx_mode = S_IFSOCK | 0600;
        return 0;
    }
    if (!n) return -ENOENT;
    out->stx_mode = (uint16_t)(S_IFREG | n->mode);
    out->stx_size = n->len;
    out->stx_nlink = n->path ? 1 : 0;
    return 0;
}

int ur_fake_truncate(struct fake_obj *o, uint64_t len)
{
    if (o->type != FAKE_FILE || (o->flags & O_ACCMODE) == O_RDONLY) return -EINVAL;
    if (len > FILE_LEN_MAX) return -EFBIG;
    resize(o->inode, len);
    return 0;
}

int ur_fake_unlink(struct fake_world *w, const char *path)
{
    struct fake_inode *n = lookup(w, path);
    if (!n) return -ENOENT;
    n->refs++; /* what drop_inode() takes away */
    free(n->path);
    n->path = NULL;
    drop_inode(w, n);
    return 0;
}

int ur_fake_rename(struct fake_world *w, const char *from, const char *to)
{
    struct fake_inode *n = lookup(w, from);
    if (!n) return -ENOENT;
    if (!strcmp(from, to)) return 0;
    (void)ur_fake_unlink(w, to);
    free(n->path);
    n->path = strdup(to);
    UR_CHECK(n->path);
    return 0;
}
