/* uring/desc.h: what an operation asks for, in terms no back end owns.
 * A description is filled by the start functions, lives inside the caller's struct ur_op, and is
 * lent to the back end from submit until the operation's last completion. Users of the library
 * never touch it. */
#ifndef URING_DESC_H
#define URING_DESC_H

#include <stddef.h>
#include <stdint.h>

/* Which fields a kind uses is said beside it; the others are zero. `fd` is a plain descriptor
 * everywhere, or AT_FDCWD where paths are relative to the working directory. */
enum ur_kind {
    UR_KIND_NOP,
    UR_KIND_ACCEPT,   /* fd, arg = SOCK_* flags; MULTI; result is a descriptor */
    UR_KIND_CONNECT,  /* fd, buf = sockaddr, len = its size */
    UR_KIND_RECV,     /* fd; POOL: into a buffer of group, MULTI; else buf, len */
    UR_KIND_SEND,     /* fd, buf, len, arg = MSG_* */
    UR_KIND_SENDMSG,  /* fd, buf = struct msghdr, arg = MSG_* */
    UR_KIND_RECVMSG,  /* fd, buf = struct msghdr, arg = MSG_*; POOL and MULTI: see ur_msg_head */
    UR_KIND_SHUTDOWN, /* fd, arg = SHUT_* */
    UR_KIND_READ,     /* fd, off; POOL: into a buffer of group, MULTI; else buf, len */
    UR_KIND_WRITE,    /* fd, buf, len, off */
    UR_KIND_READV,    /* fd, buf = iovec array, len = its items, off */
    UR_KIND_WRITEV,   /* fd, buf = iovec array, len = its items, off */
    UR_KIND_OPEN,  /* fd = directory, buf = path, arg = O_*, len = mode; result is a descriptor */
    UR_KIND_CLOSE, /* fd */
    UR_KIND_STATX, /* fd = directory or file, buf = path, arg = AT_*, len = mask, buf2 = struct
                      statx */
    UR_KIND_FSYNC, /* fd, arg = 1: data only */
    UR_KIND_FTRUNCATE, /* fd, off = new length */
    UR_KIND_FALLOCATE, /* fd, arg = mode, off, buf2 = (uintptr_t) length */
    UR_KIND_RENAME,    /* fd, buf = path; new path in buf2 (relative to AT_FDCWD), arg = RENAME_* */
    UR_KIND_UNLINK,    /* fd, buf = path, arg = AT_REMOVEDIR or 0 */
    UR_KIND_MKDIR,     /* fd, buf = path, len = mode */
    UR_KIND_SYMLINK,   /* fd, buf = target, buf2 = path of the link */
    UR_KIND_LINK,      /* fd, buf = existing path, buf2 = new path, arg = AT_* */
    UR_KIND_POLL,      /* fd, arg = POLL* mask; MULTI */
    UR_KIND_COUNT
};

/* The operation's name, for people. Static. */
const char *ur_kind_name(enum ur_kind kind);

#define UR_DESC_MULTI 1u /* completes many times; every completion but the last carries UR_MORE */
#define UR_DESC_POOL 2u  /* the back end picks a buffer of `group` for each completion */
#define UR_DESC_KEEP \
    4u /* fd is closed by UR_KIND_CLOSE or after forget() only: worth remembering */

/* The next of the batch, a close, is made only if this one, a send, has sent everything; otherwise
 * it ends with -ECANCELED. Where the back end has UR_CAP_LINKS. */
#define UR_DESC_LINK 8u

/* What a RECVMSG with POOL leaves in its buffer: this, then msg_namelen bytes of the struct msghdr
 * for the sender's address, then the payload. The result is the length of all three. As the
 * kernel's struct io_uring_recvmsg_out. */
struct ur_msg_head {
    uint32_t namelen; /* what the address needs; it may have been cut */
    uint32_t controllen;
    uint32_t payloadlen;
    uint32_t flags; /* MSG_TRUNC */
};

#define UR_OFF_CURRENT UINT64_MAX /* off: use and move the file position; also for pipes */

struct ur_desc {
    struct ur_desc *next; /* the batch while queued, then the back end's */
    uint64_t token;       /* comes back in every completion; see slot_priv.h */
    uint8_t kind;         /* enum ur_kind */
    uint8_t flags;        /* UR_DESC_* */
    uint16_t group;       /* with POOL: which buffer group */
    int32_t fd;
    uint32_t len;
    uint32_t arg;
    uint64_t off;
    const void *buf; /* written to by the kinds that read */
    const void *buf2;
};

/* Bytes of a send. */
size_t ur_desc_send_len(const struct ur_desc *d);

#endif
