/* core/bench/load.h: a load generator for HTTP/1.1 servers, on the loop library; no JavaScript. */
#ifndef RT_BENCH_LOAD_H
#define RT_BENCH_LOAD_H

/* `torc --bench-load ADDRESS PORT CONNECTIONS SECONDS REQUEST`, as `torc bench` starts it: has that
 * many connections send the request, wait for the answer and send it again, until the time is over.
 * The result goes to stdout as one JSON object. Called before anything else of torc is set up.
 * argv[0] is the address. Returns the exit code of the process. */
#define RT_BENCH_LOAD "--bench-load"
int rt_bench_load(int argc, char **argv);

#endif
