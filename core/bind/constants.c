/* core/bind/constants.c: internalBinding('constants'): numbers of the system and its libraries, and
 * those of files and trace events. The order of the names is the one that programs see. */
#include "core/bind/constants_priv.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/env.h"
#include "core/error.h"

/* libuv's, which Node programs know. */
enum {
    UV_FS_SYMLINK_DIR = 1,
    UV_FS_SYMLINK_JUNCTION = 2,
    UV_FS_O_FILEMAP = 0, /* these five: Windows only */
    UV_FS_O_TEMPORARY = 0,
    UV_FS_O_SHORT_LIVED = 0,
    UV_FS_O_SEQUENTIAL = 0,
    UV_FS_O_RANDOM = 0,
    UV_FS_COPYFILE_EXCL = 1,
    UV_FS_COPYFILE_FICLONE = 2,
    UV_FS_COPYFILE_FICLONE_FORCE = 4,
    COPYFILE_EXCL = UV_FS_COPYFILE_EXCL,
    COPYFILE_FICLONE = UV_FS_COPYFILE_FICLONE,
    COPYFILE_FICLONE_FORCE = UV_FS_COPYFILE_FICLONE_FORCE,
};
enum {
    UV_DIRENT_UNKNOWN,
    UV_DIRENT_FILE,
    UV_DIRENT_DIR,
    UV_DIRENT_LINK,
    UV_DIRENT_FIFO,
    UV_DIRENT_SOCKET,
    UV_DIRENT_CHAR,
    UV_DIRENT_BLOCK,
};

/* What a file without extension in a package of type "module" holds. */
enum { EXTENSIONLESS_FORMAT_JAVASCRIPT, EXTENSIONLESS_FORMAT_WASM };

#define K RT_CONSTANT
static const struct rt_constant fs_constants[] = {
    { K(UV_FS_SYMLINK_DIR) },
    { K(UV_FS_SYMLINK_JUNCTION) },
    { K(O_RDONLY) },
    { K(O_WRONLY) },
    { K(O_RDWR) },
    { K(UV_DIRENT_UNKNOWN) },
    { K(UV_DIRENT_FILE) },
    { K(UV_DIRENT_DIR) },
    { K(UV_DIRENT_LINK) },
    { K(UV_DIRENT_FIFO) },
    { K(UV_DIRENT_SOCKET) },
    { K(UV_DIRENT_CHAR) },
    { K(UV_DIRENT_BLOCK) },
    { K(S_IFMT) },
    { K(S_IFREG) },
    { K(S_IFDIR) },
    { K(S_IFCHR) },
    { K(S_IFBLK) },
    { K(S_IFIFO) },
    { K(S_IFLNK) },
    { K(S_IFSOCK) },
    { K(O_CREAT) },
    { K(O_EXCL) },
    { K(UV_FS_O_FILEMAP) },
    { K(UV_FS_O_TEMPORARY) },
    { K(UV_FS_O_SHORT_LIVED) },
    { K(UV_FS_O_SEQUENTIAL) },
    { K(UV_FS_O_RANDOM) },
    { K(O_NOCTTY) },
    { K(O_TRUNC) },
    { K(O_APPEND) },
    { K(O_DIRECTORY) },
    { K(O_NOATIME) },
    { K(O_NOFOLLOW) },
    { K(O_SYNC) },
    { K(O_DSYNC) },
    { K(O_DIRECT) },
    { K(O_NONBLOCK) },
    { K(S_IRWXU) },
    { K(S_IRUSR) },
    { K(S_IWUSR) },
    { K(S_IXUSR) },
    { K(S_IRWXG) },
    { K(S_IRGRP) },
    { K(S_IWGRP) },
    { K(S_IXGRP) },
    { K(S_IRWXO) },
    { K(S_IROTH) },
    { K(S_IWOTH) },
    { K(S_IXOTH) },
    { K(F_OK) },
    { K(R_OK) },
    { K(W_OK) },
    { K(X_OK) },
    { K(UV_FS_COPYFILE_EXCL) },
    { K(COPYFILE_EXCL) },
    { K(UV_FS_COPYFILE_FICLONE) },
    { K(COPYFILE_FICLONE) },
    { K(UV_FS_COPYFILE_FICLONE_FORCE) },
    { K(COPYFILE_FICLONE_FORCE) },
};

