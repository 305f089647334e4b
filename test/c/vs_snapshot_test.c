/* A heap that one process saves opens in another: values, callbacks, lazy properties, classes,
 * memory and texts are in place; what is not of this executable is refused. */
#include <sys/wait.h>
#include <unistd.h>

#include "test/c/vs_world.h"

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
    size_t len;
    uint8_t *data = vs_snapshot_take(w.cx, &len);
    assert(data);
    FILE *f = fopen(path, "wb");
    assert(f && fwrite(data, 1, len, f) == len && fclose(f) == 0);
    free(data);
    vs_platform_close();
}

static uint8_t *read_all(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
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
        assert(!vs_snapshot_use(data, len));
        data[i] ^= 1;
    }
    assert(!vs_snapshot_use(data, len - 1));
    assert(!vs_snapshot_use(data, HEAD));
    assert(!vs_snapshot_use(data, 0));
}

static void open_saved(const char *path)
{
    size_t len;
    uint8_t *data = read_all(path, &len);
    struct world w;
    memset(&w, 0, sizeof w);
    assert(!vs_platform_open(1));
    refuses_others(data, len);
    assert(vs_snapshot_use(data, len));
    assert(!vs_snapshot_use(data, len)); /* once */
    struct vs_host host = { .user = &w,
                            .wake = world_wake,
                            .uncaught = world_uncaught,
                            .promise_reject = world_reject,
                            .fatal = world_fatal,
                            .heap = VS_HEAP_SAVED };
    w.cx = vs_isolate_open(&host, NULL);
    vs_scope_open(w.cx, &w.scope);

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

static int run(char *self, const char *mode, const char *path)
{
    pid_t pid = fork();
    assert(pid >= 0);
    if (pid == 0) {
        execl(self, self, mode, path, NULL);
        _exit(127);
    }
    int status;
    assert(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "save") == 0) {
        save(argv[2]);
        return 0;
    }
    if (argc == 3) {
        open_saved(argv[2]);
        return 0;
    }
    char path[] = "/tmp/torc-snapshot-XXXXXX";
    int fd = mkstemp(path);
    assert(fd >= 0);
    close(fd);
    assert(run("/proc/self/exe", "save", path) == 0);
    assert(run("/proc/self/exe", "open", path) == 0);
    unlink(path);
    return 0;
}
