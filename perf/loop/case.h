/* perf/loop/case.h: one thing to measure of the loop library. Written in C; main.cc gives the cases
 * to Google Benchmark. The back end is the one that TORC_IO names. */
#ifndef PERF_LOOP_CASE_H
#define PERF_LOOP_CASE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the loop's thread used so far. */
struct perf_counts {
    uint64_t cpu_ns;
    uint64_t enters; /* as in struct ur_stats */
    uint64_t calls;
};

#define PERF_ARGS_MAX 5

struct perf_case {
    const char *name;
    int64_t args[PERF_ARGS_MAX]; /* run once for each; unused ones are 0 */
    uint32_t batch;              /* operations of one run() */
    void *(*open)(int64_t arg);
    void (*run)(void *state, uint64_t count); /* do count operations */
    void (*count)(void *state, struct perf_counts *out);
    void (*close)(void *state);
};

extern const struct perf_case perf_op_nop, perf_op_poll;
extern const struct perf_case perf_timer_cancel, perf_timer_expire;
extern const struct perf_case perf_wake, perf_echo, perf_echo_busy, perf_accept;
extern const struct perf_case perf_udp_echo, perf_udp_burst;
extern const struct perf_case perf_file_stat, perf_file_read, perf_file_write;

#ifdef __cplusplus
}
#endif

#endif
