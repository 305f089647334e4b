/* core/bind/fs_handle.c: FileHandle, the native half of what fs.promises.open() gives. It owns a
 * descriptor. */
#include <errno.h>
#include <stdlib.h>

#include "core/bind/fs_handle_priv.h"
#include "core/error.h"
#include "core/message.h"

static int handle_drop(struct fs_owned *o)
{
    struct file_handle *h = (struct file_handle *)o;
    int fd = h->fd;
    if (fd >= 0) fs_sys_close(fd);
    fs_file_stream_drop(h);
    free(h);
    return fd;
}

static struct file_handle *handle_init_take(struct rt_env *env, vs_val object, int fd)
{
    struct file_handle *h = calloc(1, sizeof *h);
    CHECK(h);
    h->fd = fd;
    fs_owned_init(&h->owned, env, object, RT_PROVIDER_FILEHANDLE, handle_drop);
    fs_file_stream_init(h, -1, -1);
    return h;
}

vs_val fs_handle_new_take(struct rt_env *env, int fd)
{
    vs_val object = vs_class_make(fs_state_of(env)->handle_class);
    if (!object) {
        fs_sys_close(fd);
        return NULL;
    }
    handle_init_take(env, object, fd);
    return object;
}

/* new FileHandle(fd[, offset[, length]]): the last two, if not negative, for reading it as a stream
 */
static void new_handle(const struct vs_args *a)
{
    if (!vs_is_construct_call(a) || !vs_is_i32(vs_arg(a, 0))) {
        rt_throw_code(rt_env_of(a), VS_TYPE_ERROR, "ERR_INVALID_ARG_TYPE",
                      "The \"fd\" argument must be a descriptor");
        return;
    }
    struct file_handle *h = handle_init_take(rt_env_of(a), vs_this(a), vs_int(vs_arg(a, 0)));
    if (vs_is_num(vs_arg(a, 1))) h->off = vs_int64(vs_arg(a, 1));
    if (vs_is_num(vs_arg(a, 2))) h->left = vs_int64(vs_arg(a, 2));
}

static struct file_handle *handle_of(const struct vs_args *a)
{
    return vs_native_get(vs_this(a), 0);
}

/* The descriptor leaves the handle. */
static int take_fd(struct file_handle *h)
{
    int fd = h ? h->fd : -1;
    if (h) h->fd = -1;
    return fd;
}

static void get_fd(const struct vs_args *a)
{
    struct file_handle *h = handle_of(a);
    vs_ret_i32(a, h && h->fd >= 0 ? h->fd : -EINVAL);
}

static void close_work(struct fs_call *c)
{
    c->res = fs_sys_close(c->fd);
}

static void close_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_close(l, f, c->fd);
}

static const struct fs_op op_close = { .syscall = "close",
                                       .work = close_work,
                                       .start = close_start,
                                       .provider = RT_PROVIDER_FILEHANDLECLOSEREQ };

/* close(): a promise */
static void handle_close(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_close);
    in.call.fd = take_fd(handle_of(a));
    fs_run_async(&in, rt_symbol(in.call.env, fs_use_promises_symbol));
}

static void handle_close_sync(const struct vs_args *a)
{
    int err = fs_sys_close(take_fd(handle_of(a)));
    if (err) rt_throw_uv(rt_env_of(a), err, "close", NULL, NULL);
}

static void handle_release(const struct vs_args *a)
{
    take_fd(handle_of(a));
}

/* ---- on its way to another thread ---- */

struct fd_parcel {
    struct rt_parcel parcel; /* first */
    int fd;                  /* owned; -1: unpacked */
};

static vs_val parcel_open(struct rt_env *env, struct rt_parcel *p)
{
    struct fd_parcel *parcel = (struct fd_parcel *)p;
    int fd = parcel->fd;
    parcel->fd = -1;
    return fs_handle_new_take(env, fd);
}

static void parcel_drop(struct rt_parcel *p)
{
    struct fd_parcel *parcel = (struct fd_parcel *)p;
    if (parcel->fd >= 0) fs_sys_close(parcel->fd);
    free(parcel);
}

static struct rt_parcel *pack(struct rt_env *env, vs_val object, int mode)
{
    (void)mode;
    int fd = take_fd(vs_native_get(object, 0));
    if (fd < 0) { /* closed */
        rt_throw_dom(env, "Cannot clone object of unsupported type.", "DataCloneError");
        return NULL;
    }
    struct fd_parcel *parcel = malloc(sizeof *parcel);
    CHECK(parcel);
    *parcel = (struct fd_parcel){ { .open = parcel_open, .drop = parcel_drop }, fd };
    return &parcel->parcel;
}

static const struct rt_transfer_class transfer = { "FileHandle", RT_TRANSFERABLE, pack, NULL };

void fs_handle_register(struct rt_env *env, struct vs_class *c)
{
    rt_transfer_register(env, c, &transfer);
}

void fs_bind_handle(struct rt_env *env, vs_val target)
{
    struct vs_class *c =
        vs_class_new(env->cx, "FileHandle", new_handle, rt_async_class(env), RT_STREAM_FIELDS);
    rt_stream_class_extend(env, c); /* its `fd` gives way to ours */
    vs_class_method(c, "close", handle_close);
    vs_class_method(c, "closeSync", handle_close_sync);
    vs_class_method(c, "releaseFD", handle_release);
    vs_class_accessor(c, "fd", get_fd, NULL);
    fs_state_of(env)->handle_class = c;
    fs_handle_register(env, c);
    vs_put(env->cx, target, "FileHandle", vs_class_fn(c));
}
