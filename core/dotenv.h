/* core/dotenv.h: files of NAME=value lines, for --env-file, process.loadEnvFile() and
 * util.parseEnv().
 *
 * A line is NAME=value, with "export" before it or not; "#" begins a comment. A value in "...",
 * '...' or `...` may span lines and keep "#"; within "..." a \n stands for a line end. A name given
 * twice has its last value.
 */
#ifndef RT_DOTENV_H
#define RT_DOTENV_H

#include <stddef.h>

struct rt_dotenv_pair {
    char *name, *value; /* owned */
};

/* Zero-initialise; pairs in order of first appearance. */
struct rt_dotenv {
    struct rt_dotenv_pair *pairs;
    size_t count, cap;
};

void rt_dotenv_add(struct rt_dotenv *d, const char *text, size_t len);
/* 0 or -errno. */
int rt_dotenv_add_file(struct rt_dotenv *d, const char *path);
/* Sets the variables that the process doesn't have yet. Main thread, as long as there is no other.
 */
void rt_dotenv_apply(const struct rt_dotenv *d);
void rt_dotenv_reset(struct rt_dotenv *d);

#endif
