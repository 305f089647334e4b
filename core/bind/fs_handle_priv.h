/* core/bind/fs_handle_priv.h: between the two files of FileHandle. */
#ifndef RT_BIND_FS_HANDLE_PRIV_H
#define RT_BIND_FS_HANDLE_PRIV_H

#include "core/bind/fs_priv.h"
#include "core/stream.h"

struct file_read;

struct file_handle {
    struct fs_owned owned; /* first */
    int fd;                /* -1: closed or released */
    struct rt_stream stream;
    struct file_read *read; /* owned; NULL: nothing was read as a stream yet */
    int64_t off;            /* where to read on; < 0: the file position */
    int64_t left;           /* bytes to read; < 0: all */
    bool busy;              /* a read is in flight, and holds the handle */
};

/* fs_handle_stream.c: h, whose object is there, can be read as a stream. */
void fs_file_stream_init(struct file_handle *h, int64_t off, int64_t left);
/* No read may be in flight. */
void fs_file_stream_drop(struct file_handle *h);

#endif
