/* core/bind/fs_priv.h: what the parts of the fs bindings share.
 *
 * Every function of the binding is an operation (struct fs_op) on a set of arguments (struct
 * fs_call). The function reads its arguments into a struct fs_in on its stack and calls fs_run(),
 * which does it now, or as a struct fs_task on the loop when JS passed a request. The task is freed
 * in one place (task_end() in fs_task.c), whatever happens. */
#ifndef RT_BIND_FS_PRIV_H
#define RT_BIND_FS_PRIV_H

#include <dirent.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>

#include "core/async.h"
#include "core/encoding.h"
#include "core/env.h"
#include "uring/file.h"

struct fs_call;
struct fs_task;

/* Names found in a directory, and what they are. All memory owned. */
struct fs_names {
    char *text;     /* the names, each with a NUL */
    size_t *at;     /* where each begins in text */
    uint8_t *types; /* UV_DIRENT_* */
    size_t text_len, text_cap;
    size_t count, cap;
};

/* One kind of operation. */
struct fs_op {
    const char *syscall; /* as errors name it */
    /* Do it, blocking; sets c->res. On the loop's thread for a synchronous call; on a POOL THREAD
     * when there is no start. */
    void (*work)(struct fs_call *c);
    /* Do it through the ring; NULL: work() becomes a job. */
    void (*start)(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f);
    /* What JS gets after success, NULL = exception pending. Without one: undefined. */
    vs_val (*result)(struct fs_call *c);
    /* Free c->out. With `unused`, also undo what only the result knew of (an open descriptor). */
    void (*reset)(struct fs_call *c, bool unused);
    int provider; /* async_hooks' name for it when it returns a promise; 0: FSREQPROMISE */
};

struct fs_call {
    const struct fs_op *op;
    struct rt_env *env;
    int64_t res; /* < 0: -errno */
    const char *path, *dest;
    int fd;
    int flags;
    uint32_t mode;
    uint32_t uid, gid;
    double atime, mtime;
    int64_t off; /* < 0: the file position */
    enum rt_encoding encoding;
    bool bigint;
    bool no_entry_ok;  /* ENOENT is no error: the result is undefined */
    bool no_dir_ok;    /* ENOTDIR likewise */
    bool option;       /* what the operation makes of it: recursive, withFileTypes, ... */
    bool hide_path;    /* errors do not show it */
    bool to_promise;   /* results may not use the arrays shared with JS */
    struct iovec *iov; /* &one, or owned */
    uint32_t iov_count;
    struct iovec one;
    struct vs_pin **pins; /* owned: the memory of iov while a task runs; pin_count of them */
    uint32_t pin_count;
    void *data;  /* the operation's own; see its reset */
    char *bytes; /* owned: memory of ours that iov or path points into */
    union {
        struct statx stx;
        struct statfs sfs;
        struct fs_names names;
        char *text; /* owned */
    } out;
};

/* A call under construction, on the stack of the native function. */
struct fs_in {
    const struct vs_args *args;
    struct fs_call call;
    struct vs_text path, dest;
};

void fs_in_init(struct fs_in *in, const struct vs_args *a, const struct fs_op *op);
/* Read argument i as a path. false: exception pending, and in is reset. */
VS_MUST_CHECK bool fs_in_path(struct fs_in *in, int i);
VS_MUST_CHECK bool fs_in_dest(struct fs_in *in, int i);
/* Read argument i as a descriptor, a small integer from 0. */
VS_MUST_CHECK bool fs_in_fd(struct fs_in *in, int i);
/* Read argument i as the mode of access() or copyFile(): bits up to 7, or nothing. */
VS_MUST_CHECK bool fs_in_mode_bits(struct fs_in *in, int i);
/* A call that comes to nothing. */
void fs_in_reset(struct fs_in *in);
/* Do it, and reset in. Argument req_at says how: undefined = now, kUsePromises or an
 * FSReqCallback = on the loop. The function returns what JS gets. */
void fs_run(struct fs_in *in, int req_at);
/* The same, always now. Returns the result, NULL = exception pending. */
vs_val fs_run_sync(struct fs_in *in);
/* fs_run() for functions that have handled the synchronous case. */
void fs_run_async(struct fs_in *in, vs_val req);

/* fs_task.c: starts a copy of the call, taking over what it owns. req: an FSReqCallback or
 * kUsePromises. The result is what the native function returns, NULL = exception pending. */
vs_val fs_task_start_take(struct fs_call *c, vs_val req);
void fs_call_reset(struct fs_call *c, bool unused);
/* c found no entry and that is no error. */
bool fs_call_missing(const struct fs_call *c);
/* The error object for c->res. */
vs_val fs_call_error(const struct fs_call *c);

/* The exceptions of rmSync and cpSync, which Node makes from C++ library errors: "CODE, text
 * 'path'" with a positive errno; `twice`: the path is in the text too. */
void fs_throw_errno(struct rt_env *env, int number, const char *syscall, const char *path,
                    bool twice);

/* fs_owned.c: a FileHandle or a DirHandle: a JS object that owns something open. The struct is
 * embedded first. It ends when the object is collected, or with the env. */
