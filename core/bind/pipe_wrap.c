/* core/bind/pipe_wrap.c: internalBinding('pipe_wrap'): Unix sockets, pipes and FIFOs. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/bind/net_handles.h"
#include "core/conn.h"
#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/req.h"

enum pipe_type { PIPE_SOCKET, PIPE_SERVER, PIPE_IPC };
enum pipe_mode { PIPE_READABLE = 1, PIPE_WRITABLE = 2 };

/* Freed as its rt_conn, which is first. */
struct pipe {
    struct rt_conn conn;
    char *path; /* owned: a server's, unlinked when it is closed; NULL: none */
};

struct pipe_state {
    struct vs_class *pipe;
};

static struct pipe_state *state_of(struct rt_env *env)
{
    return env->binding_state[RT_STATE_pipe_wrap];
}

static void unlink_path(struct rt_conn *c)
{
    struct pipe *p = container_of(c, struct pipe, conn);
    if (!p->path) return;
    unlink(p->path);
    free(p->path);
    p->path = NULL;
}

static struct pipe *make(struct rt_env *env, vs_val object, int type)
{
    struct pipe *p = calloc(1, sizeof *p);
    CHECK(p);
    rt_conn_init(&p->conn, env, object,
                 type == PIPE_SERVER ? RT_PROVIDER_PIPESERVERWRAP : RT_PROVIDER_PIPEWRAP);
    p->conn.on_close = unlink_path;
    if (type == PIPE_IPC) p->conn.bits |= RT_CONN_IPC;
    return p;
}

static void pipe_new(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
    make(rt_env_of(a), vs_this(a), vs_int(vs_arg(a, 0)));
}

static vs_val accept_one(struct rt_conn *server, int fd)
{
    struct rt_env *env = server->handle.async.env;
    vs_val object = vs_class_make(state_of(env)->pipe);
    if (!object) {
        close(fd);
        return NULL;
    }
    rt_conn_open_take(&make(env, object, PIPE_SOCKET)->conn, fd, UR_STREAM_SOCKET, O_RDWR);
    return object;
}

/* The handle when it is still open; else NULL, and EBADF is returned to JS. */
static struct pipe *pipe_of(const struct vs_args *a)
{
    struct rt_conn *c = rt_conn_of(vs_this(a));
    if (!c) vs_ret_i32(a, -EBADF);
    return c ? container_of(c, struct pipe, conn) : NULL;
}

/* A path beginning with NUL names an abstract socket, of just that many bytes. */
static int fill_address(const struct vs_text *path, struct sockaddr_un *out, socklen_t *len)
{
    *out = (struct sockaddr_un){ .sun_family = AF_UNIX };
    bool is_abstract = path->len > 0 && path->ptr[0] == '\0';
    if (path->len == 0) return -EINVAL;
    if (path->len + !is_abstract > sizeof out->sun_path) return -EINVAL;
    memcpy(out->sun_path, path->ptr, path->len);
    *len = is_abstract ? (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path->len)
                       : (socklen_t)sizeof *out;
    return 0;
}

static int need_socket(struct rt_conn *c)
{
    if (c->fd >= 0) return 0;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    c->fd = fd;
    c->bits |= RT_CONN_OWN_SOCKET;
    return 0;
}

static int bind_path(struct pipe *p, const struct vs_text *path)
{
    struct sockaddr_un addr;
    socklen_t len;
    if (p->conn.fd >= 0) return -EINVAL;
    int err = fill_address(path, &addr, &len);
    if (!err) err = need_socket(&p->conn);
    if (err) return err;
    if (bind(p->conn.fd, (struct sockaddr *)&addr, len) < 0) {
        /* libuv's choice, and what the library documents: a missing directory is EACCES. */
        err = errno == ENOENT ? -EACCES : -errno;
        close(p->conn.fd);
        p->conn.fd = -1;
        return err;
    }
    if (path->ptr[0]) p->path = strdup(path->ptr);
    return 0;
}

static void pipe_bind(const struct vs_args *a)
{
    struct pipe *p = pipe_of(a);
    struct vs_text path;
    if (!p || !vs_text_read(vs_args_cx(a), vs_arg(a, 0), &path)) return;
    int err = bind_path(p, &path);
    vs_text_reset(&path);
    vs_ret_i32(a, err);
}

static void pipe_listen(const struct vs_args *a)
{
    struct pipe *p = pipe_of(a);
    int32_t backlog;
    if (!p || !vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &backlog)) return;
    vs_ret_i32(a, rt_conn_listen(&p->conn, backlog, accept_one));
}

/* How an opened descriptor is read and written: socket calls, or read and write. */
static int stream_kind(int fd, enum ur_stream_kind *kind)
{
    struct stat st;
    if (fstat(fd, &st) < 0) return -errno;
    if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode)) return -EINVAL;
    *kind = S_ISSOCK(st.st_mode) ? UR_STREAM_SOCKET : UR_STREAM_FILE;
    return 0;
}

