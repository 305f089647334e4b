/* http_head_scan() finds what it needs of a head, and never reads behind it: each head ends where a
 * page without access begins. */
#include "core/http/engine_priv.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char *page_end;

static struct http_head scan(const char *head, size_t len)
{
    struct http_head out;
    char *at = page_end - len;
    memcpy(at, head, len);
    http_head_scan(at, len, &out);
    return out;
}

static void expect(const char *head, const char *url, bool host, bool expects)
{
    struct http_head out = scan(head, strlen(head));
    assert(out.url_len == strlen(url) && !memcmp(out.url, url, out.url_len));
    assert(out.host == host);
    assert(out.expect == expects);
}

int main(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(pages != MAP_FAILED);
    page_end = pages + page;
    assert(mprotect(page_end, page, PROT_NONE) == 0);

    expect("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "/", true, false);
    expect("\r\n\r\nGET   /a?b=c HTTP/1.1\r\nX: y\r\nHOST:\r\n\r\n", "/a?b=c", true, false);
    expect("POST /x HTTP/1.1\r\nexpect: 100-continue\r\n\r\n", "/x", false, true);
    expect("GET / HTTP/1.1\r\nX-Host: a\r\nHosts: b\r\nY: host: c\r\n\r\n", "/", false, false);

    /* Whatever it is given, it stays inside. */
    const char *head = "\r\nPUT /long/path HTTP/1.1\r\nHost: a\r\nExpect: b\r\nC:\r\n\r\n";
    for (size_t len = 0; len <= strlen(head); len++) scan(head, len);
    return 0;
}
