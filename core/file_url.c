/* core/file_url.c: the path in a file: URL. */
#include "core/file_url.h"

#include <stdio.h>
#include <string.h>

#define SCHEME "file:///"

/* What lies between the scheme and end, which is within the URL, decoded. */
static bool decode(const char *url, const char *end, char path[PATH_MAX])
{
    const char *p = url + strlen(SCHEME) - 1;
    size_t len = 0;
    while (p < end && len < PATH_MAX - 1) {
        unsigned byte;
        if (*p == '%' && end - p >= 3 && sscanf(p + 1, "%2x", &byte) == 1 && byte) {
            path[len++] = (char)byte;
            p += 3;
        } else {
            path[len++] = *p++;
        }
    }
    path[len] = 0;
    return p == end;
}

static bool is_file(const char *url)
{
    return strncmp(url, SCHEME, strlen(SCHEME)) == 0;
}

bool rt_file_url_path(const char *url, char path[PATH_MAX])
{
    return is_file(url) && decode(url, url + strcspn(url, "?#"), path);
}

bool rt_file_url_folder(const char *url, char path[PATH_MAX])
{
    if (!is_file(url)) return false;
    const char *end = url + strcspn(url, "?#");
    while (*end != '/') end--;
    return decode(url, end, path);
}
