/* core/bind/fs_rw.c: reading and writing through descriptors, from and to JS memory. A call that
 * runs on the loop pins that memory; a synchronous one borrows it. */
#include <errno.h>
#include <stdlib.h>

#include "core/bind/fs_priv.h"
#include "core/error.h"

static void read_work(struct fs_call *c)
{
    c->res = fs_sys_readv(c->fd, c->iov, c->iov_count, c->off);
}

static void write_work(struct fs_call *c)
{
    c->res = fs_sys_writev(c->fd, c->iov, c->iov_count, c->off);
}

static void read_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_readv(l, f, c->fd, c->iov, c->iov_count, c->off);
}

static void write_start(struct fs_call *c, struct ur_loop *l, struct ur_file_op *f)
{
    ur_writev(l, f, c->fd, c->iov, c->iov_count, c->off);
}

static vs_val count_result(struct fs_call *c)
{
    return vs_num(c->env->cx, (double)c->res);
}

static const struct fs_op op_read = {
    .syscall = "read", .work = read_work, .start = read_start, .result = count_result
};
static const struct fs_op op_write = {
    .syscall = "write", .work = write_work, .start = write_start, .result = count_result
};

/* The library passes empty lists on in some calls; libuv refuses them. */
static void nothing_work(struct fs_call *c)
{
    c->res = -EINVAL;
}

static const struct fs_op op_read_nothing = { .syscall = "read", .work = nothing_work };
static const struct fs_op op_write_nothing = { .syscall = "write", .work = nothing_work };

/* A position: number, BigInt, or null for the file's own. */
static int64_t position(vs_val v)
{
    if (vs_is_bigint(v)) return vs_bigint_to_i64(v, NULL);
    return vs_is_num(v) ? vs_int64(v) : -1;
}

static bool is_async(struct fs_in *in, vs_val req)
{
    return !vs_is_undefined(in->call.env->cx, req);
}

static bool bad_buffer(struct fs_in *in)
{
    rt_throw_code(in->call.env, VS_RANGE_ERROR, "ERR_OUT_OF_RANGE",
                  "The range is not within the buffer");
    fs_in_reset(in);
    return false;
}

/* [off, off + len) of a view becomes the call's memory. */
static bool set_memory(struct fs_in *in, vs_val view, int64_t off, int64_t len, bool async)
{
    struct fs_call *c = &in->call;
    struct vs_bytes bytes;
    if (async) {
        c->pins = malloc(sizeof *c->pins);
        CHECK(c->pins);
        c->pins[0] = vs_pin_new(view);
        if (!c->pins[0]) return bad_buffer(in);
        c->pin_count = 1;
        bytes = vs_pin_bytes(c->pins[0]);
    } else {
        bytes = vs_bytes(view);
    }
    if (off < 0 || len < 0 || (uint64_t)off > bytes.len ||
        (uint64_t)len > bytes.len - (uint64_t)off)
        return bad_buffer(in);
    c->one = (struct iovec){ bytes.ptr + off, (size_t)len };
    c->iov = &c->one;
    c->iov_count = 1;
    return true;
}

/* Every view of an array becomes one piece of the call's memory. */
static bool set_vector(struct fs_in *in, vs_val views, bool async)
{
    struct fs_call *c = &in->call;
    uint32_t count = vs_arr_len(views);
    c->iov = calloc(count ? count : 1, sizeof *c->iov);
    CHECK(c->iov);
    if (async) {
        c->pins = calloc(count ? count : 1, sizeof *c->pins);
        CHECK(c->pins);
    }
    for (uint32_t i = 0; i < count; i++) {
        vs_val view = vs_get_index(c->env->cx, views, i);
        if (!view) {
            fs_in_reset(in);
            return false;
        }
        struct vs_bytes bytes;
        if (async) {
            c->pins[i] = vs_pin_new(view);
            if (!c->pins[i]) return bad_buffer(in);
            c->pin_count = i + 1;
            bytes = vs_pin_bytes(c->pins[i]);
        } else {
            /* A small view lives on the moving heap until somebody asks for its buffer. */
            vs_view_buffer(view);
            bytes = vs_bytes(view);
        }
        c->iov[i] = (struct iovec){ bytes.ptr, bytes.len };
    }
    c->iov_count = count;
    return true;
}

