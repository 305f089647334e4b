/* core/bind/fs_tree.c: work on files and trees that takes many system calls: mkdir -p, rm -r, copy
 * one file. No JS here; any thread. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"

/* ---- mkdir -p ---- */

/* 0: made. 1: was there. */
static int make_one(const char *path, mode_t mode, bool last)
{
    if (mkdir(path, mode) == 0) return 0;
    int err = -errno;
    if (err == -ENOENT || err == -ENOTDIR || err == -EACCES || err == -EPERM) return err;
    struct stat st;
    if (stat(path, &st) < 0) return err;
    if (S_ISDIR(st.st_mode)) return 1;
    return err == -EEXIST && !last ? -ENOTDIR : err;
}

int fs_mkdir_all(const char *path, mode_t mode, char **first)
{
    size_t len = strlen(path);
    char *p = strdup(path);
    CHECK(p);
    *first = NULL;
    /* Up: cut components off until one exists or can be made. */
    int r;
    while ((r = make_one(p, mode, strlen(p) == len)) == -ENOENT) {
        char *slash = strrchr(p, '/');
        if (!slash || slash == p) break;
        *slash = '\0';
    }
    if (r == 0) *first = strdup(p);
    /* Down: put them back one by one. Components may vanish meanwhile: that is ENOENT. */
    for (size_t end = strlen(p); r >= 0 && end < len; end = strlen(p)) {
        p[end] = '/';
        r = make_one(p, mode, strlen(p) == len);
        if (r == 0 && !*first) *first = strdup(p);
    }
    free(p);
    return r < 0 ? r : 0;
}

/* ---- rm -r ---- */

static int remove_at(int dir_fd, const char *name);

static int remove_entries(DIR *dir)
{
    for (;;) {
        errno = 0;
        struct dirent *d = readdir(dir);
        if (!d) return -errno;
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0) continue;
        int err = remove_at(dirfd(dir), d->d_name);
        if (err) return err;
    }
}

/* Never follows links: what is opened is what gets emptied. */
static int remove_at(int dir_fd, const char *name)
{
    if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT) return 0;
    int err = -errno;
    if (err != -EISDIR && err != -EPERM) return err;
    int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ENOENT) return 0;
        return errno == ENOTDIR || errno == ELOOP ? err : -errno;
    }
    DIR *dir = fdopendir(fd);
    CHECK(dir);
    err = remove_entries(dir);
    closedir(dir);
    if (err) return err;
    return unlinkat(dir_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -errno;
}

int fs_remove_tree(const char *path)
{
    return remove_at(AT_FDCWD, path);
}

/* ---- copy ---- */

#define COPY_BUFFER 65536
#define COPY_RANGE_MAX ((size_t)1 << 30)

static int copy_by_hand(int in, int out)
{
    char *buf = malloc(COPY_BUFFER);
    CHECK(buf);
    int64_t n;
    do {
        struct iovec iov = { buf, COPY_BUFFER };
        n = fs_sys_readv(in, &iov, 1, -1);
        for (int64_t done = 0; n > 0 && done < n;) {
            struct iovec rest = { buf + done, (size_t)(n - done) };
            int64_t w = fs_sys_writev(out, &rest, 1, -1);
            if (w < 0) {
                n = w;
            } else {
                done += w;
            }
        }
    } while (n > 0);
    free(buf);
    return (int)n;
}

/* copy_file_range() says 0 for files of /proc, whose size is not known, and does not work between
 * all file systems. */
static int copy_data(int in, int out)
{
    ssize_t n;
    do {
        n = copy_file_range(in, NULL, out, NULL, COPY_RANGE_MAX, 0);
    } while (n > 0 || (n < 0 && errno == EINTR));
    if (n == 0 || errno == EINVAL || errno == EXDEV || errno == EOPNOTSUPP || errno == ENOSYS ||
        errno == EBADF || errno == EPERM)
        return copy_by_hand(in, out);
    return -errno;
}

static int copy_open(int in, int out, int flags)
{
    struct stat src, dest;
    if (fstat(in, &src) < 0 || fstat(out, &dest) < 0) return -errno;
    if (src.st_dev == dest.st_dev && src.st_ino == dest.st_ino) return 0;
    if (dest.st_size > 0 && ftruncate(out, 0) < 0) return -errno;
    if (fchmod(out, src.st_mode & 07777) < 0 && errno != EPERM) return -errno;
    if (flags & (FS_COPY_CLONE | FS_COPY_CLONE_ONLY)) {
        if (ioctl(out, FICLONE, in) == 0) return 0;
        if (flags & FS_COPY_CLONE_ONLY) return -errno;
    }
    return copy_data(in, out);
}

int fs_copy_file(const char *src, const char *dest, int flags)
{
    int in = fs_sys_open(src, O_RDONLY, 0);
    if (in < 0) return in;
    struct stat st;
    int err = fstat(in, &st) < 0 ? -errno : 0;
    int out = -1;
    if (!err) {
        int excl = flags & FS_COPY_EXCL ? O_EXCL : 0;
        out = fs_sys_open(dest, O_WRONLY | O_CREAT | excl, st.st_mode & 07777);
        err = out < 0 ? out : copy_open(in, out, flags);
    }
    if (out >= 0) {
        int close_err = fs_sys_close(out);
        if (!err) err = close_err;
        /* Half a file is worse than none. */
        if (err) unlink(dest);
    }
    fs_sys_close(in);
    return err;
}
