/* References: a strong one keeps its value; a weak one does not, and says once that it is gone. */
#include "test/c/vs_world.h"

static int gone_count;
static void *gone_data;

static void gone(void *data)
{
    gone_count++;
    gone_data = data;
}

static struct vs_ref *new_garbage(struct world *w)
{
    struct vs_scope s;
    vs_scope_open(w->cx, &s);
    struct vs_ref *r = vs_ref_new(w->cx, vs_obj_new(w->cx));
    vs_scope_close(&s);
    return r;
}

int main(void)
{
    struct world w;
    int tag;
    world_open(&w);

    struct vs_ref *r = new_garbage(&w);
    vs_gc(w.cx);
    assert(vs_is_obj(vs_ref_get(r)));

    /* Made strong again in time. */
    vs_ref_weak(w.cx, r, gone, &tag);
    vs_ref_strong(w.cx, r);
    vs_gc(w.cx);
    assert(gone_count == 0 && vs_is_obj(vs_ref_get(r)));

    /* Still in use elsewhere. */
    vs_put(w.cx, vs_global(w.cx), "keep", vs_ref_get(r));
    vs_ref_weak(w.cx, r, gone, &tag);
    vs_gc(w.cx);
    assert(gone_count == 0);

    /* No use is left: told within the collection, once. */
    world_run(&w, "delete globalThis.keep");
    vs_gc(w.cx);
    assert(gone_count == 1 && gone_data == &tag);
    vs_gc(w.cx);
    assert(gone_count == 1);

    /* Dropped before its value: never told. */
    r = new_garbage(&w);
    vs_ref_weak(w.cx, r, gone, &tag);
    vs_ref_drop(r);
    vs_ref_drop(NULL);
    vs_gc(w.cx);
    assert(gone_count == 1);
    world_close(&w);
    return 0;
}
