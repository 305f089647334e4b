/* A server sees the same requests, and answers the same, however the bytes of a connection are
 * split. Generated requests, most of them mutated, are given to the HTTP engine as received bytes:
 * in one piece, in two at every position, byte by byte, and in some random ways. Each piece is
 * memory of its own, so that AddressSanitizer sees a step over its end. What the program
 * (test/fixtures/http-splits.js) writes down, and what the peer gets, has to be what it was without
 * splits; the peer sees the end of the connection in both cases or in neither.
 *
 * FUZZ_SEED is the first seed, FUZZ_SECONDS how long. The seed of a failure is printed: with it and
 * FUZZ_SECONDS=0 just that one runs again. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/bind/net_handles.h"
#include "core/boot.h"
#include "core/conn.h"
#include "core/env.h"
#include "core/options.h"
#include "core/turn.h"
#include "test/c/check.h"

#define SECONDS 3
#define EVERY_MAX 1500u /* bytes; longer inputs are split at some positions only */
#define RANDOM_RUNS 10
#define TURNS_MAX 40 /* that a connection takes to end */

static struct rt_env *env;
static uint32_t seed;
static uint64_t runs;

struct text {
    char *ptr;
    size_t len;
};

/* Where pieces end: behind byte `first`, and behind every byte that `mask` bits of a generator
 * choose; mask 0: nowhere else. */
struct split {
    size_t first;
    uint32_t mask, state;
};

static void append(struct text *t, const char *bytes, size_t len)
{
    t->ptr = realloc(t->ptr, t->len + len + 1);
    EXPECT(t->ptr);
    memcpy(t->ptr + t->len, bytes, len);
    t->len += len;
    t->ptr[t->len] = '\0';
}

/* ---- the program ---- */

static struct text call(const char *name, vs_val arg)
{
    struct text out = { 0 };
    struct vs_cx *cx = env->cx;
    struct rt_callback cb;
    rt_callback_open(&cb, env, NULL);
    vs_val fn = vs_get_name(cx, vs_global(cx), name);
    EXPECT(fn && vs_is_fn(fn));
    vs_val res = rt_call_in(&cb, fn, vs_undefined(cx), 1, &arg);
    EXPECT(res);
    if (vs_is_str(res)) {
        uint32_t len = vs_str_len(res);
        out.ptr = malloc(len + 1);
        out.len = len;
        vs_str_write_latin1(cx, res, 0, len, (uint8_t *)out.ptr);
        out.ptr[len] = '\0';
    }
    rt_callback_close(&cb);
    return out;
}

static struct text input(void)
{
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    struct text t = call("input", vs_num(env->cx, seed));
    vs_scope_close(&scope);
    return t;
}

/* Takes what the peer got, gives all there is to compare. */
static struct text output(struct text *received)
{
    struct vs_scope scope;
    vs_scope_open(env->cx, &scope);
    vs_val got = vs_str_latin1(env->cx, received->ptr, (ptrdiff_t)received->len);
    struct text t = call("output", got);
    vs_scope_close(&scope);
    free(received->ptr);
    return t;
}

/* ---- a connection ---- */

/* Where the handle is: it is freed in the close phase. */
static struct rt_conn *alive;
static void (*close_of_conn)(struct rt_conn *c);

static void on_close(struct rt_conn *c)
{
    alive = NULL;
    if (close_of_conn) close_of_conn(c);
}