static const struct rt_constant internal_constants[] = {
    { K(EXTENSIONLESS_FORMAT_JAVASCRIPT) },
    { K(EXTENSIONLESS_FORMAT_WASM) },
};
#undef K

/* Letters of the trace event format. */
static const struct rt_constant trace_constants[] = {
    { "TRACE_EVENT_PHASE_BEGIN", 'B' },
    { "TRACE_EVENT_PHASE_END", 'E' },
    { "TRACE_EVENT_PHASE_COMPLETE", 'X' },
    { "TRACE_EVENT_PHASE_INSTANT", 'I' },
    { "TRACE_EVENT_PHASE_ASYNC_BEGIN", 'S' },
    { "TRACE_EVENT_PHASE_ASYNC_STEP_INTO", 'T' },
    { "TRACE_EVENT_PHASE_ASYNC_STEP_PAST", 'p' },
    { "TRACE_EVENT_PHASE_ASYNC_END", 'F' },
    { "TRACE_EVENT_PHASE_NESTABLE_ASYNC_BEGIN", 'b' },
    { "TRACE_EVENT_PHASE_NESTABLE_ASYNC_END", 'e' },
    { "TRACE_EVENT_PHASE_NESTABLE_ASYNC_INSTANT", 'n' },
    { "TRACE_EVENT_PHASE_FLOW_BEGIN", 's' },
    { "TRACE_EVENT_PHASE_FLOW_STEP", 't' },
    { "TRACE_EVENT_PHASE_FLOW_END", 'f' },
    { "TRACE_EVENT_PHASE_METADATA", 'M' },
    { "TRACE_EVENT_PHASE_COUNTER", 'C' },
    { "TRACE_EVENT_PHASE_SAMPLE", 'P' },
    { "TRACE_EVENT_PHASE_CREATE_OBJECT", 'N' },
    { "TRACE_EVENT_PHASE_SNAPSHOT_OBJECT", 'O' },
    { "TRACE_EVENT_PHASE_DELETE_OBJECT", 'D' },
    { "TRACE_EVENT_PHASE_MEMORY_DUMP", 'v' },
    { "TRACE_EVENT_PHASE_MARK", 'R' },
    { "TRACE_EVENT_PHASE_CLOCK_SYNC", 'c' },
    { "TRACE_EVENT_PHASE_ENTER_CONTEXT", '(' },
    { "TRACE_EVENT_PHASE_LEAVE_CONTEXT", ')' },
    { "TRACE_EVENT_PHASE_LINK_IDS", '=' },
};

void rt_put_constant(struct vs_cx *cx, vs_val target, const char *name, vs_val value)
{
    int attrs = VS_READ_ONLY | VS_DONT_DELETE;
    CHECK(vs_define(cx, target, vs_str_intern(cx, name), value, attrs));
}

void rt_put_constants(struct vs_cx *cx, vs_val target, const struct rt_constant *table,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        rt_put_constant(cx, target, table[i].name, vs_num(cx, table[i].value));
}

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void put_fs(struct vs_cx *cx, vs_val target)
{
    rt_put_constants(cx, target, fs_constants, COUNT(fs_constants));
}

static void put_trace(struct vs_cx *cx, vs_val target)
{
    rt_put_constants(cx, target, trace_constants, COUNT(trace_constants));
}

static void put_internal(struct vs_cx *cx, vs_val target)
{
    rt_put_constants(cx, target, internal_constants, COUNT(internal_constants));
}

void rt_bind_constants(struct rt_env *env, vs_val target)
{
    static const struct {
        const char *name;
        void (*put)(struct vs_cx *cx, vs_val target);
    } groups[] = {
        { "os", rt_put_os_constants },
        { "fs", put_fs },
        { "crypto", rt_put_crypto_constants },
        { "zlib", rt_put_zlib_constants },
        { "trace", put_trace },
        { "internal", put_internal },
    };
    for (size_t i = 0; i < COUNT(groups); i++) {
        vs_val group = vs_obj_new_null(env->cx);
        groups[i].put(env->cx, group);
        vs_put(env->cx, target, groups[i].name, group);
    }
}