struct fs_owned {
    struct rt_async async;
    struct fs_owned *prev, *next; /* fs_state.owned */
    uint32_t tasks;               /* that hold the object */
    /* Close what is open, and free the struct. Returns the descriptor that was open, or -1. No JS
     * may run. */
    int (*drop)(struct fs_owned *o);
};
void fs_owned_init(struct fs_owned *o, struct rt_env *env, vs_val object, int provider,
                   int (*drop)(struct fs_owned *o));
/* The object stays while a task uses it. Pairs. */
void fs_owned_hold(struct fs_owned *o);
void fs_owned_release(struct fs_owned *o);
void fs_owned_drop_all(struct rt_env *env);

/* Per env. The arrays are JS's, their memory is read and written here too. */
struct fs_state {
    double *stats;      /* FS_STATS_FIELDS, twice (StatWatcher shows before and after) */
    int64_t *big_stats; /* likewise */
    double *statfs;     /* FS_STATFS_FIELDS */
    int64_t *big_statfs;
    struct vs_ref *js_stats, *js_big_stats, *js_statfs, *js_big_statfs;
    struct vs_ref *slab; /* owned: the ArrayBuffer that promises' arrays are views of, or NULL */
    double *slab_memory;
    size_t slab_used; /* fields */
    struct vs_class *promise_class;
    struct vs_class *handle_class;
    struct vs_class *dir_class;
    struct fs_owned *owned; /* FileHandles and DirHandles */
    uint64_t *fds;          /* owned: a bit for each descriptor that open() gave to JS */
    size_t fd_words;
    bool told_of_collected; /* the program knows that closing by the collector is deprecated */
};

#define FS_STATS_FIELDS 18
#define FS_STATFS_FIELDS 8

static inline struct fs_state *fs_state_of(const struct rt_env *env)
{
    return env->binding_state[RT_STATE_fs];
}

/* Makes the state on first need: internalBinding('fs') and its relatives call it. */
struct fs_state *fs_state_open(struct rt_env *env);

/* fs_open.c: closes what JS has opened and not closed, unless the env says otherwise. */
void fs_fds_drop(struct rt_env *env);

/* fs_stat.c */
void fs_stats_fill(const struct statx *stx, double *out);
void fs_stats_fill_big(const struct statx *stx, int64_t *out);
/* A new Float64Array or BigInt64Array of count fields; *memory is where they are. */
vs_val fs_stats_array(struct rt_env *env, bool bigint, size_t count, void **memory);

/* fs_names.c: 0 or -errno; what was added before an error stays until reset. */
/* Adds the next entry. 1: added; 0: there are no more. */
int fs_names_next(struct fs_names *n, DIR *dir);
/* Adds all entries of a directory, in its own order. */
int fs_names_read(const char *path, struct fs_names *n);
int fs_names_sort(struct fs_names *n);
const char *fs_names_get(const struct fs_names *n, size_t i);
void fs_names_reset(struct fs_names *n);

/* fs_tree.c: recursive work in C, for jobs and synchronous calls. 0 or -errno. */
/* Makes path and what is missing above it. *first: the topmost directory made, owned by the
 * caller; NULL: all were there. */
int fs_mkdir_all(const char *path, mode_t mode, char **first);
/* Removes path and all below it; nothing there is fine. */
int fs_remove_tree(const char *path);
/* Copies a file as copyFile does; flags: FS_COPY_*, which are Node's COPYFILE_*. */
#define FS_COPY_EXCL 1
#define FS_COPY_CLONE 2
#define FS_COPY_CLONE_ONLY 4
int fs_copy_file(const char *src, const char *dest, int flags);

/* Blocking system calls, repeated after EINTR: >= 0 or -errno. */
int fs_sys_open(const char *path, int flags, mode_t mode);
int fs_sys_close(int fd);
int64_t fs_sys_readv(int fd, const struct iovec *iov, uint32_t count, int64_t off);
int64_t fs_sys_writev(int fd, const struct iovec *iov, uint32_t count, int64_t off);

/* The functions of each part, put on internalBinding('fs'). */
void fs_bind_open(struct rt_env *env, vs_val target);
void fs_bind_rw(struct rt_env *env, vs_val target);
void fs_bind_stat(struct rt_env *env, vs_val target);
void fs_bind_path(struct rt_env *env, vs_val target);
void fs_bind_attr(struct rt_env *env, vs_val target);
void fs_bind_dirs(struct rt_env *env, vs_val target);
void fs_bind_text(struct rt_env *env, vs_val target);
void fs_bind_module(struct rt_env *env, vs_val target);
void fs_bind_cp(struct rt_env *env, vs_val target);
void fs_bind_task(struct rt_env *env, vs_val target);
/* Lets file handles travel over message ports. */
void fs_handle_register(struct rt_env *env, struct vs_class *c);
void fs_bind_handle(struct rt_env *env, vs_val target);
void fs_bind_watch(struct rt_env *env, vs_val target);

/* fs_handle.c: a FileHandle that owns fd. NULL = exception pending, fd is closed. */
vs_val fs_handle_new_take(struct rt_env *env, int fd);

#endif
