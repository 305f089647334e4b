/* core/bind/constants_os.c: os.constants: error numbers, signals, priorities, dlopen() flags. */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>

#include "core/bind/constants_priv.h"

/* os.setPriority() levels, as nice values. */
enum {
    PRIORITY_LOW = 19,
    PRIORITY_BELOW_NORMAL = 10,
    PRIORITY_NORMAL = 0,
    PRIORITY_ABOVE_NORMAL = -7,
    PRIORITY_HIGH = -14,
    PRIORITY_HIGHEST = -20,
};

/* libuv's flag of the same meaning as SO_REUSEADDR for a UDP socket. */
enum { UV_UDP_REUSEADDR = 4 };

#define K RT_CONSTANT
static const struct rt_constant dlopen_flags[] = {
    { K(RTLD_LAZY) }, { K(RTLD_NOW) }, { K(RTLD_GLOBAL) }, { K(RTLD_LOCAL) }, { K(RTLD_DEEPBIND) },
};

static const struct rt_constant error_numbers[] = {
    { K(E2BIG) },        { K(EACCES) },       { K(EADDRINUSE) },   { K(EADDRNOTAVAIL) },
    { K(EAFNOSUPPORT) }, { K(EAGAIN) },       { K(EALREADY) },     { K(EBADF) },
    { K(EBADMSG) },      { K(EBUSY) },        { K(ECANCELED) },    { K(ECHILD) },
    { K(ECONNABORTED) }, { K(ECONNREFUSED) }, { K(ECONNRESET) },   { K(EDEADLK) },
    { K(EDESTADDRREQ) }, { K(EDOM) },         { K(EDQUOT) },       { K(EEXIST) },
    { K(EFAULT) },       { K(EFBIG) },        { K(EHOSTUNREACH) }, { K(EIDRM) },
    { K(EILSEQ) },       { K(EINPROGRESS) },  { K(EINTR) },        { K(EINVAL) },
    { K(EIO) },          { K(EISCONN) },      { K(EISDIR) },       { K(ELOOP) },
    { K(EMFILE) },       { K(EMLINK) },       { K(EMSGSIZE) },     { K(EMULTIHOP) },
    { K(ENAMETOOLONG) }, { K(ENETDOWN) },     { K(ENETRESET) },    { K(ENETUNREACH) },
    { K(ENFILE) },       { K(ENOBUFS) },      { K(ENODATA) },      { K(ENODEV) },
    { K(ENOENT) },       { K(ENOEXEC) },      { K(ENOLCK) },       { K(ENOLINK) },
    { K(ENOMEM) },       { K(ENOMSG) },       { K(ENOPROTOOPT) },  { K(ENOSPC) },
    { K(ENOSR) },        { K(ENOSTR) },       { K(ENOSYS) },       { K(ENOTCONN) },
    { K(ENOTDIR) },      { K(ENOTEMPTY) },    { K(ENOTSOCK) },     { K(ENOTSUP) },
    { K(ENOTTY) },       { K(ENXIO) },        { K(EOPNOTSUPP) },   { K(EOVERFLOW) },
    { K(EPERM) },        { K(EPIPE) },        { K(EPROTO) },       { K(EPROTONOSUPPORT) },
    { K(EPROTOTYPE) },   { K(ERANGE) },       { K(EROFS) },        { K(ESPIPE) },
    { K(ESRCH) },        { K(ESTALE) },       { K(ETIME) },        { K(ETIMEDOUT) },
    { K(ETXTBSY) },      { K(EWOULDBLOCK) },  { K(EXDEV) },
};

static const struct rt_constant signal_numbers[] = {
    { K(SIGHUP) },  { K(SIGINT) },    { K(SIGQUIT) },   { K(SIGILL) },   { K(SIGTRAP) },
    { K(SIGABRT) }, { K(SIGIOT) },    { K(SIGBUS) },    { K(SIGFPE) },   { K(SIGKILL) },
    { K(SIGUSR1) }, { K(SIGSEGV) },   { K(SIGUSR2) },   { K(SIGPIPE) },  { K(SIGALRM) },
    { K(SIGTERM) }, { K(SIGCHLD) },   { K(SIGSTKFLT) }, { K(SIGCONT) },  { K(SIGSTOP) },
    { K(SIGTSTP) }, { K(SIGTTIN) },   { K(SIGTTOU) },   { K(SIGURG) },   { K(SIGXCPU) },
    { K(SIGXFSZ) }, { K(SIGVTALRM) }, { K(SIGPROF) },   { K(SIGWINCH) }, { K(SIGIO) },
    { K(SIGPOLL) }, { K(SIGPWR) },    { K(SIGSYS) },
};

static const struct rt_constant priorities[] = {
    { K(PRIORITY_LOW) },          { K(PRIORITY_BELOW_NORMAL) }, { K(PRIORITY_NORMAL) },
    { K(PRIORITY_ABOVE_NORMAL) }, { K(PRIORITY_HIGH) },         { K(PRIORITY_HIGHEST) },
};
#undef K

static void put_group(struct vs_cx *cx, vs_val target, const char *name,
                      const struct rt_constant *table, size_t count)
{
    vs_val group = vs_obj_new_null(cx);
    rt_put_constants(cx, group, table, count);
    vs_put(cx, target, name, group);
}

void rt_put_os_constants(struct vs_cx *cx, vs_val target)
{
    rt_put_constant(cx, target, "UV_UDP_REUSEADDR", vs_i32(cx, UV_UDP_REUSEADDR));
#define PUT(name, table) put_group(cx, target, name, table, sizeof(table) / sizeof(table)[0])
    PUT("dlopen", dlopen_flags);
    PUT("errno", error_numbers);
    PUT("signals", signal_numbers);
    PUT("priority", priorities);
#undef PUT
}
