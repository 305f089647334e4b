/* core/bind/histogram_tests.c: statistics that compare two histograms, and bounds for a percentile.
 * Values are taken as the middle of their bucket. Formulas: any textbook; see each function. */
#include <math.h>
#include <stdlib.h>

#include "core/bind/histogram.h"
#include "core/env.h"
#include "core/error.h"

#define BETA_STEPS 300
#define BETA_EPSILON 1e-15
#define BETA_TINY 1e-300
#define QUANTILE_STEPS 200

/* Continued fraction of the incomplete beta function (Lentz's method). */
static double beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < BETA_TINY ? BETA_TINY : d);
    double h = d;
    for (int m = 1; m <= BETA_STEPS; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double step = 1;
        const double terms[] = { even, odd };
        for (int i = 0; i < 2; i++) {
            d = 1 + terms[i] * d;
            c = 1 + terms[i] / c;
            if (fabs(d) < BETA_TINY) d = BETA_TINY;
            if (fabs(c) < BETA_TINY) c = BETA_TINY;
            d = 1 / d;
            step = d * c;
            h *= step;
        }
        if (fabs(step - 1) < BETA_EPSILON) break;
    }
    return h;
}

/* Regularised incomplete beta function I_x(a, b). */
static double incomplete_beta(double a, double b, double x)
{
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* P(|T| > |t|) for Student's t with df degrees of freedom. */
static double t_two_tailed(double t, double df)
{
    return incomplete_beta(df / 2, 0.5, df / (df + t * t));
}

/* The t with P(|T| > t) = p, by bisection. */
static double t_quantile(double p, double df)
{
    double low = 0, high = 1;
    while (t_two_tailed(high, df) > p && high < 1e10) high *= 2;
    for (int i = 0; i < QUANTILE_STEPS; i++) {
        double middle = (low + high) / 2;
        if (t_two_tailed(middle, df) > p) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (low + high) / 2;
}

static const struct hdr_histogram *hdr_self(const struct vs_args *a)
{
    return rt_histogram_of(vs_this(a))->hdr;
}

static const struct hdr_histogram *hdr_other(const struct vs_args *a)
{
    return rt_histogram_of(vs_arg(a, 0))->hdr;
}

/* With n - 1: the histogram is a sample. */
static double sample_variance(const struct hdr_histogram *h)
{
    double n = (double)h->total_count, deviation = hdr_stddev(h);
    return n > 1 ? deviation * deviation * n / (n - 1) : 0;
}

static void ret_numbers(const struct vs_args *a, const double *numbers, size_t count)
{
    struct vs_cx *cx = vs_args_cx(a);
    vs_val out = vs_arr_new(cx, NULL, 0);
    for (size_t i = 0; i < count; i++) {
        if (!vs_set_index(cx, out, (uint32_t)i, vs_num(cx, numbers[i]))) return;
    }
    vs_ret(a, out);
}

/* Walks two histograms in order of value: after each step, below[i] values of i are below value and
 * here[i] are equal to it. */
struct merge {
    struct hdr_iter it[2];
    bool more[2];
    double below[2], here[2];
};

static void merge_init(struct merge *m, const struct hdr_histogram *a,
                       const struct hdr_histogram *b)
{
    const struct hdr_histogram *both[] = { a, b };
    *m = (struct merge){ 0 };
    for (int i = 0; i < 2; i++) {
        hdr_iter_recorded_init(&m->it[i], both[i]);
        m->more[i] = hdr_iter_next(&m->it[i]);
    }
}

static bool merge_next(struct merge *m)
{
    if (!m->more[0] && !m->more[1]) return false;
    int64_t value = INT64_MAX;
    for (int i = 0; i < 2; i++) {
        m->below[i] += m->here[i];
        m->here[i] = 0;
        if (m->more[i] && m->it[i].median_equivalent_value < value) {
            value = m->it[i].median_equivalent_value;
        }
    }
    for (int i = 0; i < 2; i++) {
        if (!m->more[i] || m->it[i].median_equivalent_value != value) continue;
        m->here[i] = (double)m->it[i].count;
        m->more[i] = hdr_iter_next(&m->it[i]);
    }
    return true;
}

/* Kolmogorov-Smirnov: the largest distance between the two distribution functions. */
static void ks_test(const struct vs_args *a)
{
    const struct hdr_histogram *x = hdr_self(a), *y = hdr_other(a);
    double nx = (double)x->total_count, ny = (double)y->total_count, most = 0;
    struct merge m;
    if (nx > 0 && ny > 0) {
        merge_init(&m, x, y);
        while (merge_next(&m)) {
            double d = fabs((m.below[0] + m.here[0]) / nx - (m.below[1] + m.here[1]) / ny);
            if (d > most) most = d;
        }
    }
    vs_ret_f64(a, most);
}

/* welchTest(other, confidence) -> [t, degrees of freedom, p, lower, upper] */
static void welch_test(const struct vs_args *a)
{
    const struct hdr_histogram *x = hdr_self(a), *y = hdr_other(a);
    double nx = (double)x->total_count, ny = (double)y->total_count;
    if (nx < 2 || ny < 2) return;
    double vx = sample_variance(x) / nx, vy = sample_variance(y) / ny, error = sqrt(vx + vy);
    if (error == 0) return;
    double difference = hdr_mean(x) - hdr_mean(y), t = difference / error;
    double df = (vx + vy) * (vx + vy) / (vx * vx / (nx - 1) + vy * vy / (ny - 1));
    double margin = t_quantile(1 - vs_f64(vs_arg(a, 1)), df) * error;
    const double out[] = { t, df, t_two_tailed(t, df), difference - margin, difference + margin };
    ret_numbers(a, out, sizeof out / sizeof out[0]);
}

/* Pairs in which x is the larger, ties counting half; and the sum of t^3 - t over ties. */
static double mann_whitney_u(const struct hdr_histogram *x, const struct hdr_histogram *y,
                             double *ties)
{
    struct merge m;
    double u = 0;
    *ties = 0;
    merge_init(&m, x, y);
    while (merge_next(&m)) {
        double t = m.here[0] + m.here[1];
        u += m.here[0] * (m.below[1] + m.here[1] / 2);
        *ties += t * t * t - t;
    }
    return u;
}

/* [U, z, p], by the normal approximation with correction for ties. */
static void mann_whitney_test(const struct vs_args *a)
{
    const struct hdr_histogram *x = hdr_self(a), *y = hdr_other(a);
    double nx = (double)x->total_count, ny = (double)y->total_count, n = nx + ny, ties;
    if (nx == 0 || ny == 0) return;
    double u = mann_whitney_u(x, y, &ties);
    double variance = nx * ny / 12 * (n + 1 - ties / (n * (n - 1)));
    double z = variance > 0 ? (u - nx * ny / 2) / sqrt(variance) : 0;
    const double out[] = { u, z, erfc(fabs(z) / M_SQRT2) };
    ret_numbers(a, out, sizeof out / sizeof out[0]);
}

/* Difference of the means in units of the pooled deviation. */
static void cohens_d(const struct vs_args *a)
{
    const struct hdr_histogram *x = hdr_self(a), *y = hdr_other(a);
    double nx = (double)x->total_count, ny = (double)y->total_count, pooled = 0;
    if (nx >= 2 && ny >= 2) {
        pooled =
            sqrt(((nx - 1) * sample_variance(x) + (ny - 1) * sample_variance(y)) / (nx + ny - 2));
    }
    vs_ret_f64(a, pooled > 0 ? (hdr_mean(x) - hdr_mean(y)) / pooled : 0);
}

/* P(x > y) - P(x < y). */
static void cliffs_d(const struct vs_args *a)
{
    const struct hdr_histogram *x = hdr_self(a), *y = hdr_other(a);
    double pairs = (double)x->total_count * (double)y->total_count, ties;
    vs_ret_f64(a, pairs > 0 ? 2 * mann_whitney_u(x, y, &ties) / pairs - 1 : 0);
}

/* P(X <= k) of a binomial distribution. */
static double binomial_cdf(double k, double n, double p)
{
    if (k < 0) return 0;
    return k >= n ? 1 : 1 - incomplete_beta(k + 1, n - k, p);
}

/* Least k with P(X <= k) >= q. */
static double binomial_quantile(double q, double n, double p)
{
    double low = -1, high = n;
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (binomial_cdf(middle, n, p) >= q) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

/* The value of that rank, from 1. */
static double value_at_rank(const struct hdr_histogram *h, double rank)
{
    double seen = 0;
    struct hdr_iter it;
    hdr_iter_recorded_init(&it, h);
    while (hdr_iter_next(&it)) {
        seen += (double)it.count;
        if (seen >= rank) return (double)it.highest_equivalent_value;
    }
    return (double)hdr_max(h);
}

/* percentileCI(percentile, confidence) -> [value, lower, upper]: the ranks around a percentile are
 * binomially distributed. */
static void percentile_ci(const struct vs_args *a)
{
    const struct hdr_histogram *h = hdr_self(a);
    double percentile = vs_f64(vs_arg(a, 0)), tail = (1 - vs_f64(vs_arg(a, 1))) / 2;
    double n = (double)h->total_count;
    if (n == 0) return;
    double low = binomial_quantile(tail, n, percentile / 100);
    double high = binomial_quantile(1 - tail, n, percentile / 100) + 1;
    const double out[] = {
        (double)hdr_value_at_percentile(h, percentile),
        value_at_rank(h, fmax(low, 1)),
        value_at_rank(h, fmin(high, n)),
    };
    ret_numbers(a, out, sizeof out / sizeof out[0]);
}

void rt_histogram_put_tests(struct vs_class *class)
{
    vs_class_method(class, "ksTest", ks_test);
    vs_class_method(class, "welchTest", welch_test);
    vs_class_method(class, "mannWhitneyTest", mann_whitney_test);
    vs_class_method(class, "cohensD", cohens_d);
    vs_class_method(class, "cliffsD", cliffs_d);
    vs_class_method(class, "percentileCI", percentile_ci);
}
