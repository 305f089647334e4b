/* core/bind/fs_handle_stream.c: a FileHandle as a stream of the file's bytes: what http2's
 * respondWithFile() pipes. Nothing can be written to it that way. */
#include <errno.h>
#include <stdlib.h>

#include "core/bind/fs_handle_priv.h"
#include "core/container.h"
#include "core/error.h"

#define READ_BYTES 65536u

struct file_read {
    struct ur_file_op op;
    struct file_handle *handle;
    uint8_t bytes[READ_BYTES];
};

static struct file_handle *handle_of_stream(const struct rt_stream *s)
{
    return container_of(s, struct file_handle, stream);
}

static void read_next(struct file_handle *h)
{
    size_t len = READ_BYTES;
    if (h->left >= 0 && (uint64_t)h->left < len) len = (size_t)h->left;
    h->busy = true;
    fs_owned_hold(&h->owned);
    ur_read(h->owned.async.env->loop, &h->read->op, h->fd, h->read->bytes, len, h->off);
}

/* Bytes under way when the stream was stopped come all the same. */
static void read_done(struct ur_file_op *op, int64_t res)
{
    struct file_handle *h = container_of(op, struct file_read, op)->handle;
    h->busy = false;
    if (res > 0 && h->off >= 0) h->off += res;
    if (res > 0 && h->left >= 0) h->left -= res;
    if (h->fd >= 0) rt_stream_deliver(&h->stream, res == 0 ? RT_EOF : res, h->read->bytes);
    if (res > 0 && h->fd >= 0 && h->stream.reading && !h->busy) read_next(h);
    fs_owned_release(&h->owned);
}

static int file_read_start(struct rt_stream *s)
{
    struct file_handle *h = handle_of_stream(s);
    if (h->fd < 0) return -EBADF;
    if (!h->read) {
        h->read = malloc(sizeof *h->read);
        if (!h->read) return -ENOMEM;
        h->read->handle = h;
        ur_file_op_init(&h->read->op, read_done);
    }
    if (!h->busy) read_next(h);
    return 0;
}

static int file_read_stop(struct rt_stream *s)
{
    (void)s;
    return 0;
}

static int file_write(struct rt_stream *s, struct rt_write *w)
{
    (void)s, (void)w;
    return -ENOSYS;
}

static int file_shutdown(struct rt_stream *s, struct rt_shutdown *req)
{
    (void)s, (void)req;
    return -ENOSYS;
}

static int file_fd(const struct rt_stream *s)
{
    return handle_of_stream(s)->fd;
}

static uint64_t file_pending(const struct rt_stream *s)
{
    (void)s;
    return 0;
}

static const struct rt_stream_ops stream_ops = {
    .read_start = file_read_start,
    .read_stop = file_read_stop,
    .write = file_write,
    .shutdown = file_shutdown,
    .fd = file_fd,
    .pending = file_pending,
};

void fs_file_stream_init(struct file_handle *h, int64_t off, int64_t left)
{
    h->off = off;
    h->left = left;
    rt_stream_init(&h->stream, &h->owned.async, &stream_ops);
}

void fs_file_stream_drop(struct file_handle *h)
{
    CHECK(!h->busy);
    rt_stream_reset(&h->stream);
    free(h->read);
}
