/* uring/fake_priv.h: the fake's objects: streams, listeners, files, and the descriptors that name
 * them. No operation here waits: what cannot be done now answers -EAGAIN. */
#ifndef URING_FAKE_PRIV_H
#define URING_FAKE_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct statx;
struct iovec;
struct msghdr;

#define FAKE_PIPE_LEN 65536u /* bytes in flight in one direction */
#define FAKE_BACKLOG 128u
#define FAKE_FIRST_FD 100000 /* beyond any real descriptor, so that mixing them up is noticed */

enum fake_type { FAKE_STREAM, FAKE_DGRAM, FAKE_LISTENER, FAKE_FILE };

/* A datagram that was sent and not received. */
struct fake_dgram {
    struct fake_dgram *next;
    size_t len;
    uint16_t from; /* the sender's port */
    uint8_t data[];
};

struct fake_inode {
    struct fake_inode *next;
    char *path; /* NULL: unlinked */
    uint8_t *data;
    size_t len;
    uint32_t mode;
    uint32_t refs;
};

struct fake_obj {
    enum fake_type type;
    uint32_t ops;     /* operations in flight on it */
    uint64_t changes; /* counts everything a poll would notice */
    /* Stream. Bytes for it, not yet received. */
    struct fake_obj *peer;
    uint8_t *in;
    size_t in_len;
    bool can_read, can_write, at_end;
    /* Datagram socket, which has a peer as streams do. Oldest first; in_len counts their bytes. */
    struct fake_dgram *dgrams, *dgrams_tail;
    /* Listener, datagram socket. */
    uint16_t port;
    struct fake_obj *backlog[FAKE_BACKLOG];
    uint32_t backlog_count;
    /* File. */
    struct fake_inode *inode;
    uint64_t pos;
    int flags;
};

struct fake_world {
    struct fake_obj **fd; /* by number - FAKE_FIRST_FD */
    uint32_t cap, count;
    struct fake_inode *inodes;
};

struct fake_obj *ur_fake_find(const struct fake_world *w, int fd);
int ur_fake_install(struct fake_world *w, struct fake_obj *o);
struct fake_obj *ur_fake_stream_new(void);
struct fake_obj *ur_fake_listener_new(uint16_t port);
void ur_fake_join(struct fake_obj *a, struct fake_obj *b);
void ur_fake_world_free(struct fake_world *w);
int ur_fake_close(struct fake_world *w, int fd);

int ur_fake_accept(struct fake_world *w, struct fake_obj *o);
int ur_fake_connect(struct fake_world *w, struct fake_obj *o, uint16_t port);
/* POLL* bits true now. */
uint32_t ur_fake_ready(const struct fake_obj *o);
/* Bytes a read could get now; 0 at the end; -EAGAIN; -errno. */
int64_t ur_fake_readable(const struct fake_obj *o, uint64_t off);
int64_t ur_fake_writable(const struct fake_obj *o);
/* At most what the above said. off: UR_OFF_CURRENT or a file offset. */
void ur_fake_read(struct fake_obj *o, void *buf, size_t len, uint64_t off);
void ur_fake_write(struct fake_obj *o, const void *buf, size_t len, uint64_t off);
int ur_fake_shutdown(struct fake_obj *o);

/* fake_dgram.c */
struct fake_obj *ur_fake_dgram_new(uint16_t port);
void ur_fake_dgrams_free(struct fake_obj *o);
/* One datagram of all the pieces to the peer. */
int64_t ur_fake_dgram_send(struct fake_obj *o, const struct iovec *iov, uint32_t count);
/* The oldest one, with all that recvmsg(2) says of it. */
int64_t ur_fake_dgram_recv(struct fake_obj *o, struct msghdr *msg);

int ur_fake_open(struct fake_world *w, const char *path, int flags, uint32_t mode);
int ur_fake_stat(struct fake_world *w, struct fake_obj *o, const char *path, struct statx *out);
int ur_fake_truncate(struct fake_obj *o, uint64_t len);
int ur_fake_rename(struct fake_world *w, const char *from, const char *to);
int ur_fake_unlink(struct fake_world *w, const char *path);

#endif
