/* perf/loop/main.cc: the cases as Google Benchmark programs. One process measures one back end;
 * scripts/perf starts it for both by turns. */
#include <benchmark/benchmark.h>

#include "perf/loop/case.h"

static const struct perf_case *const cases[] = {
    &perf_op_nop,    &perf_op_poll,   &perf_timer_cancel, &perf_timer_expire, &perf_wake,
    &perf_echo,      &perf_echo_busy, &perf_accept,       &perf_udp_echo,     &perf_udp_burst,
    &perf_file_stat, &perf_file_read, &perf_file_write,
};

static void measure(benchmark::State &state, const struct perf_case *c)
{
    struct perf_counts before, after;
    void *p = c->open(state.range(0));
    c->run(p, c->batch); /* warm: buffers exist, descriptors are registered */
    c->count(p, &before);
    while (state.KeepRunningBatch(c->batch)) c->run(p, c->batch);
    c->count(p, &after);
    c->close(p);
    auto each = [&](uint64_t from, uint64_t to) {
        return benchmark::Counter(static_cast<double>(to - from),
                                  benchmark::Counter::kAvgIterations);
    };
    state.counters["loop_cpu_ns"] = each(before.cpu_ns, after.cpu_ns);
    state.counters["enters"] = each(before.enters, after.enters);
    state.counters["calls"] = each(before.calls, after.calls);
}

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    for (const struct perf_case *c : cases) {
        auto *b = benchmark::RegisterBenchmark(c->name, measure, c)->UseRealTime();
        for (int64_t arg : c->args)
            if (arg) b->Arg(arg);
    }
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
