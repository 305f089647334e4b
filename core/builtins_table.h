/* builtins_table.h: the JavaScript library as it is embedded in the binary: Node's built-in
 * modules, with those under lib/ in place of Node's of the same id. Written at build time by
 * core/tools/embed.c. Everything here is constant and lives as long as the process. ANY THREAD. */
#ifndef RT_BUILTINS_TABLE_H
#define RT_BUILTINS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

struct rt_builtin {
    const char *id;   /* "fs", "internal/bootstrap/realm", "torc:jobs" */
    const void *data; /* source text: ASCII, or UTF-16 in host order when two_byte; no terminator */
    uint32_t len;     /* in characters */
    bool two_byte;    /* data is aligned for uint16_t */
};

/* Sorted by id, as strcmp() orders. */
extern const struct rt_builtin rt_builtins[];
extern const uint32_t rt_builtins_count;
/* Of all ids and sources: what was made from another library has another one. */
extern const uint64_t rt_builtins_hash;

/* process.config and process.versions of the Node release that the library is from: JSON, ASCII,
 * zero-terminated. */
extern const char rt_node_config_json[];
extern const char rt_node_versions_json[];

#endif
