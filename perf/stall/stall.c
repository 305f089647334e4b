/* perf/stall/stall.c FILE: how late a timer of 1 ms is while FILE, which is cached, is read as a
 * whole again and again, and how late when nothing else goes on: what comes in both is the machine.
 * Prints histograms, and the most CPU time that the thread used between two timers' turns: what
 * keeps it busy for long shows there whatever else the machine does. The back end is the one that
 * TORC_IO names. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "uring/file.h"
#include "uring/loop.h"
#include "uring/timer.h"

#define NS_PER_S 1000000000ull
#define PERIOD_NS 1000000u
#define FIRES 500u
#define BUCKETS 16u /* of lateness: below 16 us, 32 us, ... */
#define FIRST_NS 16000u

struct bench {
    struct ur_loop *loop;
    struct ur_file_op read;
    struct ur_timer timer;
    char *data;
    size_t len;
    int fd;
    uint64_t due_ns, worst_ns, busiest_ns;
    uint32_t fired, reads;
    bool reading;
    uint32_t late[BUCKETS];
};

static void need(bool ok, const char *what)
{
    if (ok) return;
    perror(what);
    exit(1);
}

static uint64_t time_ns(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static void start_timer(struct bench *b);

static void fired(struct ur_timer *t)
{
    struct bench *b = ur_loop_owner(t->loop);
    uint64_t late = time_ns(CLOCK_MONOTONIC) - b->due_ns;
    uint32_t bucket = 0;
    while (bucket < BUCKETS - 1 && late >= (uint64_t)FIRST_NS << bucket) bucket++;
    b->late[bucket]++;
    if (late > b->worst_ns) b->worst_ns = late;
    if (++b->fired < FIRES) start_timer(b);
}

static void start_timer(struct bench *b)
{
    ur_loop_update_time(b->loop);
    b->due_ns = ur_loop_now_ns(b->loop) + PERIOD_NS;
    ur_timer_start_ns(&b->timer, PERIOD_NS, 0);
}

static void was_read(struct ur_file_op *f, int64_t res)
{
    struct bench *b = ur_loop_owner(f->loop);
    need(res == (int64_t)b->len, "read");
    b->reads++;
    if (b->fired < FIRES) ur_read(b->loop, &b->read, b->fd, b->data, b->len, 0);
}

static void print(const struct bench *b)
{
    if (b->reading)
        printf("%s: %" PRIu32 " reads of %zu MB, timer late by\n", ur_backend_name(b->loop),
               b->reads, b->len >> 20);
    else
        printf("%s: no reads, timer late by\n", ur_backend_name(b->loop));
    for (uint32_t i = 0; i < BUCKETS; i++)
        if (b->late[i])
            printf("  %s %6" PRIu64 " us %6" PRIu32 "\n", i < BUCKETS - 1 ? "<" : "  ",
                   ((uint64_t)FIRST_NS << i) / 1000, b->late[i]);
    printf("  most %4" PRIu64 " us; most CPU time of a turn %4" PRIu64 " us\n", b->worst_ns / 1000,
           b->busiest_ns / 1000);
}

static void measure(const struct bench *file, bool reading)
{
    struct bench b = *file;
    struct ur_loop_options o = { .owner = &b };
    b.reading = reading;
    need(ur_loop_open(&b.loop, &o) == 0, "loop");
    ur_file_op_init(&b.read, was_read);
    ur_timer_init(b.loop, &b.timer, fired);
    start_timer(&b);
    if (reading) ur_read(b.loop, &b.read, b.fd, b.data, b.len, 0);
    while (ur_loop_alive(b.loop)) {
        uint64_t start = time_ns(CLOCK_THREAD_CPUTIME_ID);
        ur_timers_run(b.loop);
        need(ur_loop_poll(b.loop, ur_loop_alive(b.loop) ? -1 : 0) >= 0, "loop");
        uint64_t busy = time_ns(CLOCK_THREAD_CPUTIME_ID) - start;
        if (busy > b.busiest_ns) b.busiest_ns = busy;
    }
    print(&b);
    need(ur_loop_close(b.loop) == 0, "loop");
}

int main(int argc, char **argv)
{
    struct bench b = { 0 };
    struct stat st;
    b.fd = open(argc == 2 ? argv[1] : "", O_RDONLY | O_CLOEXEC);
    need(b.fd >= 0 && !fstat(b.fd, &st), "FILE");
    b.len = (size_t)st.st_size;
    b.data = malloc(b.len);
    need(b.data && pread(b.fd, b.data, b.len, 0) == (ssize_t)b.len, "read");
    measure(&b, false);
    measure(&b, true);
    return 0;
}
