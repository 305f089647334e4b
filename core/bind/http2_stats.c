/* core/bind/http2_stats.c: what PerformanceObserver gets of type 'http2'. */
#include "core/bind/http2_priv.h"
#include "core/bind/performance_priv.h"

static void put_ms(struct vs_cx *cx, vs_val o, const char *name, int64_t ns)
{
    vs_put_int(cx, o, name, (double)ns / NS_PER_MS);
}

void h2_stats_session(struct h2_session *s)
{
    struct rt_env *env = s->state->env;
    struct vs_cx *cx = env->cx;
    const struct h2_session_stats *t = &s->stats;
    struct vs_scope scope;
    if (!rt_performance_observed(env, RT_ENTRY_HTTP2)) return;
    vs_scope_open(cx, &scope);
    vs_val o = vs_obj_new(cx);
    vs_put_int(cx, o, "bytesRead", (double)t->bytes_read);
    vs_put_int(cx, o, "bytesWritten", (double)t->bytes_written);
    vs_put_int(cx, o, "framesReceived", t->frames_received);
    vs_put_int(cx, o, "framesSent", t->frames_sent);
    vs_put_int(cx, o, "maxConcurrentStreams", t->streams_most);
    put_ms(cx, o, "pingRTT", t->ping_rtt_ns);
    put_ms(cx, o, "streamAverageDuration", t->streams ? t->stream_ns / t->streams : 0);
    vs_put_int(cx, o, "streamCount", t->streams);
    vs_put_str(cx, o, "type", s->type == H2_SERVER ? "server" : "client");
    rt_performance_entry(env, "Http2Session", "http2", t->start_ns, t->end_ns, o);
    vs_scope_close(&scope);
}

/* Times are since the stream began; 0: it did not come to it. */
static int64_t since(const struct h2_stream_stats *t, int64_t ns)
{
    return ns ? ns - t->start_ns : 0;
}

void h2_stats_stream(struct h2_stream *st)
{
    struct rt_env *env = st->state->env;
    struct vs_cx *cx = env->cx;
    const struct h2_stream_stats *t = &st->stats;
    struct vs_scope scope;
    if (!rt_performance_observed(env, RT_ENTRY_HTTP2)) return;
    vs_scope_open(cx, &scope);
    vs_val o = vs_obj_new(cx);
    vs_put_int(cx, o, "bytesRead", (double)t->bytes_read);
    vs_put_int(cx, o, "bytesWritten", (double)t->bytes_written);
    vs_put_int(cx, o, "id", st->id);
    put_ms(cx, o, "timeToFirstByte", since(t, t->first_byte_ns));
    put_ms(cx, o, "timeToFirstByteSent", since(t, t->first_byte_sent_ns));
    put_ms(cx, o, "timeToFirstHeader", since(t, t->first_header_ns));
    rt_performance_entry(env, "Http2Stream", "http2", t->start_ns, t->end_ns, o);
    vs_scope_close(&scope);
}
