/* perf/http/load.c: the loader of `scripts/perf http`. Uses epoll and nothing of torc's: what is
 * measured does not measure itself.
 *
 *   perf_http_load MODE ADDRESS PORT CONNECTIONS DEPTH AMOUNT REQUEST ANSWER
 *
 * REQUEST and ANSWER are files: the bytes of one request, and the body that has to come back. Every
 * answer is compared with it, byte for byte; the first that is not status 200 with exactly this
 * body ends the run with exit code 1 and a message. Each connection sends DEPTH requests at once,
 * waits for all answers and sends again. MODE says what else:
 *
 *   keep    for AMOUNT seconds; what is under way then is waited for and counts
 *   churn   the same, with a new connection for each round
 *   count   until AMOUNT requests are answered, or a few more
 *   hold    one round on each connection, then all stay open until stdin ends (AMOUNT is ignored);
 *           a line says when they are all there
 *
 * The result is one line of JSON on stdout. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <hdr/hdr_histogram.h>
#include <inttypes.h>
#include <llhttp.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ull
#define NS_PER_US 1000.0
#define STATUS_OK 200
#define LATENCY_MAX_NS ((int64_t)(600 * NS_PER_S))
#define LATENCY_DIGITS 3
#define STALLED_MS 30000     /* nothing at all happens for so long: an error */
#define OPENING_AT_ONCE 128u /* fewer than a backlog holds */
#define RECV_SIZE (256u << 10)
#define EVENTS 256
#define ARGS 9

enum mode { KEEP, CHURN, COUNT, HOLD };

struct bytes {
    char *data;
    size_t len;
};

/* One connection: opened again by churn, never otherwise. */
struct conn {
    int fd;
    bool writable_wanted;
    llhttp_t parser;
    size_t sent;      /* of the batch */
    uint32_t pending; /* answers still to come */
    size_t body_len;  /* of the answer that arrives */
    uint64_t asked_ns;
};

static struct {
    enum mode mode;
    struct sockaddr_in addr;
    uint32_t conn_count;
    uint32_t depth;
    double amount;
    struct bytes batch; /* DEPTH requests */
    struct bytes answer;
    llhttp_settings_t settings;
    struct hdr_histogram *latency;
    struct conn *conns;
    uint32_t opened; /* connections that were started at least once */
    uint32_t busy;   /* of those, with answers to come */
    int epoll_fd;
    uint64_t started_ns, until_ns;
    uint64_t requests, bytes;
} load;

static char recv_buf[RECV_SIZE];

__attribute__((format(printf, 1, 2))) static _Noreturn void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("loader: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

/* ---- answers ---- */

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
    struct conn *c = parser->data;
    if (len > load.answer.len - c->body_len || memcmp(load.answer.data + c->body_len, at, len))
        fail("an answer differs from what was expected, within %zu bytes after byte %zu", len,
             c->body_len);
    c->body_len += len;
    return 0;
}

static int on_message_complete(llhttp_t *parser)
{
    struct conn *c = parser->data;
    if (parser->status_code != STATUS_OK) fail("an answer has status %d", parser->status_code);
    if (c->body_len != load.answer.len)
        fail("an answer has %zu bytes instead of %zu", c->body_len, load.answer.len);
    if (c->pending == 0) fail("an answer that nobody asked for");
    if (load.mode != CHURN && !llhttp_should_keep_alive(parser))
        fail("the server wants to close a connection that it should keep");
    c->body_len = 0;
    load.requests++;
    hdr_record_value(load.latency, (int64_t)(now_ns() - c->asked_ns));
    if (--c->pending == 0) load.busy--;
    return 0;
}

static bool is_over(void)
{
    switch (load.mode) {
    case COUNT: return (double)load.requests >= load.amount;
    case HOLD: return true;
    default: return now_ns() >= load.until_ns;
    }
}

/* ---- connections ---- */

static void want(struct conn *c, bool writable)
{
    if (c->writable_wanted == writable) return;
    c->writable_wanted = writable;
    struct epoll_event event = { .events = EPOLLIN | (writable ? EPOLLOUT : 0u), .data.ptr = c };
    if (epoll_ctl(load.epoll_fd, EPOLL_CTL_MOD, c->fd, &event)) fail("epoll: %s", strerror(errno));
}

static void send_rest(struct conn *c)
{
    while (c->sent < load.batch.len) {
        ssize_t n = send(c->fd, load.batch.data + c->sent, load.batch.len - c->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) break;
        if (n < 0) fail("a request could not be sent: %s", strerror(errno));
        c->sent += (size_t)n;
    }
    want(c, c->sent < load.batch.len);
}

static void ask(struct conn *c)
{
    c->sent = 0;
    c->pending = load.depth;
    load.busy++;
    send_rest(c);
}

static void open_conn(struct conn *c)
{
    int one = 1;
    c->asked_ns = now_ns(); /* with churn, connecting is part of the time */
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) fail("socket: %s", strerror(errno));
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(c->fd, (struct sockaddr *)&load.addr, sizeof load.addr) && errno != EINPROGRESS)
        fail("connect: %s", strerror(errno));
    llhttp_init(&c->parser, HTTP_RESPONSE, &load.settings);
    c->parser.data = c;
    c->body_len = 0;
    /* Sent as soon as it is connected. */
    c->sent = 0;
    c->pending = load.depth;
    c->writable_wanted = true;
    load.busy++;
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT, .data.ptr = c };
    if (epoll_ctl(load.epoll_fd, EPOLL_CTL_ADD, c->fd, &event)) fail("epoll: %s", strerror(errno));
}

