/* A heap that one process saves opens in another: values, callbacks, lazy properties, classes,
 * memory and texts are in place; what is not of this executable is refused. A second heap that was
 * saved by the same process opens beside the first; that of another process is refused. */
#include <limits.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/c/vs_world.h"

#define SECOND ".second"

static const char text[] = "a text that stays where it is in the executable";

static void answer(const struct vs_args *a)
{
    vs_ret_f64(a, 42);
}

static void of_data(const struct vs_args *a)
{
    vs_ret(a, vs_args_data(a));
}

static vs_val load(struct vs_cx *cx, vs_val key, vs_val data)
{
    return vs_str_concat(cx, key, data);
}

static vs_val env_get(struct vs_cx *cx, vs_val key)
{
    return vs_is_str(key) ? vs_str_utf8(cx, "from C", -1) : NULL;
}

static bool env_set(struct vs_cx *cx, vs_val key, vs_val v)
{
    return false;
}

static bool env_del(struct vs_cx *cx, vs_val key)
{
    return true;
}

static int env_query(struct vs_cx *cx, vs_val key)
{
    return -1;
}

static vs_val env_keys(struct vs_cx *cx)
{
    return vs_arr_new(cx, NULL, 0);
}

static const struct vs_interceptor env_table = {
    .get = env_get, .set = env_set, .query = env_query, .del = env_del, .keys = env_keys
};

static void put(struct world *w, const char *name, vs_val v)
{
    vs_put(w->cx, vs_global(w->cx), name, v);
}

static void write_taken(struct vs_cx *cx, const char *path, const char *suffix)
{
    char name[PATH_MAX];
    size_t len;
    uint8_t *data = vs_snapshot_take(cx, &len);
    assert(data);
    snprintf(name, sizeof name, "%s%s", path, suffix);
    FILE *f = fopen(name, "wb");
    assert(f && fwrite(data, 1, len, f) == len && fclose(f) == 0);
    free(data);
}

/* Another isolate, with another class and value behind the same callback. */
static void save_second(const char *path)
{
    struct world w;
    struct vs_host host = { .heap = VS_HEAP_SAVE };
    world_enter(&w, &host);
    put(&w, "answer", vs_fn_new(w.cx, answer, "answer"));
    vs_snapshot_add_class(w.cx, vs_class_new(w.cx, "Other", answer, NULL, 1));
    vs_snapshot_add(w.cx, world_run(&w, "globalThis.number = 'second'"));
    vs_scope_close(&w.scope);
    write_taken(w.cx, path, SECOND);
}

static void save(const char *path)
{
    struct world w;
    struct vs_host host = { .heap = VS_HEAP_SAVE };
    world_open_host(&w, &host);
    put(&w, "answer", vs_fn_new(w.cx, answer, "answer"));
    put(&w, "data", vs_fn_new_data(w.cx, of_data, "data", vs_str_intern(w.cx, "datum")));
    put(&w, "text", vs_str_static_latin1(w.cx, text, sizeof text - 1));
    put(&w, "env", vs_obj_new_intercepted(w.cx, &env_table));
    assert(vs_define_lazy(w.cx, vs_global(w.cx), vs_str_intern(w.cx, "lazy"), load,
                          vs_str_intern(w.cx, "!"), VS_ATTR_NONE));
    struct vs_class *c = vs_class_new(w.cx, "Thing", answer, NULL, 1);
    vs_class_method(c, "answer", answer);
    put(&w, "Thing", vs_class_fn(c));
    world_run(&w, "var map = new Map([['k', 1], [{}, 2]]), weak = new WeakRef({});"
                  "var bytes = new Uint8Array([7, 8, 9]); function twice(x) { return 2 * x }");
    vs_snapshot_add(w.cx, world_run(&w, "bytes"));
    vs_snapshot_add(w.cx, world_run(&w, "'second'"));
    vs_snapshot_add_class(w.cx, c);
    vs_scope_close(&w.scope);
    save_second(path);
    write_taken(w.cx, path, "");
    vs_platform_close();
}

static uint8_t *read_all(const char *path, const char *suffix, size_t *len)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    FILE *f = fopen(name, "rb");
    assert(f);
    fseek(f, 0, SEEK_END);
    *len = (size_t)ftell(f);
    rewind(f);
    uint8_t *data = malloc(*len);
    assert(data && fread(data, 1, *len, f) == *len);
    fclose(f);
    return data;
}

