/* embed.c: the build tool that turns the JavaScript library into one blob and one C table.
 *
 *   embed NODELIB OURS OUT    reads NODELIB/<id>.js and OURS/<id>.js, writes OUT/builtins.bin (all
 *                             texts), OUT/builtins_table.c (core/builtins_table.h) and
 *                             OUT/builtins.d (what was read, as a make rule). OURS/torc/x.js is
 *                             the module "torc:x"
 *
 * OURS/<id>.after.js goes behind Node's <id>.js, into the same function: it sees what is private
 * there.
 *
 * V8 takes a source without copying if it is one-byte or UTF-16. A text with any non-ASCII
 * character is therefore converted here, once. Not part of the runtime: on any error it prints and
 * exits. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ALIGN = 16 }; /* of each text in the blob; V8 needs 2 */

struct text {
    char *id;
    char *path;
    char *after; /* our addition to Node's text, or NULL */
    size_t off;
    size_t len; /* in characters */
    bool two_byte;
};

struct list {
    struct text *items;
    size_t count;
    uint64_t hash; /* of all ids and texts */
};

static void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("embed: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static void *grow(void *old, size_t size)
{
    void *p = realloc(old, size);
    if (!p) fail("out of memory");
    return p;
}

static char *join(const char *a, const char *separator, const char *b)
{
    size_t size = strlen(a) + strlen(separator) + strlen(b) + 1;
    char *s = grow(NULL, size);
    snprintf(s, size, "%s%s%s", a, separator, b);
    return s;
}

static FILE *open_file(const char *path, const char *mode)
{
    FILE *f = fopen(path, mode);
    if (!f) fail("%s: %s", path, strerror(errno));
    return f;
}

static void close_written(FILE *f, const char *path)
{
    if (ferror(f) || fclose(f)) fail("%s: cannot write", path);
}

/* The whole file, zero-terminated. */
static uint8_t *read_file(const char *path, size_t *len)
{
    FILE *f = open_file(path, "rb");
    struct stat st;
    if (fstat(fileno(f), &st)) fail("%s: %s", path, strerror(errno));
    *len = (size_t)st.st_size;
    uint8_t *data = grow(NULL, *len + 1);
    if (fread(data, 1, *len, f) != *len) fail("%s: short read", path);
    data[*len] = 0;
    fclose(f);
    return data;
}

/* The text with that id, or NULL. */
static struct text *find(struct list *list, const char *id)
{
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->items[i].id, id)) return &list->items[i];
    return NULL;
}

static bool has_prefix(const char *s, const char *prefix)
{
    return !strncmp(s, prefix, strlen(prefix));
}

static bool is_torcs_own(const char *id)
{
    return has_prefix(id, "torc:") || has_prefix(id, "internal/torc/") ||
           has_prefix(id, "internal/main/torc_");
}

/* A file of ours replaces one of Node's or is one of the modules that only torc has. Anything else
 * is a misspelt or outdated replacement that would silently never be used. */
