/* uring/fastpath.c: answers that the name and page caches have already.
 *
 * A statx through the ring always takes a kernel thread and two switches, some tens of
 * microseconds; asked directly it takes one or two, but may wait for a disk or a server. These
 * calls ask directly only in ways that cannot wait: RESOLVE_CACHED (KERNEL(5, 12)) walks names only
 * in the cache, RWF_NOWAIT reads only cached pages, and attributes are taken only from file systems
 * known to keep them in memory. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "uring/file.h"
#include "uring/loop_priv.h"

#define FAST_READ_MAX 65536u /* bytes; what may be copied inside a start call */

#define STAT_MASK (STATX_BASIC_STATS | STATX_BTIME)

#define XFS_MAGIC 0x58465342 /* the kernel's header for this one is not exported */
#define ZFS_MAGIC 0x2fc12fc1

/* File systems whose attributes never wait for a server. */
static bool keeps_attributes(int fd)
{
    struct statfs fs;
    if (fstatfs(fd, &fs)) return false;
    switch ((uint32_t)fs.f_type) {
    case EXT4_SUPER_MAGIC:
    case XFS_MAGIC:
    case ZFS_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
    case TMPFS_MAGIC:
    case RAMFS_MAGIC:
    case OVERLAYFS_SUPER_MAGIC:
    case PROC_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case DEVPTS_SUPER_MAGIC:
    case PIPEFS_MAGIC:
    case SOCKFS_MAGIC: return true;
    default: return false;
    }
}

static uint64_t dev_key(const struct statx *stx)
{
    return makedev(stx->stx_dev_major, stx->stx_dev_minor) + 1;
}

/* Where this file's device is remembered, if it is. */
static uint64_t *known_dev(struct ur_loop *l, const struct statx *stx)
{
    uint64_t dev = dev_key(stx);
    return &l->fast_dev[(dev ^ dev >> 8) % UR_FAST_DEVS];
}

/* statx of an open descriptor, if that cannot wait. Network file systems answer AT_STATX_DONT_SYNC
 * from what they remember, which may be stale, so their answer is only used to learn the device. */
static int stat_fd(struct ur_loop *l, int fd, struct statx *out)
{
    int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
    if (statx(fd, "", flags, STAT_MASK, out)) return errno == EBADF ? -EBADF : -EAGAIN;
    uint64_t *known = known_dev(l, out);
    if (*known == dev_key(out)) return 0;
    if (!keeps_attributes(fd)) return -EAGAIN;
    *known = dev_key(out);
    return 0;
}

/* ---- names seen in the cache moments ago ---- */

/* Asking without waiting takes three calls: open, statx, close. A name that was in the cache
 * SEEN_NS ago is still there, so that a plain statx does not wait either. Only a shortage of memory
 * can have driven it out meanwhile; then this one statx waits for the disk. Entries are hashes: two
 * names that share one cost no more than that. */
#define SEEN_NS (100 * UINT64_C(1000000))

static struct ur_seen *seen_of(struct ur_loop *l, int dirfd, const char *path, int at_flags,
                               uint64_t *key)
{
    const uint64_t mix = UINT64_C(0x9e3779b97f4a7c15); /* odd, bits well spread */
    uint64_t hash = ((uint64_t)(uint32_t)dirfd << 32 | (uint32_t)at_flags) * mix;
    for (const char *at = path; *at; at++) hash = (hash ^ (uint8_t)*at) * mix;
    *key = hash;
    return &l->seen[hash >> 32 & (UR_SEEN_MAX - 1)];
}

static int stat_seen(struct ur_loop *l, struct ur_seen *seen, int dirfd, const char *path,
                     int at_flags, struct statx *out)
{
    int res = statx(dirfd, path, at_flags | AT_STATX_DONT_SYNC, STAT_MASK, out) ? -errno : 0;
    if (res == 0 && *known_dev(l, out) == dev_key(out)) {
        seen->until_ns = l->now_ns + SEEN_NS;
        return 0;
    }
    seen->until_ns = 0; /* it became another file, or none: ask with care again */
    return -EAGAIN;
}

static int stat_cached(struct ur_loop *l, int dirfd, const char *path, int at_flags,
                       struct statx *out)
{
    struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_CACHED };
    if (at_flags & AT_SYMLINK_NOFOLLOW) how.flags |= O_NOFOLLOW;
    int fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof how);
    if (fd >= 0) {
        int res = stat_fd(l, fd, out);
        close(fd);
        return res;
    }
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
    case EACCES:
    case ELOOP:
    case ENAMETOOLONG:
    case EBADF: return -errno;
    case ENOSYS:
    case EINVAL:
    case EPERM: /* no such call, no such flag, or a filter: it will not get better */
        l->no_fast_stat = true;
        return -EAGAIN;
    default: return -EAGAIN;
    }
}

int ur_fast_stat(struct ur_loop *l, int dirfd, const char *path, int at_flags, struct statx *out)
{
    if (!(l->vt->caps & UR_CAP_REAL_FDS) || l->no_fast_stat) return -EAGAIN;
    if (at_flags & AT_EMPTY_PATH) return stat_fd(l, dirfd, out);
    uint64_t key;
    struct ur_seen *seen = seen_of(l, dirfd, path, at_flags, &key);
    if (seen->key == key && seen->until_ns > l->now_ns) {
        int res = stat_seen(l, seen, dirfd, path, at_flags, out);
        if (res != -EAGAIN) return res;
    }
    int res = stat_cached(l, dirfd, path, at_flags, out);
    if (res == 0) *seen = (struct ur_seen){ key, l->now_ns + SEEN_NS };
    return res;
}

int64_t ur_fast_read(struct ur_loop *l, int fd, const struct iovec *iov, uint32_t count,
                     uint64_t off)
{
    uint64_t len = 0;
    if (!(l->vt->caps & UR_CAP_REAL_FDS) || l->no_fast_read || count > UR_GATHER_MAX)
        return -EAGAIN;
    for (uint32_t i = 0; i < count; i++) len += iov[i].iov_len;
    if (len > FAST_READ_MAX || l->copied + len > UR_COPY_MAX) return -EAGAIN;
    ssize_t n = preadv2(fd, iov, (int)count, (off_t)off, RWF_NOWAIT);
    if (n > 0) l->copied += (uint64_t)n;
    if (n >= 0) return n;
    if (errno == ENOSYS || errno == EPERM) l->no_fast_read = true;
    if (errno != EOPNOTSUPP) return -EAGAIN;
    /* tmpfs has no such flag, nor a disk to wait for. */
    struct statfs fs;
    if (fstatfs(fd, &fs) || (uint32_t)fs.f_type != TMPFS_MAGIC) return -EAGAIN;
    n = preadv2(fd, iov, (int)count, (off_t)off, 0);
    if (n > 0) l->copied += (uint64_t)n;
    return n >= 0 ? n : -EAGAIN;
}
