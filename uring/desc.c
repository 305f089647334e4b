/* uring/desc.c: what can be said of a description without its owner. */
#include "uring/desc.h"

#include <sys/socket.h>

static const char *const names[UR_KIND_COUNT] = {
    [UR_KIND_NOP] = "nop",
    [UR_KIND_ACCEPT] = "accept",
    [UR_KIND_CONNECT] = "connect",
    [UR_KIND_RECV] = "recv",
    [UR_KIND_SEND] = "send",
    [UR_KIND_SENDMSG] = "sendmsg",
    [UR_KIND_RECVMSG] = "recvmsg",
    [UR_KIND_SHUTDOWN] = "shutdown",
    [UR_KIND_READ] = "read",
    [UR_KIND_WRITE] = "write",
    [UR_KIND_READV] = "readv",
    [UR_KIND_WRITEV] = "writev",
    [UR_KIND_OPEN] = "open",
    [UR_KIND_CLOSE] = "close",
    [UR_KIND_STATX] = "statx",
    [UR_KIND_FSYNC] = "fsync",
    [UR_KIND_FTRUNCATE] = "ftruncate",
    [UR_KIND_FALLOCATE] = "fallocate",
    [UR_KIND_RENAME] = "rename",
    [UR_KIND_UNLINK] = "unlink",
    [UR_KIND_MKDIR] = "mkdir",
    [UR_KIND_SYMLINK] = "symlink",
    [UR_KIND_LINK] = "link",
    [UR_KIND_POLL] = "poll",
};

const char *ur_kind_name(enum ur_kind kind)
{
    return names[kind];
}

size_t ur_desc_send_len(const struct ur_desc *d)
{
    if (d->kind == UR_KIND_SEND) return d->len;
    const struct msghdr *msg = d->buf;
    size_t len = 0;
    for (size_t i = 0; i < msg->msg_iovlen; i++) len += msg->msg_iov[i].iov_len;
    return len;
}
