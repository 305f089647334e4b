/* core/run_script.c: finding and starting a script of package.json. No JavaScript runs: the process
 * becomes the shell. */
#include "core/run_script.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/package_json.h"

#define PACKAGE_FILE "/package.json"
#define BIN_FOLDER "/node_modules/.bin"
#define SHELL "/bin/sh"

struct search {
    const char *name;
    char *command; /* owned: found */
    bool not_text;
    FILE *others; /* the scripts there are, as lines */
};

static void on_script(void *data, const char *name, const char *command)
{
    struct search *s = data;
    if (strcmp(name, s->name) == 0) {
        free(s->command);
        s->command = command ? strdup(command) : NULL;
        s->not_text = !command;
    } else if (command) {
        fprintf(s->others, "  %s: %s\n", name, command);
    }
}

/* The whole file, or NULL. The caller frees it. */
static char *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "re");
    char *text = NULL;
    if (!f) return NULL;
    FILE *out = open_memstream(&text, len);
    CHECK(out);
    int c;
    while ((c = fgetc(f)) != EOF) fputc(c, out);
    fclose(out);
    fclose(f);
    return text;
}

/* Goes up from dir until there is a package.json; dir is shortened to where it is. */
static char *find_package(char dir[PATH_MAX], char path[PATH_MAX + sizeof(PACKAGE_FILE)],
                          size_t *len)
{
    for (;;) {
        sprintf(path, "%s" PACKAGE_FILE, dir);
        char *text = read_file(path, len);
        if (text || !*dir) return text;
        *strrchr(dir, '/') = 0;
    }
}

/* dir: an absolute path without the last slash; it is used up. */
static void extend_path(char *dir)
{
    const char *old = getenv("PATH");
    char *path;
    size_t len;
    FILE *out = open_memstream(&path, &len);
    CHECK(out);
    for (;;) {
        char bin[PATH_MAX + sizeof(BIN_FOLDER)];
        struct stat st;
        sprintf(bin, "%s" BIN_FOLDER, dir);
        if (stat(bin, &st) == 0 && S_ISDIR(st.st_mode)) fprintf(out, "%s:", bin);
        if (!*dir) break;
        *strrchr(dir, '/') = 0;
    }
    fputs(old ? old : "", out);
    fclose(out);
    setenv("PATH", path, 1);
    free(path);
}

/* The word as a shell reads it back: in single quotes when it has anything a shell could act on. */
static void print_word(FILE *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./:@,+=";
    if (*word && !word[strspn(word, plain)]) {
        fprintf(out, " %s", word);
        return;
    }
    fputs(" '", out);
    for (; *word; word++) {
        if (*word == '\'') {
            fputs("'\\''", out);
        } else {
            fputc(*word, out);
        }
    }
    fputc('\'', out);
}

static char *command_line(const char *command, char **args)
{
    char *line;
    size_t len;
    FILE *out = open_memstream(&line, &len);
    CHECK(out);
    fputs(command, out);
    for (; *args; args++) print_word(out, *args);
    fclose(out);
    return line;
}

/* What the main program set for itself is not for its child. */
static int become_shell(const char *line)
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    execl(SHELL, "sh", "-c", line, (char *)NULL);
    fprintf(stderr, "torc: cannot run " SHELL ": %s\n", strerror(errno));
    return RT_EXIT_USER_ERROR;
}

static int tell(const struct search *s, int err, const char *path, const char *others)
{
    if (err == -EINVAL) {
        fprintf(stderr, "Can't parse %s\n", path);
    } else if (err) {
        fprintf(stderr, "Can't find \"scripts\" field in %s\n", path);
    } else if (s->not_text) {
        fprintf(stderr, "Script \"%s\" is unexpectedly not a string for %s\n\n", s->name, path);
    } else {
        fprintf(stderr, "Missing script: \"%s\" for %s\n\nAvailable scripts are:\n%s", s->name,
                path, others);
    }
    return RT_EXIT_USER_ERROR;
}

int rt_run_script(const char *name, char **args)
{
    char cwd[PATH_MAX], dir[PATH_MAX], path[PATH_MAX + sizeof(PACKAGE_FILE)];
    size_t len, others_len;
    char *others;
    if (!getcwd(cwd, sizeof cwd)) strcpy(cwd, "/");
    if (strcmp(cwd, "/") == 0) *cwd = 0;
    strcpy(dir, cwd);
    char *text = find_package(dir, path, &len);
    if (!text) {
        fprintf(stderr, "Can't find package.json for directory %s\n", *cwd ? cwd : "/");
        return RT_EXIT_USER_ERROR;
    }
    struct search s = { .name = name, .others = open_memstream(&others, &others_len) };
    CHECK(s.others);
    int err = rt_package_scripts(text, len, on_script, &s);
    fclose(s.others);
    if (err || !s.command) return tell(&s, err, path, others);
    setenv("NODE_RUN_SCRIPT_NAME", name, 1);
    setenv("NODE_RUN_PACKAGE_JSON_PATH", path, 1);
    extend_path(cwd);
    if (chdir(*dir ? dir : "/") < 0) {
        fprintf(stderr, "torc: cannot enter %s: %s\n", dir, strerror(errno));
        return RT_EXIT_USER_ERROR;
    }
    return become_shell(command_line(s.command, args));
}
