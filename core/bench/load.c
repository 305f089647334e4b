/* core/bench/load.c: see load.h. */
#include "core/bench/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <hdr/hdr_histogram.h>
#include <inttypes.h>
#include <llhttp.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/container.h"
#include "core/error.h"
#include "uring/loop.h"
#include "uring/sock.h"
#include "uring/timer.h"

#define NS_PER_S 1000000000ull
#define NS_PER_US 1000.0
#define STATUS_OK 200
#define LATENCY_MAX_NS ((int64_t)(600 * NS_PER_S))
#define LATENCY_DIGITS 3
#define ARGS 5

struct load;

/* One connection. Closed and opened again when the server ends it. */
struct conn {
    struct load *load;
    struct ur_stream stream;
    struct ur_send send;
    llhttp_t parser;
    uint64_t asked_ns;
    uint64_t body_len;
    bool open;    /* the stream is in use */
    bool refused; /* not to be opened again */
    bool waiting; /* for an answer */
    bool sending; /* the request has not all gone yet */
    bool last;    /* the server will close after this answer */
};

struct load {
    struct ur_loop *loop;
    struct ur_timer deadline;
    struct sockaddr_storage addr;
    socklen_t addr_len;
    const char *request;
    llhttp_settings_t settings;
    struct hdr_histogram *latency;
    struct conn *conns;
    uint32_t count;
    bool over;
    uint64_t started_ns, ended_ns;
    uint64_t requests, bytes, connects;
    uint64_t body_min, body_max;
    uint64_t refused, broken, bad; /* connections; answers cut off; answers with another status */
    int refused_err, bad_status;   /* the first of each */
};

static uint64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static void open_conn(struct conn *c);

/* ---- one request and its answer ---- */

static void closed(struct ur_stream *s, int32_t res)
{
    struct conn *c = container_of(s, struct conn, stream);
    c->open = false;
    if (!c->load->over && !c->refused) open_conn(c);
}

static void close_conn(struct conn *c)
{
    if (!ur_stream_closing(&c->stream)) ur_stream_close(&c->stream, closed);
}

static void ask(struct conn *c)
{
    c->waiting = c->sending = true;
    c->body_len = 0;
    c->asked_ns = now_ns();
    ur_send(&c->stream, &c->send, c->load->request, strlen(c->load->request));
}

static void sent(struct ur_send *req, int64_t res)
{
    struct conn *c = container_of(req, struct conn, send);
    c->sending = false;
    if (res < 0 || ur_stream_closing(&c->stream)) return; /* receiving will tell, or has told */
    if (!c->waiting) ask(c);                              /* the answer was faster */
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
    ((struct conn *)parser->data)->body_len += len;
    return 0;
}

static int on_message_begin(llhttp_t *parser)
{
    return ((struct conn *)parser->data)->waiting ? 0 : -1; /* nobody asked */
}

static int on_message_complete(llhttp_t *parser)
{
    struct conn *c = parser->data;
    struct load *l = c->load;
    c->waiting = false;
    c->last = !llhttp_should_keep_alive(parser);
    if (parser->status_code != STATUS_OK) {
        if (!l->bad++) l->bad_status = parser->status_code;
        return 0;
    }
    l->requests++;
    if (c->body_len < l->body_min) l->body_min = c->body_len;
    if (c->body_len > l->body_max) l->body_max = c->body_len;
    hdr_record_value(l->latency, (int64_t)(now_ns() - c->asked_ns));
    return 0;
}

static void received(struct ur_stream *s, int32_t res, const void *data)
{
    struct conn *c = container_of(s, struct conn, stream);
    bool ok = res > 0 ? llhttp_execute(&c->parser, data, (size_t)res) == HPE_OK
                      : res == 0 && llhttp_finish(&c->parser) == HPE_OK && !c->waiting;
    if (res > 0) c->load->bytes += (uint64_t)res;
    if (!ok) c->load->broken++;
    if (!ok || res <= 0 || c->last)
        close_conn(c);
    else if (!c->waiting && !c->sending)
        ask(c);
}

/* ---- connections ---- */

static void connected(struct ur_stream *s, int32_t res)
{
    struct conn *c = container_of(s, struct conn, stream);
    struct load *l = c->load;
    if (res == 0) {
        l->connects++;
        ur_recv_start(s, received);
        ask(c);
    } else if (res != -ECANCELED) {
        if (!l->refused++) l->refused_err = -res;
        c->refused = true;
        close_conn(c);
    }
}

