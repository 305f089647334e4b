/* core/bind/histogram.c: class Histogram (perf_hooks.createHistogram()) and the histogram of event
 * loop delays, which is the same with a timer. */
#include "core/bind/histogram.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "core/container.h"
#include "core/env.h"
#include "core/error.h"
#include "core/message.h"
#include "core/snapshot.h"

/* Native pointers of the objects: the owner's struct and the histogram in it. */
enum field { FIELD_OWNER, FIELD_HISTOGRAM, FIELD_COUNT };

/* Loop delays are kept from 1 ns to an hour, in three figures. */
#define DELAY_MAX_NS INT64_C(3600000000000)
#define DELAY_FIGURES 3

#define NS_PER_S 1000000000

/* Made by createHistogram(). */
struct plain {
    struct rt_native native; /* first */
    struct rt_histogram *h;  /* a share */
};

/* Made by monitorEventLoopDelay(). */
struct delays {
    struct rt_handle handle; /* first */
    struct rt_histogram *h;  /* a share */
    struct ur_timer timer;
    uint64_t interval_ms;
};

/* Per-env state, in RT_STATE_performance. */
struct histograms {
    struct vs_class *plain, *delays;
};

/* NULL: there can be none of such a range. */
static struct rt_histogram *histogram_new(int64_t lowest, int64_t highest, int figures)
{
    struct hdr_histogram *hdr;
    if (hdr_init(lowest, highest, figures, &hdr)) return NULL;
    struct rt_histogram *h = calloc(1, sizeof *h);
    CHECK(h);
    h->hdr = hdr;
    h->shares = 1;
    return h;
}

/* ANY THREAD */
static void histogram_drop(struct rt_histogram *h)
{
    if (atomic_fetch_sub(&h->shares, 1) > 1) return;
    hdr_close(h->hdr);
    free(h);
}

struct rt_histogram *rt_histogram_of(vs_val object)
{
    CHECK(vs_native_count(object) == FIELD_COUNT);
    return vs_native_get(object, FIELD_HISTOGRAM);
}

static struct rt_histogram *self(const struct vs_args *a)
{
    return rt_histogram_of(vs_this(a));
}

static void ewma_add(struct rt_ewma *e, double value)
{
    if (e->half_life <= 0) return;
    double over = value > e->threshold ? 1 : 0;
    if (!e->any) {
        e->any = true;
        e->mean = value;
        e->error_rate = over;
        return;
    }
    double alpha = 1 - exp2(-1 / e->half_life);
    double delta = value - e->mean;
    e->mean += alpha * delta;
    e->variance = (1 - alpha) * (e->variance + alpha * delta * delta);
    e->error_rate += alpha * (over - e->error_rate);
}

bool rt_histogram_record(struct rt_histogram *h, int64_t value)
{
    ewma_add(&h->ewma, (double)value);
    bool in_range = hdr_record_value(h->hdr, value);
    if (!in_range) h->exceeds++;
    return in_range;
}

static int64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static void add_delta(struct rt_histogram *h)
{
    uint64_t now = (uint64_t)now_ns();
    if (h->prev_ns > 0 && now > h->prev_ns) rt_histogram_record(h, (int64_t)(now - h->prev_ns));
    h->prev_ns = now;
}

static void reset_histogram(struct rt_histogram *h)
{
    hdr_reset(h->hdr);
    h->exceeds = 0;
    h->prev_ns = 0;
    h->ewma = (struct rt_ewma){ .half_life = h->ewma.half_life, .threshold = h->ewma.threshold };
}

/* A number or BigInt above 0. False: RangeError pending. */
static bool read_value(const struct vs_args *a, int i, int64_t *out)
{
    vs_val v = vs_arg(a, i);
    bool ok = true;
    *out = vs_is_bigint(v) ? vs_bigint_to_i64(v, &ok) : vs_int64(v);
    if (ok && *out > 0) return true;
    rt_throw_code(rt_env_of(a), VS_RANGE_ERROR, "ERR_OUT_OF_RANGE", "value is out of range");
    return false;
}

static void record(const struct vs_args *a)
{
    int64_t value;
    if (read_value(a, 0, &value)) rt_histogram_record(self(a), value);
}

