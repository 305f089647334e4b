/* core/file_url.h: from file: URLs to paths. */
#ifndef RT_FILE_URL_H
#define RT_FILE_URL_H

#include <limits.h>
#include <stdbool.h>

/* The path that a file: URL names. false: no such URL, or too long a path. */
bool rt_file_url_path(const char *url, char path[PATH_MAX]);
/* The same for the folder it lies in, without the slash. */
bool rt_file_url_folder(const char *url, char path[PATH_MAX]);

#endif
