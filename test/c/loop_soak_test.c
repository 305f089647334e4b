/* back ends: uring epoll fake */
/* Everything at once and at random: connections made, paused, shut down, cut, given away by either
 * side, files, jobs, timers, polls, and cancels of all of it. What arrives is checked byte by byte,
 * and at the end every counter and the number of descriptors are what they were at the start.
 *
 * SOAK_SECONDS=600: for so long, with more connections, and figures at the end. On the fake it is a
 * fuzz: rounds of one seed each. A round that fails names its seed; TORC_SEED=that replays it. */
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "test/c/fixture.h"
#include "uring/file.h"
#include "uring/job.h"
#include "uring/poll.h"
#include "uring/sock.h"
#include "uring/timer.h"

#define SEND_MAX 120000u
#define FILES 6
#define FILE_LEN_MAX 600000u
#define TIMERS 30
#define POLLS 4
#define JOBS 6
#define TICK_NS 1000000u
#define FAKE_TICK_NS 20000u /* its time stands almost still while something happens */
#define ROUND_LIMIT_S 120   /* a round beyond its time hangs */
#define FAKE_ROUND_POLLS 4000u

static struct {
    uint64_t opened, accepted, closed, bytes, sends, files, jobs, polls, cut_short;
} did;

static struct fixture f;
static uint64_t random_state;
static struct ur_listener listener;
static struct sockaddr_in addr;
static struct ur_timer tick;
static uint32_t clients, clients_wanted;
static bool draining;

static uint32_t draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 16) % below);
}

static bool one_in(uint32_t n)
{
    return draw(n) == 0;
}

/* What a stream carries at a position. The first byte tells the receiver the key. */
static uint8_t byte_at(uint8_t key, uint64_t pos)
{
    return (uint8_t)(key + pos * 7 + pos / 251);
}

/* ---- one end of a connection ---- */

struct end {
    struct ur_stream s;
    struct end *prev, *next; /* all of them, to pick from */
    uint32_t owed;           /* callbacks still to come that need the struct */
    uint32_t sending;
    uint64_t sent_pos, got_pos;
    uint8_t key, their_key;
    bool client, shut, over, cut;
};

struct chunk {
    struct ur_send req;
    struct end *end;
    struct iovec iov[3];
    uint8_t data[];
};

static struct end ends = { .prev = &ends, .next = &ends };
static uint32_t end_count;

static void open_client(void);
static void act(struct end *e);
static void on_recv(struct ur_stream *s, int32_t res, const void *data);

static void release(struct end *e)
{
    if (--e->owed) return;
    e->prev->next = e->next;
    e->next->prev = e->prev;
    end_count--;
    did.closed++;
    clients -= e->client;
    free(e);
    if (!draining && clients < clients_wanted) open_client();
}

static void on_closed(struct ur_stream *s, int32_t res)
{
    EXPECT_EQ(res, 0);
    release((struct end *)s);
}

struct loose_fd {
    struct ur_op op;
    struct end *end;
};

static void loose_closed(struct ur_op *op, int32_t res, uint32_t flags)
{
    struct loose_fd *l = (struct loose_fd *)op;
    EXPECT_EQ(res, 0);
    if (l->end) release(l->end);
    free(l);
}

static void on_released(struct ur_stream *s, int32_t fd)
{
    struct loose_fd *l = calloc(1, sizeof *l);
    EXPECT_GE(fd, 0);
    l->end = (struct end *)s;
    ur_op_init(&l->op, loose_closed);
    ur_close_fd(f.loop, &l->op, fd);
}