static void record_delta(const struct vs_args *a)
{
    add_delta(self(a));
}

/* Also records what would have been measured in the gap that a late value stands for. */
static void record_corrected(const struct vs_args *a)
{
    int64_t value, interval;
    if (!read_value(a, 0, &value) || !read_value(a, 1, &interval)) return;
    struct rt_histogram *h = self(a);
    if (!hdr_record_corrected_value(h->hdr, value, interval)) h->exceeds++;
}

static void add(const struct vs_args *a)
{
    struct rt_histogram *h = self(a);
    const struct rt_histogram *other = rt_histogram_of(vs_arg(a, 0));
    h->exceeds += (uint64_t)hdr_add(h->hdr, other->hdr) + other->exceeds;
}

static void subtract(const struct vs_args *a)
{
    struct rt_histogram *h = self(a);
    const struct rt_histogram *other = rt_histogram_of(vs_arg(a, 0));
    struct hdr_iter it;
    hdr_iter_recorded_init(&it, other->hdr);
    while (hdr_iter_next(&it)) {
        int64_t have = hdr_count_at_value(h->hdr, it.value);
        hdr_record_values(h->hdr, it.value, -(have < it.count ? have : it.count));
    }
    hdr_reset_internal_counters(h->hdr);
    h->exceeds -= h->exceeds < other->exceeds ? h->exceeds : other->exceeds;
}

static void reset(const struct vs_args *a)
{
    reset_histogram(self(a));
}

static void count(const struct vs_args *a)
{
    vs_ret_f64(a, (double)self(a)->hdr->total_count);
}

static void count_bigint(const struct vs_args *a)
{
    vs_ret(a, vs_bigint_i64(vs_args_cx(a), self(a)->hdr->total_count));
}

static void min(const struct vs_args *a)
{
    vs_ret_f64(a, (double)hdr_min(self(a)->hdr));
}

static void min_bigint(const struct vs_args *a)
{
    vs_ret(a, vs_bigint_i64(vs_args_cx(a), hdr_min(self(a)->hdr)));
}

static void max(const struct vs_args *a)
{
    vs_ret_f64(a, (double)hdr_max(self(a)->hdr));
}

static void max_bigint(const struct vs_args *a)
{
    vs_ret(a, vs_bigint_i64(vs_args_cx(a), hdr_max(self(a)->hdr)));
}

static void mean(const struct vs_args *a)
{
    const struct hdr_histogram *hdr = self(a)->hdr;
    vs_ret_f64(a, hdr->total_count > 0 ? hdr_mean(hdr) : NAN);
}

static void stddev(const struct vs_args *a)
{
    const struct hdr_histogram *hdr = self(a)->hdr;
    vs_ret_f64(a, hdr->total_count > 0 ? hdr_stddev(hdr) : NAN);
}

static void exceeds(const struct vs_args *a)
{
    vs_ret_f64(a, (double)self(a)->exceeds);
}

static void exceeds_bigint(const struct vs_args *a)
{
    vs_ret(a, vs_bigint_u64(vs_args_cx(a), self(a)->exceeds));
}

static void ewma_mean(const struct vs_args *a)
{
    vs_ret_f64(a, self(a)->ewma.mean);
}

static void ewma_stddev(const struct vs_args *a)
{
    vs_ret_f64(a, sqrt(self(a)->ewma.variance));
}

static void ewma_error_rate(const struct vs_args *a)
{
    const struct rt_ewma *e = &self(a)->ewma;
    vs_ret_f64(a, e->threshold > 0 ? e->error_rate : 0);
}

/* Standardised central moment of the recorded values; 0 when they don't spread. */
static double moment(const struct hdr_histogram *hdr, int power)
{
    if (hdr->total_count == 0) return 0;
    double mean = hdr_mean(hdr), sum = 0, square_sum = 0;
    struct hdr_iter it;
    hdr_iter_recorded_init(&it, hdr);
    while (hdr_iter_next(&it)) {
        double d = (double)it.median_equivalent_value - mean;
        sum += pow(d, power) * (double)it.count;
        square_sum += d * d * (double)it.count;
    }
    double n = (double)hdr->total_count, deviation = sqrt(square_sum / n);
    return deviation > 0 ? sum / n / pow(deviation, power) : 0;
}