static void add_ours(struct list *list, char *id, char *path)
{
    static const char suffix[] = ".after";
    size_t len = strlen(id);
    bool is_after = len > strlen(suffix) && !strcmp(id + len - strlen(suffix), suffix);
    if (is_after) id[len - strlen(suffix)] = 0;
    if (has_prefix(id, "torc/")) id[strlen("torc")] = ':';
    struct text *old = find(list, id);
    if (is_after) {
        if (!old) fail("%s: Node has no module '%s' to add to", path, id);
        old->after = path;
        free(id);
        return;
    }
    if (old) {
        free(old->path);
        free(id);
        old->path = path;
        return;
    }
    if (!is_torcs_own(id))
        fail("%s: Node has no module '%s' to replace, and it is not torc's own", path, id);
    list->items = grow(list->items, (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = (struct text){ .id = id, .path = path };
}

static void add_node(struct list *list, char *id, char *path)
{
    list->items = grow(list->items, (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = (struct text){ .id = id, .path = path };
}

typedef void add_fn(struct list *list, char *id, char *path);

/* Call add for each *.js below dir; it takes over id and path. A directory that is not there holds
 * no files. */
static void scan(struct list *list, const char *dir, const char *id_prefix, add_fn *add)
{
    DIR *d = opendir(dir);
    if (!d && errno == ENOENT) return;
    if (!d) fail("%s: %s", dir, strerror(errno));
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        char *path = join(dir, "/", e->d_name);
        char *id = join(id_prefix, "", e->d_name);
        struct stat st;
        if (stat(path, &st)) fail("%s: %s", path, strerror(errno));
        size_t len = strlen(id);
        if (S_ISDIR(st.st_mode)) {
            char *prefix = join(id, "/", "");
            scan(list, path, prefix, add);
            free(prefix);
        } else if (len > 3 && !strcmp(id + len - 3, ".js")) {
            id[len - 3] = 0;
            add(list, id, path);
            continue;
        }
        free(id);
        free(path);
    }
    closedir(d);
}

/* Decode one character of well-formed UTF-8 at *p, which ends with a zero byte, and step over it */
static uint32_t next_char(const uint8_t **p, const char *path)
{
    static const uint32_t smallest[] = { 0, 0x80, 0x800, 0x10000 };
    uint32_t c = *(*p)++;
    if (c < 0x80) return c;
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    bool bad = c < 0xc2 || c > 0xf4;
    c &= 0x3fu >> more;
    for (int i = 0; i < more && !bad; i++) {
        bad = (**p & 0xc0) != 0x80;
        if (!bad) c = c << 6 | (*(*p)++ & 0x3f);
    }
    if (bad || c < smallest[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        fail("%s: not UTF-8", path);
    return c;
}

static void put_utf16(FILE *out, uint16_t unit)
{
    fwrite(&unit, sizeof unit, 1, out);
}

/* FNV-1a: tells libraries apart in rt_builtins_hash. */
static uint64_t hash_bytes(uint64_t hash, const void *data, size_t len)
{
    const uint8_t *p = data;
    for (size_t i = 0; i < len; i++) hash = (hash ^ p[i]) * 0x100000001b3u;
    return hash;
}

/* The module's text with what is added to it. */
static uint8_t *read_text(const struct text *t, size_t *size)
{
    uint8_t *data = read_file(t->path, size);
    if (!t->after) return data;
    size_t more;
    uint8_t *after = read_file(t->after, &more);
    data = grow(data, *size + more + 1);
    memcpy(data + *size, after, more + 1);
    *size += more;
    free(after);
    return data;
}

/* Append the text to the blob and note where it is. */
static void append(FILE *blob, struct text *t, uint64_t *hash)
{
    static const char zeros[ALIGN];
    size_t size;
    uint8_t *data = read_text(t, &size);
    *hash = hash_bytes(hash_bytes(*hash, t->id, strlen(t->id) + 1), data, size);
    size_t pos = (size_t)ftell(blob);
    fwrite(zeros, 1, -pos % ALIGN, blob);
    t->off = (size_t)ftell(blob);
    for (size_t i = 0; i < size && !t->two_byte; i++) t->two_byte = data[i] >= 0x80;
    if (!t->two_byte) {
        fwrite(data, 1, size, blob);
        t->len = size;
        free(data);
        return;
    }
    for (const uint8_t *p = data; p < data + size;) {
        uint32_t c = next_char(&p, t->path);
        if (c >= 0x10000) {
            put_utf16(blob, (uint16_t)(0xd800 + ((c - 0x10000) >> 10)));
            put_utf16(blob, (uint16_t)(0xdc00 + (c & 0x3ff)));
        } else {
            put_utf16(blob, (uint16_t)c);
        }
    }
    t->len = ((size_t)ftell(blob) - t->off) / 2;
    free(data);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct text *)a)->id, ((const struct text *)b)->id);
}

/* A small text as a C string, quoted line by line. */
static void write_string(FILE *out, const char *name, const char *path)
{
    size_t len;
    uint8_t *data = read_file(path, &len);
    fprintf(out, "\nconst char %s[] =\n    \"", name);
    for (size_t i = 0; i < len; i++) {
        if (data[i] == '\n')
            fputs(i + 1 < len ? "\\n\"\n    \"" : "\\n", out);
        else if (data[i] == '"' || data[i] == '\\')
            fprintf(out, "\\%c", data[i]);
        else if (data[i] < ' ' || data[i] > '~')
            fail("%s: not plain ASCII", path);
        else
            fputc(data[i], out);
    }
    fputs("\";\n", out);
    free(data);
}

static void write_table(const struct list *list, const char *path, const char *config,
                        const char *versions)
{
    FILE *out = open_file(path, "w");
    fputs("/* Written by core/tools/embed.c. */\n#include \"core/builtins_table.h\"\n\n"
          "extern const unsigned char rt_builtins_blob[];\n\n"
          "const struct rt_builtin rt_builtins[] = {\n",
          out);
    for (size_t i = 0; i < list->count; i++) {
        const struct text *t = &list->items[i];
        fprintf(out, "    { \"%s\", rt_builtins_blob + %zu, %zu, %s },\n", t->id, t->off, t->len,
                t->two_byte ? "true" : "false");
    }
    fprintf(out, "};\nconst uint32_t rt_builtins_count = %zu;\n", list->count);
    fprintf(out, "const uint64_t rt_builtins_hash = 0x%016" PRIx64 ";\n", list->hash);
    write_string(out, "rt_node_config_json", config);
    write_string(out, "rt_node_versions_json", versions);
    close_written(out, path);
}

static void write_depfile(const struct list *list, const char *path, const char *target)
{
    FILE *out = open_file(path, "w");
    fprintf(out, "%s:", target);
    for (size_t i = 0; i < list->count; i++) {
        fprintf(out, " \\\n  %s", list->items[i].path);
        if (list->items[i].after) fprintf(out, " \\\n  %s", list->items[i].after);
    }
    fputc('\n', out);
    close_written(out, path);
}

/* What each output is made of; the paths are owned by main(). */
struct paths {
    char *blob, *table, *depfile, *config, *versions;
};

static void write_outputs(struct list *list, const struct paths *paths)
{
    FILE *blob = open_file(paths->blob, "wb");
    for (size_t i = 0; i < list->count; i++) append(blob, &list->items[i], &list->hash);
    close_written(blob, paths->blob);
    write_table(list, paths->table, paths->config, paths->versions);
    write_depfile(list, paths->depfile, paths->blob);
}

int main(int argc, char **argv)
{
    if (argc != 4) fail("usage: embed NODELIB OURS OUT");
    const char *nodelib = argv[1], *ours = argv[2], *out = argv[3];
    struct paths paths = {
        .blob = join(out, "/", "builtins.bin"),
        .table = join(out, "/", "builtins_table.c"),
        .depfile = join(out, "/", "builtins.d"),
        .config = join(nodelib, "/", "config.json"),
        .versions = join(nodelib, "/", "versions.json"),
    };
    struct list list = { .hash = 0xcbf29ce484222325u };
    scan(&list, nodelib, "", add_node);
    if (!list.count) fail("%s: no modules there", nodelib);
    scan(&list, ours, "", add_ours);
    qsort(list.items, list.count, sizeof *list.items, by_id);
    write_outputs(&list, &paths);

    for (size_t i = 0; i < list.count; i++) {
        free(list.items[i].id);
        free(list.items[i].path);
        free(list.items[i].after);
    }
    free(list.items);
    free(paths.blob);
    free(paths.table);
    free(paths.depfile);
    free(paths.config);
    free(paths.versions);
    return 0;
}