/* Before the first isolate. Each byte of the head counts: magic number, executable, V8, lengths. */
static void refuses_others(uint8_t *data, size_t len)
{
    enum { HEAD = 8 + 32 + 4 + 4 + 8 };
    for (size_t i = 0; i < HEAD; i++) {
        data[i] ^= 1;
        assert(!vs_snapshot_use(0, data, len));
        data[i] ^= 1;
    }
    assert(!vs_snapshot_use(0, data, len - 1));
    assert(!vs_snapshot_use(0, data, HEAD));
    assert(!vs_snapshot_use(0, data, 0));
}

/* With the first in use. */
static void open_second(const char *path, const char *stranger)
{
    size_t len, other_len;
    uint8_t *data = read_all(path, SECOND, &len), *other = read_all(stranger, SECOND, &other_len);
    assert(!vs_snapshot_use(1, other, other_len));
    free(other);
    assert(vs_snapshot_use(1, data, len)); /* and stays */
    struct world w;
    struct vs_host host = { .heap = VS_HEAP_SAVED, .snapshot = 1 };
    world_enter(&w, &host);
    struct vs_class *c = vs_snapshot_get_class(w.cx);
    assert(vs_is_str(vs_snapshot_get(w.cx)));
    put(&w, "other", vs_class_make(c));
    assert(world_true(&w, "other.constructor.name === 'Other' && number === 'second'"));
    assert(world_true(&w, "answer() === 42 && typeof twice === 'undefined'"));
    vs_scope_close(&w.scope);
    vs_isolate_close(w.cx);
}

static void open_saved(const char *path, const char *stranger)
{
    size_t len;
    uint8_t *data = read_all(path, "", &len);
    struct world w;
    assert(!vs_platform_open(1));
    refuses_others(data, len);
    assert(vs_snapshot_use(0, data, len));
    assert(!vs_snapshot_use(0, data, len)); /* once */
    struct vs_host host = { .heap = VS_HEAP_SAVED };
    open_second(path, stranger); /* it may go before the first one opens */
    world_enter(&w, &host);

    vs_val bytes = vs_snapshot_get(w.cx);
    assert(vs_is_u8(bytes) && vs_bytes(bytes).len == 3);
    vs_bytes(bytes).ptr[0] = 70;
    assert(world_true(&w, "bytes[0] === 70 && bytes[2] === 9"));
    assert(vs_is_str(vs_snapshot_get(w.cx)));
    struct vs_class *c = vs_snapshot_get_class(w.cx);
    vs_val thing = vs_class_make(c);
    vs_native_set(thing, 0, &w);
    assert(vs_native_get(thing, 0) == &w && vs_class_is(c, thing));
    put(&w, "thing", thing);
    assert(world_true(&w, "thing instanceof Thing && thing.answer() === 42"));
    assert(world_true(&w, "answer() === 42 && data() === 'datum' && twice(4) === 8"));
    assert(world_true(&w, "text === 'a text that stays where it is in the executable'"));
    assert(world_true(&w, "env.anything === 'from C' && lazy === 'lazy!'"));
    assert(world_true(&w, "map.get('k') === 1 && map.size === 2"));
    world_close(&w);
    free(data);
}

static int run(const char *mode, const char *path, const char *stranger)
{
    pid_t pid = fork();
    assert(pid >= 0);
    if (pid == 0) {
        execl("/proc/self/exe", "vs_snapshot_test", mode, path, stranger, NULL);
        _exit(127);
    }
    int status;
    assert(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void make_path(char *path)
{
    int fd = mkstemp(path);
    assert(fd >= 0);
    close(fd);
}

static void unlink_both(const char *path)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s" SECOND, path);
    unlink(path);
    unlink(name);
}

int main(int argc, char **argv)
{
    if (argc == 4) {
        if (strcmp(argv[1], "save") == 0) {
            save(argv[2]);
        } else {
            open_saved(argv[2], argv[3]);
        }
        return 0;
    }
    char path[] = "/tmp/torc-snapshot-XXXXXX", stranger[] = "/tmp/torc-snapshot-XXXXXX";
    make_path(path);
    make_path(stranger);
    assert(run("save", path, "") == 0);
    assert(run("save", stranger, "") == 0);
    assert(run("open", path, stranger) == 0);
    unlink_both(path);
    unlink_both(stranger);
    return 0;
}