static void ended(struct conn *c)
{
    if (load.mode != CHURN || c->pending) fail("the server closed a connection too early");
    close(c->fd);
    c->fd = -1;
    if (!is_over()) open_conn(c);
}

static void receive(struct conn *c)
{
    ssize_t n = recv(c->fd, recv_buf, sizeof recv_buf, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) fail("a connection broke: %s", strerror(errno));
    if (n == 0) {
        ended(c);
        return;
    }
    load.bytes += (uint64_t)n;
    if (llhttp_execute(&c->parser, recv_buf, (size_t)n) != HPE_OK)
        fail("an answer is no HTTP: %s", llhttp_get_error_reason(&c->parser));
    if (c->pending || load.mode == CHURN || is_over()) return;
    c->asked_ns = now_ns();
    ask(c);
}

static void handle(struct conn *c, uint32_t events)
{
    if (events & EPOLLOUT) {
        int err = 0;
        socklen_t len = sizeof err;
        if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len) || err)
            fail("a connection failed: %s", strerror(err));
        send_rest(c);
    }
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(c);
}

/* ---- the whole ---- */

static struct bytes read_file(const char *path)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (!f || fstat(fileno(f), &st)) fail("%s: %s", path, strerror(errno));
    struct bytes b = { malloc((size_t)st.st_size + 1), (size_t)st.st_size };
    if (!b.data || fread(b.data, 1, b.len, f) != b.len) fail("%s: cannot read", path);
    fclose(f);
    return b;
}

static struct bytes repeated(struct bytes one, uint32_t times)
{
    struct bytes all = { malloc(one.len * times + 1), one.len * times };
    if (!all.data) fail("out of memory");
    for (uint32_t i = 0; i < times; i++) memcpy(all.data + i * one.len, one.data, one.len);
    free(one.data);
    return all;
}

static enum mode read_mode(const char *text)
{
    static const char *const names[] = { "keep", "churn", "count", "hold" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(text, names[i])) return (enum mode)i;
    fail("no such mode: %s", text);
}

static double read_number(const char *text)
{
    char *end;
    double value = strtod(text, &end);
    if (*end || !*text || value < 0) fail("not a number: '%s'", text);
    return value;
}

static void read_args(char **argv)
{
    load.mode = read_mode(argv[1]);
    load.addr.sin_family = AF_INET;
    if (inet_pton(AF_INET, argv[2], &load.addr.sin_addr) != 1) fail("no address: %s", argv[2]);
    load.addr.sin_port = htons((in_port_t)read_number(argv[3]));
    load.conn_count = (uint32_t)read_number(argv[4]);
    load.depth = (uint32_t)read_number(argv[5]);
    if (!load.conn_count || !load.depth) fail("CONNECTIONS and DEPTH are at least 1");
    load.amount = read_number(argv[6]);
    load.batch = repeated(read_file(argv[7]), load.depth);
    load.answer = read_file(argv[8]);
}

/* As many files as this user may have open. */
static void raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void run(void)
{
    struct epoll_event events[EVENTS];
    for (;;) {
        while (load.opened < load.conn_count && (load.mode != HOLD || load.busy < OPENING_AT_ONCE))
            open_conn(&load.conns[load.opened++]);
        if (load.busy == 0 && is_over()) return;
        int n = epoll_wait(load.epoll_fd, events, EVENTS, STALLED_MS);
        if (n < 0 && errno != EINTR) fail("epoll: %s", strerror(errno));
        if (n == 0) fail("nothing happens any more; %u answers are missing", load.busy);
        for (int i = 0; i < n; i++) handle(events[i].data.ptr, events[i].events);
    }
}

/* Nothing may arrive and nobody may close while the connections are held. */
static void hold(void)
{
    char c;
    struct epoll_event event;
    printf("{\"held\":%u}\n", load.conn_count);
    fflush(stdout);
    while (read(STDIN_FILENO, &c, 1) > 0) continue;
    if (epoll_wait(load.epoll_fd, &event, 1, 0) != 0) fail("a held connection did not stay quiet");
}

static void print(double seconds)
{
    static const double percentiles[] = { 50, 90, 99, 99.9, 100 };
    printf("{\"seconds\":%.6f,\"requests\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"latency_us\":{",
           seconds, load.requests, load.bytes);
    for (size_t i = 0; i < sizeof percentiles / sizeof percentiles[0]; i++)
        printf("%s\"%g\":%.1f", i ? "," : "", percentiles[i],
               (double)hdr_value_at_percentile(load.latency, percentiles[i]) / NS_PER_US);
    puts("}}");
}

int main(int argc, char **argv)
{
    if (argc != ARGS) fail("it is for scripts/perf http; %s says how to call it", __FILE__);
    read_args(argv);
    raise_limit();
    llhttp_settings_init(&load.settings);
    load.settings.on_body = on_body;
    load.settings.on_message_complete = on_message_complete;
    load.conns = calloc(load.conn_count, sizeof *load.conns);
    load.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (!load.conns || load.epoll_fd < 0 ||
        hdr_init(1, LATENCY_MAX_NS, LATENCY_DIGITS, &load.latency))
        fail("cannot set up");
    load.started_ns = now_ns();
    load.until_ns = load.started_ns + (uint64_t)(load.amount * (double)NS_PER_S);
    run();
    double seconds = (double)(now_ns() - load.started_ns) / (double)NS_PER_S;
    if (load.mode == HOLD) hold();
    print(seconds);
    return 0;
}
