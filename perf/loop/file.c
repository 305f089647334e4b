/* perf/loop/file.c: operations on a cached file of a temporary directory, some at a time. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "perf/loop/tools.h"
#include "uring/file.h"

#define PIECE 4096u
#define PIECES 64u /* of the file */
#define PATH_LEN 512u

struct bench;

struct request {
    struct ur_file_op op;
    struct statx st;
    char data[PIECE];
};

typedef void start_fn(struct bench *b, struct request *r);

struct bench {
    struct ur_loop *loop;
    start_fn *start;
    uint64_t left, done, wanted;
    uint32_t depth;
    int fd;
    char path[PATH_LEN];
    struct request request[];
};

static uint64_t place(const struct bench *b)
{
    return b->left % PIECES * PIECE;
}

static void start_stat(struct bench *b, struct request *r)
{
    ur_stat(b->loop, &r->op, AT_FDCWD, b->path, &r->st);
}

static void start_read(struct bench *b, struct request *r)
{
    ur_read(b->loop, &r->op, b->fd, r->data, PIECE, (int64_t)place(b));
}

static void start_write(struct bench *b, struct request *r)
{
    ur_write(b->loop, &r->op, b->fd, r->data, PIECE, (int64_t)place(b));
}

static void finished(struct ur_file_op *f, int64_t res)
{
    struct bench *b = ur_loop_owner(f->loop);
    struct request *r = (struct request *)f;
    PERF_NEED(res == (b->start == start_stat ? 0 : PIECE));
    b->done++;
    if (b->left == 0) return;
    b->left--;
    b->start(b, r);
}

/* depth requests at a time. */
static void *open_bench(int64_t depth, start_fn *start)
{
    struct bench *b = perf_alloc(sizeof *b + (size_t)depth * sizeof b->request[0]);
    struct ur_loop_options o = { .owner = b };
    const char *dir = getenv("TMPDIR");
    perf_pin(PERF_SERVER);
    PERF_NEED(ur_loop_open(&b->loop, &o) == 0);
    snprintf(b->path, sizeof b->path, "%s/torc-perf-XXXXXX", dir ? dir : "/tmp");
    b->fd = mkostemp(b->path, O_CLOEXEC);
    PERF_NEED(b->fd >= 0);
    b->start = start;
    b->depth = (uint32_t)depth;
    for (uint32_t i = 0; i < b->depth; i++) ur_file_op_init(&b->request[i].op, finished);
    for (uint32_t i = 0; i < PIECES; i++)
        PERF_NEED(write(b->fd, b->request[0].data, PIECE) == PIECE);
    return b;
}

static void *stat_open(int64_t depth)
{
    return open_bench(depth, start_stat);
}

static void *read_open(int64_t depth)
{
    return open_bench(depth, start_read);
}

static void *write_open(int64_t depth)
{
    return open_bench(depth, start_write);
}

static void file_run(void *state, uint64_t count)
{
    struct bench *b = state;
    b->wanted = b->done + count;
    b->left = count - b->depth;
    for (uint32_t i = 0; i < b->depth; i++) b->start(b, &b->request[i]);
    while (b->done < b->wanted) PERF_NEED(ur_loop_poll(b->loop, -1) >= 0);
}

static void count(void *state, struct perf_counts *out)
{
    struct bench *b = state;
    perf_loop_count(b->loop, CLOCK_THREAD_CPUTIME_ID, out);
}

static void file_close(void *state)
{
    struct bench *b = state;
    PERF_NEED(ur_loop_close(b->loop) == 0);
    close(b->fd);
    unlink(b->path);
    free(b);
}

const struct perf_case perf_file_stat = { "file/stat", { 1, 64 }, 256,       stat_open,
                                          file_run,    count,     file_close };
const struct perf_case perf_file_read = { "file/read4k", { 1, 64 }, 256,       read_open,
                                          file_run,      count,     file_close };
const struct perf_case perf_file_write = { "file/write4k", { 1, 64 }, 256,       write_open,
                                           file_run,       count,     file_close };
