/* core/bind/tty_wrap.c: internalBinding('tty_wrap'): terminals. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "core/bind/tty_wrap.h"
#include "core/conn.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"

/* The numbers are libuv's. RAW_VT differs from RAW on Windows only. */
enum tty_mode { TTY_NORMAL, TTY_RAW, TTY_IO, TTY_RAW_VT };

/* Freed as its rt_conn, which is first. */
struct tty {
    struct rt_conn conn;
    struct termios original; /* before the first setRawMode() */
    int mode;
};

/* The state to put back when the process ends. It belongs to the terminal, which outlives every
 * env, so it can't live in one. As in libuv: the last terminal that left its normal mode. */
static struct {
    int fd;
    struct termios original;
} restore = { .fd = -1 };

void rt_tty_restore(void)
{
    if (restore.fd < 0) return;
    tcsetattr(restore.fd, TCSANOW, &restore.original);
    restore.fd = -1;
}

static void is_tty(const struct vs_args *a)
{
    int32_t fd;
    if (!vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &fd)) return;
    struct stat st;
    vs_ret_bool(a, fd >= 0 && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && isatty(fd));
}

/* new TTY(fd, context): an error goes into context. */
static void tty_new(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    struct vs_cx *cx = env->cx;
    int32_t fd;
    CHECK(vs_is_construct_call(a));
    if (!vs_to_i32(cx, vs_arg(a, 0), &fd)) return;
    int flags = isatty(fd) ? fcntl(fd, F_GETFL) : -1;
    if (flags < 0) {
        vs_val context = vs_arg(a, 1);
        vs_put_int(cx, context, "errno", -EINVAL);
        vs_put_str(cx, context, "code", rt_err_name(-EINVAL));
        vs_put_str(cx, context, "message", rt_err_text(-EINVAL));
        vs_put_str(cx, context, "syscall", "uv_tty_init");
        return;
    }
    struct tty *t = calloc(1, sizeof *t);
    CHECK(t);
    rt_conn_init(&t->conn, env, vs_this(a), RT_PROVIDER_TTYWRAP);
    rt_conn_open_take(&t->conn, fd, UR_STREAM_FILE, flags & O_ACCMODE);
}

/* The handle when it is still open; else NULL, and EBADF is returned to JS. */
static struct tty *tty_of(const struct vs_args *a)
{
    struct rt_conn *c = rt_conn_of(vs_this(a));
    if (!c) vs_ret_i32(a, -EBADF);
    return c ? container_of(c, struct tty, conn) : NULL;
}

static void get_window_size(const struct vs_args *a)
{
    struct tty *t = tty_of(a);
    struct vs_cx *cx = vs_args_cx(a);
    struct winsize size;
    if (!t) return;
    if (ioctl(t->conn.fd, TIOCGWINSZ, &size) < 0) {
        vs_ret_i32(a, -errno);
        return;
    }
    vs_val out = vs_arg(a, 0);
    if (vs_set_index(cx, out, 0, vs_i32(cx, size.ws_col)) &&
        vs_set_index(cx, out, 1, vs_i32(cx, size.ws_row)))
        vs_ret_i32(a, 0);
}

static void make_raw(struct termios *tio)
{
    tio->c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
    tio->c_oflag |= ONLCR;
    tio->c_cflag |= CS8;
    tio->c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
    tio->c_cc[VMIN] = 1;
    tio->c_cc[VTIME] = 0;
}

static int set_mode(struct tty *t, int mode)
{
    int fd = t->conn.fd;
    if (t->mode == mode) return 0;
    if (t->mode == TTY_NORMAL) {
        if (tcgetattr(fd, &t->original) < 0) return -errno;
        if (restore.fd < 0) {
            restore.fd = fd;
            restore.original = t->original;
        }
    }
    struct termios tio = t->original;
    if (mode == TTY_IO)
        cfmakeraw(&tio);
    else if (mode != TTY_NORMAL)
        make_raw(&tio);
    if (tcsetattr(fd, TCSADRAIN, &tio) < 0) return -errno;
    t->mode = mode;
    return 0;
}

static void set_raw_mode(const struct vs_args *a)
{
    struct tty *t = tty_of(a);
    int32_t mode;
    if (!t || !vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &mode)) return;
    bool known = mode >= TTY_NORMAL && mode <= TTY_RAW_VT;
    vs_ret_i32(a, known ? set_mode(t, mode) : -EINVAL);
}

void rt_bind_tty_wrap(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct vs_class *c =
        vs_class_new(cx, "TTY", tty_new, rt_stream_handle_class(env), RT_STREAM_FIELDS);
    vs_class_method(c, "getWindowSize", get_window_size);
    vs_class_method(c, "setRawMode", set_raw_mode);
    vs_put(cx, target, "TTY", vs_class_fn(c));
    vs_put_fn(cx, target, "isTTY", is_tty);
    vs_put_int(cx, target, "UV_TTY_MODE_NORMAL", TTY_NORMAL);
    vs_put_int(cx, target, "UV_TTY_MODE_IO", TTY_IO);
    vs_put_int(cx, target, "UV_TTY_MODE_RAW_VT", TTY_RAW_VT);
}