static void cut(struct end *e)
{
    struct linger reset = { .l_onoff = 1 };
    if (e->cut) return;
    e->cut = true;
    /* Mostly by a reset: there are not enough ports for so many that linger. */
    if (!f.fake && e->s.kind == UR_STREAM_TCP && !one_in(8))
        EXPECT_EQ(setsockopt(ur_stream_fd(&e->s), SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
    if (one_in(10))
        ur_stream_release(&e->s, on_released);
    else
        ur_stream_close(&e->s, on_closed);
}

static void chunk_sent(struct ur_send *req, int64_t res)
{
    struct chunk *c = (struct chunk *)req;
    struct end *e = c->end;
    if (res >= 0) EXPECT_EQ(res, req->len);
    did.sends++;
    e->sending--;
    free(c);
    if (res < 0)
        cut(e);
    else
        act(e);
    release(e);
}

static void send_some(struct end *e)
{
    uint32_t len = one_in(20) ? draw(SEND_MAX) : draw(3000);
    uint32_t first = len ? draw(len) : 0;
    if (e->sending > 3 || e->shut || (e->s.kind == UR_STREAM_FILE && !e->client)) return;
    struct chunk *c = malloc(sizeof *c + len);
    c->end = e;
    c->req.done = chunk_sent;
    for (uint32_t i = 0; i < len; i++) c->data[i] = byte_at(e->key, e->sent_pos + i);
    c->iov[0] = (struct iovec){ c->data, first };
    c->iov[1] = (struct iovec){ NULL, 0 };
    c->iov[2] = (struct iovec){ c->data + first, len - first };
    e->sent_pos += len;
    e->sending++;
    e->owed++;
    if (one_in(3))
        ur_sendv(&e->s, &c->req, c->iov, 3);
    else
        ur_send(&e->s, &c->req, c->data, len);
}

static void on_shut(struct ur_stream *s, int32_t res)
{
    struct end *e = (struct end *)s;
    if (!res) act(e);
    release(e);
}

static void shut(struct end *e)
{
    if (e->shut || e->s.kind == UR_STREAM_FILE) return;
    e->shut = true;
    e->owed++;
    ur_shutdown(&e->s, on_shut);
}

/* Something happened to e, or nothing did for long: do something. */
static void act(struct end *e)
{
    bool reads = e->s.kind != UR_STREAM_FILE || !e->client;
    if (e->cut) return;
    if (draining) {
        cut(e);
        return;
    }
    switch (draw(40)) {
    case 0: cut(e); break;
    case 1: shut(e); break;
    case 2:
    case 3: ur_recv_halt(&e->s); break;
    case 4:
    case 5:
    case 6:
    case 7: ur_recv_stop(&e->s); break;
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
    case 13:
    case 14:
        if (reads && !e->over) ur_recv_start(&e->s, on_recv);
        break;
    default: send_some(e);
    }
}

static void on_recv(struct ur_stream *s, int32_t res, const void *data)
{
    struct end *e = (struct end *)s;
    EXPECT(!ur_stream_closing(s));
    if (res > 0) {
        const uint8_t *bytes = data;
        if (!e->got_pos) e->their_key = bytes[0];
        for (int32_t i = 0; i < res; i++) {
            if (bytes[i] != byte_at(e->their_key, e->got_pos + (uint32_t)i))
                EXPECT(!"other bytes than were sent");
        }
        e->got_pos += (uint32_t)res;
        did.bytes += (uint32_t)res;
        act(e);
        return;
    }
    e->over = true;
    if (res < 0 || !one_in(5)) cut(e);
}

static struct end *end_new(int fd, enum ur_stream_kind kind, bool client)
{
    struct end *e = calloc(1, sizeof *e);
    e->owed = 1;
    e->key = (uint8_t)draw(256);
    e->client = client;
    e->next = &ends;
    e->prev = ends.prev;
    ends.prev->next = e;
    ends.prev = e;
    end_count++;
    clients += client;
    ur_stream_init_take(f.loop, &e->s, fd, kind);
    if (one_in(3)) ur_stream_unref(&e->s);
    return e;
}

static void on_accept(struct ur_listener *a, int32_t fd)
{
    EXPECT_GE(fd, 0);
    struct end *e = end_new(fd, UR_STREAM_TCP, false);
    did.accepted++;
    ur_recv_start(&e->s, on_recv);
    act(e);
}

static void on_connect(struct ur_stream *s, int32_t res)
{
    struct end *e = (struct end *)s;
    if (!res) {
        ur_recv_start(s, on_recv);
        act(e);
    } else if (res != -ECANCELED) {
        did.cut_short++;
        cut(e);
    }
    release(e);
}

static void open_pair(enum ur_stream_kind kind)
{
    int fds[2];
    if (kind == UR_STREAM_FILE)
        fixture_pipe(&f, fds);
    else
        fixture_unix_pair(&f, fds);
    struct end *reader = end_new(fds[0], kind, false), *writer = end_new(fds[1], kind, true);
    ur_recv_start(&reader->s, on_recv);
    if (kind != UR_STREAM_FILE) ur_recv_start(&writer->s, on_recv);
    act(writer);
}

static void open_client(void)
{
    did.opened++;
    if (one_in(8)) {
        open_pair(one_in(3) ? UR_STREAM_FILE : UR_STREAM_SOCKET);
        return;
    }
    struct end *e = end_new(fixture_socket(&f), UR_STREAM_TCP, true);
    e->owed++;
    ur_stream_connect(&e->s, (struct sockaddr *)&addr, sizeof addr, on_connect);
    if (one_in(20)) send_some(e);
    if (one_in(20)) cut(e);
}

/* ---- files: written, read back, removed, and cancelled at any point ---- */

struct file {
    struct ur_file_op op;
    struct statx st;
    char path[80], moved[80];
    uint8_t *out, *in;
    uint32_t len, step;
    int fd;
    uint8_t key;
};

static struct file files[FILES];
static char dir[] = "/tmp/loop_soak_XXXXXX";
static uint32_t files_busy;

enum { F_OPENED, F_WRITTEN, F_READ, F_STATTED, F_SYNCED, F_CLOSED, F_MOVED, F_REMOVED };

static void next_step(struct file *x)
{
    struct ur_loop *l = f.loop;
    switch (x->step) {
    case F_OPENED: ur_open(l, &x->op, AT_FDCWD, x->path, O_CREAT | O_RDWR | O_TRUNC, 0600); break;
    case F_WRITTEN: ur_write(l, &x->op, x->fd, x->out, x->len, 0); break;
    case F_READ: ur_read(l, &x->op, x->fd, x->in, FILE_LEN_MAX, 0); break;
    case F_STATTED: ur_fstat(l, &x->op, x->fd, &x->st); break;
    case F_SYNCED: ur_fdatasync(l, &x->op, x->fd); break;
    case F_CLOSED: ur_close(l, &x->op, x->fd); break;
    case F_MOVED: ur_rename(l, &x->op, x->path, x->moved); break;
    default: ur_unlink(l, &x->op, x->moved); break;
    }
}

static void start_file(struct file *x)
{
    x->len = one_in(4) ? draw(FILE_LEN_MAX) : draw(5000);
    x->key = (uint8_t)draw(256);
    for (uint32_t i = 0; i < x->len; i++) x->out[i] = byte_at(x->key, i);
    x->step = F_OPENED;
    x->fd = -1;
    files_busy++;
    next_step(x);
}

static void check_file(const struct file *x, int64_t res)
{
    if (res == -ECANCELED) return;
    EXPECT_GE(res, 0);
    if (x->step == F_READ) EXPECT(!memcmp(x->in, x->out, (size_t)res));
    if (x->step == F_STATTED) EXPECT_LE(x->st.stx_size, x->len);
}

static void file_step_done(struct ur_file_op *op, int64_t res)
{
    struct file *x = (struct file *)op;
    check_file(x, res);
    if (x->step == F_OPENED) x->fd = (int)res;
    bool again = res == -ECANCELED && x->step >= F_CLOSED;
    if (res == -ECANCELED && x->step == F_OPENED) {
        /* It may be there nevertheless; so the next time it is opened again. */
        files_busy--;
        if (!draining) start_file(x);
        return;
    }
    if (res == -ECANCELED && x->step < F_CLOSED)
        x->step = F_CLOSED;
    else if (!again)
        x->step++;
    if (x->step <= F_REMOVED) {
        next_step(x);
        return;
    }
    did.files++;
    files_busy--;
    if (!draining) start_file(x);
}

static void open_files(void)
{
    for (int i = 0; i < FILES; i++) {
        struct file *x = &files[i];
        snprintf(x->path, sizeof x->path, "%s/a%d", dir, i);
        snprintf(x->moved, sizeof x->moved, "%s/b%d", dir, i);
        x->out = malloc(FILE_LEN_MAX);
        x->in = malloc(FILE_LEN_MAX);
        ur_file_op_init(&x->op, file_step_done);
        start_file(x);
    }
}

static void drop_files(void)
{
    for (int i = 0; i < FILES; i++) {
        (void)unlink(files[i].path);
        free(files[i].out);
        free(files[i].in);
    }
}

/* ---- jobs, timers, polls ---- */

static struct ur_job jobs[JOBS];
static bool job_runs[JOBS];
static struct ur_timer timers[TIMERS];

struct watch {
    struct ur_poll poll;
    int fds[2];
};
static struct watch watches[POLLS];

static void work(struct ur_job *j)
{
    nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL);
}

static void job_done(struct ur_job *j, int32_t res)
{
    EXPECT(res == 0 || res == -ECANCELED);
    EXPECT(job_runs[j - jobs]);
    job_runs[j - jobs] = false;
    did.jobs++;
}

static void play_with_jobs(void)
{
    uint32_t i = draw(JOBS);
    if (f.fake) return; /* threads do not replay */
    if (job_runs[i]) {
        (void)ur_job_cancel(&jobs[i]);
        return;
    }
    job_runs[i] = true;
    jobs[i] = (struct ur_job){ .work = work, .done = job_done };
    ur_job_start(f.loop, &jobs[i]);
}

static void fired(struct ur_timer *t)
{
    EXPECT(!ur_timer_active(t) || t->repeat_ns);
    if (one_in(4)) ur_timer_stop(t);
}

static void play_with_timers(void)
{
    struct ur_timer *t = &timers[draw(TIMERS)];
    if (one_in(3))
        ur_timer_stop(t);
    else
        ur_timer_start_ms(t, draw(50), one_in(4) ? 1 + draw(20) : 0);
}

static void on_poll(struct ur_poll *p, int32_t res)
{
    EXPECT_GE(res, 1);
    did.polls++;
    if (one_in(3)) ur_poll_stop(p);
}

static void play_with_polls(void)
{
    struct watch *w = &watches[draw(POLLS)];
    uint32_t events[] = { POLLIN, POLLOUT, POLLIN | POLLOUT };
    if (one_in(3))
        ur_poll_stop(&w->poll);
    else
        ur_poll_start(&w->poll, events[draw(3)], (enum ur_poll_mode)draw(3), on_poll);
}

static struct file *random_file(void)
{
    return &files[draw(FILES)];
}

static struct end *random_end(void)
{
    struct end *e = ends.next;
    /* Near one of the two sides of the list: from there all come by, sooner or later. */
    bool newest = one_in(2);
    for (uint32_t n = draw(64); n > 0; n--) e = newest ? e->prev : e->next;
    if (e == &ends) e = ends.next;
    /* The oldest go to the end, so that the next ones are seen. */
    if (!newest && e != &ends) {
        e->prev->next = e->next;
        e->next->prev = e->prev;
        e->prev = ends.prev;
        e->next = &ends;
        ends.prev->next = e;
        ends.prev = e;
    }
    return e == &ends ? NULL : e;
}

static void on_tick(struct ur_timer *t)
{
    uint32_t count = 1 + end_count / 32;
    for (uint32_t i = 0; i < count; i++) {
        struct end *e = random_end();
        if (e) act(e);
    }
    play_with_timers();
    play_with_jobs();
    play_with_polls();
    struct file *x = random_file();
    if (x->step != F_CLOSED) ur_cancel(f.loop, &x->op.op);
    if (one_in(50)) ur_accept_stop(&listener);
    if (one_in(10)) ur_accept_start(&listener, on_accept);
    if (clients < clients_wanted) open_client();
}

/* ---- a round ---- */

static uint64_t clock_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void start_all(uint32_t wanted)
{
    clients_wanted = wanted;
    ur_listener_init_take(f.loop, &listener, fixture_listener(&f, &addr));
    ur_accept_start(&listener, on_accept);
    ur_timer_init(f.loop, &tick, on_tick);
    uint64_t every = f.fake ? FAKE_TICK_NS : TICK_NS;
    ur_timer_start_ns(&tick, every, every);
    for (int i = 0; i < TIMERS; i++) ur_timer_init(f.loop, &timers[i], fired);
    for (int i = 0; i < POLLS; i++) {
        fixture_unix_pair(&f, watches[i].fds);
        ur_poll_init(f.loop, &watches[i].poll, watches[i].fds[0]);
    }
    open_files();
    for (uint32_t i = 0; i < wanted; i++) open_client();
}

static void poll_once(int64_t timeout_ns)
{
    ur_timers_run(f.loop);
    EXPECT_GE(ur_loop_poll(f.loop, timeout_ns), 0);
}

static void watch_closed(struct ur_poll *p)
{
    struct watch *w = (struct watch *)p;
    for (int i = 0; i < 2; i++) {
        struct loose_fd *l = calloc(1, sizeof *l);
        ur_op_init(&l->op, loose_closed);
        ur_close_fd(f.loop, &l->op, w->fds[i]);
    }
}

static void stop_all(void)
{
    draining = true;
    ur_timer_stop(&tick);
    for (int i = 0; i < TIMERS; i++) ur_timer_stop(&timers[i]);
    for (int i = 0; i < POLLS; i++) ur_poll_close(&watches[i].poll, watch_closed);
    ur_accept_start(&listener, on_accept); /* what is left in the backlog is cut, too */
    for (struct end *e = ends.next; e != &ends; e = e->next) cut(e);
    for (int i = 0; i < 20; i++) poll_once(1000000);
    while (end_count || files_busy) poll_once(1000000);
    ur_listener_close(&listener, NULL);
    EXPECT_EQ(ur_loop_run(f.loop), 0);
    EXPECT_EQ(clients, 0);
}

static void report(uint64_t ms)
{
    struct ur_stats s = fixture_stats(&f);
    printf("%s: %.1f s, %" PRIu64 " connections opened, %" PRIu64 " accepted, %" PRIu64
           " failed, %" PRIu64 " sends, %.1f MB checked, %" PRIu64 " files, %" PRIu64
           " jobs, %" PRIu64 " polls; parks %" PRIu64 ", enobufs %" PRIu64 ", overflows %" PRIu64
           ", cancels %" PRIu64 ", late %" PRIu64 "\n",
           ur_backend_name(f.loop), (double)ms / 1e3, did.opened, did.accepted, did.cut_short,
           did.sends, (double)did.bytes / 1e6, did.files, did.jobs, did.polls, s.parks, s.enobufs,
           s.overflows, s.cancels, s.late);
}

static size_t resident_kb(void)
{
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    EXPECT(file && fscanf(file, "%*s %zu", &pages) == 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

/* In a process of its own. */
static void round_of(uint64_t seed, uint64_t ms, uint32_t wanted, bool talk)
{
    struct ur_loop_options o = {
        .buf_len = 2048, .buf_count = 16, .buf_cap = 64, .seed = seed, .job_threads = 2
    };
    uint64_t start = clock_ms();
    random_state = seed;
    fixture_open(&f, &o);
    start_all(wanted);
    if (f.fake) {
        for (uint32_t i = 0; i < FAKE_ROUND_POLLS; i++) poll_once(-1);
    } else {
        while (clock_ms() - start < ms / 4) poll_once(-1);
        size_t early = resident_kb();
        while (clock_ms() - start < ms) poll_once(-1);
        if (talk) printf("memory: %zu KB after a quarter, %zu KB now\n", early, resident_kb());
    }
    stop_all();
    drop_files();
    if (talk) report(clock_ms() - start);
    fixture_close(&f);
}

/* False: it failed. */
static bool in_child(uint64_t seed, uint64_t ms, uint32_t wanted, bool talk)
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    EXPECT_GE(pid, 0);
    if (!pid) {
        alarm((unsigned)(ms / 1000) + ROUND_LIMIT_S);
        round_of(seed, ms, wanted, talk);
        exit(0);
    }
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == TEST_SKIPPED) exit(TEST_SKIPPED);
    if (!status) return true;
    fprintf(stderr, "failed (wait status %d) with TORC_SEED=0x%" PRIx64 "\n", status, seed);
    return false;
}

int main(void)
{
    const char *text = getenv("SOAK_SECONDS"), *seed_text = getenv("TORC_SEED");
    const char *backend = getenv("TORC_IO");
    uint64_t ms = text ? strtoull(text, NULL, 10) * 1000 : 500;
    uint64_t seed = seed_text ? strtoull(seed_text, NULL, 0) : text ? clock_ms() : 5;
    bool fake = backend && !strcmp(backend, "fake");
    struct rlimit fds;
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &fds), 0);
    fds.rlim_cur = fds.rlim_max;
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &fds), 0);
    signal(SIGPIPE, SIG_IGN);
    EXPECT(mkdtemp(dir));
    bool ok = true;
    if (!fake) {
        ok = in_child(seed, ms, text ? 2000 : 100, text != NULL);
    } else {
        uint64_t rounds = 0, start = clock_ms();
        do ok = in_child(seed + rounds, 0, 30, false);
        while (++rounds && ok && !seed_text && clock_ms() - start < ms);
        if (text) printf("fake: %" PRIu64 " rounds from seed 0x%" PRIx64 "\n", rounds, seed);
    }
    EXPECT_EQ(rmdir(dir), 0);
    return !ok;
}
