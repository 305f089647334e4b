/* A large ArrayBuffer is zeroed, lies on huge pages if the kernel lets programs have them, and is
 * given back; one that can't be had is a RangeError. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/c/vs_world.h"

#define KB_OF_MEMORY (64 * 1024)
#define HUGE_PAGE_KB 2048

/* Of /proc/self/smaps_rollup. */
static long kilobytes(const char *name)
{
    char line[256];
    long value = -1;
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    assert(f);
    while (fgets(line, sizeof line, f))
        if (!strncmp(line, name, strlen(name))) value = strtol(line + strlen(name), NULL, 10);
    fclose(f);
    return value;
}

static bool has_huge_pages(void)
{
    char text[64] = "";
    FILE *f = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    if (!f) return false;
    bool read = fgets(text, sizeof text, f);
    fclose(f);
    return read && !strstr(text, "[never]");
}

int main(void)
{
    struct world w;
    struct vs_host host = { 0 };
    assert(!vs_platform_open(1));
    world_enter(&w, &host);
    long huge = kilobytes("AnonHugePages:"), rss = kilobytes("Rss:");
    assert(world_true(
        &w, "globalThis.words = new Float64Array(8 << 20);"
            "words.every((word) => word === 0) && words.fill(1)[words.length - 1] === 1"));
    assert(kilobytes("Rss:") - rss >= KB_OF_MEMORY);
    long gain = kilobytes("AnonHugePages:") - huge;
    printf("%ld KB of %d on huge pages\n", gain, KB_OF_MEMORY);
    assert(!has_huge_pages() || gain >= HUGE_PAGE_KB);
    assert(world_true(
        &w,
        "words = null; try { new ArrayBuffer(2 ** 50); } catch (e) { e instanceof RangeError }"));
    vs_scope_close(&w.scope);
    vs_isolate_close(w.cx);
    assert(kilobytes("Rss:") - rss < KB_OF_MEMORY / 2);
    vs_platform_close();
    return 0;
}
