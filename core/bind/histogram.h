/* core/bind/histogram.h: histograms of the performance binding, over the HdrHistogram library. */
#ifndef RT_BIND_HISTOGRAM_H
#define RT_BIND_HISTOGRAM_H

#include <hdr/hdr_histogram.h>
#include <stdatomic.h>

#include "v8shim/vs.h"

struct rt_env;

/* Moving averages: halve the weight of a value after half_life more. half_life 0: none are kept. */
struct rt_ewma {
    double half_life, threshold;
    double mean, variance, error_rate;
    bool any;
};

/* Shared by its objects: a clone counts on in the original. */
struct rt_histogram {
    atomic_uint shares;        /* the last one frees it */
    struct hdr_histogram *hdr; /* owned */
    struct rt_ewma ewma;
    uint64_t exceeds; /* values out of range */
    uint64_t prev_ns; /* of recordDelta(); 0: none yet */
};

/* False: the value is out of range and was only counted. */
bool rt_histogram_record(struct rt_histogram *h, int64_t value);
/* Class Histogram and createELDHistogram(). */
void rt_histogram_put(struct rt_env *env, vs_val target);

/* histogram_tests.c: what compares distributions. Methods take (other, ...); see there. */
void rt_histogram_put_tests(struct vs_class *class);
/* The histogram behind a JS object of either class. */
struct rt_histogram *rt_histogram_of(vs_val object);

#endif
