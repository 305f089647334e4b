/* uring/file.h: file operations.
 *
 * Results always come from a later poll. What the page and name caches can answer at once is
 * answered by a system call that cannot block, without a thread switch; the rest goes to the back
 * end. Long reads and writes go in pieces of UR_FILE_CHUNK, so that no operation holds up the loop;
 * that is invisible, except that a cancel between pieces yields what was done so far.
 *
 * Caller owns the struct, paths, buffers and result memory until done(). dirfd is AT_FDCWD or a
 * directory. Everything belongs to the loop's thread. What has no function here (readdir, chmod,
 * ...) is a job: job.h. */
#ifndef URING_FILE_H
#define URING_FILE_H

#include <stdint.h>
#include <sys/uio.h>

#include "uring/op.h"

struct statx;
struct ur_file_op;
struct ur_gather;

/* res: as the system call of that name, errors as -errno. */
typedef void ur_file_fn(struct ur_file_op *f, int64_t res);

#define UR_FILE_CHUNK (256u * 1024u) /* bytes copied by one piece */

struct ur_file_op {
    struct ur_op op;      /* for ur_op_ref/unref and ur_cancel() */
    ur_file_fn *done;     /* caller: by ur_file_op_init() */
    struct ur_loop *loop; /* private from here on */
    struct ur_gather *gather;
    const struct iovec *iov;
    struct iovec one;
    uint64_t done_len;
    uint64_t total_len;
    uint64_t start_off;
    uint32_t count;
    uint32_t piece_len; /* bytes asked for by the piece in flight */
    uint8_t is_write;
};

/* Before each first use; a finished op may be started again without. */
void ur_file_op_init(struct ur_file_op *f, ur_file_fn *done);

/* res: descriptor, close-on-exec added to flags (O_*). Cancelled opens may still succeed: you own
 * the fd. */
void ur_open(struct ur_loop *l, struct ur_file_op *f, int dirfd, const char *path, int flags,
             uint32_t mode);
void ur_close(struct ur_loop *l, struct ur_file_op *f, int fd);

/* res: bytes. off < 0 uses and moves the file position. A read is short only at end of file, or
 * where the descriptor is not a regular file. */
void ur_read(struct ur_loop *l, struct ur_file_op *f, int fd, void *buf, size_t len, int64_t off);
void ur_readv(struct ur_loop *l, struct ur_file_op *f, int fd, const struct iovec *iov,
              uint32_t count, int64_t off);
void ur_write(struct ur_loop *l, struct ur_file_op *f, int fd, const void *buf, size_t len,
              int64_t off);
void ur_writev(struct ur_loop *l, struct ur_file_op *f, int fd, const struct iovec *iov,
               uint32_t count, int64_t off);

/* statx(2) basic fields and birth time into *out. ur_lstat() does not follow a final symbolic link.
 */
void ur_stat(struct ur_loop *l, struct ur_file_op *f, int dirfd, const char *path,
             struct statx *out);
void ur_lstat(struct ur_loop *l, struct ur_file_op *f, int dirfd, const char *path,
              struct statx *out);
void ur_fstat(struct ur_loop *l, struct ur_file_op *f, int fd, struct statx *out);

void ur_fsync(struct ur_loop *l, struct ur_file_op *f, int fd);
void ur_fdatasync(struct ur_loop *l, struct ur_file_op *f, int fd);
void ur_ftruncate(struct ur_loop *l, struct ur_file_op *f, int fd, uint64_t len);
void ur_fallocate(struct ur_loop *l, struct ur_file_op *f, int fd, int mode, uint64_t off,
                  uint64_t len);

/* Both paths relative to the working directory. */
void ur_rename(struct ur_loop *l, struct ur_file_op *f, const char *from, const char *to);
void ur_link(struct ur_loop *l, struct ur_file_op *f, const char *existing, const char *path);
void ur_symlink(struct ur_loop *l, struct ur_file_op *f, const char *target, const char *path);
void ur_unlink(struct ur_loop *l, struct ur_file_op *f, const char *path);
void ur_rmdir(struct ur_loop *l, struct ur_file_op *f, const char *path);
void ur_mkdir(struct ur_loop *l, struct ur_file_op *f, const char *path, uint32_t mode);

#endif