static void skewness(const struct vs_args *a)
{
    vs_ret_f64(a, moment(self(a)->hdr, 3));
}

/* Excess: 0 for a normal distribution, whose fourth moment is 3. */
static void kurtosis(const struct vs_args *a)
{
    double m = moment(self(a)->hdr, 4);
    vs_ret_f64(a, m > 0 ? m - 3 : 0);
}

static void count_at(const struct vs_args *a)
{
    vs_ret_f64(a, (double)hdr_count_at_value(self(a)->hdr, vs_int64(vs_arg(a, 0))));
}

/* Share of the recorded values that are at most the given one. */
static void cdf(const struct vs_args *a)
{
    const struct hdr_histogram *hdr = self(a)->hdr;
    double limit = vs_f64(vs_arg(a, 0));
    int64_t below = 0;
    struct hdr_iter it;
    hdr_iter_recorded_init(&it, hdr);
    while (hdr_iter_next(&it) && (double)it.lowest_equivalent_value <= limit) below += it.count;
    vs_ret_f64(a, hdr->total_count > 0 ? (double)below / (double)hdr->total_count : 0);
}

static void percentile(const struct vs_args *a)
{
    vs_ret_f64(a, (double)hdr_value_at_percentile(self(a)->hdr, vs_f64(vs_arg(a, 0))));
}

static void percentile_bigint(const struct vs_args *a)
{
    int64_t value = hdr_value_at_percentile(self(a)->hdr, vs_f64(vs_arg(a, 0)));
    vs_ret(a, vs_bigint_i64(vs_args_cx(a), value));
}

static void put_percentiles(const struct vs_args *a, bool bigint)
{
    struct vs_cx *cx = vs_args_cx(a);
    struct hdr_iter it;
    hdr_iter_percentile_init(&it, self(a)->hdr, 1);
    while (hdr_iter_next(&it)) {
        vs_val key = vs_num(cx, it.specifics.percentiles.percentile);
        vs_val value = bigint ? vs_bigint_i64(cx, it.value) : vs_num(cx, (double)it.value);
        if (!vs_map_set(cx, vs_arg(a, 0), key, value)) return;
    }
}

/* percentiles(map) */
static void percentiles(const struct vs_args *a)
{
    put_percentiles(a, false);
}

static void percentiles_bigint(const struct vs_args *a)
{
    put_percentiles(a, true);
}

/* percentilesAt(map, sorted Float64Array) */
static void percentiles_at(const struct vs_args *a)
{
    struct vs_cx *cx = vs_args_cx(a);
    uint32_t count = (uint32_t)(vs_view_len(vs_arg(a, 1)) / sizeof(double));
    for (uint32_t i = 0; i < count; i++) {
        vs_val key = vs_get_index(cx, vs_arg(a, 1), i);
        if (!key) return;
        double value = (double)hdr_value_at_percentile(self(a)->hdr, vs_f64(key));
        if (!vs_map_set(cx, vs_arg(a, 0), key, vs_num(cx, value))) return;
    }
}

static bool put_bucket(struct vs_cx *cx, vs_val map, const struct hdr_iter *it, int64_t count)
{
    return vs_map_set(cx, map, vs_num(cx, (double)it->value), vs_num(cx, (double)count)) != NULL;
}

/* linearBuckets(width, map) */
static void linear_buckets(const struct vs_args *a)
{
    struct hdr_iter it;
    hdr_iter_linear_init(&it, self(a)->hdr, vs_int64(vs_arg(a, 0)));
    while (hdr_iter_next(&it)) {
        int64_t count = it.specifics.linear.count_added_in_this_iteration_step;
        if (!put_bucket(vs_args_cx(a), vs_arg(a, 1), &it, count)) return;
    }
}

/* logBuckets(first width, base, map) */
static void log_buckets(const struct vs_args *a)
{
    struct hdr_iter it;
    hdr_iter_log_init(&it, self(a)->hdr, vs_int64(vs_arg(a, 0)), vs_f64(vs_arg(a, 1)));
    while (hdr_iter_next(&it)) {
        int64_t count = it.specifics.log.count_added_in_this_iteration_step;
        if (!put_bucket(vs_args_cx(a), vs_arg(a, 2), &it, count)) return;
    }
}

