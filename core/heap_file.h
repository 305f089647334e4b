/* core/heap_file.h: heap snapshots in files: when asked for, and as the heap's limit comes near. */
#ifndef RT_HEAP_FILE_H
#define RT_HEAP_FILE_H

#include <stdbool.h>
#include <stdint.h>

struct rt_env;

/* Heap.20261231.235959.PID.THREAD.SEQUENCE.heapsnapshot, the name Node gives such a file. */
#define RT_HEAP_FILE_NAME 96
void rt_heap_file_name(struct rt_env *env, char name[RT_HEAP_FILE_NAME]);

/* What failed, for an error text; NULL: nothing. *err: -errno. No JS runs. */
const char *rt_heap_file_write(struct rt_env *env, const char *path, bool internals, bool numbers,
                               int *err);

/* --heapsnapshot-near-heap-limit: from now on, each time the heap is about to hit its limit a
 * snapshot is written into --diagnostic-dir, count times at most; then V8's end by lack of memory
 * takes its course. Skipped when the machine has not the memory that writing one takes. */
void rt_heap_file_near_limit(struct rt_env *env, uint32_t count);

#endif
