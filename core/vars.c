/* core/vars.c: see the header. */
#include "core/vars.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"

struct rt_vars {
    atomic_uint shares;
    pthread_mutex_t lock;
    char **items; /* under lock: "NAME=value", NULL at the end; not used by the process's */
    size_t count, cap;
};

static struct rt_vars process = { .shares = 1, .lock = PTHREAD_MUTEX_INITIALIZER };

struct rt_vars *rt_vars_process(void)
{
    return rt_vars_hold(&process);
}

bool rt_vars_are_process(const struct rt_vars *v)
{
    return v == &process;
}

struct rt_vars *rt_vars_new(void)
{
    struct rt_vars *v = calloc(1, sizeof *v);
    CHECK(v);
    atomic_init(&v->shares, 1);
    pthread_mutex_init(&v->lock, NULL);
    return v;
}

struct rt_vars *rt_vars_hold(struct rt_vars *v)
{
    atomic_fetch_add_explicit(&v->shares, 1, memory_order_relaxed);
    return v;
}

void rt_vars_drop(struct rt_vars *v)
{
    if (atomic_fetch_sub_explicit(&v->shares, 1, memory_order_acq_rel) != 1) return;
    CHECK(v != &process);
    for (size_t i = 0; i < v->count; i++) free(v->items[i]);
    free(v->items);
    pthread_mutex_destroy(&v->lock);
    free(v);
}

/* Under lock: where the variable is, or v->count. */
static size_t find(const struct rt_vars *v, const char *name)
{
    size_t len = strlen(name), i = 0;
    while (i < v->count && (strncmp(v->items[i], name, len) != 0 || v->items[i][len] != '=')) i++;
    return i;
}

/* Under lock, item not set yet. */
static void append_take(struct rt_vars *v, char *item)
{
    if (v->count == v->cap) {
        v->cap = v->cap ? v->cap * 2 : 32;
        v->items = realloc(v->items, v->cap * sizeof *v->items);
        CHECK(v->items);
    }
    v->items[v->count++] = item;
}

struct rt_vars *rt_vars_copy(struct rt_vars *v)
{
    struct rt_vars *copy = rt_vars_new();
    char **list = rt_vars_list(v);
    for (char **item = list; *item; item++) append_take(copy, *item);
    free(list);
    return copy;
}

char *rt_vars_get(struct rt_vars *v, const char *name)
{
    const char *value = NULL;
    pthread_mutex_lock(&v->lock);
    if (v == &process) {
        value = getenv(name);
    } else {
        size_t i = find(v, name);
        if (i < v->count) value = v->items[i] + strlen(name) + 1;
    }
    char *copy = value ? strdup(value) : NULL;
    CHECK(copy || !value);
    pthread_mutex_unlock(&v->lock);
    return copy;
}

void rt_vars_set(struct rt_vars *v, const char *name, const char *value)
{
    if (!*name || strchr(name, '=')) return;
    pthread_mutex_lock(&v->lock);
    if (v == &process) {
        setenv(name, value, 1);
    } else {
        char *item;
        CHECK(asprintf(&item, "%s=%s", name, value) >= 0);
        size_t i = find(v, name);
        if (i < v->count) {
            free(v->items[i]);
            v->items[i] = item;
        } else {
            append_take(v, item);
        }
    }
    pthread_mutex_unlock(&v->lock);
}

void rt_vars_unset(struct rt_vars *v, const char *name)
{
    pthread_mutex_lock(&v->lock);
    if (v == &process) {
        unsetenv(name);
    } else {
        size_t i = find(v, name);
        if (i < v->count) {
            free(v->items[i]);
            memmove(&v->items[i], &v->items[i + 1], (v->count - i - 1) * sizeof *v->items);
            v->count--;
        }
    }
    pthread_mutex_unlock(&v->lock);
}

char **rt_vars_list(struct rt_vars *v)
{
    pthread_mutex_lock(&v->lock);
    char **from = v == &process ? environ : v->items;
    size_t count = v->count;
    if (v == &process) {
        for (count = 0; from && from[count];) count++;
    }
    char **list = calloc(count + 1, sizeof *list);
    CHECK(list);
    for (size_t i = 0; i < count; i++) {
        list[i] = strdup(from[i]);
        CHECK(list[i]);
    }
    pthread_mutex_unlock(&v->lock);
    return list;
}

void rt_vars_free_list(char **list)
{
    for (char **item = list; *item; item++) free(*item);
    free(list);
}