/* A socket without a peer is a future server or client: listen() or connect() decides. */
static bool has_peer(int fd)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    return getpeername(fd, (struct sockaddr *)&peer, &len) == 0;
}

static int open_take(struct pipe *p, int fd)
{
    enum ur_stream_kind kind = UR_STREAM_FILE;
    /* Adopting a bound client socket opens the descriptor it has already. */
    if (p->conn.fd == fd && !(p->conn.bits & (RT_CONN_OPEN | RT_CONN_LISTENING))) {
        rt_conn_adopt_take(&p->conn, fd);
        return 0;
    }
    int err = stream_kind(fd, &kind);
    int flags = err ? 0 : fcntl(fd, F_GETFL);
    if (flags < 0) err = -errno;
    if (!err && kind == UR_STREAM_SOCKET && fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        err = -errno;
    if (!err && kind == UR_STREAM_SOCKET && !has_peer(fd))
        rt_conn_adopt_take(&p->conn, fd);
    else if (!err)
        rt_conn_open_take(&p->conn, fd, kind, flags & O_ACCMODE);
    return err;
}

static void pipe_open(const struct vs_args *a)
{
    struct pipe *p = pipe_of(a);
    if (p) vs_ret_i32(a, open_take(p, vs_int(vs_arg(a, 0))));
}

vs_val rt_pipe_new_take(struct rt_env *env, int fd)
{
    vs_val object = rt_binding_get(env, "pipe_wrap") ? vs_class_make(state_of(env)->pipe) : NULL;
    if (!object) {
        close(fd);
        return NULL;
    }
    CHECK(open_take(make(env, object, PIPE_SOCKET), fd) == 0);
    return object;
}

static void pipe_connect(const struct vs_args *a)
{
    struct pipe *p = pipe_of(a);
    vs_val req = vs_arg(a, 0);
    struct vs_text path;
    struct sockaddr_un addr;
    socklen_t len = 0;
    if (!p || !vs_text_read(vs_args_cx(a), vs_arg(a, 1), &path)) return;
    int err = fill_address(&path, &addr, &len);
    vs_text_reset(&path);
    if (!err && !rt_req_usable(req)) err = -EINVAL;
    if (!err && p->conn.connect) err = -EALREADY;
    if (!err && (p->conn.bits & RT_CONN_OPEN)) err = -EISCONN;
    if (!err) err = need_socket(&p->conn);
    if (!err)
        rt_conn_connect(&p->conn, req, RT_PROVIDER_PIPECONNECTWRAP, (struct sockaddr *)&addr, len,
                        0);
    vs_ret_i32(a, err);
}

static void pipe_fchmod(const struct vs_args *a)
{
    struct pipe *p = pipe_of(a);
    int32_t mode;
    if (!p || !vs_to_i32(vs_args_cx(a), vs_arg(a, 0), &mode)) return;
    if (!(mode & (PIPE_READABLE | PIPE_WRITABLE)) || (mode & ~(PIPE_READABLE | PIPE_WRITABLE))) {
        vs_ret_i32(a, -EINVAL);
        return;
    }
    mode_t bits = 0;
    if (mode & PIPE_READABLE) bits |= S_IRUSR | S_IRGRP | S_IROTH;
    if (mode & PIPE_WRITABLE) bits |= S_IWUSR | S_IWGRP | S_IWOTH;
    /* The permissions that count are those of the name, not of the descriptor; no others stay. */
    int err = 0;
    if (!p->path)
        err = -EBADF;
    else if (chmod(p->path, bits) < 0)
        err = -errno;
    vs_ret_i32(a, err);
}

static void state_drop(struct rt_env *env)
{
    free(state_of(env));
}

void rt_bind_pipe_wrap(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct pipe_state *state = calloc(1, sizeof *state);
    CHECK(state);
    env->binding_state[RT_STATE_pipe_wrap] = state;
    env->binding_drop[RT_STATE_pipe_wrap] = state_drop;
    struct vs_class *c =
        vs_class_new(cx, "Pipe", pipe_new, rt_stream_handle_class(env), RT_STREAM_FIELDS);
    state->pipe = c;
    vs_class_method(c, "bind", pipe_bind);
    vs_class_method(c, "listen", pipe_listen);
    vs_class_method(c, "connect", pipe_connect);
    vs_class_method(c, "open", pipe_open);
    vs_class_method(c, "fchmod", pipe_fchmod);
    vs_put(cx, target, "Pipe", vs_class_fn(c));
    vs_put(cx, target, "PipeConnectWrap", vs_class_fn(rt_req_class_new(env, "PipeConnectWrap")));
    vs_val constants = vs_obj_new(cx);
    vs_put_int(cx, constants, "SOCKET", PIPE_SOCKET);
    vs_put_int(cx, constants, "SERVER", PIPE_SERVER);
    vs_put_int(cx, constants, "IPC", PIPE_IPC);
    vs_put_int(cx, constants, "UV_READABLE", PIPE_READABLE);
    vs_put_int(cx, constants, "UV_WRITABLE", PIPE_WRITABLE);
    vs_put(cx, target, "constants", constants);
}
