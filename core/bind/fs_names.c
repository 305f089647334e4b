/* core/bind/fs_names.c: lists of directory entries. May be used on any one thread at a time. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/bind/fs_priv.h"

#define FIRST_COUNT 32
#define FIRST_TEXT 1024

static int dirent_type(unsigned char d_type)
{
    enum { UNKNOWN, FILE_, DIR_, LINK, FIFO, SOCKET, CHAR, BLOCK }; /* uv_dirent_type_t */
    switch (d_type) {
    case DT_REG: return FILE_;
    case DT_DIR: return DIR_;
    case DT_LNK: return LINK;
    case DT_FIFO: return FIFO;
    case DT_SOCK: return SOCKET;
    case DT_CHR: return CHAR;
    case DT_BLK: return BLOCK;
    default: return UNKNOWN;
    }
}

static int grow_text(struct fs_names *n, size_t need)
{
    size_t cap = n->text_cap ? n->text_cap : FIRST_TEXT;
    while (cap < need) cap *= 2;
    if (cap == n->text_cap) return 0;
    char *text = realloc(n->text, cap);
    if (!text) return -ENOMEM;
    n->text = text;
    n->text_cap = cap;
    return 0;
}

static int grow_items(struct fs_names *n)
{
    if (n->count < n->cap) return 0;
    size_t cap = n->cap ? 2 * n->cap : FIRST_COUNT;
    size_t *at = realloc(n->at, cap * sizeof *at);
    if (!at) return -ENOMEM;
    n->at = at;
    uint8_t *types = realloc(n->types, cap);
    if (!types) return -ENOMEM;
    n->types = types;
    n->cap = cap;
    return 0;
}

static int add(struct fs_names *n, const char *name, unsigned char d_type)
{
    size_t len = strlen(name) + 1;
    int err = grow_text(n, n->text_len + len);
    if (!err) err = grow_items(n);
    if (err) return err;
    memcpy(n->text + n->text_len, name, len);
    n->at[n->count] = n->text_len;
    n->types[n->count] = (uint8_t)dirent_type(d_type);
    n->count++;
    n->text_len += len;
    return 0;
}

int fs_names_next(struct fs_names *n, DIR *dir)
{
    for (;;) {
        errno = 0;
        const struct dirent *d = readdir(dir);
        if (!d) return errno ? -errno : 0;
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0) continue;
        int err = add(n, d->d_name, d->d_type);
        return err ? err : 1;
    }
}

int fs_names_read(const char *path, struct fs_names *n)
{
    DIR *dir = opendir(path);
    if (!dir) return -errno;
    int r;
    do {
        r = fs_names_next(n, dir);
    } while (r > 0);
    closedir(dir);
    return r;
}

struct item {
    const char *name;
    size_t at;
    uint8_t type;
};

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct item *)a)->name, ((const struct item *)b)->name);
}

int fs_names_sort(struct fs_names *n)
{
    struct item *items = malloc((n->count ? n->count : 1) * sizeof *items);
    if (!items) return -ENOMEM;
    for (size_t i = 0; i < n->count; i++)
        items[i] = (struct item){ n->text + n->at[i], n->at[i], n->types[i] };
    qsort(items, n->count, sizeof *items, compare);
    for (size_t i = 0; i < n->count; i++) {
        n->at[i] = items[i].at;
        n->types[i] = items[i].type;
    }
    free(items);
    return 0;
}

const char *fs_names_get(const struct fs_names *n, size_t i)
{
    return n->text + n->at[i];
}

void fs_names_reset(struct fs_names *n)
{
    free(n->text);
    free(n->at);
    free(n->types);
    *n = (struct fs_names){ 0 };
}
