/* The package.json scanner: fields, types, escapes, and what is refused. */
#include "core/package_json.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Parses text that ends where no memory follows. */
static int parse(struct rt_package *p, const char *text)
{
    size_t len = strlen(text), page = (size_t)sysconf(_SC_PAGESIZE);
    char *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(map != MAP_FAILED && len <= page);
    assert(mprotect(map + page, page, PROT_NONE) == 0);
    memcpy(map + page - len, text, len);
    int err = rt_package_parse(p, map + page - len, len);
    munmap(map, 2 * page);
    return err;
}

static void is_text(const char *got, const char *want)
{
    assert(want ? got && strcmp(got, want) == 0 : !got);
}

static void reads_fields(void)
{
    struct rt_package p;
    assert(parse(&p, "{\"name\":\"a\\u00e9\\ud83d\\ude00\",\"main\":\"./m.js\",\"type\":\"module\","
                     "\"scripts\":{\"x\":[1,{\"y\":\"}\"}]},\"exports\":{\".\": [\"a\", null]},"
                     "\"imports\":\"./i.js\"}") == 0);
    is_text(p.name, "a\xc3\xa9\xf0\x9f\x98\x80");
    is_text(p.main, "./m.js");
    is_text(p.exports, "{\".\": [\"a\", null]}");
    is_text(p.imports, "./i.js");
    assert(p.type == RT_PACKAGE_MODULE);
    rt_package_reset(&p);
}

static void takes(const char *text)
{
    struct rt_package p;
    assert(parse(&p, text) == 0);
    rt_package_reset(&p);
}

static void refuses(const char *text)
{
    struct rt_package p;
    assert(parse(&p, text) == -EINVAL);
    assert(!p.name && !p.main && !p.exports && !p.imports);
}

static void ignores_what_has_no_meaning(void)
{
    struct rt_package p;
    assert(parse(&p, "\xef\xbb\xbf{\"main\":false,\"exports\":null,\"imports\":5,"
                     "\"type\":\"odd\",\"x\":tru,\"y\":\"\\x\"}") == 0);
    assert(!p.main && !p.exports && !p.imports && p.type == RT_PACKAGE_NONE);
    rt_package_reset(&p);
    assert(parse(&p, "{\"name\":\"a\",\"name\":\"b\"}") == 0);
    is_text(p.name, "b");
    rt_package_reset(&p);
    takes("{}");
    takes(" { } ");
}

int main(void)
{
    reads_fields();
    ignores_what_has_no_meaning();
    static const char *const bad[] = {
        "",
        "[1]",
        "null",
        "\"s\"",
        "{\"name\":\"x\"",
        "{\"name\":5}",
        "{\"name\":null}",
        "{\"type\":5}",
        "{\"name\":\"x\",}",
        "{\"name\":\"x\"} trailing",
        "{name:1}",
        "{\"name\" \"x\"}",
        "{\"name\":\"x\" \"y\":1}",
        "{\"exports\":{\"a\":1",
        "{\"exports\":{\"a\":}}",
        "{\"exports\":[1,]}",
        "{\"name\":\"\\u00zz\"}",
        "{\"name\":\"\xff\"}",
        "{\"name\":\"\\",
        "{\"a\":",
        "{\"name\":\"\\ud800\"}",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) refuses(bad[i]);
    char deep[4000] = "{\"exports\":";
    memset(deep + strlen(deep), '[', 2000);
    refuses(deep);
    return 0;
}
