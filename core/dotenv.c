/* core/dotenv.c: see the header. */
#include "core/dotenv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"

struct text {
    const char *ptr;
    size_t len;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct text trim(struct text t)
{
    while (t.len && is_blank(t.ptr[0])) t = (struct text){ t.ptr + 1, t.len - 1 };
    while (t.len && is_blank(t.ptr[t.len - 1])) t.len--;
    return t;
}

static struct text skip(struct text t, size_t count)
{
    return (struct text){ t.ptr + count, t.len - count };
}

/* Length up to c, or all of t. */
static size_t span_to(struct text t, char c)
{
    const char *found = memchr(t.ptr, c, t.len);
    return found ? (size_t)(found - t.ptr) : t.len;
}

static char *copy(struct text t, bool escapes)
{
    char *out = malloc(t.len + 1), *w = out;
    CHECK(out);
    for (size_t i = 0; i < t.len; i++) {
        if (escapes && t.ptr[i] == '\\' && i + 1 < t.len && t.ptr[i + 1] == 'n') {
            *w++ = '\n';
            i++;
        } else if (t.ptr[i] != '\r') {
            *w++ = t.ptr[i];
        }
    }
    *w = '\0';
    return out;
}

static void put(struct rt_dotenv *d, struct text name, char *value_take)
{
    char *key = copy(name, false);
    for (size_t i = 0; i < d->count; i++) {
        if (strcmp(d->pairs[i].name, key) != 0) continue;
        free(d->pairs[i].value);
        free(key);
        d->pairs[i].value = value_take;
        return;
    }
    if (d->count == d->cap) {
        d->cap = d->cap ? d->cap * 2 : 16;
        d->pairs = realloc(d->pairs, d->cap * sizeof *d->pairs);
        CHECK(d->pairs);
    }
    d->pairs[d->count++] = (struct rt_dotenv_pair){ key, value_take };
}

/* Reads the value at the start of t, which follows "NAME="; returns what comes after its line. */
static struct text read_value(struct text t, char **out)
{
    while (t.len && is_blank(t.ptr[0])) t = skip(t, 1);
    char quote = t.len ? t.ptr[0] : '\0';
    if (quote == '"' || quote == '\'' || quote == '`') {
        struct text inner = skip(t, 1);
        size_t len = span_to(inner, quote);
        if (len < inner.len) {
            *out = copy((struct text){ inner.ptr, len }, quote == '"');
            t = skip(inner, len + 1);
            return skip(t, span_to(t, '\n'));
        }
    }
    struct text line = { t.ptr, span_to(t, '\n') };
    *out = copy(trim((struct text){ line.ptr, span_to(line, '#') }), false);
    return skip(t, line.len);
}

void rt_dotenv_add(struct rt_dotenv *d, const char *text, size_t len)
{
    static const char export[] = "export ";
    struct text t = { text, len };
    while (t.len) {
        size_t line = span_to(t, '\n'), equals = span_to((struct text){ t.ptr, line }, '=');
        struct text name = trim((struct text){ t.ptr, equals });
        if (equals < line && name.len && name.ptr[0] != '#') {
            if (name.len >= sizeof export - 1 && memcmp(name.ptr, export, sizeof export - 1) == 0) {
                name = trim(skip(name, sizeof export - 1));
            }
            char *value;
            t = read_value(skip(t, equals + 1), &value);
            put(d, name, value);
        } else {
            t = skip(t, line);
        }
        if (t.len) t = skip(t, 1);
    }
}

int rt_dotenv_add_file(struct rt_dotenv *d, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    char *text = NULL;
    size_t len = 0, cap = 0;
    ssize_t n;
    int err = 0;
    for (;;) {
        if (len == cap) {
            cap = cap ? cap * 2 : 4096;
            text = realloc(text, cap);
            CHECK(text);
        }
        n = read(fd, text + len, cap - len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        len += (size_t)n;
    }
    if (n < 0)
        err = -errno;
    else
        rt_dotenv_add(d, text, len);
    free(text);
    close(fd);
    return err;
}

void rt_dotenv_apply(const struct rt_dotenv *d)
{
    for (size_t i = 0; i < d->count; i++) setenv(d->pairs[i].name, d->pairs[i].value, 0);
}

void rt_dotenv_reset(struct rt_dotenv *d)
{
    for (size_t i = 0; i < d->count; i++) {
        free(d->pairs[i].name);
        free(d->pairs[i].value);
    }
    free(d->pairs);
    *d = (struct rt_dotenv){ 0 };
}