static int accept_one(void)
{
    struct vs_scope scope;
    int fds[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    vs_scope_open(env->cx, &scope);
    vs_val handle = rt_tcp_new_take(env, fds[0]);
    EXPECT(handle);
    alive = rt_conn_of(handle);
    close_of_conn = alive->on_close;
    alive->on_close = on_close;
    call("accept", handle);
    vs_scope_close(&scope);
    return fds[1];
}

static void deliver(const char *bytes, size_t len)
{
    for (int i = 0; alive && !alive->stream.reading && i < TURNS_MAX; i++) rt_turn(env);
    if (!alive || !alive->stream.reading) return;
    uint8_t *piece = malloc(len);
    EXPECT(piece);
    memcpy(piece, bytes, len);
    rt_stream_deliver(&alive->stream, (int64_t)len, piece);
    free(piece);
}

static bool ends_here(struct split *s, size_t pos)
{
    if (pos == s->first) return true;
    if (s->mask == 0) return false;
    s->state = s->state * 1664525u + 1013904223u;
    return !(s->state >> 16 & (s->mask - 1));
}

static bool receive(int peer, struct text *out)
{
    static char buf[4096];
    ssize_t n;
    while ((n = read(peer, buf, sizeof buf)) > 0) append(out, buf, (size_t)n);
    return n == 0 || errno != EAGAIN;
}

/* What came of it, as text. */
static struct text run(const struct text *in, struct split split)
{
    struct text out = { 0 };
    int peer = accept_one();
    size_t start = 0;
    for (size_t pos = 1; pos <= in->len; pos++) {
        if (pos < in->len && !ends_here(&split, pos)) continue;
        deliver(in->ptr + start, pos - start);
        start = pos;
    }
    rt_turn(env);
    if (alive && alive->stream.reading) rt_stream_deliver(&alive->stream, RT_EOF, NULL);
    bool ended = false;
    for (int i = 0; i < TURNS_MAX && !ended; i++) {
        rt_turn(env);
        ended = receive(peer, &out);
    }
    close(peer);
    for (int i = 0; alive && i < TURNS_MAX; i++) rt_turn(env);
    append(&out, ended ? "\nended" : "\nopen", ended ? 6 : 5);
    runs++;
    return output(&out);
}

static void compare(const struct text *in, const struct text *expected, struct split split)
{
    struct text got = run(in, split);
    if (got.len != expected->len || memcmp(got.ptr, expected->ptr, got.len) != 0) {
        fprintf(stderr, "FUZZ_SEED=%u FUZZ_SECONDS=0: split behind %zu, mask %u\n", seed,
                split.first, split.mask);
        fprintf(stderr, "---- input\n%s\n---- whole\n%s\n---- split\n%s\n", in->ptr, expected->ptr,
                got.ptr);
        exit(1);
    }
    free(got.ptr);
}

static void try_seed(void)
{
    struct text in = input();
    struct text whole = run(&in, (struct split){ 0 });
    size_t step = in.len <= EVERY_MAX ? 1 : in.len / EVERY_MAX + 1;
    for (size_t pos = 1; pos < in.len; pos += step)
        compare(&in, &whole, (struct split){ .first = pos });
    compare(&in, &whole, (struct split){ .mask = 1 });
    for (uint32_t i = 0; i < RANDOM_RUNS; i++)
        compare(&in, &whole, (struct split){ .mask = 2u << i % 8, .state = seed * 31 + i });
    free(whole.ptr);
    free(in.ptr);
}

static double number(const char *variable, double dflt)
{
    const char *text = getenv(variable);
    return text ? strtod(text, NULL) : dflt;
}

int main(void)
{
    char name[] = "torc", path[] = TEST_DIR "/fixtures/http-splits.js";
    char *argv[] = { name, path, NULL };
    struct rt_options *options;
    EXPECT_EQ(rt_options_parse(&options, 2, argv), 0);
    EXPECT(vs_platform_open(1) == NULL);
    struct rt_env_options eo = { .options = options };
    eo.argv = rt_options_argv(options, &eo.argc);
    eo.exec_argv = rt_options_exec_argv(options, &eo.exec_argc);
    const char *why;
    EXPECT(rt_env_open(&env, &eo, &why) == 0);
    EXPECT(rt_boot(env) && rt_boot_main(env, rt_options_main(options)));
    for (int i = 0; i < TURNS_MAX; i++) rt_turn(env);

    uint32_t first = seed = (uint32_t)number("FUZZ_SEED", 1);
    time_t end = time(NULL) + (time_t)number("FUZZ_SECONDS", SECONDS);
    do {
        try_seed();
        seed++;
    } while (time(NULL) < end);
    printf("seeds %u to %u, %" PRIu64 " connections\n", first, seed - 1, runs);
    rt_env_close(env);
    return 0;
}