/* read(fd, view, off, len, position, req) */
static void fs_read(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_read);
    if (!fs_in_fd(&in, 0)) return;
    in.call.off = position(vs_arg(a, 4));
    bool async = is_async(&in, vs_arg(a, 5));
    if (set_memory(&in, vs_arg(a, 1), vs_int64(vs_arg(a, 2)), vs_int64(vs_arg(a, 3)), async))
        fs_run(&in, 5);
}

/* readBuffers(fd, views, position, req) and writeBuffers() */
static void transfer_vector(const struct vs_args *a, const struct fs_op *op,
                            const struct fs_op *op_nothing)
{
    struct fs_in in;
    fs_in_init(&in, a, vs_arr_len(vs_arg(a, 1)) ? op : op_nothing);
    if (!fs_in_fd(&in, 0)) return;
    in.call.off = position(vs_arg(a, 2));
    if (set_vector(&in, vs_arg(a, 1), is_async(&in, vs_arg(a, 3)))) fs_run(&in, 3);
}

static void fs_read_buffers(const struct vs_args *a)
{
    transfer_vector(a, &op_read, &op_read_nothing);
}

static void fs_write_buffers(const struct vs_args *a)
{
    transfer_vector(a, &op_write, &op_write_nothing);
}

/* Synchronous writes report their error in an object of the caller, which makes the exception. */
static void write_with_context(struct fs_in *in, vs_val context)
{
    struct fs_call *c = &in->call;
    struct vs_cx *cx = c->env->cx;
    c->op->work(c);
    if (c->res < 0 && vs_is_obj(context)) {
        vs_val name = vs_str_intern(cx, c->op->syscall);
        if (vs_set(cx, context, rt_str(c->env, errno_), vs_i32(cx, (int32_t)c->res)) &&
            vs_set(cx, context, rt_str(c->env, syscall), name))
            vs_ret_f64(in->args, (double)c->res);
    } else if (c->res < 0) {
        vs_val error = fs_call_error(c);
        if (error) vs_throw(cx, error);
    } else {
        vs_ret_f64(in->args, (double)c->res);
    }
    fs_call_reset(c, false);
}

/* writeBuffer(fd, view, off, len, position, req, context) */
static void fs_write_buffer(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_write);
    if (!fs_in_fd(&in, 0)) return;
    in.call.off = position(vs_arg(a, 4));
    bool async = is_async(&in, vs_arg(a, 5));
    if (!set_memory(&in, vs_arg(a, 1), vs_int64(vs_arg(a, 2)), vs_int64(vs_arg(a, 3)), async))
        return;
    if (async) {
        fs_run(&in, 5);
    } else {
        write_with_context(&in, vs_arg(a, 6));
    }
}

/* writeString(fd, string, position, encoding, req, context) */
static void fs_write_string(const struct vs_args *a)
{
    struct fs_in in;
    fs_in_init(&in, a, &op_write);
    struct fs_call *c = &in.call;
    if (!fs_in_fd(&in, 0)) return;
    c->off = position(vs_arg(a, 2));
    size_t len;
    c->bytes = rt_decode(c->env, vs_arg(a, 1), rt_encoding_of(c->env, vs_arg(a, 3), RT_UTF8), &len);
    if (!c->bytes) return;
    c->one = (struct iovec){ c->bytes, len };
    c->iov = &c->one;
    c->iov_count = 1;
    if (is_async(&in, vs_arg(a, 4))) {
        fs_run(&in, 4);
    } else {
        write_with_context(&in, vs_arg(a, 5));
    }
}

void fs_bind_rw(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    vs_put_fn(cx, target, "read", fs_read);
    vs_put_fn(cx, target, "readBuffers", fs_read_buffers);
    vs_put_fn(cx, target, "writeBuffer", fs_write_buffer);
    vs_put_fn(cx, target, "writeBuffers", fs_write_buffers);
    vs_put_fn(cx, target, "writeString", fs_write_string);
}