static void drop_plain(struct rt_native *native)
{
    struct plain *p = container_of(native, struct plain, native);
    histogram_drop(p->h);
    free(p);
}

static void plain_init_take(struct rt_env *env, vs_val object, struct rt_histogram *h)
{
    struct plain *p = calloc(1, sizeof *p);
    CHECK(p);
    p->h = h;
    rt_native_init(&p->native, env, object, drop_plain);
    vs_native_set(object, FIELD_HISTOGRAM, h);
}

/* new Histogram(lowest, highest, figures, halfLife, threshold) */
static void construct(const struct vs_args *a)
{
    struct rt_env *env = rt_env_of(a);
    bool ok;
    vs_val low = vs_arg(a, 0), high = vs_arg(a, 1);
    int64_t lowest = vs_is_bigint(low) ? vs_bigint_to_i64(low, &ok) : vs_int64(low);
    int64_t highest = vs_is_bigint(high) ? vs_bigint_to_i64(high, &ok) : vs_int64(high);
    struct rt_histogram *h = histogram_new(lowest, highest, vs_int(vs_arg(a, 2)));
    if (!h) {
        rt_throw_code(env, VS_RANGE_ERROR, "ERR_OUT_OF_RANGE", "Invalid histogram range");
        return;
    }
    h->ewma.half_life = vs_f64(vs_arg(a, 3));
    h->ewma.threshold = vs_f64(vs_arg(a, 4));
    plain_init_take(env, vs_this(a), h);
}

static void delays_fired(struct ur_timer *timer)
{
    add_delta(container_of(timer, struct delays, timer)->h);
}

static bool close_delays(struct rt_handle *handle)
{
    struct delays *d = container_of(handle, struct delays, handle);
    ur_timer_stop(&d->timer);
    rt_handle_closed(handle);
    return true;
}

static void drop_delays(struct rt_handle *handle)
{
    struct delays *d = container_of(handle, struct delays, handle);
    histogram_drop(d->h);
    free(d);
}

/* start(reset) */
static void start(const struct vs_args *a)
{
    struct delays *d = vs_native_get(vs_this(a), FIELD_OWNER);
    if (vs_is_true(vs_args_cx(a), vs_arg(a, 0))) reset_histogram(d->h);
    d->h->prev_ns = 0;
    ur_timer_start_ms(&d->timer, d->interval_ms, d->interval_ms);
}

static void stop(const struct vs_args *a)
{
    struct delays *d = vs_native_get(vs_this(a), FIELD_OWNER);
    ur_timer_stop(&d->timer);
}

/* createELDHistogram(interval in ms, sample each turn) */
static void create_delays(const struct vs_args *a)
{
    static const struct rt_handle_ops ops = { .close = close_delays, .drop = drop_delays };
    struct rt_env *env = rt_env_of(a);
    if (vs_is_true(env->cx, vs_arg(a, 1))) {
        rt_throw_missing(env, "performance.createELDHistogram with samplePerIteration");
        return;
    }
    struct histograms *state = env->binding_state[RT_STATE_performance];
    vs_val object = vs_class_make(state->delays);
    if (!object) return;
    struct delays *d = calloc(1, sizeof *d);
    CHECK(d);
    d->h = histogram_new(1, DELAY_MAX_NS, DELAY_FIGURES);
    CHECK(d->h);
    d->interval_ms = (uint64_t)vs_int64(vs_arg(a, 0));
    ur_timer_init(env->loop, &d->timer, delays_fired);
    ur_timer_unref(&d->timer);
    rt_handle_init(&d->handle, env, object, RT_PROVIDER_ELDHISTOGRAM, &ops, d);
    d->handle.ref = false;
    vs_native_set(object, FIELD_HISTOGRAM, d->h);
    vs_ret(a, object);
}

/* A share of a histogram on its way. Both classes arrive as plain ones. */
struct histogram_parcel {
    struct rt_parcel parcel; /* first */
    struct rt_histogram *h;  /* a share */
};

