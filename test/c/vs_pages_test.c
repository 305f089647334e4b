/* Pages of V8's heap that an isolate leaves are the next one's: the kernel need not clear and map
 * them again. So a round has far fewer page faults than the first one. */
#include <sys/resource.h>

#include "test/c/vs_world.h"

#define ROUNDS 3

static long faults(void)
{
    struct rusage usage;
    assert(getrusage(RUSAGE_THREAD, &usage) == 0);
    return usage.ru_minflt;
}

/* Of an isolate with a heap of some megabytes, from its start to its end. */
static long round_faults(void)
{
    struct world w;
    struct vs_host host = { 0 };
    long before = faults();
    world_enter(&w, &host);
    assert(world_true(&w, "globalThis.list = []; for (let i = 0; i < 100; i++)"
                          " list.push(new Array(2000).fill(i)); list.length === 100"));
    vs_scope_close(&w.scope);
    vs_isolate_close(w.cx);
    return faults() - before;
}

int main(void)
{
#ifdef __SANITIZE_ADDRESS__
    return 77; /* it gives no memory out twice for long: that is new in each round */
#endif
    assert(!vs_platform_open(1));
    long first = round_faults(), last = 0;
    for (int i = 0; i < ROUNDS; i++) last = round_faults();
    printf("%ld faults in the first round, %ld in the last\n", first, last);
    assert(last * 2 < first);
    vs_platform_close();
    return 0;
}
