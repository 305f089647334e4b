/* core/handle.c: the life of handles from open to the close phase, and the methods all of them
 * share. */
#include "core/handle.h"

#include "core/env.h"
#include "core/error.h"
#include "core/symbols.h"

static void list_remove(struct rt_handle *h)
{
    struct rt_env *env = h->async.env;
    if (h->prev) {
        h->prev->next = h->next;
    } else {
        env->handles.first = h->next;
    }
    if (h->next) h->next->prev = h->prev;
    h->prev = h->next = NULL;
}

void rt_handle_init(struct rt_handle *h, struct rt_env *env, vs_val object, int provider,
                    const struct rt_handle_ops *ops, void *native)
{
    h->ops = ops;
    h->state = RT_HANDLE_OPEN;
    h->telling = RT_HANDLE_UNTOLD;
    h->ref = false;
    h->close_listener = false;
    h->prev = NULL;
    h->next = env->handles.first;
    if (h->next) h->next->prev = h;
    env->handles.first = h;
    rt_async_init(&h->async, env, object, provider, native);
    h->ref = true; /* only now: an 'init' hook does not see it yet */
}

/* The close phase will tell. */
static void tell_later(struct rt_handle *h)
{
    struct rt_handle_list *list = &h->async.env->handles;
    if (h->telling != RT_HANDLE_UNTOLD) return;
    h->telling = RT_HANDLE_LISTED;
    list_remove(h);
    h->next = list->closed;
    list->closed = h;
}

void rt_handle_close(struct rt_handle *h, vs_val cb)
{
    struct rt_env *env = h->async.env;
    if (h->state != RT_HANDLE_OPEN) return;
    h->state = RT_HANDLE_CLOSING;
    if (cb && vs_is_fn(cb)) {
        h->close_listener =
            vs_set(env->cx, rt_async_object(&h->async), rt_symbol(env, handle_onclose), cb);
    }
    if (h->ops->close(h)) tell_later(h);
}

void rt_handle_closed(struct rt_handle *h)
{
    CHECK(h->state == RT_HANDLE_CLOSING);
    h->state = RT_HANDLE_CLOSED;
    if (h->telling != RT_HANDLE_TOLD) {
        tell_later(h);
        return;
    }
    h->async.env->handles.told--;
    h->ops->drop(h);
}

static void tell(struct rt_handle *h)
{
    struct rt_env *env = h->async.env;
    if (h->ops->give_up) h->ops->give_up(h);
    h->ref = false; /* JS sees it until now */
    if (h->close_listener && env->can_call_js)
        rt_call_name(&h->async, rt_symbol(env, handle_onclose), 0, NULL);
    rt_async_reset(&h->async);
    h->telling = RT_HANDLE_TOLD;
    if (h->state == RT_HANDLE_CLOSED)
        h->ops->drop(h);
    else
        env->handles.told++;
}

void rt_handles_run_closed(struct rt_env *env)
{
    struct rt_handle *h = env->handles.closed;
    env->handles.closed = NULL;
    while (h) {
        struct rt_handle *next = h->next;
        tell(h);
        h = next;
    }
}

bool rt_handles_have_closed(const struct rt_env *env)
{
    return env->handles.closed != NULL;
}

bool rt_handles_left(const struct rt_env *env)
{
    const struct rt_handle_list *list = &env->handles;
    return list->first || list->closed || list->told;
}

static struct rt_handle *handle_of(const struct vs_args *a)
{
    return vs_native_get(vs_this(a), 0);
}

static void handle_close(const struct vs_args *a)
{
    struct rt_handle *h = handle_of(a);
    if (h) rt_handle_close(h, vs_arg(a, 0));
}

static void set_ref(struct rt_handle *h, bool ref)
{
    if (!h || h->state != RT_HANDLE_OPEN || h->ref == ref) return;
    h->ref = ref;
    if (h->ops->ref_changed) h->ops->ref_changed(h);
}

static void handle_ref(const struct vs_args *a)
{
    set_ref(handle_of(a), true);
}

static void handle_unref(const struct vs_args *a)
{
    set_ref(handle_of(a), false);
}

static void handle_has_ref(const struct vs_args *a)
{
    struct rt_handle *h = handle_of(a);
    if (h) vs_ret_bool(a, h->ref);
}

struct vs_class *rt_handle_class(struct rt_env *env)
{
    if (!env->handle_class) {
        struct vs_class *c = vs_class_new(env->cx, "HandleWrap", NULL, rt_async_class(env), 1);
        vs_class_method(c, "close", handle_close);
        vs_class_method(c, "hasRef", handle_has_ref);
        vs_class_method(c, "ref", handle_ref);
        vs_class_method(c, "unref", handle_unref);
        env->handle_class = c;
    }
    return env->handle_class;
}