static vs_val open_parcel(struct rt_env *env, struct rt_parcel *p)
{
    struct rt_histogram *h = ((struct histogram_parcel *)p)->h;
    struct histograms *state = env->binding_state[RT_STATE_performance];
    vs_val object = vs_class_make(state->plain);
    if (!object) return NULL;
    h->shares++;
    plain_init_take(env, object, h);
    return object;
}

static void drop_parcel(struct rt_parcel *p)
{
    histogram_drop(((struct histogram_parcel *)p)->h);
    free(p);
}

static struct rt_parcel *pack(struct rt_env *env, vs_val object, int mode)
{
    struct histogram_parcel *p = calloc(1, sizeof *p);
    CHECK(p);
    p->parcel = (struct rt_parcel){ .open = open_parcel, .drop = drop_parcel };
    p->h = rt_histogram_of(object);
    p->h->shares++;
    return &p->parcel;
}

static const struct rt_transfer_class transfer = {
    .name = "Histogram",
    .mode = RT_CLONEABLE,
    .pack = pack,
};

static void put_methods(struct vs_class *class)
{
    static const struct {
        const char *name;
        vs_fn *fn;
    } methods[] = {
        { "count", count },
        { "countBigInt", count_bigint },
        { "exceeds", exceeds },
        { "exceedsBigInt", exceeds_bigint },
        { "min", min },
        { "minBigInt", min_bigint },
        { "max", max },
        { "maxBigInt", max_bigint },
        { "mean", mean },
        { "stddev", stddev },
        { "skewness", skewness },
        { "kurtosis", kurtosis },
        { "cdf", cdf },
        { "countAt", count_at },
        { "ewmaMean", ewma_mean },
        { "ewmaStddev", ewma_stddev },
        { "ewmaErrorRate", ewma_error_rate },
        { "percentile", percentile },
        { "percentileBigInt", percentile_bigint },
        { "percentiles", percentiles },
        { "percentilesBigInt", percentiles_bigint },
        { "percentilesAt", percentiles_at },
        { "linearBuckets", linear_buckets },
        { "logBuckets", log_buckets },
        { "reset", reset },
    };
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        vs_class_method(class, methods[i].name, methods[i].fn);
    }
    rt_histogram_put_tests(class);
}

static void construct_delays(const struct vs_args *a)
{
    CHECK(vs_is_construct_call(a));
}

static void state_drop(struct rt_env *env)
{
    free(env->binding_state[RT_STATE_performance]);
}

static struct histograms *state_new(struct rt_env *env)
{
    struct histograms *state = calloc(1, sizeof *state);
    CHECK(state);
    env->binding_state[RT_STATE_performance] = state;
    env->binding_drop[RT_STATE_performance] = state_drop;
    return state;
}

static void register_classes(struct rt_env *env)
{
    struct histograms *state = env->binding_state[RT_STATE_performance];
    rt_transfer_register(env, state->plain, &transfer);
    rt_transfer_register(env, state->delays, &transfer);
}

void rt_histogram_put(struct rt_env *env, vs_val target)
{
    struct vs_cx *cx = env->cx;
    struct histograms *state = state_new(env);
    struct vs_class *plain = vs_class_new(cx, "Histogram", construct, NULL, FIELD_COUNT);
    put_methods(plain);
    vs_class_method(plain, "record", record);
    vs_class_method(plain, "recordDelta", record_delta);
    vs_class_method(plain, "recordCorrected", record_corrected);
    vs_class_method(plain, "add", add);
    vs_class_method(plain, "subtract", subtract);
    vs_put(cx, target, "Histogram", vs_class_fn(plain));

    struct vs_class *delays =
        vs_class_new(cx, "Histogram", construct_delays, rt_handle_class(env), FIELD_COUNT);
    put_methods(delays);
    vs_class_method(delays, "start", start);
    vs_class_method(delays, "stop", stop);
    state->plain = plain;
    state->delays = delays;
    register_classes(env);
    vs_put_fn(cx, target, "createELDHistogram", create_delays);
}

void rt_snap_performance(struct rt_env *env, struct rt_snap *snap)
{
    struct histograms *state =
        rt_snap_saving(snap) ? env->binding_state[RT_STATE_performance] : state_new(env);
    rt_snap_class(snap, &state->plain);
    rt_snap_class(snap, &state->delays);
    if (!rt_snap_saving(snap)) register_classes(env);
}