static void open_conn(struct conn *c)
{
    struct load *l = c->load;
    int one = 1;
    int fd = socket(l->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        if (!l->refused++) l->refused_err = errno;
        return;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    llhttp_init(&c->parser, HTTP_RESPONSE, &l->settings);
    c->parser.data = c;
    c->send.done = sent;
    c->waiting = c->sending = c->last = false;
    c->open = true;
    ur_stream_init_take(l->loop, &c->stream, fd, UR_STREAM_TCP);
    ur_stream_connect(&c->stream, (struct sockaddr *)&l->addr, l->addr_len, connected);
}

static void time_over(struct ur_timer *t)
{
    struct load *l = container_of(t, struct load, deadline);
    l->over = true;
    l->ended_ns = now_ns();
    for (uint32_t i = 0; i < l->count; i++) {
        if (l->conns[i].open) close_conn(&l->conns[i]);
    }
}

/* ---- the whole ---- */

static bool read_addr(struct load *l, const char *address, const char *port)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&l->addr;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&l->addr;
    in_port_t number = htons((uint16_t)atoi(port));
    if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = number;
        l->addr_len = sizeof *v4;
        return true;
    }
    if (inet_pton(AF_INET6, address, &v6->sin6_addr) != 1) return false;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = number;
    l->addr_len = sizeof *v6;
    return true;
}

static void print(const struct load *l)
{
    static const double percentiles[] = { 50, 90, 99, 99.9, 100 };
    printf("{\"seconds\":%.6f,\"requests\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"connects\":%" PRIu64,
           (double)(l->ended_ns - l->started_ns) / (double)NS_PER_S, l->requests, l->bytes,
           l->connects);
    printf(",\"body\":{\"min\":%" PRIu64 ",\"max\":%" PRIu64 "}", l->requests ? l->body_min : 0,
           l->body_max);
    printf(",\"errors\":{\"refused\":%" PRIu64 ",\"broken\":%" PRIu64 ",\"status\":%" PRIu64 "}",
           l->refused, l->broken, l->bad);
    printf(",\"refused\":\"%s\",\"status\":%d,\"latency_us\":{",
           l->refused_err ? strerror(l->refused_err) : "", l->bad_status);
    for (size_t i = 0; i < sizeof percentiles / sizeof percentiles[0]; i++)
        printf("%s\"%g\":%.1f", i ? "," : "", percentiles[i],
               (double)hdr_value_at_percentile(l->latency, percentiles[i]) / NS_PER_US);
    puts("}}");
}

static void run(struct load *l, uint64_t seconds)
{
    llhttp_settings_init(&l->settings);
    l->settings.on_message_begin = on_message_begin;
    l->settings.on_body = on_body;
    l->settings.on_message_complete = on_message_complete;
    l->conns = calloc(l->count, sizeof *l->conns);
    CHECK(l->conns);
    CHECK(hdr_init(1, LATENCY_MAX_NS, LATENCY_DIGITS, &l->latency) == 0);
    l->started_ns = now_ns();
    ur_timer_init(l->loop, &l->deadline, time_over);
    ur_timer_start_ns(&l->deadline, seconds * NS_PER_S, 0);
    for (uint32_t i = 0; i < l->count; i++) {
        l->conns[i] = (struct conn){ .load = l };
        open_conn(&l->conns[i]);
    }
    CHECK(ur_loop_run(l->loop) == 0);
    print(l);
    hdr_close(l->latency);
    free(l->conns);
}

int rt_bench_load(int argc, char **argv)
{
    struct load l = { .body_min = UINT64_MAX };
    if (argc != ARGS || !read_addr(&l, argv[0], argv[1])) {
        fprintf(stderr, "torc: " RT_BENCH_LOAD " is for torc bench\n");
        return RT_EXIT_BAD_OPTION;
    }
    l.count = (uint32_t)strtoul(argv[2], NULL, 10);
    l.request = argv[4];
    if (ur_loop_open(&l.loop, NULL)) {
        fprintf(stderr, "torc: %s\n", ur_open_reason());
        return RT_EXIT_USER_ERROR;
    }
    run(&l, strtoul(argv[3], NULL, 10));
    return ur_loop_close(l.loop) ? RT_EXIT_USER_ERROR : RT_EXIT_OK;
}
